/** The log's identity. A console's resume and the recorder's positions hold for one log only. */
import type { EventLog } from '../ports/event-log.js';
import { type StateRecord, stateKey, stateRecord } from '../ports/states.js';
import { decodeJson, STATES } from '../ports/topics.js';

const EPOCH_PARTITION = 0;

/**
 * Reads the epoch, or gives the log one when it is new. Two programs that start on an empty log at the same moment may write
 * two; all of them settle on the one that was written last, at the latest when they start again.
 */
export async function ensureEpoch(log: EventLog, makeEpoch: () => string): Promise<string> {
  const held = await readEpoch(log);
  if (held) return held;
  await log.append(STATES, [stateRecord({ type: 'epoch', epoch: makeEpoch() }, EPOCH_PARTITION)]);
  const written = await readEpoch(log);
  if (!written) throw new Error('the epoch was written to tagwatch.states and is not there');
  return written;
}

async function readEpoch(log: EventLog): Promise<string | null> {
  let epoch: string | null = null;
  const key = stateKey({ type: 'epoch', epoch: '' });
  await log.readToEnd([{ topic: STATES, partition: EPOCH_PARTITION }], (batch) => {
    for (const record of batch.records) {
      if (record.key !== key || !record.value) continue;
      const state = decodeJson<StateRecord>(record.value);
      if (state.type === 'epoch') epoch = state.epoch;
    }
  });
  return epoch;
}
