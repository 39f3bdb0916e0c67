/**
 * The highest sequence that was ever published, kept in the log: the engine takes no lower one. A database that has given out less
 * is older than the log, restored from a backup or made anew, and what it would publish next would be passed over.
 */
import type { EventLog } from '../../ports/event-log.js';
import { type StateRecord, stateKey, stateRecord } from '../../ports/states.js';
import { decodeJson, STATES } from '../../ports/topics.js';
import type { WatchTarget } from '../../ports/watch.js';

const MARK_PARTITION = 0;

/** A publication came out with a sequence that the log has already: the database has been replaced by an older one. */
export class SequenceRanBackwards extends Error {
  override readonly name = 'SequenceRanBackwards';
}

export interface PublishedMark {
  /** The highest sequence that may be in the log. */
  highest(): number;
  /** To be called before anything is sent under a sequence. Throws `SequenceRanBackwards` where the log has it already. */
  raise(sequence: number): Promise<void>;
}

/** Reads how far publications have got. Rejects with `LogUnavailable`. */
export async function readPublishedMark(log: EventLog): Promise<PublishedMark> {
  let highest = (await readMark(log)) ?? (await findHighest(log));
  return {
    highest: () => highest,
    async raise(sequence) {
      if (sequence <= highest) throw new SequenceRanBackwards(`${sequence} was given out, ${highest} is in the log`);
      await log.append(STATES, [stateRecord({ type: 'published', sequence }, MARK_PARTITION)]);
      highest = sequence;
    },
  };
}

/** Null where the log has been written by versions that kept no mark, or is new. */
async function readMark(log: EventLog): Promise<number | null> {
  let highest: number | null = null;
  const key = stateKey({ type: 'published', sequence: 0 });
  await log.readToEnd([{ topic: STATES, partition: MARK_PARTITION }], ({ records }) => {
    for (const record of records) {
      if (record.key !== key || record.value === null) continue;
      const state = decodeJson<StateRecord>(record.value);
      if (state.type === 'published') highest = Math.max(highest ?? 0, state.sequence);
    }
  });
  return highest;
}

async function findHighest(log: EventLog): Promise<number> {
  let highest = 0;
  await readStates(log, (state) => {
    if (state.type === 'watch') highest = Math.max(highest, state.watch.sequence);
    if (state.type === 'shared') highest = Math.max(highest, state.shared.sequence);
    if (state.type === 'wearer') highest = Math.max(highest, state.state.watch.sequence);
  });
  return highest;
}

/** The tags, shared conditions and wearers of which the engine's memory has a watch. */
export async function listWatched(log: EventLog): Promise<WatchTarget[]> {
  const targets = new Map<string, WatchTarget>();
  await readStates(log, (state) => {
    if (state.type === 'watch') targets.set(stateKey(state), { kind: 'tag', id: state.watch.tagId });
    if (state.type === 'shared') targets.set(stateKey(state), { kind: 'condition', id: state.shared.conditionId });
    if (state.type === 'wearer') targets.set(stateKey(state), { kind: 'wearer', id: state.state.watch.wearerId });
  });
  return [...targets.values()];
}

async function readStates(log: EventLog, onState: (state: StateRecord) => void): Promise<void> {
  const partitions = await log.partitionCount(STATES);
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic: STATES, partition }));
  await log.readToEnd(all, ({ records }) => {
    for (const { value } of records) if (value !== null) onState(decodeJson<StateRecord>(value));
  });
}
