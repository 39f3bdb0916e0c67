/**
 * Requests whose handling takes long at a stretch (a zone of 10,000 vertices: a tenth of a second) one after another, with turns of the
 * event loop between: else those that arrive together hold up everybody else for as long as all of them take.
 */

/**
 * So many turns of the event loop between two requests. Node takes one new connection in a turn: whoever connects behind others that want
 * the same is not to wait for one of their requests each. An idle turn takes some microseconds.
 */
const LOOPS_BETWEEN = 32;

/** A wait for one's turn. What a caller does at a stretch after it is done before the next one's turn comes. */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(async () => {
      for (let i = 0; i < LOOPS_BETWEEN; i++) await new Promise<void>((resolve) => setImmediate(resolve));
    });
    return last;
  };
}
