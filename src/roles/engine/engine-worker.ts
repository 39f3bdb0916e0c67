/**
 * The engine role: owns partitions of `tagwatch.inputs`, folds them, appends what was found to `tagwatch.alerts`, checkpoints its
 * states and appends ticks. Order within a partition: fold, append events, checkpoint (architecture.md, guarantees 2 and 4).
 */
import { toFindingEvent } from '../../alerts/event.js';
import type { EngineEvent, NotJudged } from '../../engine/types.js';
import type { Clock } from '../../ports/clock.js';
import type {
  Consumer,
  EventLog,
  LogBatch,
  LogRecord,
  NewRecord,
  PartitionControl,
  Revocation,
  TopicPartition,
} from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { believedTickMs, createLogTime } from '../../ports/log-time.js';
import { type InputAt, readInputs, UnknownFormat } from '../../ports/ping-records.js';
import { ALERT_FORMAT, formatHeaders, newerFormatOf, STATE_FORMAT } from '../../ports/record-format.js';
import { decodeState } from '../../ports/states.js';
import {
  ALERTS,
  encodeJson,
  INPUT_PARTITIONS,
  INPUTS,
  type InputRecord,
  inputRecord,
  type ReconcileRecord,
  rejectedRecord,
  STATES,
} from '../../ports/topics.js';
import { appendWhatFits, asRejected, keepRejected } from '../appending.js';
import { mergeRequests } from '../reconciler/reconcile-request.js';
import { createRetentionAlarm } from '../retention-alarm.js';
import { createCheckpointWriter } from './checkpoint-writer.js';
import { forgetOrphans } from './forget.js';
import { emptyFold, foldInput, type PartitionFold } from './partition-fold.js';
import type { FoldFault } from './partition-memory.js';
import { createSharedSchedules } from './shared-schedules.js';
import { noticeState, noticeTombstone } from './states-notice.js';
import { createStatesRestore, type StatesRestore } from './states-restore.js';

const ENGINE_GROUP = 'tagwatch-engine';

/** Counts for the metrics; `main.ts` hands in prom-client's. */
export interface EngineCounters {
  pingFolded(notJudged: NotJudged | null): void;
  eventAppended(event: EngineEvent): void;
  /** From the receipt of the input that caused an event until `tagwatch.alerts` has it. */
  alertLatency(seconds: number): void;
  inputRejected(reason: string): void;
  statesCheckpointed(count: number): void;
}

export interface EngineOptions {
  /** How often time is told to the fold, ms. */
  readonly tickEveryMs: number;
  /** How often what has changed is written, ms, over half of that time: a crash costs folding the inputs since again. */
  readonly checkpointEveryMs: number;
  /** An owner whose last heartbeat is older than this (the group's session) does not checkpoint: it may own nothing any more. */
  readonly sessionMs: number;
}

export const ENGINE_DEFAULTS: EngineOptions = {
  tickEveryMs: 5_000,
  checkpointEveryMs: 300_000,
  sessionMs: 10_000,
};

const OLDER_STATE =
  'engine: an older state was written over a newer one; the next checkpoint writes the newer one again';

/** How long requests wait for more shared conditions to come: a tick every 5 s ends an import before that. */
const HOLD_REQUESTS_MS = 20_000;

/** Before a tag's id, in the place of an activation's: no such id has a slash. */
const FORGOTTEN_OF = 'tag/';

export interface EngineWorker {
  /** Whether every partition that it owns is restored and has been read to where its end was at assignment. */
  isReady(): boolean;
  /** Partitions owned, restored, the inputs still to be folded, and of the last checkpoints the oldest (null: owns nothing). */
  status(): {
    readonly partitions: number;
    readonly restored: number;
    readonly lag: number;
    readonly checkpointedAtMs: number | null;
  };
  stop(): Promise<void>;
}

interface OwnedPartition {
  fold: PartitionFold;
  /** One past the last state that a restore has to read; null: restored. */
  restoreUntil: number | null;
  restoring: StatesRestore;
  isNewerTold: boolean;
  /** The end of the inputs when they were assigned: reading up to there is the start-up backlog. */
  caughtUpAt: number;
  endOffset: number;
  /** Events folded but not yet in the log. A checkpoint never passes them. */
  pending: NewRecord[];
  pendingEvents: EngineEvent[];
  /** What of the past is to be judged again, by activation: appended behind the events. */
  pendingRequests: Map<string, ReconcileRecord>;
  /** Since when they wait for the end of an import of shared conditions; null: they do not. */
  heldSinceMs: number | null;
  readonly checkpoints: ReturnType<typeof createCheckpointWriter>;
  readonly control: PartitionControl;
}

