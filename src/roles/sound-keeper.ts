/** Keeps which consoles of the control room can be heard: writes those of this api, and reads those of all. */
import { type ConnectedSound, type SoundSpan, type SoundsTold, tellSounds } from '../alerts/console-sounds.js';
import type { Clock } from '../ports/clock.js';

const DAY_MS = 86_400_000;
/** What was read longer ago says nothing of now. */
const TRUE_FOR_MS = 60_000;

export interface SoundKeeper {
  /** Null: it is not known, because the database is away or has not been asked yet. */
  tell(): SoundsTold | null;
  /** Writes and reads; resolves when it is done, also where the database is away. */
  look(): Promise<void>;
  stop(): void;
}

export function startSoundKeeper(deps: {
  /** Those that are connected here. */
  readonly connected: () => readonly ConnectedSound[];
  /** Both reject with `DatabaseUnavailable`. */
  readonly write: (spans: readonly SoundSpan[], nowMs: number) => Promise<void>;
  readonly readSince: (sinceMs: number) => Promise<readonly SoundSpan[]>;
  readonly clock: Clock;
  readonly everyMs: number;
}): SoundKeeper {
  const { connected, write, readSince, clock, everyMs } = deps;
  let known: { readonly spans: readonly SoundSpan[]; readonly atMs: number } | null = null;
  /** As they were last seen; what is not connected any more stays until it is written. */
  let seen: ReadonlyMap<string, SoundSpan> = new Map();
  let looking: Promise<void> | null = null;

  function see(nowMs: number): SoundSpan[] {
    const now = connected().map((span) => ({ ...span, seenAtMs: nowMs, isOver: false }));
    const ids = new Set(now.map(({ spanId }) => spanId));
    const over = [...seen.values()].flatMap((span) => (ids.has(span.spanId) ? [] : [{ ...span, isOver: true }]));
    return [...now, ...over];
  }

  async function lookNow(): Promise<void> {
    const nowMs = clock.nowMs();
    try {
      const spans = see(nowMs);
      seen = new Map(spans.map((span) => [span.spanId, span]));
      await write(spans, nowMs);
      seen = new Map(spans.flatMap((span) => (span.isOver ? [] : [[span.spanId, span]])));
      known = { spans: await readSince(nowMs - DAY_MS), atMs: nowMs };
    } catch {
      // What is away is told by others; the next look writes what this one could not.
    }
  }

  function look(): Promise<void> {
    looking ??= lookNow().finally(() => {
      looking = null;
    });
    return looking;
  }

  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return {
    tell: () =>
      known === null || clock.nowMs() - known.atMs > TRUE_FOR_MS ? null : tellSounds(known.spans, known.atMs),
    look,
    stop: () => clearInterval(timer),
  };
}
