/** Wearers under an order without a tag, as a partition of the engine holds them: over checkpoints, crashes and what is over. */
import { expect, it } from 'vitest';
import { NO_TAG_AFTER_MS } from '../../src/engine/thresholds.js';
import type { EngineEvent } from '../../src/engine/types.js';
import type { Untagged } from '../../src/engine/wearers/untagged.js';
import { type StateRecord, stateKey, stateRecord } from '../../src/ports/states.js';
import { type InputRecord, inputRecord, STATES } from '../../src/ports/topics.js';
import { startRotation, takeCheckpoint, takeSlice } from '../../src/roles/engine/checkpoint.js';
import { emptyFold, foldInput, type PartitionFold } from '../../src/roles/engine/partition-fold.js';
import { noticeState, noticeTombstone } from '../../src/roles/engine/states-notice.js';
import { createStatesRestore } from '../../src/roles/engine/states-restore.js';
import { FORGET_AFTER_MS } from '../../src/watchlist/over.js';

const HOUR_MS = 3_600_000;
const fail = ({ error }: { readonly error: unknown }) => {
  throw error;
};

const wearer = (id: string, sequence: number, atMs: number, untagged: readonly Untagged[]): InputRecord => ({
  type: 'wearer',
  wearer: { wearerId: id, sequence, publishedAtMs: atMs, untagged, fromMs: -1e12 },
});
const since = (startsAtMs: number): Untagged => ({ startsAtMs, endsAtMs: null, endsBecause: null });
const until = (startsAtMs: number, endsAtMs: number): Untagged => ({ startsAtMs, endsAtMs, endsBecause: 'tag-fitted' });

/** Two wearers: one who is fitted after some hours, one whose order goes on; a tick every ten minutes for two days. */
function inputs(): InputRecord[] {
  const records: InputRecord[] = [wearer('W-1', 1, 0, [since(0)]), wearer('W-2', 2, 0, [since(HOUR_MS)])];
  for (let atMs = 0; atMs <= 2 * FORGET_AFTER_MS; atMs += 600_000) {
    if (atMs === 6 * HOUR_MS) records.push(wearer('W-1', 3, atMs, [until(0, 5 * HOUR_MS)]));
    // Sent once more, out of turn: it says nothing.
    if (atMs === 7 * HOUR_MS) records.push(wearer('W-1', 2, atMs, [since(0)]));
    records.push({ type: 'tick', atMs });
  }
  return records;
}

class Topic {
  readonly states = new Map<string, StateRecord>();
  write(records: readonly StateRecord[]): void {
    for (const record of records) {
      if (record.type === 'gone') this.states.delete(record.key);
      else this.states.set(stateKey(record), record);
    }
  }
  restore(): PartitionFold {
    const states = createStatesRestore();
    [...this.states.values()].forEach((record, offset) => {
      const { key, value, headers = {} } = stateRecord(record, 0);
      states.take({ topic: STATES, partition: 0, offset, appendedAtMs: 0, key, value, headers });
    });
    const restored = emptyFold(0);
    states.finish(restored);
    return restored;
  }
}

/** Folds all; a checkpoint every so many inputs, and a crash so many inputs after each: what follows it is folded again. */
function run(checkpointEvery = Infinity, crashAfter = 0, bySlices = false) {
  const topic = new Topic();
  let fold = emptyFold(0);
  const told = new Map<string, EngineEvent>();
  const records = inputs();
  for (let offset = 0, crashes = 0; offset < records.length; offset++) {
    for (const event of foldInput(fold, records[offset]!, offset, fail).events) {
      const before = told.get(event.eventId);
      if (before !== undefined) expect(event).toEqual(before);
      told.set(event.eventId, event);
    }
    if (offset % checkpointEvery !== checkpointEvery - 1) continue;
    if (bySlices) {
      const rotation = startRotation(fold);
      for (let isLast = rotation === null; !isLast; ) {
        const slice = takeSlice(fold, rotation!, 1);
        topic.write(slice.records);
        isLast = slice.isLast;
      }
    } else topic.write(takeCheckpoint(fold));
    if (crashAfter === 0 || ++crashes > 200) continue;
    for (let next = offset + 1; next <= offset + crashAfter && next < records.length; next++)
      for (const event of foldInput(fold, records[next]!, next, fail).events) told.set(event.eventId, event);
    fold = topic.restore();
    expect(fold.position).toBe(offset + 1);
  }
  return { told: [...told.values()], fold, topic };
}

