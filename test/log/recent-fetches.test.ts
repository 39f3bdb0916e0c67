import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  createRecentFetches,
  type Fetched,
  type RecentFetches,
  type RecentReader,
} from '../../src/log/recent-fetches.js';
import { runs } from '../support/random.js';

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

const NOTHING = { fetches: 0, bytes: 0 };

it('hands on what one of less patience has fetched, and holds nothing once each of the others has it', () => {
  const recent = createRecentFetches();
  recent.join(AT, 2);
  const [first, second] = [recent.join(AT, 50), recent.join(AT, 50)];
  recent.keep(fetchedFrom(0, 4), 2);
  recent.keep(fetchedFrom(4, 7), 2);
  const taken = first.take(0);
  expect(taken).toMatchObject({ fromOffset: 0, nextOffset: 7, endOffset: 7 });
  expect(offsetsOf(taken!)).toEqual([0, 2, 4, 6]);
  first.moveTo(7);
  expect(first.take(7)).toBeNull();
  expect(recent.held()).toMatchObject({ fetches: 2 });
  expect(offsetsOf(second.take(3)!)).toEqual([4, 6]);
  second.moveTo(4);
  expect(recent.held()).toMatchObject({ fetches: 1 });
  second.moveTo(7);
  expect(recent.held()).toEqual(NOTHING);
});

it('holds nothing for nobody: where all are as patient, or the only other one has gone', () => {
  const recent = createRecentFetches();
  recent.join(AT, 50);
  const other = recent.join(AT, 60);
  recent.keep(fetchedFrom(0, 4), 60);
  expect(recent.held()).toEqual(NOTHING);
  recent.keep(fetchedFrom(0, 4), 50);
  expect(recent.held()).toMatchObject({ fetches: 1 });
  other.leave();
  expect(recent.held()).toEqual(NOTHING);
  recent.keep(fetchedFrom(0, 4), 50);
  expect(recent.held()).toEqual(NOTHING);
});

it('one that leaves takes nothing from those that stay', () => {
  const recent = createRecentFetches();
  recent.join(AT, 2);
  const [gone, stays] = [recent.join(AT, 50), recent.join(AT, 50)];
  recent.keep(fetchedFrom(0, 4), 2);
  gone.leave();
  expect(offsetsOf(stays.take(0)!)).toEqual([0, 2]);
  stays.moveTo(4);
  expect(recent.held()).toEqual(NOTHING);
});

it('says whether it will be at hand: as long as one of less patience has not passed it', () => {
  const recent = createRecentFetches();
  const quick = recent.join(AT, 2);
  const [patient, as] = [recent.join(AT, 50), recent.join(AT, 50)];
  quick.moveTo(7);
  as.moveTo(3);
  expect([quick, patient].map((reader) => reader.willCome(7))).toEqual([false, true]);
  // It was fetched before, and who wants it now has to ask for it.
  expect(patient.willCome(6)).toBe(false);
  quick.leave();
  expect(patient.willCome(7)).toBe(false);
});

it('holds no answer that brought nothing, however many, and a hole only until it is passed', () => {
  const recent = createRecentFetches();
  recent.join(AT, 2);
  const patient = recent.join(AT, 50);
  for (let n = 0; n < 1000; n++) recent.keep(fetchedFrom(0, 0), 2);
  expect(recent.held()).toEqual(NOTHING);
  recent.keep(fetchedFrom(1, 2), 2);
  expect(recent.held().bytes).toBeGreaterThan(0);
  expect(patient.take(1)).toMatchObject({ nextOffset: 2, records: [] });
  patient.moveTo(2);
  expect(recent.held()).toEqual(NOTHING);
});

