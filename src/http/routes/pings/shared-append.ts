/** One way into the inputs for all requests: single positions share records and appends. */
import { setTimeout as delay } from 'node:timers/promises';
import { type EventLog, RecordsRefused } from '../../../ports/event-log.js';
import { appendPings, type InputFormat, type ReceivedPing } from '../../../ports/ping-records.js';

/** After an append the next one waits so long for company: a request to the log costs as much as a dozen pings. One that comes alone never waits. */
const COMPANY_MS = 2;

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
  async function appendWaiting(): Promise<ReadonlySet<ReceivedPing>> {
    await last;
    const pings = waiting;
    waiting = [];
    next = null;
    return new Set(await appendPings(log, pings, format));
  }
  return async (pings) => {
    if (pings.length === 0) return;
    for (const one of pings) waiting.push(one);
    if (next === null) {
      next = appendWaiting();
      last = next.catch(() => {}).then(() => delay(COMPANY_MS));
    }
    const all = await next;
    if (all.size === 0) return;
    const refused = pings.flatMap((one, index) => (all.has(one) ? [index] : []));
    if (refused.length > 0) throw new RecordsRefused('The log does not take a ping: it is too large', refused);
  };
}
