/**
 * What the console knows, as signals: one feed, one book of alerts, one clock. Pages and rows read from here; nothing else talks to
 * the feed.
 */
import { computed, effect, signal } from '@preact/signals';
import type { Operation } from '../../access/operations.js';
import type { AlertItem } from '../../alerts/alert.js';
import type { ConsoleSound } from '../../alerts/console-sounds.js';
import type { AlertEvent } from '../../alerts/event.js';
import type { StandingCounts } from '../../alerts/standing.js';
import type { FeedStatus, PositionItem } from '../../wire/feed-messages.js';
import { FEED_PATH, FEED_PROTOCOL } from '../../wire/feed-paths.js';
import { askAlert, askMe, loadWearers, loadZones, type Me, type WearerInfo, type ZoneInfo } from '../api.js';
import { type Connection, connectFeed, type FeedConnection } from '../feed/feed-client.js';
import { type AlertBook, createAlertBook, isUnacknowledged } from '../model/alert-book.js';
import { describeMeanwhile, type Miscount } from '../words/connection-words.js';

/** What the feed has told so far; the page sees it as it is painted, in `book`. */
const latest = createAlertBook();
export const book = signal<AlertBook>(latest.view());
export const connection = signal<Connection>({ state: 'connecting' });
/** Whether the server has ever told what is open: before that, an empty list says nothing. */
export const isKnown = signal(false);
export const feedStatus = signal<FeedStatus | null>(null);
/** How much is unresolved by the server and by this page, where they differ; null: they agree. */
export const miscount = signal<Miscount | null>(null);
/** Whether this page can be heard: `off`: the shift has not been started; `blocked`: the browser does not let us. */
export const sound = signal<ConsoleSound>('off');
export const me = signal<Me | null>(null);
export const wearers = signal<ReadonlyMap<string, WearerInfo>>(new Map());
export const zones = signal<ReadonlyMap<string, ZoneInfo>>(new Map());
/** The server's clock, once a second. */
export const nowMs = signal(Date.now());
/** What was told after the connection had been lost; null: nothing, or it has been read. */
export const meanwhile = signal<string | null>(null);
/** Everybody's newest position; the signal counts how often it changed, at most once a second by the server. */
export const positions = new Map<string, PositionItem>();
export const positionsChanged = signal(0);
/** When the newest position was received, ms. */
export const newestMs = signal<number | null>(null);

export const unresolved = computed(() => book.value.open);
export const unacknowledged = computed(() => book.value.unacknowledged);

/** Whether the one who looks may do it to somebody; until that is known, nothing is offered. */
export const may = (operation: Operation): boolean => me.value?.operations.includes(operation) ?? false;
/** Whether alerts may be read at all; while that is not known, they may. */
export const seesAlerts = computed(() => me.value === null || may('alerts.read'));
export const nameOf = (wearerId: string): string => wearers.value.get(wearerId)?.name ?? wearerId;
export const zoneNameOf = (zoneId: string | null): string | null =>
  zoneId === null ? null : (zones.value.get(zoneId)?.name ?? null);

const SIGN_IN_PATH = '/auth/sign-in';
/** How long the list of wearers and zones is good for, and how soon an unknown id may ask for it again. */
const RECORDS_MS = 60_000;
const RECORDS_AGAIN_MS = 5_000;
/** While the page is hidden nothing is painted, so a frame never comes. */
const HIDDEN_FLUSH_MS = 250;

let clockAheadMs = 0;
let recordsAskedAtMs = Number.NEGATIVE_INFINITY;
let isFlushWanted = false;
let eventsToPaint = 0;
let isBurst = false;
/** On the way to sign in: a second attempt would make the first one's answer worthless. */
let isLeaving = false;
/** What had been known when the connection was lost. */
let lost: { readonly sinceMs: number; readonly known: ReadonlySet<string>; changes: number } | null = null;
const newAlertListeners = new Set<(item: AlertItem) => void>();

/** Calls back for every alert that becomes unacknowledged while one watches: what wants a sound. */
export function onNewAlert(listener: (item: AlertItem) => void): void {
  newAlertListeners.add(listener);
}

export const serverNowMs = (): number => Date.now() + clockAheadMs;

/** So many events between two paints are a burst: the next paint comes later, so that who types is heard in between. */
const BURST_EVENTS = 20;
const BURST_PAINT_MS = 250;

/** Painted once a frame at most: a burst of events is one change of the page. */
function wantFlush(): void {
  eventsToPaint += 1;
  if (isFlushWanted) return;
  isFlushWanted = true;
  const flush = () => {
    isFlushWanted = false;
    isBurst = eventsToPaint > BURST_EVENTS;
    eventsToPaint = 0;
    book.value = latest.view();
  };
  if (document.hidden) setTimeout(flush, HIDDEN_FLUSH_MS);
  else if (isBurst) setTimeout(() => requestAnimationFrame(flush), BURST_PAINT_MS);
  else requestAnimationFrame(flush);
}

/** As the page shows it. One that came by an answer is shown by its page before the book is painted: a key at the sight of it must find it. */
export const alertInSight = (alertId: string): AlertItem | undefined =>
  book.value.alerts.get(alertId) ?? latest.get(alertId);

/** Takes an alert as the server told it in an answer. */
export function takeAlert(item: AlertItem): void {
  latest.put(item);
  wantFlush();
}

