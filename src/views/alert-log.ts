/**
 * The api's own fold of `tagwatch.alerts`, from its start, in memory: it serves snapshots and lists, tells subscribers what was
 * accepted, and decides about people's actions (`architecture.md`, "Roles"). It needs the log alone, never the database.
 */
import { randomUUID } from 'node:crypto';
import type { Alert, Refusal } from '../alerts/alert.js';
import { carry } from '../alerts/carried.js';
import type { ActionEvent, Instant } from '../alerts/event.js';
import { applyEvent } from '../alerts/fold.js';
import {
  type AcceptedEvent,
  type AlertRegister,
  type AlertRegisterLimits,
  createAlertRegister,
} from '../alerts/register.js';
import { readAlertRecord } from '../ports/alert-records.js';
import { type ConsumerHandler, type EventLog, type LogRecord, LogUnavailable } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { ALERT_FORMAT, alertFormatOf, formatHeaders, newerFormatOf } from '../ports/record-format.js';
import { ALERTS, appendInTurns, encodeJson } from '../ports/topics.js';

/** How long an action may take to be appended and read back, together. */
export const ACT_LIMIT_MS = 5_000;
/** Actions that wait at once; one more is answered as if the log were away. */
export const ACTS_WAITING_LIMIT = 1_000;

/** Names the request that appended a record, so that its own process can answer when it reads it back. */
const REQUEST_HEADER = 'tagwatch-request';
const PARTITION = { topic: ALERTS, partition: 0 };

export interface AlertLogDeps {
  readonly log: EventLog;
  readonly logger: Log;
  /** Which log this is; sequences of another one mean nothing. */
  readonly epoch: string;
  readonly limits?: AlertRegisterLimits;
  readonly actLimitMs?: number;
}

/** How an action was judged. `repeat` with a refusal: the first one with this eventId had been refused. */
export interface Acted {
  readonly outcome: 'accepted' | 'repeat' | 'refused';
  /** As it stands now; null where nobody knows it. */
  readonly alert: Alert | null;
  readonly refusal?: Refusal;
}

export interface AlertLog extends Omit<AlertRegister, 'fold'> {
  readonly epoch: string;
  /** Resolves when everything that the log held at the start has been folded. */
  readonly caughtUp: Promise<void>;
  isCaughtUp(): boolean;
  /** How far it has read: the next offset, and one past the last as far as that is known. */
  position(): { readonly nextOffset: number; readonly endOffset: number };
  /** Waits until the record at `seq` has been folded; false where that takes longer than `limitMs`. */
  reached(seq: number, limitMs: number): Promise<boolean>;
  /** Calls back, in order, in the very turn in which an event is accepted; returns how to end it. */
  subscribe(onAccepted: (accepted: AcceptedEvent) => void): () => void;
  /**
   * Appends one action and answers how it was judged when it is read back. Rejects with `LogUnavailable` where that takes
   * longer than `ACT_LIMIT_MS`: the action may be in, and the same one (same eventId) again gives the first outcome.
   */
  act(action: ActionEvent): Promise<Acted>;
  /** Appends alerts whole, as they stand here, so that they outlive the records that they are made of. */
  carryOn(alerts: readonly Alert[], at: Instant): Promise<void>;
  stop(): Promise<void>;
}

