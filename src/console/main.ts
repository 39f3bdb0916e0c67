/** The console: puts the parts together. One feed, one list, one map; what is known lives here. */
import type { AlertItem } from '../alerts/alert.js';
import { FEED_PATH, FEED_PROTOCOL } from '../wire/feed-paths.js';
import { acknowledge, loadWearers, loadZones, type WearerInfo, type ZoneInfo } from './api.js';
import { createAlertList } from './components/alert-list.js';
import type { RowContext } from './components/alert-row.js';
import { createConnectionBar } from './components/connection-bar.js';
import { byId, setText } from './components/dom.js';
import { connectFeed } from './feed/feed-client.js';
import { createMap, type WearerMap } from './map/map.js';
import { type AlertBook, bookOf, emptyBook, fold, put } from './model/alert-book.js';
import { signInWhereUnknown } from './signed-in.js';
import { refusalWords } from './words/words.js';

/** How long the list of wearers and zones is good for, and how soon an unknown id may ask for it again. */
const RECORDS_MS = 60_000;
const RECORDS_AGAIN_MS = 5_000;

let book: AlertBook = emptyBook;
let wearers: ReadonlyMap<string, WearerInfo> = new Map();
let zones: ReadonlyMap<string, ZoneInfo> = new Map();
let clockAheadMs = 0;
let recordsAskedAtMs = Number.NEGATIVE_INFINITY;
let isDrawWanted = false;

const nowMs = () => Date.now() + clockAheadMs;
const nameOf = (wearerId: string) => wearers.get(wearerId)?.name ?? wearerId;
const bar = createConnectionBar();
const map = tryMap();
const list = createAlertList({
  onOpen(alertId, isOpen) {
    const item = book.alerts.get(alertId);
    if (isOpen && item !== undefined) map?.goTo(item);
  },
  onAcknowledge: (alertId) => void acknowledgeAlert(alertId),
});

function tryMap(): WearerMap | null {
  try {
    return createMap(byId('map'), (alertId) => {
      const row = list.row(alertId)?.node;
      row?.scrollIntoView({ block: 'nearest' });
      row?.querySelector('button')?.focus();
    });
  } catch {
    const note = byId('map-note');
    note.hidden = false;
    setText(note, 'This browser cannot draw the map (no WebGL). Alerts are complete without it.');
    return null;
  }
}

function contextOf(item: AlertItem): RowContext {
  const zoneName = item.zoneId === null ? null : (zones.get(item.zoneId)?.name ?? null);
  return { wearer: wearers.get(item.wearerId) ?? null, zoneName, nowMs: nowMs() };
}

/** Drawn once a frame at most: a burst of events is one change of the page. */
function wantDraw(): void {
  if (isDrawWanted) return;
  isDrawWanted = true;
  requestAnimationFrame(() => {
    isDrawWanted = false;
    list.show(book.alerts, contextOf);
    map?.showAlerts(book.alerts.values(), nameOf);
  });
}

async function loadRecords(): Promise<void> {
  if (performance.now() - recordsAskedAtMs < RECORDS_AGAIN_MS) return;
  recordsAskedAtMs = performance.now();
  try {
    [wearers, zones] = await Promise.all([loadWearers(), loadZones()]);
    map?.showZones(zones.values());
    wantDraw();
  } catch {
    // The database may be away: ids are shown instead of names, and the next minute tries again.
  }
}

async function acknowledgeAlert(alertId: string): Promise<void> {
  const item = book.alerts.get(alertId);
  const row = list.row(alertId);
  if (item === undefined || row === undefined) return;
  row.setBusy(true);
  row.tell('');
  const answer = await acknowledge(item);
  row.setBusy(false);
  if (answer.result !== 'unknown' && answer.alert !== null) book = put(book, answer.alert);
  if (answer.result === 'refused') row.tell(refusalWords(answer, nowMs()));
  if (answer.result === 'unknown') row.tell(answer.detail);
  wantDraw();
}

connectFeed({
  open(resume) {
    const url = new URL(FEED_PATH, document.baseURI);
    url.protocol = url.protocol.replace('http', 'ws');
    if (resume !== null) url.searchParams.set('resume', resume);
    return new WebSocket(url, FEED_PROTOCOL);
  },
  handler: {
    onConnection(connection) {
      bar.connection(connection);
      if (connection.state !== 'live') void signInWhereUnknown();
    },
    onStatus: (status) => bar.status(status),
    onClock(aheadMs) {
      clockAheadMs = aheadMs;
    },
    onSnapshot(alerts) {
      book = bookOf(alerts);
      void loadRecords();
      wantDraw();
    },
    onEvent(event, seq) {
      book = fold(book, event, seq);
      if (!wearers.has(event.wearerId)) void loadRecords();
      wantDraw();
    },
    onPositions(items) {
      bar.heard(items);
      if (items.some(({ wearerId }) => !wearers.has(wearerId))) void loadRecords();
      map?.showPositions(items, nowMs());
    },
  },
  nowMs: () => Date.now(),
  random: () => Math.random(),
  later(run, delayMs) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
});

setInterval(() => {
  bar.tick(Date.now(), clockAheadMs);
  list.tick(nowMs());
  map?.tick(nowMs());
}, 1000);
setInterval(() => void loadRecords(), RECORDS_MS);
