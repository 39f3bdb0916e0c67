/**
 * Requests whose handling takes long at a stretch (a zone of 10,000 vertices: a tenth of a second) one after another, with a turn of the
 * event loop between: else those that arrive together hold up everybody else for as long as all of them take.
 */

/** A wait for one's turn. What a caller does at a stretch after it is done before the next one's turn comes. */
export function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    return last;
  };
}
