/**
 * Writes a partition's checkpoints: slice by slice while it is owned, all at once when it goes. What it writes it knows, so it does
 * not read it back; what stands between its own records is somebody else's, and is looked at.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../ports/clock.js';
import { type EventLog, LogDenied, LogUnavailable, type PartitionControl } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { type StateRecord, stateRecord } from '../../ports/states.js';
import { appendInTurns, STATES } from '../../ports/topics.js';
import { type Rotation, returnCheckpoint, startRotation, takeCheckpoint, takeSlice } from './checkpoint.js';
import type { PartitionFold } from './partition-memory.js';

/** A round is written over this share of the time until the next. */
const SPREAD_SHARE = 0.5;
/** A slice is worth an append, and nothing waits long for one. */
const SLICE_EVERY_MS = 1_000;
const MOST_A_SLICE = 1_000;
/** How often writing ahead looks whether it may go on, until it leaves the rest to what comes after it. */
const AHEAD_LOOK_MS = 2;
const AHEAD_LOOKS = 250;

export interface CheckpointWriter {
  /** Begins a round where one is due, and writes the next slice of it where that is. */
  goOn(): Promise<void>;
  /** Writes what has changed while the fold goes on, each slice when `isSettled` says that it may be: what is left then is little. */
  writeAhead(isSettled: () => boolean): Promise<void>;
  /** Writes all that has changed. */
  writeAll(): Promise<void>;
  /** When the newest round began, epoch ms. */
  checkpointedAtMs(): number;
  /** Of what others wrote into the topic, the next that has not been read: from an offset up to and without another. */
  foreign(): { readonly from: number; readonly to: number } | null;
  /** It has been read up to there. */
  noteRead(nextOffset: number): void;
}

export interface CheckpointWriterDeps {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Log;
  readonly counters: { statesCheckpointed(count: number): void };
  readonly checkpointEveryMs: number;
  readonly sessionMs: number;
}