it('does not wait for one that has read for itself, or passes by what it does not want', () => {
  const recent = createRecentFetches();
  recent.join(AT, 2);
  const [asking, taking] = [recent.join(AT, 50), recent.join(AT, 50)];
  recent.keep(fetchedFrom(0, 4), 2);
  asking.moveTo(4);
  taking.moveTo(4);
  expect(recent.held()).toEqual(NOTHING);
  recent.keep(fetchedFrom(4, 8), 2);
  for (const one of [asking, taking]) one.moveTo(20);
  recent.keep(fetchedFrom(8, 12), 2);
  expect(recent.held()).toEqual(NOTHING);
});

it('one that goes back is waited for again, as far as there is still anything', () => {
  const recent = createRecentFetches();
  recent.join(AT, 2);
  const patient = recent.join(AT, 50);
  for (const from of [0, 4, 8]) recent.keep(fetchedFrom(from, from + 4), 2);
  patient.moveTo(8);
  patient.moveTo(2);
  expect(patient.take(2)).toBeNull();
  recent.keep(fetchedFrom(12, 16), 2);
  expect(offsetsOf(patient.take(8)!)).toEqual([8, 10, 12, 14]);
  patient.moveTo(16);
  expect(recent.held()).toEqual(NOTHING);
});

it('drops the oldest beyond its bytes, and counts what a record takes that has no value', () => {
  const room = 10_000;
  const recent = createRecentFetches(room);
  const other = { ...AT, partition: 4 };
  const [patient, ofOther] = [AT, other].map((at) => {
    recent.join(at, 0);
    return recent.join(at, 50);
  });
  for (let from = 0; from < 400; from += 4) {
    for (const at of [AT, other]) {
      const fetched = { ...fetchedFrom(from, from + 4), ...at };
      recent.keep({ ...fetched, records: fetched.records.map((record) => ({ ...record, value: null })) }, 0);
    }
    expect(recent.held().bytes).toBeLessThanOrEqual(room);
  }
  expect(recent.held().fetches).toBeLessThan(20);
  expect(patient!.take(0)).toBeNull();
  expect(offsetsOf(ofOther!.take(396)!)).toEqual([396, 398]);
});

/** A reader that is given what is at hand, and otherwise fetches up to `upTo`. */
function readOn(recent: RecentFetches, reader: RecentReader, patience: number, from: number, upTo: number): Fetched {
  const taken = reader.take(from);
  const fetched = taken ?? fetchedFrom(from, upTo);
  if (taken === null) recent.keep(fetched, patience);
  reader.moveTo(fetched.nextOffset);
  return fetched;
}

it('whoever reads when, and goes where: each is given all of the log in its order, and what nobody waits for is not held', () => {
  const step = fc.record({
    who: fc.nat(3),
    further: fc.integer({ min: 0, max: 9 }),
    goesTo: fc.option(fc.nat(60), { freq: 6 }),
    leaves: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 20 }), (steps, fetches) => {
      const room = fetches * 1000;
      const recent = createRecentFetches(room);
      let keptUpTo = 0;
      const readers = [2, 20, 50, 50].map((patience) => ({ patience, position: 0, reader: recent.join(AT, patience) }));
      for (const { who, further, goesTo, leaves } of steps) {
        const own = readers[who]!;
        if (goesTo !== null) {
          if (leaves) {
            own.reader.leave();
            own.reader = recent.join(AT, own.patience);
          }
          own.position = goesTo;
          own.reader.moveTo(goesTo);
        }
        const from = own.position;
        const batch = readOn(recent, own.reader, own.patience, from, from + further);
        expect(batch.fromOffset).toBe(from);
        expect(offsetsOf(batch)).toEqual(offsetsOf(fetchedFrom(from, batch.nextOffset)));
        own.position = batch.nextOffset;
        keptUpTo = Math.max(keptUpTo, batch.nextOffset);
        const held = recent.held();
        expect(held.bytes).toBeLessThanOrEqual(room);
        if (readers.every(({ position }) => position >= keptUpTo)) expect(held).toEqual(NOTHING);
      }
      for (const { reader } of readers) reader.moveTo(1000);
      expect(recent.held()).toEqual(NOTHING);
    }),
    { numRuns: runs(200) },
  );
});
