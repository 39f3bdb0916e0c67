/** One way into the inputs for all requests: single positions share records and appends. */
import { type EventLog, RecordsRefused } from '../../../ports/event-log.js';
import { appendPings, type InputFormat, type ReceivedPing } from '../../../ports/ping-records.js';

/**
 * After an append the next one waits for those who were answered by it, and are likely to send again: a request to the log costs as
 * much as a dozen pings. At most as long as the append took, within these bounds, ms: where log and callers are slow, callers need
 * longer to come back. One that comes alone never waits.
 */
const COMPANY_MS = { least: 4, most: 20 };
/** With so many waiting nobody waits for more. */
const ENOUGH_PINGS = 100;

/**
 * Appends the pings of many callers: those that come while an append is under way go together into the next one, so that single
 * positions share records and requests. It answers when the log has them; rejects with `RecordsRefused` where the log does not take
 * one of the caller's own, and otherwise as `append` does, then for every caller of that append.
 */
export function createPingAppender(
  log: EventLog,
  format: InputFormat,
): (pings: readonly ReceivedPing[]) => Promise<void> {
  let waiting: ReceivedPing[] = [];
  let next: Promise<ReadonlySet<ReceivedPing>> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let company: { readonly count: number; readonly isThere: () => void } | null = null;

  async function appendWaiting(): Promise<ReadonlySet<ReceivedPing>> {
    await last;
    const pings = waiting;
    waiting = [];
    next = null;
    const beganAtMs = performance.now();
    const refused = appendPings(log, pings, format);
    last = refused
      .catch(() => {})
      .then(() => waitForCompany(pings.length + waiting.length, performance.now() - beganAtMs));
    return new Set(await refused);
  }

  /** Until so many wait, or there are none to come. */
  function waitForCompany(count: number, appendMs: number): Promise<void> {
    return new Promise((resolve) => {
      const isThere = () => {
        clearTimeout(timer);
        if (company?.isThere === isThere) company = null;
        resolve();
      };
      const waitMs = Math.min(Math.max(appendMs, COMPANY_MS.least), COMPANY_MS.most);
      // What lies in the sockets counts, too: a thread that was busy for all of the time has heard nobody, so it listens once more.
      const timer = setTimeout(() => setImmediate(isThere), waitMs);
      company = { count: Math.min(count, ENOUGH_PINGS), isThere };
      noteWaiting();
    });
  }

  function noteWaiting(): void {
    if (company !== null && waiting.length >= company.count) company.isThere();
  }

  return async (pings) => {
    if (pings.length === 0) return;
    for (const one of pings) waiting.push(one);
    noteWaiting();
    next ??= appendWaiting();
    const all = await next;
    if (all.size === 0) return;
    const refused = pings.flatMap((one, index) => (all.has(one) ? [index] : []));
    if (refused.length > 0) throw new RecordsRefused('The log does not take a ping: it is too large', refused);
  };
}