const HOURS = (ms: number | null) => (ms === null ? '' : ms / HOUR_MS);

it('each is told once, over when a tag is fitted, and the other one goes on', () => {
  const { told, fold } = run();
  const said = told.map(
    ({ wearerId, tagId, type, raisedAtMs, reason, episode }) =>
      `${HOURS(raisedAtMs)} ${wearerId} ${tagId} ${type} ${reason} ${HOURS(episode.startedAtMs)}-${HOURS(episode.endedAtMs)}`,
  );
  expect(said).toEqual([
    '1 W-1 wearer/W-1 confirmed no-tag 0-',
    '2 W-2 wearer/W-2 confirmed no-tag 1-',
    '6 W-1 wearer/W-1 ended no-tag 0-5',
  ]);
  // Of whom nothing is left to be told, nothing is kept.
  expect([...fold.wearers.keys()]).toEqual(['W-2']);
  expect(NO_TAG_AFTER_MS).toBe(HOUR_MS);
});

it('the same events come of it over checkpoints and crashes, whole or by slices, and the states are as small', () => {
  const { told } = run();
  for (const [every, crash] of [
    [1, 0],
    [1, 1],
    [7, 5],
    [40, 39],
  ] as const) {
    for (const bySlices of [false, true]) {
      const other = run(every, crash, bySlices);
      expect(other.told).toEqual(told);
      other.topic.write(takeCheckpoint(other.fold));
      expect([...other.topic.states.keys()].sort()).toEqual(['through', 'wearer/W-2']);
    }
  }
});

it('a state or a tombstone of a worker that no longer owns it is written over', () => {
  const { fold } = run();
  takeCheckpoint(fold);
  const { state, appliedOffset } = fold.wearers.get('W-2')!;
  expect(noticeState(fold, { type: 'wearer', appliedOffset: appliedOffset - 1, state })).toBe(true);
  expect(takeCheckpoint(fold).map(stateKey)).toEqual(['wearer/W-2', 'through']);
  expect(noticeTombstone(fold, 'wearer/W-1')).toBe(false);
  expect(noticeTombstone(fold, 'wearer/W-2')).toBe(true);
  expect(takeCheckpoint(fold).map(stateKey)).toEqual(['wearer/W-2', 'through']);
});

it('an older program waits at it: it is of a newer format than all that it knows', () => {
  const record = inputRecord(wearer('W-1', 1, 0, []) as InputRecord & { type: 'wearer' });
  expect(record).toMatchObject({ key: 'wearer/W-1', headers: { format: '3' } });
  const { state } = run().fold.wearers.get('W-2')!;
  expect(stateRecord({ type: 'wearer', appliedOffset: 0, state }, 0).headers).toMatchObject({ format: '3' });
  expect(stateRecord({ type: 'through', offset: 1, tickAtMs: 1 }, 0).headers).toMatchObject({ format: '2' });
});

it('one whose state is broken takes nothing from what the others are told, and is told itself as a fault', () => {
  const fold = emptyFold(0);
  const faults: unknown[] = [];
  const give = (record: InputRecord, offset: number) =>
    foldInput(fold, record, offset, ({ error }) => faults.push(error)).events;
  ['W-1', 'W-2', 'W-3'].forEach((id, i) => void give(wearer(id, i + 1, 0, [since(0)]), i));
  Object.assign(fold.wearers.get('W-2')!.state, { untagged: null });
  const told = give({ type: 'tick', atMs: 2 * NO_TAG_AFTER_MS }, 3);
  expect(told.map(({ kind, wearerId }) => [kind, wearerId])).toEqual([
    ['unmonitored', 'W-1'],
    ['unmonitored', 'W-3'],
  ]);
  expect(faults).toHaveLength(1);
});
