/**
 * So many at a time, in order of arrival, with a bound on how many wait and for how long. `async-mutex` keeps those who gave up in
 * its queue until their turn comes, so behind a statement that hangs its bound would be none.
 */
import { DatabaseBusy } from '../ports/database.js';

export interface Turns {
  /** Resolves with what gives the turn back (calling it twice does nothing); rejects with `DatabaseBusy`. */
  take(): Promise<() => void>;
  /** How many wait for theirs. */
  waiting(): number;
}

interface Waiting {
  readonly start: () => void;
}

/** Turns on something that can do `atOnce` things at a time. */
export function makeTurns(limits: {
  readonly atOnce: number;
  readonly maxWaiting: number;
  readonly waitLimitMs: number;
}): Turns {
  const waiting: Waiting[] = [];
  let busy = 0;

  function giveBack(): () => void {
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const next = waiting.shift();
      if (next === undefined) busy--;
      else next.start();
    };
  }

  return {
    waiting: () => waiting.length,
    async take() {
      if (busy < limits.atOnce) {
        busy++;
        return giveBack();
      }
      if (waiting.length >= limits.maxWaiting) {
        throw new DatabaseBusy(`The database is busy: ${limits.maxWaiting} statements wait already`);
      }
      return await new Promise<() => void>((resolve, reject) => {
        const entry: Waiting = {
          start: () => {
            clearTimeout(timer);
            resolve(giveBack());
          },
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(new DatabaseBusy(`The database is busy: no turn within ${limits.waitLimitMs} ms`));
        }, limits.waitLimitMs);
        waiting.push(entry);
      });
    },
  };
}
