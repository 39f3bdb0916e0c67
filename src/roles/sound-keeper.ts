/** Keeps who of the control room can be heard: writes the consoles of this api, and reads those of all. */
import type { Clock } from '../ports/clock.js';
import type { ConnectedConsole, ConsoleSpan, KnownConsoles } from '../ports/console-sounds.js';
import { DatabaseUnavailable } from '../ports/database.js';
import type { Log } from '../ports/log.js';

/** What was read longer ago says nothing of now. */
const TRUE_FOR_MS = 60_000;

export interface SoundKeeper {
  /** Null: it is not known, because the database is away or has not been asked yet. */
  known(): KnownConsoles | null;
  /** Writes and reads; resolves when it is done, also where the database is away. */
  look(): Promise<void>;
  stop(): void;
}

export function startSoundKeeper(deps: {
  /** Those that are connected here. */
  readonly connected: () => readonly ConnectedConsole[];
  /** Both reject with `DatabaseUnavailable`. */
  readonly write: (spans: readonly ConsoleSpan[], nowMs: number) => Promise<void>;
  readonly read: (nowMs: number) => Promise<readonly ConsoleSpan[]>;
  readonly clock: Clock;
  readonly logger: Log;
  readonly everyMs: number;
}): SoundKeeper {
  const { connected, write, read, clock, logger, everyMs } = deps;
  let known: KnownConsoles | null = null;
  /** As they were last seen; what is not connected any more stays until it is written. */
  let seen: ReadonlyMap<string, ConsoleSpan> = new Map();
  /** The others, too, could not write: what they had then is read until they have. */
  let wasAway = false;
  let looking: Promise<void> | null = null;

  function see(nowMs: number): ConsoleSpan[] {
    const now = connected().map((span) => ({ ...span, seenAtMs: nowMs, isOver: false }));
    const ids = new Set(now.map(({ spanId }) => spanId));
    const over = [...seen.values()].flatMap((span) => (ids.has(span.spanId) ? [] : [{ ...span, isOver: true }]));
    return [...now, ...over];
  }

  async function lookNow(): Promise<void> {
    const nowMs = clock.nowMs();
    const spans = see(nowMs);
    seen = new Map(spans.map((span) => [span.spanId, span]));
    try {
      await write(spans, nowMs);
      seen = new Map(spans.flatMap((span) => (span.isOver ? [] : [[span.spanId, span]])));
      const readSpans = await read(nowMs);
      if (!wasAway) known = { spans: readSpans, atMs: nowMs };
      wasAway = false;
    } catch (error) {
      wasAway = true;
      // Others tell that it is away; the next look writes what this one could not.
      if (!(error instanceof DatabaseUnavailable)) logger.warn({ err: error }, 'it is not kept who can be heard');
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
    known: () => (known === null || clock.nowMs() - known.atMs > TRUE_FOR_MS ? null : known),
    look,
    stop: () => clearInterval(timer),
  };
}
