/** Parts start in order and stop in reverse, each within a limit of time. */
import type { Log } from './pipeline/ports.js';

/** How long one part may take to stop, ms. A part that takes longer is left behind, told, and the next one is stopped. */
export const STOP_LIMIT_MS = 10_000;

export interface Lifecycle {
  /** Starts a part and remembers how it stops. */
  start<T>(name: string, start: () => Promise<T> | T, stop: (part: T) => Promise<void> | void): Promise<T>;
  /** Stops every part that was started, last first. Answers the names of those that failed or took too long. */
  stop(): Promise<readonly string[]>;
}

export function createLifecycle(logger: Log, stopLimitMs: number = STOP_LIMIT_MS): Lifecycle {
  const parts: { name: string; stop: () => Promise<void> | void }[] = [];
  let stopping: Promise<readonly string[]> | null = null;

  async function stopAll(): Promise<readonly string[]> {
    const failed: string[] = [];
    for (let part = parts.pop(); part; part = parts.pop()) {
      const { name, stop } = part;
      try {
        await withinLimit(Promise.resolve(stop()), stopLimitMs);
        logger.debug({ part: name }, 'stopped');
      } catch (error) {
        failed.push(name);
        logger.warn({ part: name, err: error }, 'did not stop in order');
      }
    }
    return failed;
  }

  return {
    async start(name, start, stop) {
      if (stopping) throw new Error(`${name} cannot start: the program is stopping`);
      const part = await start();
      parts.push({ name, stop: () => stop(part) });
      logger.debug({ part: name }, 'started');
      return part;
    },
    stop() {
      stopping ??= stopAll();
      return stopping;
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
