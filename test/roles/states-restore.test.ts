/** Of two states of one key the one that holds more is restored, whichever stands last. */
import { expect, it } from 'vitest';
import type { NewRecord } from '../../src/ports/event-log.js';
import { type StateRecord, stateKey, stateRecord } from '../../src/ports/states.js';
import { STATES } from '../../src/ports/topics.js';
import { takeCheckpoint } from '../../src/roles/engine/checkpoint.js';
import { forgetOrphans } from '../../src/roles/engine/forget.js';
import { emptyFold } from '../../src/roles/engine/partition-fold.js';
import { createTagEntry } from '../../src/roles/engine/partition-memory.js';
import { createStatesRestore } from '../../src/roles/engine/states-restore.js';
import { watchOf } from '../support/pings.js';

const watch = (appliedOffset: number, tagId = 'T-1') => ({
  type: 'watch' as const,
  appliedOffset,
  watch: watchOf(tagId, [], { sequence: appliedOffset }),
});
const through = (offset: number): StateRecord => ({ type: 'through', offset, tickAtMs: offset });
const stored = (state: StateRecord) => stateRecord(state, 0);
const removed = (state: StateRecord & { appliedOffset: number }) =>
  stored({ type: 'gone', key: stateKey(state), appliedOffset: state.appliedOffset });
/** As versions before this one wrote them. */
const withoutHeader = ({ headers: _, ...record }: NewRecord): NewRecord => record;

function restore(...topic: readonly NewRecord[]) {
  const fold = emptyFold(0);
  const states = createStatesRestore();
  topic.forEach(({ key, value, headers = {} }, offset) => {
    states.take({ topic: STATES, partition: 0, offset, appendedAtMs: 0, key, value, headers });
  });
  return { fold, ...states.finish(fold)! };
}

it('the highest applied offset wins over what stands last, and is written again', () => {
  for (const form of [(record: NewRecord) => record, withoutHeader]) {
    const topic = [watch(10), watch(11, 'T-2'), through(12), watch(5), through(6)].map(stored).map(form);
    const { fold, states, behind } = restore(...topic);
    expect(fold.tags.get('T-1')?.appliedOffset).toBe(10);
    expect(fold.position).toBe(12);
    expect({ states, behind }).toEqual({ states: 3, behind: ['watch/T-1', 'through'] });
    expect(takeCheckpoint(fold)).toMatchObject([watch(10), through(12)]);
    expect(takeCheckpoint(fold)).toEqual([]);
  }
});

it('a state that is over comes back with a newer one only; a tombstone that does not say removes what stood there', () => {
  const { fold } = restore(stored(watch(10)), removed(watch(10)), stored(watch(5)));
  expect(fold.tags.size).toBe(0);
  // The older one stands last, and compaction would keep it.
  expect(takeCheckpoint(fold).filter(({ type }) => type === 'gone')).toEqual([
    { type: 'gone', key: 'watch/T-1', appliedOffset: 10 },
  ]);
  expect(restore(stored(watch(10)), removed(watch(10)), stored(watch(20))).fold.tags.size).toBe(1);
  expect(restore(stored(watch(10)), withoutHeader(removed(watch(10)))).fold.tags.size).toBe(0);
  expect(restore(withoutHeader(removed(watch(10))), stored(watch(20))).fold.tags.size).toBe(1);
});

it('a few at a time comes to the same as all at once', () => {
  const topic = [watch(10), watch(11, 'T-2'), through(12), watch(5), through(6), watch(13, 'T-3')].map(stored);
  const restoreBy = (atOnce: number) => {
    const fold = emptyFold(0);
    const states = createStatesRestore();
    topic.forEach(({ key, value, headers = {} }, offset) => {
      states.take({ topic: STATES, partition: 0, offset, appendedAtMs: 0, key, value, headers });
    });
    for (let calls = 1; ; calls++) {
      const told = states.finish(fold, atOnce);
      if (told !== null) return { calls, told, written: takeCheckpoint(fold), tagIds: [...fold.tags.keys()] };
    }
  };
  const whole = restoreBy(Infinity);
  expect(whole).toMatchObject({ calls: 1, told: { states: 4, behind: ['watch/T-1', 'through'] } });
  expect(restoreBy(1)).toEqual({ ...whole, calls: 4 });
  expect(restoreBy(3)).toEqual({ ...whole, calls: 2 });
});

it('of two programs that named the log at once, the name that stands last is taken', () => {
  const topic = ['first', 'second'].map((epoch) => stored({ type: 'epoch', epoch }));
  expect(restore(...topic).behind).toEqual([]);
});

it('a watch that says from when on it may be forgotten is not read before something is asked of it, and is the same then', () => {
  const fold = emptyFold(0);
  fold.tags.set('T-1', createTagEntry(watchOf('T-1', [['W-1', 0, null]], { sequence: 7 }), 3, true));
  fold.tags.set('T-2', createTagEntry(watchOf('T-2', [], { publishedAtMs: 5 }), 4, true));
  fold.position = 9;
  const topic = takeCheckpoint(fold).map(stored);
  const broken = topic.map((record) =>
    record.key === 'watch/T-1' ? { ...record, value: new Uint8Array([1]) } : record,
  );
  expect(restore(...broken).fold.tags.get('T-1')).toMatchObject({ appliedOffset: 3, forgetAtMs: Infinity });
  expect(() => restore(...broken).fold.tags.get('T-1')!.watch).toThrow();

  for (const form of [(record: NewRecord) => record, withoutHeader]) {
    const again = restore(...topic.map(form)).fold;
    for (const [tagId, { watch: before, forgetAtMs, appliedOffset, compiled }] of fold.tags) {
      expect(again.tags.get(tagId)).toMatchObject({ watch: before, forgetAtMs, appliedOffset, compiled, dirty: false });
    }
    for (const tag of again.tags.values()) tag.dirty = true;
    expect(takeCheckpoint(again).map(stored)).toEqual(topic);
  }
  // What is over goes as it would have gone.
  const later = restore(...topic).fold;
  later.tickAtMs = fold.tags.get('T-2')!.forgetAtMs;
  forgetOrphans(later);
  expect([...later.tags.keys()]).toEqual(['T-1']);
});
