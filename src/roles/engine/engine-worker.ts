/**
 * The engine role: owns partitions of `tagwatch.inputs`, folds them, appends what was found to `tagwatch.alerts`, checkpoints its
 * states and appends ticks. Order within a partition: fold, append events, checkpoint (architecture.md, guarantees 2 and 4).
 */
import type { Clock } from '../../ports/clock.js';
import type {
  Consumer,
  EventLog,
  LogBatch,
  PartitionControl,
  Revocation,
  TopicPartition,
} from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { createLogTime } from '../../ports/log-time.js';
import { INPUT_PARTITIONS, INPUTS, partitionInput, STATES } from '../../ports/topics.js';
import { createRetentionAlarm } from '../retention-alarm.js';
import { createCheckpointWriter } from './checkpoint-writer.js';
import { createInputsFolding, type EngineCounters, type SeverityRules } from './inputs-folding.js';
import { mayCheckpoint, type OwnedPartition } from './owned-partition.js';
import { emptyFold } from './partition-fold.js';
import { createStatesReading } from './states-reading.js';
import { createStatesRestore } from './states-restore.js';

export type { EngineCounters } from './inputs-folding.js';

const ENGINE_GROUP = 'tagwatch-engine';
/** So much an alert may come later; under load a fetch brings several appends then, and a fetch costs as much as folding ten pings. */
const PATIENCE_MS = 2;

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
  /** By which table alerts are severe; the engine's own where not given. */
  readonly severity?: SeverityRules;
}): Promise<EngineWorker> {
  const { log, clock, logger } = deps;
  const inputs = createInputsFolding(deps);
  const options = { ...ENGINE_DEFAULTS, ...deps.options };
  const logTime = createLogTime(clock, logger);
  const tellLag = createRetentionAlarm('engine', clock, logger);
  const owned = new Map<number, OwnedPartition>();
  const states = createStatesReading(logger, (entry) => owned.get(entry.fold.partition) === entry);
  let assigned = false;

  async function onAssigned(added: readonly TopicPartition[], control: PartitionControl): Promise<void> {
    for (const { topic, partition } of added) {
      if (topic !== INPUTS) continue;
      const statesAt = await control.bounds({ topic: STATES, partition });
      const inputsAt = await control.bounds({ topic: INPUTS, partition });
      const fold = emptyFold(partition);
      const firstAtMs = clock.nowMs() - firstRhythmMs(partition, options.checkpointEveryMs);
      const entry: OwnedPartition = {
        fold,
        restoreUntil: statesAt.endOffset,
        restoring: createStatesRestore(),
        isNewerTold: false,
        caughtUpAt: inputsAt.endOffset,
        endOffset: inputsAt.endOffset,
        pending: [],
        pendingEvents: [],
        pendingRejects: [],
        pendingRequests: new Map(),
        pendingCounts: [],
        heldSinceMs: null,
        checkpoints: createCheckpointWriter({ ...deps, ...options }, fold, control, firstAtMs),
        control,
      };
      owned.set(partition, entry);
      control.seek({ topic: STATES, partition }, statesAt.startOffset);
      entry.checkpoints.beginBehind(statesAt.endOffset);
      if (statesAt.endOffset <= statesAt.startOffset) await states.finishRestore(entry, inputsAt.startOffset, control);
      else control.pause({ topic: INPUTS, partition });
    }
    assigned = true;
    logger.info({ added: partitionsOf(added), owned: [...owned.keys()] }, 'engine: partitions assigned');
  }

  async function onBatch(batch: LogBatch, control: PartitionControl): Promise<void> {
    const entry = owned.get(batch.partition);
    if (!entry) return;
    if (batch.topic === STATES) await states.take(entry, batch, control);
    else await onInputs(entry, batch, control);
  }

  async function onInputs(entry: OwnedPartition, batch: LogBatch, control: PartitionControl): Promise<void> {
    entry.endOffset = batch.endOffset;
    logTime.note(batch);
    tellLag(batch);
    await inputs.take(entry, batch);
    if (!mayCheckpoint(entry)) return;
    const knewOfSome = entry.checkpoints.foreign() !== null;
    await entry.checkpoints.goOn();
    if (!knewOfSome && entry.checkpoints.foreign() !== null) states.readForeign(entry, control);
  }

  /** Who has not been heard for a session may own nothing any more. */
  function isSessionLost(control: PartitionControl): boolean {
    return clock.nowMs() - control.lastHeartbeatAtMs() > options.sessionMs;
  }

  /** A partition stands still from when it is given up until it is read by another: what of it can be written before, is. */
  async function onLeaving(leaving: readonly TopicPartition[]): Promise<void> {
    for (const partition of partitionsOf(leaving)) {
      const entry = owned.get(partition);
      // Requests that are held for the end of an import are not waited for.
      if (entry === undefined || entry.restoreUntil !== null || entry.heldSinceMs !== null) continue;
      await entry.checkpoints.writeAhead(() => owned.get(partition) === entry && mayCheckpoint(entry));
    }
  }

  async function onRevoked(
    revoked: readonly TopicPartition[],
    _control: PartitionControl,
    how: Revocation,
  ): Promise<void> {
    const partitions = partitionsOf(revoked);
    const entries = partitions.map((partition) => [partition, owned.get(partition)] as const);
    for (const [partition, entry] of entries) {
      // One that came back while others were written is another, and nobody's to take away.
      if (!entry || owned.get(partition) !== entry) continue;
      try {
        if (how === 'given-up' && mayCheckpoint(entry)) await entry.checkpoints.writeAll();
      } finally {
        if (owned.get(partition) === entry) owned.delete(partition);
      }
    }
    logger.info({ revoked: partitions, how, owned: [...owned.keys()] }, 'engine: partitions revoked');
  }

  async function tick(): Promise<void> {
    const isOwn = ({ restoreUntil, control }: OwnedPartition) => restoreUntil === null && !isSessionLost(control);
    const restored = [...owned.values()].filter(isOwn);
    if (restored.length === 0) return;
    const tick = { type: 'tick', atMs: logTime.tickAtMs() } as const;
    try {
      await log.append(
        INPUTS,
        restored.map(({ fold }) => partitionInput(tick, fold.partition)),
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
    patienceMs: PATIENCE_MS,
    handler: { onAssigned, onBatch, onLeaving, onRevoked },
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