/** Starts folding; resolves when reading has begun, which is before it has caught up. */
export async function startAlertLog(deps: AlertLogDeps): Promise<AlertLog> {
  const { log, logger, epoch, limits, actLimitMs = ACT_LIMIT_MS } = deps;
  let register = createAlertRegister(0, limits);
  let started = false;
  let stopped = false;
  let nextOffset = 0;
  let endOffset = 0;
  let targetOffset = 0;
  let upToDate = false;
  let resolveCaughtUp: () => void = () => {};
  const caughtUp = new Promise<void>((resolve) => {
    resolveCaughtUp = resolve;
  });
  const subscribers = new Set<(accepted: AcceptedEvent) => void>();
  const acts = new Map<string, (acted: Acted) => void>();
  const waiters = new Set<{ readonly seq: number; readonly done: (reached: boolean) => void }>();

  function noteProgress(): void {
    if (started && !upToDate && nextOffset >= targetOffset) {
      upToDate = true;
      resolveCaughtUp();
    }
    for (const waiter of waiters) {
      if (waiter.seq >= nextOffset) continue;
      waiters.delete(waiter);
      waiter.done(true);
    }
  }

  function foldRecord(record: LogRecord): void {
    const event = readAlertRecord(record);
    if (event === null) {
      const newer = newerFormatOf(record, ALERT_FORMAT);
      logger.error({ offset: record.offset, newer }, 'a record of the alert log cannot be read and is passed by');
      return;
    }
    const { accepted, ...applied } = register.fold(event, record.offset, record.appendedAtMs);
    if (accepted !== null) {
      for (const onAccepted of subscribers) onAccepted(accepted);
    }
    const request = record.headers[REQUEST_HEADER];
    if (request !== undefined) acts.get(request)?.(applied);
  }

  const handler: ConsumerHandler = {
    async onAssigned(added, control) {
      if (!added.some(({ topic, partition }) => topic === ALERTS && partition === 0)) return;
      const bounds = await control.bounds(PARTITION);
      endOffset = bounds.endOffset;
      if (!started) {
        // Nobody may read before it has caught up, so the empty register can still be changed for one that begins there.
        register = createAlertRegister(bounds.startOffset, limits);
        nextOffset = bounds.startOffset;
        targetOffset = bounds.endOffset;
        started = true;
      } else if (nextOffset < bounds.startOffset) {
        logger.error(
          { nextOffset, startOffset: bounds.startOffset },
          'the alert log dropped records before they were read',
        );
        nextOffset = bounds.startOffset;
      }
      control.seek(PARTITION, nextOffset);
      noteProgress();
    },
    async onBatch(batch) {
      for (const record of batch.records) {
        if (record.offset < nextOffset) continue;
        foldRecord(record);
        nextOffset = record.offset + 1;
      }
      nextOffset = Math.max(nextOffset, batch.nextOffset);
      endOffset = Math.max(endOffset, batch.endOffset, nextOffset);
      noteProgress();
    },
  };
  const consumer = await log.consume({ group: null, topics: [ALERTS], commit: false, handler });

  async function act(action: ActionEvent): Promise<Acted> {
    if (!upToDate) throw new LogUnavailable('the alert log is still being read');
    const known = judgeForCertain(register.get(action.alertId), action);
    if (known !== null) return known;
    if (stopped) throw new LogUnavailable('stopping');
    if (acts.size >= ACTS_WAITING_LIMIT) throw new LogUnavailable('too many actions wait to be read back');
    const request = randomUUID();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Acted>((resolve, reject) => {
        acts.set(request, resolve);
        timer = setTimeout(
          () => reject(new LogUnavailable(`the action was not read back within ${actLimitMs} ms`)),
          actLimitMs,
        );
        const record = {
          key: action.wearerId,
          value: encodeJson(action),
          headers: { ...formatHeaders(alertFormatOf(action)), [REQUEST_HEADER]: request },
        };
        log.append(ALERTS, [{ ...record, partition: 0 }]).catch(reject);
      });
    } finally {
      clearTimeout(timer);
      acts.delete(request);
    }
  }

  return {
    epoch,
    caughtUp,
    act,
    async carryOn(alerts, at) {
      const records = alerts.map((alert) => {
        const carried = carry(alert, at);
        const headers = formatHeaders(alertFormatOf(carried));
        return { key: carried.wearerId, value: encodeJson(carried), headers, partition: 0 };
      });
      await appendInTurns(log, ALERTS, records);
    },
    isCaughtUp: () => upToDate,
    position: () => ({ nextOffset, endOffset }),
    headSeq: () => register.headSeq(),
    open: () => register.open(),
    get: (alertId) => register.get(alertId),
    standing: () => register.standing(),
    read: (alertId) => register.read(alertId),
    list: (filter) => register.list(filter),
    isComplete: () => register.isComplete(),
    acceptedAfter: (seq) => register.acceptedAfter(seq),
    async reached(seq, limitMs) {
      if (seq < nextOffset) return true;
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiters.delete(waiter);
          resolve(false);
        }, limitMs);
        const waiter = {
          seq,
          done(reached: boolean) {
            clearTimeout(timer);
            resolve(reached);
          },
        };
        waiters.add(waiter);
      });
    },
    subscribe(onAccepted) {
      subscribers.add(onAccepted);
      return () => subscribers.delete(onAccepted);
    },
    async stop() {
      stopped = true;
      await consumer.stop();
      for (const waiter of waiters) waiter.done(false);
      waiters.clear();
      subscribers.clear();
    },
  };
}

/**
 * What needs no append, because no record that is still to be read can change it: repeats, unknown alerts, and versions that
 * have been passed, as versions only rise. Null: it has to be judged in log order.
 */
function judgeForCertain(alert: Alert | null, action: ActionEvent): Acted | null {
  const applied = applyEvent(alert, action, -1);
  if (applied.outcome === 'repeat') return applied;
  const certain =
    alert === null ||
    applied.refusal?.reason === 'key-reused' ||
    (applied.refusal?.reason === 'too-late' && action.seen.actions < alert.actions) ||
    (applied.refusal?.reason === 'changed' && action.seen.revision < alert.finding.revision);
  return certain && applied.refusal !== undefined ? { outcome: 'refused', alert, refusal: applied.refusal } : null;
}
