/**
 * Tells one receiver of events that changed an alert, out of the alert log, from a position of its own in `tagwatch.handoff`. The
 * position only passes what has been delivered, so whoever goes on after a crash, or after the receiver was away, has missed nothing;
 * what was delivered beyond it is stored too, and only what was delivered since it was stored comes again, under the same ids.
 */
import {
  type AcceptedEvent,
  type AlertRegister,
  createAlertRegister,
  DEFAULT_ALERT_REGISTER_LIMITS,
} from '../../alerts/register.js';
import { SUPPLIER_IDS } from '../../engine/suppliers/tell-supplier.js';
import { readAlertRecord } from '../../ports/alert-records.js';
import type { AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import type { EventLog, LogRecord, PartitionControl } from '../../ports/event-log.js';
import {
  type HandoffFailure,
  type HandoffRecord,
  handoffRecord,
  readHandoffs,
  type SeqRange,
} from '../../ports/handoff.js';
import type { Log } from '../../ports/log.js';
import { ALERT_FORMAT, newerFormatOf } from '../../ports/record-format.js';
import { ALERTS, HANDOFF } from '../../ports/topics.js';
import { createLanes, type Lanes, type LanesOptions } from './lanes.js';

/** What fails is told when it has failed for so long, ms: what goes through at the second or third try is no trouble. */
export const FAILING_AFTER_MS = 60_000;
/** How often the position is stored, ms, and when {@link Teller.storesAfter} are delivered: at most so much comes again after a crash. */
const SAVE_EVERY_MS = 1_000;
/** A failure is told again so often, ms, so that a sender that has died can be told from one that tries. */
const TELL_AGAIN_MS = 60_000;
/** Events that wait in memory for their turn; beyond it the rest waits in the log. */
const WAITING_LIMIT = 1_000;
/** With those of lanes that fail or rest, which hold up nobody else until there are so many. About 3 kB each. */
const HELD_LIMIT = 20_000;

const PARTITION = { topic: ALERTS, partition: 0 };
/** Only the fold's judgement is wanted: events are delivered, not kept. */
const LIMITS = { ...DEFAULT_ALERT_REGISTER_LIMITS, closedAlertsWithEvents: 0, eventsPerAlert: 1, recentEvents: 1 };

/** How one receiver is told. */
export interface Teller {
  /** Whether it is told of this event at all. */
  wants(accepted: AcceptedEvent): boolean;
  /** Those of one lane are told one after the other, in the order of the log. */
  laneOf(accepted: AcceptedEvent): string;
  /** One at least; more where its lanes rest. Rejects with what there is to tell of the failure: no part of what the receiver answered. */
  tell(accepted: readonly AcceptedEvent[], stopping: AbortSignal): Promise<void>;
  /** Deliveries after which the position is stored, however short ago it was. */
  readonly storesAfter: number;
  readonly lanes: LanesOptions;
}

export interface EventSenderDeps {
  readonly receiverId: string;
  readonly teller: Teller;
  readonly log: EventLog;
  /** Says what goes out before it does. */
  readonly audit: Pick<AuditTrail, 'keep'>;
  readonly epoch: string;
  readonly clock: Clock;
  readonly logger: Log;
  readonly failingAfterMs?: number;
}

export interface EventSender {
  /** Events in memory that are not delivered; null: another process tells this receiver. */
  waiting(): number | null;
  stop(): Promise<void>;
}

/** From an assignment of the log to its end. */
interface Run {
  readonly register: AlertRegister;
  readonly lanes: Lanes<AcceptedEvent>;
  /** Where delivering began. */
  readonly fromSeq: number;
  /** What was on record of failing then: it holds until the position moves. */
  readonly failedBefore: HandoffFailure | null;
  readSeq: number;
  /** Read, and not yet said in the audit: nothing of it has been delivered. In the order of the log. */
  readonly unsaid: { readonly seq: number; readonly accepted: AcceptedEvent }[];
  /** Delivered by whoever sent before, and not read yet. */
  readonly deliveredBefore: SeqRange[];
  isPaused: boolean;
  /** The record at `readSeq` is of a newer format: nothing goes on before a program comes that can tell it. */
  stoppedAt: HandoffFailure | null;
}

export async function startEventSender(deps: EventSenderDeps): Promise<EventSender> {
  const { receiverId, teller, log, audit, epoch, clock, logger, failingAfterMs = FAILING_AFTER_MS } = deps;
  let run: Run | null = null;
  let saved = '';
  let savedAtMs = 0;
  let saving: Promise<void> = Promise.resolve();
  let isSaveWaiting = false;
  let unstored = 0;

  function standing(of: Run): HandoffRecord {
    const waiting = [...of.lanes.waiting(), ...of.unsaid.map(({ seq }) => seq)];
    const readSeq = Math.max(of.fromSeq, of.readSeq);
    const nextSeq = waiting[0] ?? readSeq;
    const delivered = [
      ...rangesBetween(waiting, readSeq),
      ...of.deliveredBefore
        .map(([from, to]) => [Math.max(from, readSeq), to] as const)
        .filter(([from, to]) => from < to),
    ];
    const before = nextSeq === of.fromSeq ? of.failedBefore : null;
    const now = of.lanes.failing(before === null ? failingAfterMs : 0) ?? of.stoppedAt;
    const failing = before !== null ? { ...(now ?? before), since: before.since } : now;
    return { type: 'receiver', receiverId, epoch, nextSeq, failing, ...(delivered.length === 0 ? {} : { delivered }) };
  }

  async function save(): Promise<void> {
    if (run === null) return;
    const record = standing(run);
    const text = textOf(record);
    const isDue = record.failing !== null && clock.nowMs() - savedAtMs >= TELL_AGAIN_MS;
    if (text === saved && !isDue) return;
    try {
      await log.append(HANDOFF, [handoffRecord(record)]);
    } catch (error) {
      logger.warn({ receiverId, err: error }, 'how far a receiver has been told is not stored; it is tried again');
      return;
    }
    tellChange(saved, record);
    saved = text;
    savedAtMs = clock.nowMs();
  }

  function tellChange(before: string, { failing, nextSeq }: HandoffRecord): void {
    const failedBefore = before !== '' && (JSON.parse(before) as unknown[])[1] !== null;
    if (failing !== null && !failedBefore)
      logger.error({ receiverId, nextSeq, ...failing }, 'a receiver of the hand-off fails');
    else if (failing === null && failedBefore)
      logger.info({ receiverId, nextSeq }, 'a receiver of the hand-off is told again');
  }

  function saveInTurn(): Promise<void> {
    // One that waits for its turn will store what is so by then.
    if (!isSaveWaiting) {
      isSaveWaiting = true;
      saving = saving.then(() => {
        isSaveWaiting = false;
        return save();
      });
    }
    return saving;
  }
  const timer = setInterval(() => void saveInTurn(), SAVE_EVERY_MS);
  timer.unref();

  async function endRun(): Promise<void> {
    const ended = run;
    if (ended === null) return;
    await ended.lanes.stop();
    await saveInTurn();
    run = null;
  }

  function startRun(
    bounds: { startOffset: number; endOffset: number },
    held: HandoffRecord | null,
    resume: () => void,
  ): Run {
    // One of another log, or of before it was made anew, says nothing of this one: all of it is told.
    const isOfThisLog = held?.epoch === epoch && held.nextSeq <= bounds.endOffset;
    const fromSeq = held === null ? bounds.endOffset : isOfThisLog ? held.nextSeq : 0;
    if (fromSeq < bounds.startOffset && held !== null)
      logger.error(
        { receiverId, nextSeq: fromSeq, ...bounds },
        'the alert log dropped events before a receiver was told',
      );
    const lanes = createLanes<AcceptedEvent>({
      deliver: teller.tell,
      clock,
      onDelivered() {
        resume();
        if (++unstored < teller.storesAfter) return;
        unstored = 0;
        void saveInTurn();
      },
      onHeldUp: resume,
      options: teller.lanes,
    });
    return {
      register: createAlertRegister(bounds.startOffset, LIMITS),
      lanes,
      fromSeq,
      failedBefore: isOfThisLog ? (held?.failing ?? null) : null,
      readSeq: bounds.startOffset,
      unsaid: [],
      deliveredBefore: isOfThisLog ? [...(held?.delivered ?? [])] : [],
      isPaused: false,
      stoppedAt: null,
    };
  }

  /** A newer program will tell it: this one must neither pass it by nor go on behind it. */
  function stopAtNewer(of: Run, record: LogRecord, format: string, control: PartitionControl): void {
    const error = `record ${record.offset} of ${ALERTS} has format ${format}, and this program knows ${ALERT_FORMAT} at most`;
    of.stoppedAt = { since: new Date(clock.nowMs()).toISOString(), tries: 0, error };
    logger.error({ receiverId, offset: record.offset, format }, 'a receiver waits for a newer program to be told');
    control.pause(PARTITION);
    control.seek(PARTITION, record.offset);
  }

  function take(of: Run, record: LogRecord): void {
    const event = readAlertRecord(record);
    // What cannot be read is told by every other reader of the log; what is newer and of before has been delivered by a newer program.
    if (event === null) return;
    const { accepted } = of.register.fold(event, record.offset, record.appendedAtMs);
    while ((of.deliveredBefore[0]?.[1] ?? Number.POSITIVE_INFINITY) <= record.offset) of.deliveredBefore.shift();
    const isDelivered =
      record.offset < of.fromSeq || (of.deliveredBefore[0]?.[0] ?? Number.POSITIVE_INFINITY) <= record.offset;
    if (accepted !== null && !isDelivered && teller.wants(accepted)) of.unsaid.push({ seq: record.offset, accepted });
  }

  /** No entry, no delivery: rejects where it can be kept nowhere, and then what is read waits for the next attempt. */
  async function handOut(of: Run): Promise<void> {
    const [first, last] = [of.unsaid[0], of.unsaid.at(-1)];
    if (first === undefined || last === undefined) return;
    const ids = new Set(of.unsaid.map(({ accepted }) => accepted.event.wearerId));
    await audit.keep({
      what: 'alerts.read',
      act: 'disclosure',
      when: new Date(clock.nowMs()).toISOString(),
      who: 'tagwatch',
      recipient: receiverId,
      wearerIds: [...ids].filter((id) => !id.startsWith(SUPPLIER_IDS)),
      rowCount: of.unsaid.length,
      outcome: 'done',
      operationId: 'handoff deliver',
      correlationId: `handoff-${receiverId}-${first.seq}`,
      fromSeq: first.seq,
      toSeq: last.seq,
    });
    for (const { seq, accepted } of of.unsaid.splice(0)) of.lanes.add(teller.laneOf(accepted), seq, accepted);
  }

  const hasRoom = ({ lanes }: Run, more: number): boolean =>
    lanes.moving() + more < WAITING_LIMIT && lanes.size() + more < HELD_LIMIT;

  function resumeWhereRoom(of: Run, control: PartitionControl): void {
    if (!of.isPaused || of.lanes.moving() > WAITING_LIMIT / 2 || of.lanes.size() > HELD_LIMIT - WAITING_LIMIT) return;
    of.isPaused = false;
    control.resume(PARTITION);
  }

  const consumer = await log.consume({
    group: `tagwatch-handoff-${receiverId}`,
    topics: [ALERTS],
    commit: false,
    handler: {
      async onAssigned(added, control) {
        if (!added.some(({ topic }) => topic === ALERTS)) return;
        const held = (await readHandoffs(log)).get(receiverId) ?? null;
        const bounds = await control.bounds(PARTITION);
        const started: Run = startRun(bounds, held, () => resumeWhereRoom(started, control));
        run = started;
        saved = held === null || held.removed ? '' : textOf(held);
        control.seek(PARTITION, bounds.startOffset);
        // Before anything else may happen: a new receiver is told of what comes from now on, whatever happens meanwhile.
        await saveInTurn();
      },
      async onBatch(batch, control) {
        if (run === null) return;
        const of = run;
        for (const record of batch.records) {
          if (record.offset < of.readSeq) continue;
          const newer = newerFormatOf(record, ALERT_FORMAT);
          if (newer !== null && record.offset >= of.fromSeq) {
            await handOut(of);
            return stopAtNewer(of, record, newer, control);
          }
          take(of, record);
          of.readSeq = record.offset + 1;
          if (hasRoom(of, of.unsaid.length)) continue;
          // What is handed out may join those that are held up, and then there is room.
          await handOut(of);
          if (hasRoom(of, 0)) continue;
          of.isPaused = true;
          control.pause(PARTITION);
          control.seek(PARTITION, of.readSeq);
          return;
        }
        await handOut(of);
        of.readSeq = Math.max(of.readSeq, batch.nextOffset);
      },
      async onRevoked(revoked, _control, how) {
        if (!revoked.some(({ topic }) => topic === ALERTS)) return;
        if (how === 'given-up') return await endRun();
        const ended = run;
        run = null;
        await ended?.lanes.stop();
      },
    },
  });

  return {
    waiting: () => run?.lanes.size() ?? null,
    async stop() {
      clearInterval(timer);
      await consumer.stop();
      await endRun();
    },
  };
}

/** How often it was tried changes all the time, and is told with the rest now and then. */
const textOf = ({ nextSeq, failing, delivered = [] }: HandoffRecord): string =>
  JSON.stringify([nextSeq, failing?.since ?? null, delivered]);

/** What lies between those that wait, in their order, and behind the last of them up to `end`. */
function rangesBetween(waiting: readonly number[], end: number): SeqRange[] {
  return waiting.flatMap((seq, i): SeqRange[] => {
    const next = waiting[i + 1] ?? end;
    return next > seq + 1 ? [[seq + 1, next]] : [];
  });
}