/** Asked for once at a time: a burst about one alert is one question. */
const asked = new Set<string>();

async function askHowItStands(alertId: string): Promise<void> {
  if (asked.has(alertId)) return;
  asked.add(alertId);
  const answer = await askAlert(alertId);
  asked.delete(alertId);
  if (!answer.ok) return;
  const { events: _events, eventsComplete: _complete, ...item } = answer.body;
  takeAlert(item);
}

function takeSnapshot(alerts: readonly AlertItem[]): void {
  latest.replace(alerts);
  isKnown.value = true;
  void loadRecords();
  wantFlush();
}

function takeEvent(event: AlertEvent, seq: number): void {
  const before = latest.get(event.alertId);
  if (latest.fold(event, seq) === 'ask') void askHowItStands(event.alertId);
  const after = latest.get(event.alertId);
  if (lost !== null && after !== before) lost.changes += 1;
  // New, told again, given back: it waits for somebody. Or it has waited too long.
  const waits = after !== undefined && isUnacknowledged(after);
  const isNews = before === undefined || !isUnacknowledged(before) || event.type === 'escalated';
  if (waits && isNews) for (const tell of newAlertListeners) tell(after);
  if (!wearers.value.has(event.wearerId)) void loadRecords();
  wantFlush();
}

/** What an answer told ahead of the feed is not counted: the server's count is of what the feed has told. */
function takeStanding({ total }: StandingCounts): boolean {
  const { least, most } = latest.openByFeed();
  const isSame = least <= total && total <= most;
  miscount.value = isSame ? null : { server: total, page: least };
  return isSame;
}

function takeConnection(now: Connection): void {
  connection.value = now;
  if (now.state === 'reconnecting') {
    lost ??= { sinceMs: now.sinceMs, known: new Set(latest.view().alerts.keys()), changes: 0 };
    void signInWhereUnknown();
  } else if (now.state === 'live' && lost !== null) {
    const { sinceMs, known, changes } = lost;
    const isNew = ({ alertId }: AlertItem) => !known.has(alertId);
    const newAlerts = [...latest.view().alerts.values()].filter(isNew).length;
    meanwhile.value = describeMeanwhile(Date.now() - sinceMs, newAlerts, Math.max(0, changes - newAlerts));
    lost = null;
  }
}

function takePositions(items: readonly PositionItem[]): void {
  for (const item of items) {
    positions.set(item.wearerId, item);
    newestMs.value = Math.max(newestMs.value ?? 0, Date.parse(item.receivedAt));
  }
  positionsChanged.value += 1;
  if (items.some(({ wearerId }) => !wearers.value.has(wearerId))) void loadRecords();
}

async function loadRecords(): Promise<void> {
  if (!may('records.read') || performance.now() - recordsAskedAtMs < RECORDS_AGAIN_MS) return;
  recordsAskedAtMs = performance.now();
  try {
    [wearers.value, zones.value] = await Promise.all([loadWearers(may('schemes.read')), loadZones()]);
  } catch {
    // The database may be away: ids are shown instead of names, and the next minute tries again.
  }
}

/** Goes to sign in where the program does not know who asks. While it does not answer, the page stays as it is. */
async function signInWhereUnknown(): Promise<void> {
  if (isLeaving) return;
  const answer = await askMe();
  if (answer.ok) me.value = answer.body;
  else if (answer.status === 401 && !isLeaving) {
    isLeaving = true;
    const returnTo = `${location.pathname}${location.search}`;
    location.assign(`${SIGN_IN_PATH}?${new URLSearchParams({ returnTo })}`);
  }
}

function openSocket(resume: string | null): WebSocket {
  const url = new URL(FEED_PATH, location.origin);
  url.protocol = url.protocol.replace('http', 'ws');
  if (resume !== null) url.searchParams.set('resume', resume);
  return new WebSocket(url, FEED_PROTOCOL);
}

let feed: FeedConnection | null = null;

/** Begins: who am I, the feed, the clock. Once a page. */
export async function startLive(): Promise<void> {
  setInterval(() => {
    nowMs.value = serverNowMs();
  }, 1000);
  setInterval(() => void loadRecords(), RECORDS_MS);
  // While it is not known who asks, nothing is offered: the server may have been starting.
  setInterval(() => {
    if (me.peek() === null) void signInWhereUnknown().then(loadRecords);
  }, RECORDS_AGAIN_MS);
  await signInWhereUnknown();
  if (isLeaving) return;
  void loadRecords();
  // Rights may be given or taken during a shift.
  effect(() => {
    if (!seesAlerts.value) {
      feed?.stop();
      feed = null;
    } else {
      feed ??= startFeed();
      // That a page cannot be heard is seen by others, too.
      feed.tellSound(sound.value);
    }
  });
}

function startFeed(): FeedConnection {
  return connectFeed({
    open: openSocket,
    handler: {
      onConnection: takeConnection,
      onStatus(status) {
        feedStatus.value = status;
      },
      onStanding: takeStanding,
      onClock(aheadMs) {
        clockAheadMs = aheadMs;
        nowMs.value = serverNowMs();
      },
      onSnapshot: takeSnapshot,
      onEvent: takeEvent,
      onPositions: takePositions,
    },
    nowMs: () => Date.now(),
    random: () => Math.random(),
    later(run, delayMs) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
}
