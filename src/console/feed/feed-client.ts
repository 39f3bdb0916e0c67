/**
 * The console's end of the feed: it resumes where it was, notices what is missing, and says honestly whether what is on the page
 * is live. Time, chance and the socket come from outside, so that it can be tested without a browser.
 */
import type { AlertItem } from '../../alerts/alert.js';
import type { ConsoleSound } from '../../alerts/console-sounds.js';
import type { AlertEvent } from '../../alerts/event.js';
import type { StandingCounts } from '../../alerts/standing.js';
import type { FeedStatus, PositionItem, ServerMessage, Sound, Subscribe } from '../../wire/feed-messages.js';

/** What is used of a WebSocket: the browser's, or `ws` in tests. */
export interface Socket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Connected again, and what came meanwhile is on its way. */
  | { readonly state: 'catching-up' }
  /** Not connected; what is shown is as it was at `sinceMs`. */
  | { readonly state: 'reconnecting'; readonly sinceMs: number; readonly attempt: number };

export interface FeedHandler {
  onConnection(connection: Connection): void;
  /** Everything unresolved; replaces what was known. */
  onSnapshot(alerts: readonly AlertItem[]): void;
  onEvent(event: AlertEvent, seq: number): void;
  onPositions(items: readonly PositionItem[]): void;
  onStatus(status: FeedStatus): void;
  /** How much is unresolved by the server's count. Answers whether that is what is known here after the last event. */
  onStanding(standing: StandingCounts): boolean;
  /** The server's clock minus ours, ms. */
  onClock(aheadMs: number): void;
}

export interface FeedOptions {
  /** Where to, with the `resume` of a position or without. */
  open(resume: string | null): Socket;
  readonly handler: FeedHandler;
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
  /** Runs later; the answer cancels. */
  later(run: () => void, delayMs: number): () => void;
}

/** The server says something every 10 s: two of them missing, and the connection is dead whatever TCP believes. */
export const SILENCE_LIMIT_MS = 25_000;
/** A device that comes and goes is told of once: who says too much is cut off. */
const SOUND_SETTLES_MS = 2_000;
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/** How long to wait before an attempt (from 1): doubling to a bound, half of it by chance, so that consoles do not return at once. */
export function delayBefore(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 10));
  return full / 2 + (full / 2) * random;
}

/** Where this client stands in the alert log. */
export interface Position {
  readonly epoch: string;
  readonly seq: number;
}

/**
 * What to do with an event: `apply` it; `drop` what was applied before (the log's offsets increase, so a lower one is a repeat);
 * `gap`: the server had sent something in between that did not come.
 */
export function judgeEvent(at: Position | null, seq: number, prevSeq: number): 'apply' | 'drop' | 'gap' {
  if (at === null) return 'gap';
  if (seq <= at.seq) return 'drop';
  return prevSeq <= at.seq ? 'apply' : 'gap';
}

function parse(data: unknown): ServerMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'type' in message ? (message as ServerMessage) : null;
  } catch {
    return null;
  }
}

export interface FeedConnection {
  /** Tells the server whether this page can be heard, now and after each new connection. */
  tellSound(sound: ConsoleSound): void;
  stop(): void;
}

