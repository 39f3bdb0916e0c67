/** Folds a partition's inputs and appends what came of them: events first, then what could not be used, then requests. */
import { toFindingEvent } from '../../alerts/event.js';
import { DEFAULT_SEVERITY, type SeverityTable, tellSeverity } from '../../alerts/severity.js';
import type { EngineEvent, NotJudged } from '../../engine/types.js';
import type { Clock } from '../../ports/clock.js';
import type { EventLog, LogBatch, LogRecord, NewRecord } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { type InputAt, readInputs, UnknownFormat } from '../../ports/ping-records.js';
import { alertFormatOf, formatHeaders } from '../../ports/record-format.js';
import {
  ALERTS,
  encodeJson,
  INPUTS,
  type InputRecord,
  inputRecord,
  partitionInput,
  rejectedRecord,
  SUPPLIERS_TOLD_IN,
} from '../../ports/topics.js';
import { appendWhatFits, asRejected, keepRejected } from '../appending.js';
import { mergeRequests } from '../reconciler/reconcile-request.js';
import { type OwnedPartition, tellNewer } from './owned-partition.js';
import { foldInput } from './partition-fold.js';
import { type FoldFault, orFault } from './partition-memory.js';
import { createSharedSchedules } from './shared-schedules.js';

/** How long requests wait for more shared conditions to come: a tick every 5 s ends an import before that. */
const HOLD_REQUESTS_MS = 20_000;

/** Before a tag's id, in the place of an activation's: no such id has a slash. */
const FORGOTTEN_OF = 'tag/';

/** Counts for the metrics; `main.ts` hands in prom-client's. */
export interface EngineCounters {
  pingFolded(notJudged: NotJudged | null): void;
  eventAppended(event: EngineEvent): void;
  /** From the receipt of the input that caused an event until `tagwatch.alerts` has it. */
  alertLatency(seconds: number): void;
  inputRejected(reason: string): void;
  statesCheckpointed(count: number): void;
}

export interface SeverityRules {
  readonly severity: SeverityTable;
  /** Names the table in events; null: none is configured. */
  readonly severityTableId: string | null;
}

export interface InputsFoldingDeps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Log;
  readonly counters: EngineCounters;
  readonly severity?: SeverityRules;
}

export interface InputsFolding {
  /** Folds a batch and appends what came of it. Rejects where the log is away: then the same batch is to be given again. */
  take(entry: OwnedPartition, batch: LogBatch): Promise<void>;
}

export function createInputsFolding(deps: InputsFoldingDeps): InputsFolding {
  const { log, clock, logger, counters } = deps;
  const { severity, severityTableId } = deps.severity ?? { severity: DEFAULT_SEVERITY, severityTableId: null };
  const sharedSchedules = createSharedSchedules(logger);

  async function take(entry: OwnedPartition, batch: LogBatch): Promise<void> {
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
        tellNewer(logger, entry, `an input at ${record.offset}`, error.message);
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
    const onFault = ({ activationId, error }: FoldFault) => {
      logger.error(
        { partition: record.partition, offset: record.offset, activationId, err: error },
        'engine: an input could not be folded; it is kept in tagwatch.rejected and the state stays as it was',
      );
      const about = activationId === null ? '' : `activation ${activationId}: `;
      reject(entry, record, 'engine-fault', `${about}${String(error)}`, input);
    };
    const { events, notJudged, reconcile, counted } = foldInput(fold, input, position, onFault, next);
    if (input.type === 'ping') counters.pingFolded(notJudged);
    if (input.type === 'tick') sharedSchedules.look(record.partition, fold.sharedIndex, input.atMs);
    for (const request of reconcile) {
      const key = request.activationId ?? `${FORGOTTEN_OF}${request.tagId}`;
      entry.pendingRequests.set(key, mergeRequests(entry.pendingRequests.get(key), request));
    }
    if (counted !== undefined) entry.pendingCounts.push(...counted);
    for (const event of events) {
      const alert = orFault(event.activationId, onFault, () => toAlert(event));
      if (alert === undefined) continue;
      entry.pendingEvents.push(event);
      entry.pending.push(alert);
    }
  }

  function toAlert(event: EngineEvent): NewRecord {
    const value = encodeJson(tellSeverity(toFindingEvent(event), severity, severityTableId));
    return { key: event.wearerId, value, headers: formatHeaders(alertFormatOf(event)) };
  }

  /** Of a record that holds many, the one that is at fault. */
  function reject(entry: OwnedPartition, record: LogRecord, reason: string, detail: string, input?: InputRecord): void {
    counters.inputRejected(reason);
    const rejectedAt = new Date(clock.nowMs()).toISOString();
    const from = { topic: record.topic, partition: entry.fold.partition, offset: record.offset };
    const tagId = input?.type === 'ping' ? input.ping.tagId : record.key;
    const bytes = input === undefined ? (record.value ?? new Uint8Array()) : encodeJson(input);
    entry.pendingRejects.push(rejectedRecord({ reason, detail, rejectedAt, from, tagId }, bytes));
  }

  /** Rejects where the log is away: the log calls again with the same batch, and this is tried first. */
  async function appendPending(entry: OwnedPartition): Promise<void> {
    if (entry.pending.length > 0) await appendEvents(entry);
    if (entry.pendingRejects.length > 0) {
      await keepRejected(deps, entry.pendingRejects);
      entry.pendingRejects = [];
    }
    if (entry.pendingCounts.length > 0) {
      await log.append(
        INPUTS,
        entry.pendingCounts.map((each) => partitionInput(each, SUPPLIERS_TOLD_IN)),
      );
      entry.pendingCounts = [];
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
    entry.pendingRejects.push(...asRejected(ALERTS, refused, clock.nowMs()));
    const nowMs = clock.nowMs();
    for (const event of entry.pendingEvents) {
      counters.eventAppended(event);
      counters.alertLatency(Math.max(0, nowMs - event.raisedAtMs) / 1000);
    }
    entry.pending = [];
    entry.pendingEvents = [];
  }

  return { take };
}
