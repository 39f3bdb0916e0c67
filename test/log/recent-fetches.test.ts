import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRecentFetches, type Fetched, type RecentFetches } from '../../src/log/recent-fetches.js';

const AT = { topic: 'inputs', partition: 3 };
const BYTES = 100;

/** Every second offset holds nothing, as where compaction has been. */
function fetchedFrom(fromOffset: number, nextOffset: number): Fetched {
  const offsets = Array.from({ length: nextOffset - fromOffset }, (_, nth) => fromOffset + nth);
  const records = offsets
    .filter((offset) => offset % 2 === 0)
    .map((offset) => ({ ...AT, offset, appendedAtMs: 0, key: null, value: new Uint8Array(BYTES), headers: {} }));
  return { ...AT, fromOffset, nextOffset, records, endOffset: nextOffset };
}

const offsetsOf = ({ records }: Fetched) => records.map(({ offset }) => offset);

it('hands on what one of less patience has fetched, once to each of the others, and holds nothing after that', () => {
  const recent = createRecentFetches();
  recent.join(AT, 2);
  recent.join(AT, 50);
  recent.join(AT, 50);
  recent.keep(fetchedFrom(0, 4), 2);
  recent.keep(fetchedFrom(4, 7), 2);
  const first = recent.take(AT, 0);
  expect(first).toMatchObject({ fromOffset: 0, nextOffset: 7, endOffset: 7 });
  expect(offsetsOf(first!)).toEqual([0, 2, 4, 6]);
  expect(recent.take(AT, 7)).toBeNull();
  expect(offsetsOf(recent.take(AT, 3)!)).toEqual([4, 6]);
  expect(recent.take(AT, 0)).toBeNull();
});

it('keeps nothing for nobody: where all are as patient, or the only other one has gone', () => {
  const recent = createRecentFetches();
  recent.join(AT, 50);
  const leave = recent.join(AT, 60);
  recent.keep(fetchedFrom(0, 4), 60);
  expect(recent.take(AT, 0)).toBeNull();
  recent.keep(fetchedFrom(0, 4), 50);
  leave();
  expect(recent.take(AT, 0)).toBeNull();
  recent.keep(fetchedFrom(0, 4), 50);
  expect(recent.take(AT, 0)).toBeNull();
});

it('drops the oldest beyond its bytes', () => {
  const recent = createRecentFetches(3 * BYTES);
  const other = { ...AT, partition: 4 };
  for (const at of [AT, other]) for (const patience of [0, 50]) recent.join(at, patience);
  recent.keep(fetchedFrom(0, 4), 0);
  recent.keep({ ...fetchedFrom(0, 4), ...other }, 0);
  expect(recent.take(AT, 0)).toBeNull();
  expect(offsetsOf(recent.take(other, 0)!)).toEqual([0, 2]);
});

/** A reader that is given what is at hand, and otherwise fetches up to `upTo`. */
function readOn(recent: RecentFetches, patience: number, position: number, upTo: number): [Fetched, boolean] {
  const taken = recent.take(AT, position);
  if (taken !== null) return [taken, true];
  const fetched = fetchedFrom(position, upTo);
  recent.keep(fetched, patience);
  return [fetched, false];
}

it('whoever reads when, and is sent back where to: each is given all of the log in its order, with its holes', () => {
  const step = fc.record({
    reader: fc.nat(2),
    further: fc.integer({ min: 1, max: 9 }),
    back: fc.option(fc.nat(20), { freq: 6 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 20 }), (steps, room) => {
      const recent = createRecentFetches(room * BYTES);
      const patience = [2, 50, 50] as const;
      for (const one of patience) recent.join(AT, one);
      const positions = [0, 0, 0];
      for (const { reader, further, back } of steps) {
        if (back !== null) positions[reader] = Math.max(0, positions[reader]! - back);
        const from = positions[reader]!;
        const [batch] = readOn(recent, patience[reader]!, from, from + further);
        expect(batch.fromOffset).toBe(from);
        expect(batch.nextOffset).toBeGreaterThan(from);
        expect(offsetsOf(batch)).toEqual(offsetsOf(fetchedFrom(from, batch.nextOffset)));
        positions[reader] = batch.nextOffset;
      }
    }),
    { numRuns: 500 },
  );
});