/** Connects and stays connected until stopped. */
export function connectFeed({ open, handler, nowMs, random, later }: FeedOptions): FeedConnection {
  /** Null: a snapshot is wanted. */
  let position: Position | null = null;
  let socket: Socket | null = null;
  let attempt = 0;
  let lostAtMs: number | null = null;
  let stopped = false;
  let isCatchingUp = false;
  /** Since the counts agreed last: asking again and again would help nobody. */
  let isAskedAnew = false;
  let cancelTimer = () => {};
  let sound: ConsoleSound | null = null;
  /** Whether the server that is connected takes it: an older one would close at what it does not know. */
  let takesSound = false;
  let cancelSound = () => {};

  const say = (message: Subscribe | Sound): void => socket?.send(JSON.stringify(message));

  function saySound(): void {
    if (takesSound && sound !== null) say({ type: 'sound', sound });
  }

  function connect(): void {
    if (stopped) return;
    if (lostAtMs === null) handler.onConnection({ state: 'connecting' });
    const resume = position === null ? null : `${position.epoch}:${position.seq}`;
    const mine = open(resume);
    socket = mine;
    let epoch: string | null = null;
    watchSilence();
    mine.addEventListener('open', () => {
      if (socket === mine) say({ type: 'subscribe', positions: true });
    });
    mine.addEventListener('message', ({ data }) => {
      if (socket !== mine) return;
      watchSilence();
      const message = parse(data);
      // A message that is not understood may have been an alert: only a new connection can tell.
      if (message === null) {
        lose(true);
        return;
      }
      if (message.type === 'hello') epoch = message.epoch;
      receive(message, epoch);
    });
    // An error is always followed by a close.
    mine.addEventListener('error', () => {});
    mine.addEventListener('close', () => {
      if (socket === mine) lose(false);
    });
  }

  /** Anything heard puts it off. */
  function watchSilence(): void {
    cancelTimer();
    cancelTimer = later(() => lose(false), SILENCE_LIMIT_MS);
  }

  function becomeLive(): void {
    isCatchingUp = false;
    attempt = 0;
    lostAtMs = null;
    handler.onConnection({ state: 'live' });
  }

  function receive(message: ServerMessage, epoch: string | null): void {
    if (message.type === 'hello') {
      takesSound = message.takes?.includes('sound') ?? false;
      saySound();
      handler.onClock(Date.parse(message.serverTime) - nowMs());
      // Of another epoch, a snapshot follows and sets the position; of this one, the events that were missed.
      if (position === null || position.epoch !== message.epoch) return;
      if (position.seq >= message.seq) becomeLive();
      else handler.onConnection({ state: 'catching-up' });
      isCatchingUp = position.seq < message.seq;
    } else if (message.type === 'snapshot') {
      if (epoch === null) {
        lose(true);
        return;
      }
      position = { epoch, seq: message.seq };
      handler.onSnapshot(message.alerts);
      becomeLive();
    } else if (message.type === 'event') {
      receiveEvent(message);
    } else if (message.type === 'positions') {
      handler.onPositions(message.items);
    } else if (message.type === 'status') {
      // Told when everything that was missed has been sent.
      if (isCatchingUp) becomeLive();
      handler.onStatus(message);
    } else if (message.type === 'heartbeat') {
      if (isCatchingUp) becomeLive();
      compareStanding(message.standing);
    }
    // A type that a newer server added is none of ours.
  }

  /** It comes behind every event that it counts: where it is not what is known here, that is not whole. */
  function compareStanding(standing: StandingCounts): void {
    const isSame = handler.onStanding(standing);
    if (!isSame && !isAskedAnew) lose(true);
    isAskedAnew = !isSame;
  }

  function receiveEvent({ event, seq, prevSeq }: Extract<ServerMessage, { type: 'event' }>): void {
    const verdict = judgeEvent(position, seq, prevSeq);
    if (verdict === 'drop') return;
    if (verdict === 'gap' || position === null) {
      lose(true);
      return;
    }
    position = { epoch: position.epoch, seq };
    handler.onEvent(event, seq);
  }

  /** `afresh`: ask for a snapshot, because what we have cannot be trusted to be whole. */
  function lose(afresh: boolean): void {
    const old = socket;
    socket = null;
    takesSound = false;
    old?.close();
    if (stopped) return;
    isCatchingUp = false;
    if (afresh) position = null;
    attempt += 1;
    lostAtMs ??= nowMs();
    handler.onConnection({ state: 'reconnecting', sinceMs: lostAtMs, attempt });
    cancelTimer();
    cancelTimer = later(connect, delayBefore(attempt, random()));
  }

  connect();
  return {
    tellSound(now) {
      sound = now;
      cancelSound();
      cancelSound = later(saySound, SOUND_SETTLES_MS);
    },
    stop() {
      stopped = true;
      cancelTimer();
      cancelSound();
      const old = socket;
      socket = null;
      old?.close(1000);
    },
  };
}