/** `firstAtMs`: as if the newest round had begun then. `statesEnd`: one past the last state that was read. */
export function createCheckpointWriter(
  deps: CheckpointWriterDeps,
  fold: PartitionFold,
  control: PartitionControl,
  firstAtMs: number,
): CheckpointWriter & { beginBehind(statesEnd: number): void } {
  const { log, clock, logger, counters, checkpointEveryMs, sessionMs } = deps;
  const { partition } = fold;
  let rotation: Rotation | null = null;
  let begunAtMs = firstAtMs;
  let slicedAtMs = firstAtMs;
  let statesEnd = 0;
  const foreign: { from: number; to: number }[] = [];
  /** Another one would tell of states that may not be in the log. */
  let isWriting = false;

  /** Who has not been heard for a session may own nothing any more. */
  const isHeard = (): boolean => clock.nowMs() - control.lastHeartbeatAtMs() <= sessionMs;
  function mayWrite(): boolean {
    if (isWriting) return false;
    if (isHeard()) return true;
    logger.warn({ partition }, 'engine: no heartbeat for a session, so no checkpoint');
    return false;
  }

  /**
   * So many at a time: while they are on their way others have their turn, and nobody waits until all of a partition that goes is written out.
   * What is encoded after the first is as it is by then: whoever folds on meanwhile says one piece, for a state would hold what came after the
   * offset that it says.
   */
  async function append(records: readonly StateRecord[], atOnce: number): Promise<void> {
    for (let from = 0; from < records.length; from += atOnce) await appendPiece(records.slice(from, from + atOnce));
  }

  async function appendPiece(records: readonly StateRecord[]): Promise<void> {
    if (!isHeard()) throw new LogUnavailable('no heartbeat for a session: another may own it by now');
    const places = await appendInTurns(
      log,
      STATES,
      records.map((record) => stateRecord(record, partition)),
    );
    for (const { offset } of places) {
      if (offset > statesEnd) foreign.push({ from: statesEnd, to: offset });
      statesEnd = offset + 1;
    }
  }

  /** `through` says that all of it is in, so it goes alone, and before the tombstones of what it makes needless. */
  async function write(records: readonly StateRecord[], atOnce: number): Promise<boolean> {
    if (records.length === 0) return true;
    isWriting = true;
    try {
      const through = records.findIndex(({ type }) => type === 'through');
      const closing = through < 0 ? records.length : through;
      await append(records.slice(0, closing), atOnce);
      await append(records.slice(closing, closing + 1), atOnce);
      await append(records.slice(closing + 1), atOnce);
      counters.statesCheckpointed(records.length);
      return true;
    } catch (error) {
      // No loss: what it held is dirty again, and the next one writes it.
      returnCheckpoint(fold, records);
      const tell = error instanceof LogUnavailable && !(error instanceof LogDenied) ? logger.warn : logger.error;
      tell.call(logger, { partition, err: error }, 'engine: checkpoint not written, will try again');
      return false;
    } finally {
      isWriting = false;
    }
  }

  function sliceSize(size: number, elapsedMs: number): number {
    const spreadMs = SPREAD_SHARE * checkpointEveryMs;
    return Math.min(MOST_A_SLICE, Math.max(1, Math.ceil((size * elapsedMs) / spreadMs)));
  }

  /** The next slice of the round; answers whether it was written. */
  async function writeSlice(round: Rotation, count: number, nowMs: number): Promise<boolean> {
    const { records, isLast } = takeSlice(fold, round, count);
    if (isLast) {
      if (round.isBroken) begunAtMs = nowMs - checkpointEveryMs;
      rotation = null;
    }
    if (await write(records, Infinity)) return true;
    rotation = null;
    return false;
  }

  return {
    beginBehind(end) {
      statesEnd = end;
    },
    async goOn() {
      const nowMs = clock.nowMs();
      if (rotation === null && nowMs - begunAtMs < checkpointEveryMs) return;
      if (rotation !== null && nowMs - slicedAtMs < Math.min(SLICE_EVERY_MS, checkpointEveryMs)) return;
      if (!mayWrite()) return;
      if (rotation === null) {
        begunAtMs = nowMs;
        slicedAtMs = nowMs - SLICE_EVERY_MS;
        rotation = startRotation(fold);
        if (rotation === null) return;
      }
      const count = sliceSize(rotation.size, nowMs - slicedAtMs);
      slicedAtMs = nowMs;
      await writeSlice(rotation, count, nowMs);
    },
    async writeAhead(isSettled) {
      let looks = 0;
      /** Another round may be writing, or what a state makes up for is on its way to the log. */
      const untilFree = async (): Promise<boolean> => {
        while ((isWriting || !isSettled()) && looks++ < AHEAD_LOOKS) await delay(AHEAD_LOOK_MS);
        return isSettled() && mayWrite();
      };
      if (!(await untilFree())) return;
      begunAtMs = clock.nowMs();
      const round = startRotation(fold);
      rotation = round;
      // Asked once more in the turn in which it is taken: between the answer and this the fold may have gone on.
      while (round !== null && rotation === round && (await untilFree()) && rotation === round && isSettled()) {
        slicedAtMs = clock.nowMs();
        if (!(await writeSlice(round, MOST_A_SLICE, slicedAtMs))) return;
      }
    },
    async writeAll() {
      if (!mayWrite()) return;
      rotation = null;
      begunAtMs = clock.nowMs();
      await write(takeCheckpoint(fold), MOST_A_SLICE);
    },
    checkpointedAtMs: () => begunAtMs,
    foreign: () => foreign[0] ?? null,
    noteRead(nextOffset) {
      while (foreign[0] && foreign[0].to <= nextOffset) foreign.shift();
      if (foreign[0] && foreign[0].from < nextOffset) foreign[0].from = nextOffset;
    },
  };
}