/** In the same rhythm, each at a time of its own: twelve at once hold up the fold, and each other. */
function firstRhythmMs(partition: number, checkpointEveryMs: number): number {
  return ((partition % INPUT_PARTITIONS) / INPUT_PARTITIONS) * checkpointEveryMs;
}

export async function startEngine(deps: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Log;
  readonly counters: EngineCounters;
  readonly options?: Partial<EngineOptions>;
}): Promise<EngineWorker> {
  const { log, clock, logger, counters } = deps;
  const sharedSchedules = createSharedSchedules(logger);
  const options = { ...ENGINE_DEFAULTS, ...deps.options };
  const logTime = createLogTime(clock, logger);
  const tellLag = createRetentionAlarm('engine', clock, logger);
  const owned = new Map<number, OwnedPartition>();
  let assigned = false;

  async function onAssigned(added: readonly TopicPartition[], control: PartitionControl): Promise<void> {
    for (const { topic, partition } of added) {
      if (topic !== INPUTS) continue;
      const states = await control.bounds({ topic: STATES, partition });
      const inputs = await control.bounds({ topic: INPUTS, partition });
      const fold = emptyFold(partition);
      const firstAtMs = clock.nowMs() - firstRhythmMs(partition, options.checkpointEveryMs);
      const entry: OwnedPartition = {
        fold,
        restoreUntil: states.endOffset,
        restoring: createStatesRestore(),
        isNewerTold: false,
        caughtUpAt: inputs.endOffset,
        endOffset: inputs.endOffset,
        pending: [],
        pendingEvents: [],
        pendingRequests: new Map(),
        heldSinceMs: null,
        checkpoints: createCheckpointWriter({ ...deps, ...options }, fold, control, firstAtMs),
        control,
      };
      owned.set(partition, entry);
      control.seek({ topic: STATES, partition }, states.startOffset);
      entry.checkpoints.beginBehind(states.endOffset);
      if (states.endOffset <= states.startOffset) finishRestore(entry, inputs.startOffset, control);
      else control.pause({ topic: INPUTS, partition });
    }
    assigned = true;
    logger.info({ added: partitionsOf(added), owned: [...owned.keys()] }, 'engine: partitions assigned');
  }

  function finishRestore(entry: OwnedPartition, inputsStart: number, control: PartitionControl): void {
    const { fold } = entry;
    const { states, behind } = entry.restoring.finish(fold);
    for (const key of behind) logger.warn({ partition: fold.partition, key }, OLDER_STATE);
    const lost = inputsStart - fold.position;
    if (fold.position > 0 && lost > 0)
      logger.error(
        { partition: fold.partition, from: fold.position, to: inputsStart },
        'engine: inputs were dropped by retention before they were folded',
      );
    entry.restoring = createStatesRestore();
    entry.restoreUntil = null;
    forgetOrphans(fold);
    fold.position = Math.max(fold.position, inputsStart);
    control.seek({ topic: INPUTS, partition: fold.partition }, fold.position);
    control.resume({ topic: INPUTS, partition: fold.partition });
    readForeign(entry, control);
    logger.debug({ partition: fold.partition, states, from: fold.position }, 'engine: restored');
  }

  async function onBatch(batch: LogBatch, control: PartitionControl): Promise<void> {
    const entry = owned.get(batch.partition);
    if (!entry) return;
    if (batch.topic === STATES) await onStates(entry, batch, control);
    else await onInputs(entry, batch, control);
  }

  async function onStates(entry: OwnedPartition, batch: LogBatch, control: PartitionControl): Promise<void> {
    if (entry.restoreUntil !== null) {
      for (const record of batch.records) takeState(entry, record);
      if (batch.nextOffset < entry.restoreUntil) return;
      const { startOffset } = await control.bounds({ topic: INPUTS, partition: batch.partition });
      entry.checkpoints.beginBehind(batch.nextOffset);
      return finishRestore(entry, startOffset, control);
    }
    const until = entry.checkpoints.foreign()?.to ?? 0;
    for (const record of batch.records)
      if (record.offset < until && noticeRecord(entry.fold, record))
        logger.warn({ partition: batch.partition, key: record.key }, OLDER_STATE);
    entry.checkpoints.noteRead(Math.min(batch.nextOffset, until));
    if (batch.nextOffset >= until) readForeign(entry, control);
  }

  /** What it cannot read it must not go on without, nor write over: the partition waits for a program that can. */
  function takeState(entry: OwnedPartition, record: LogRecord): void {
    const newer = newerFormatOf(record, STATE_FORMAT);
    if (newer === null) {
      entry.restoring.take(record);
      return;
    }
    const why = `the state ${record.key} has format ${newer}, and this program knows ${STATE_FORMAT}`;
    tellNewer(entry, `the state ${record.key}`, why);
    throw new Error(why);
  }

  /** Once a partition: it is tried again until somebody acts. */
  function tellNewer(entry: OwnedPartition, what: string, why: string): void {
    if (!entry.isNewerTold)
      logger.error(
        { partition: entry.fold.partition, what, why },
        'engine: a record is of a newer program than this one, and its partition is not folded: upgrade this one, or stop it',
      );
    entry.isNewerTold = true;
  }

  /** Whether it is older than what is held; then the next checkpoint writes over it. */
  function noticeRecord(fold: PartitionFold, record: LogRecord): boolean {
    const { key, value } = record;
    if (newerFormatOf(record, STATE_FORMAT) !== null) return false;
    if (value !== null) return noticeState(fold, decodeState(value));
    return key !== null && noticeTombstone(fold, key);
  }

  async function onInputs(entry: OwnedPartition, batch: LogBatch, control: PartitionControl): Promise<void> {
    entry.endOffset = batch.endOffset;
    logTime.note(batch);
    tellLag(batch);
    // What an earlier try folded but could not append goes first; the records themselves are then skipped by the fold.
    await appendPending(entry);
    const before = entry.pendingRequests.size;
    let hasShared = false;
    for (const record of batch.records) hasShared = foldRecord(entry, record) === 'shared' || hasShared;
    entry.fold.position = Math.max(entry.fold.position, batch.nextOffset);
    // Of thousands of zones each would ask for every tag: what they ask for is merged until no more of them come.
    if (!hasShared) entry.heldSinceMs = null;
    else if (before === 0) entry.heldSinceMs = clock.nowMs();
    await appendPending(entry);
    if (!mayCheckpoint(entry)) return;
    const knewOfSome = entry.checkpoints.foreign() !== null;
    await entry.checkpoints.goOn();
    if (!knewOfSome && entry.checkpoints.foreign() !== null) readForeign(entry, control);
  }

  /** Answers what it was; null for what was folded before or cannot be read. */
  function foldRecord(entry: OwnedPartition, record: LogRecord): InputRecord['type'] | null {
    const { fold } = entry;
    if (record.offset < fold.position) return null;
    let inputs: readonly InputAt[];
    try {
      inputs = readInputs(record);
    } catch (error) {
      if (error instanceof UnknownFormat) {
        tellNewer(entry, `an input at ${record.offset}`, error.message);
        throw error;
      }
      reject(entry, record, 'unreadable-input', 'the record is not JSON of a known type');
      fold.position = record.offset + 1;
      return null;
    }
    for (const each of inputs) foldOne(entry, record, each);
    return inputs[0]!.input.type;
  }

  function foldOne(entry: OwnedPartition, record: LogRecord, { input, position, next }: InputAt): void {
    const { fold } = entry;
    const told = input.type === 'tick' ? { ...input, atMs: believedTickMs(input.atMs, record) } : input;
    const onFault = ({ activationId, error }: FoldFault) => {
      logger.error(
        { partition: record.partition, offset: record.offset, activationId, err: error },
        'engine: an input could not be folded; it is kept in tagwatch.rejected and the state stays as it was',
      );
      reject(entry, record, 'engine-fault', `activation ${activationId}: ${String(error)}`, input);
    };
    const { events, notJudged, reconcile } = foldInput(fold, told, position, onFault, next);
    if (input.type === 'ping') counters.pingFolded(notJudged);
    if (told.type === 'tick') sharedSchedules.look(record.partition, fold.sharedIndex, told.atMs);
    for (const request of reconcile) {
      const key = request.activationId ?? `${FORGOTTEN_OF}${request.tagId}`;
      entry.pendingRequests.set(key, mergeRequests(entry.pendingRequests.get(key), request));
    }
    for (const event of events) {
      entry.pendingEvents.push(event);
      entry.pending.push({
        key: event.wearerId,
        value: encodeJson(toFindingEvent(event)),
        headers: formatHeaders(ALERT_FORMAT),
      });
    }
  }

  const rejects: NewRecord[] = [];
  /** Of a record that holds many, the one that is at fault. */
  function reject(entry: OwnedPartition, record: LogRecord, reason: string, detail: string, input?: InputRecord): void {
    counters.inputRejected(reason);
    const rejectedAt = new Date(clock.nowMs()).toISOString();
    const from = { topic: record.topic, partition: entry.fold.partition, offset: record.offset };
    const tagId = input?.type === 'ping' ? input.ping.tagId : record.key;
    const bytes = input === undefined ? (record.value ?? new Uint8Array()) : encodeJson(input);
    rejects.push(rejectedRecord({ reason, detail, rejectedAt, from, tagId }, bytes));
  }

  /** Rejects where the log is away: the log calls again with the same batch, and this is tried first. */
  async function appendPending(entry: OwnedPartition): Promise<void> {
    if (entry.pending.length > 0) await appendEvents(entry);
    if (rejects.length > 0) {
      const batch = rejects.splice(0);
      await keepRejected(deps, batch).catch((error: unknown) => {
        rejects.unshift(...batch);
        throw error;
      });
    }
    if (entry.pendingRequests.size === 0) return;
    if (entry.heldSinceMs !== null && clock.nowMs() - entry.heldSinceMs < HOLD_REQUESTS_MS) return;
    entry.heldSinceMs = null;
    const { partition } = entry.fold;
    await appendWhatFits(
      deps,
      INPUTS,
      [...entry.pendingRequests.values()].map((request) => ({ ...inputRecord(request), partition })),
    );
    entry.pendingRequests.clear();
  }

  async function appendEvents(entry: OwnedPartition): Promise<void> {
    const refused = await appendWhatFits(deps, ALERTS, entry.pending);
    rejects.push(...asRejected(ALERTS, refused, clock.nowMs()));
    const nowMs = clock.nowMs();
    for (const event of entry.pendingEvents) {
      counters.eventAppended(event);
      counters.alertLatency(Math.max(0, nowMs - event.raisedAtMs) / 1000);
    }
    entry.pending = [];
    entry.pendingEvents = [];
  }

  /** Not before the log has all that what is written makes up for. */
  function mayCheckpoint({ restoreUntil, pending, pendingRequests }: OwnedPartition): boolean {
    return restoreUntil === null && pending.length === 0 && pendingRequests.size === 0;
  }

  /** What others wrote is read; otherwise states are not. */
  function readForeign(entry: OwnedPartition, control: PartitionControl): void {
    const at = { topic: STATES, partition: entry.fold.partition };
    const foreign = entry.checkpoints.foreign();
    if (foreign === null) control.pause(at);
    else {
      control.seek(at, foreign.from);
      control.resume(at);
    }
  }

  /** Who has not been heard for a session may own nothing any more. */
  function isSessionLost(control: PartitionControl): boolean {
    return clock.nowMs() - control.lastHeartbeatAtMs() > options.sessionMs;
  }

  async function onRevoked(
    revoked: readonly TopicPartition[],
    _control: PartitionControl,
    how: Revocation,
  ): Promise<void> {
    const partitions = partitionsOf(revoked);
    for (const partition of partitions) {
      const entry = owned.get(partition);
      if (!entry) continue;
      if (how === 'given-up' && mayCheckpoint(entry)) await entry.checkpoints.writeAll();
      owned.delete(partition);
    }
    logger.info({ revoked: partitions, how, owned: [...owned.keys()] }, 'engine: partitions revoked');
  }

  async function tick(): Promise<void> {
    const isOwn = ({ restoreUntil, control }: OwnedPartition) => restoreUntil === null && !isSessionLost(control);
    const restored = [...owned.values()].filter(isOwn);
    if (restored.length === 0) return;
    const value = encodeJson({ type: 'tick', atMs: logTime.tickAtMs() } satisfies InputRecord);
    try {
      await log.append(
        INPUTS,
        restored.map(({ fold }) => ({ key: null, value, partition: fold.partition })),
      );
    } catch (error) {
      logger.warn({ err: error }, 'engine: tick not appended; the next one tells the same');
    }
  }

  let ticking: Promise<void> | null = null;
  const ticker = setInterval(() => {
    // One at a time: where the log hangs, ticks are skipped instead of queued.
    ticking ??= tick().finally(() => {
      ticking = null;
    });
  }, options.tickEveryMs);

  const consumer: Consumer = await log.consume({
    group: ENGINE_GROUP,
    topics: [INPUTS, STATES],
    commit: false,
    handler: { onAssigned, onBatch, onRevoked },
  });

  const lagOf = (entry: OwnedPartition) => Math.max(0, entry.endOffset - entry.fold.position);
  return {
    isReady: () =>
      assigned &&
      [...owned.values()].every((entry) => entry.restoreUntil === null && entry.fold.position >= entry.caughtUpAt),
    status: () => ({
      partitions: owned.size,
      restored: [...owned.values()].filter((entry) => entry.restoreUntil === null).length,
      lag: [...owned.values()].reduce((sum, entry) => sum + lagOf(entry), 0),
      checkpointedAtMs:
        owned.size === 0
          ? null
          : Math.min(...[...owned.values()].map(({ checkpoints }) => checkpoints.checkpointedAtMs())),
    }),
    async stop() {
      clearInterval(ticker);
      await ticking;
      await consumer.stop();
    },
  };
}

/** The numbers of input partitions. */
function partitionsOf(at: readonly TopicPartition[]): number[] {
  return at.filter(({ topic }) => topic === INPUTS).map(({ partition }) => partition);
}
