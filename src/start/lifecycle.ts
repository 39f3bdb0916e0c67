/** Parts start in order and stop in reverse, each within a limit of time; a stop may come while they start. */
import type { Log } from '../ports/log.js';

/** How long one part may take to stop, ms. A part that takes longer is left behind, told, and the next one is stopped. */
export const STOP_LIMIT_MS = 10_000;

export interface Lifecycle {
  /** Starts a part and remembers how it stops. Rejects with `StartStopped` once a stop was asked for. */
  start<T>(name: string, start: () => Promise<T> | T, stop: (part: T) => Promise<void> | void): Promise<T>;
  /** As the work, or a rejection with `StartStopped` as soon as a stop is asked for: for what a start may wait for very long. */
  wait<T>(work: Promise<T>): Promise<T>;
  /** Aborted as soon as a stop is asked for. */
  readonly stopping: AbortSignal;
  /**
   * Waits for the part that is being started, then stops every part that was started, last first. Answers the names of those
   * that failed or took too long.
   */
  stop(): Promise<readonly string[]>;
}

/** The program was told to stop before its start was over. */
export class StartStopped extends Error {
  override readonly name = 'StartStopped';
  constructor(
    /** The parts that did not stop in order. */
    readonly failed: readonly string[] = [],
  ) {
    super('stopped during the start');
  }
}

export function createLifecycle(logger: Log, stopLimitMs: number = STOP_LIMIT_MS): Lifecycle {
  const parts: { name: string; stop: () => Promise<void> | void }[] = [];
  const stopping = new AbortController();
  let starting: { readonly name: string; readonly done: Promise<void> } | null = null;
  let stopped: Promise<readonly string[]> | null = null;

  /** Does one step of a stop; answers whether it went well, and tells where it did not. */
  async function endInOrder(name: string, step: () => Promise<void> | void): Promise<boolean> {
    try {
      await withinLimit(Promise.resolve(step()), stopLimitMs);
      logger.debug({ part: name }, 'stopped');
      return true;
    } catch (error) {
      logger.warn({ part: name, err: error }, 'did not stop in order');
      return false;
    }
  }

  async function stopAll(): Promise<readonly string[]> {
    stopping.abort();
    const failed: string[] = [];
    if (starting) {
      const { name, done } = starting;
      if (!(await endInOrder(name, () => done))) failed.push(name);
    }
    for (let part = parts.pop(); part; part = parts.pop()) {
      if (!(await endInOrder(part.name, part.stop))) failed.push(part.name);
    }
    return failed;
  }

  return {
    stopping: stopping.signal,
    async start(name, start, stop) {
      if (stopping.signal.aborted) throw new StartStopped();
      const work = (async () => {
        const part = await start();
        parts.push({ name, stop: () => stop(part) });
        logger.debug({ part: name }, 'started');
        return part;
      })();
      const settled = () => {
        if (starting?.name === name) starting = null;
      };
      // A start that fails is told by whoever asked for it; for a stop it only means that there is nothing to stop.
      starting = { name, done: work.then(settled, settled) };
      return work;
    },
    async wait(work) {
      let tell: () => void = () => {};
      const stop = new Promise<never>((_, reject) => {
        tell = () => reject(new StartStopped());
        if (stopping.signal.aborted) tell();
        else stopping.signal.addEventListener('abort', tell, { once: true });
      });
      try {
        return await Promise.race([work, stop]);
      } finally {
        stopping.signal.removeEventListener('abort', tell);
      }
    },
    stop() {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

async function withinLimit(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${limitMs} ms`)), limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
