/** Whether everything that was taken has arrived where it has to be, by the program's own counters. */

const DRAIN_LIMIT_MS = 60_000;
const ASK_EVERY_MS = 100;

export interface Settled {
  readonly taken: number;
  readonly folded: number;
  readonly recorded: number;
  /** From the first question until the last ping stood in the database, ms. */
  readonly drainMs: number;
}

/** The sum of a counter over its labels. */
function sumOf(text: string, name: string): number {
  let sum = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${name}{`) && !line.startsWith(`${name} `)) continue;
    sum += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return sum;
}

/** Waits until as many pings were folded and recorded as were taken, or the time is over; the counts tell which. */
export async function waitUntilSettled(url: string, signal: AbortSignal): Promise<Settled> {
  const startedAtMs = Date.now();
  for (;;) {
    const text = await (await fetch(`${url}/metrics`, { signal })).text();
    const counts = {
      taken: sumOf(text, 'tagwatch_pings_taken_total'),
      folded: sumOf(text, 'tagwatch_pings_folded_total'),
      recorded: sumOf(text, 'tagwatch_pings_recorded_total'),
    };
    const drainMs = Date.now() - startedAtMs;
    const isSettled = counts.folded >= counts.taken && counts.recorded >= counts.taken;
    if (isSettled || drainMs > DRAIN_LIMIT_MS) return { ...counts, drainMs };
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
}
