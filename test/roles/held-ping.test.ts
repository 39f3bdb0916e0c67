import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Mechanism } from '../../src/engine/types.js';
import type { LastPing } from '../../src/ports/states.js';
import { takeCheckpoint } from '../../src/roles/engine/checkpoint.js';
import { type HeldPing, holdPing, lastPingOf } from '../../src/roles/engine/held-ping.js';
import { emptyFold, foldInput, restoreState } from '../../src/roles/engine/partition-fold.js';
import { pingAt, TEST_START_MS, watchOf } from '../support/pings.js';

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
const orNull = (values: fc.Arbitrary<number>) => fc.option(values, { nil: null });
const lastPing: fc.Arbitrary<LastPing> = fc.record({
  receivedAtMs: fc.integer({ min: 0, max: 4e12 }),
  ping: fc.record({
    tagId: fc.constant('T-1'),
    fixedAtMs: fc.integer({ min: 0, max: 4e12 }),
    position: fc.record({
      latitude: number(-90, 90),
      longitude: number(-180, 180),
      accuracyMetres: orNull(number(0, 1e6)),
      mechanism: fc.constantFrom<Mechanism>('GPS', 'RF', 'LBS', 'WIFI'),
    }),
    speedKmh: orNull(number(0, 1_000)),
    headingDegrees: orNull(number(0, 360)),
    batteryPercent: orNull(number(0, 100)),
  }),
});

it('says what it was given last', () => {
  fc.assert(
    fc.property(fc.array(lastPing, { minLength: 1, maxLength: 4 }), (given) => {
      let held: HeldPing | null = null;
      for (const { ping, receivedAtMs } of given) {
        held = holdPing(held, ping, ping.position, receivedAtMs);
        expect(lastPingOf('T-1', held)).toEqual({ ping, receivedAtMs });
      }
    }),
  );
});

const onFault = ({ error }: { error: unknown }): never => {
  throw error;
};

it('0° 0° takes the place of no position, and an older ping that of no newer one', () => {
  const fold = emptyFold(0);
  const watch = watchOf('T-1', [['W-1', TEST_START_MS, null]]);
  foldInput(fold, { type: 'watch', watch }, 0, onFault);
  const nowhere = { latitude: 0, longitude: 0, accuracyMetres: 5, mechanism: 'GPS' as const };
  const pings = [pingAt('T-1', 60), pingAt('T-1', 120, { position: nowhere }), pingAt('T-1', 30)];
  for (const [at, ping] of pings.entries())
    foldInput(fold, { type: 'ping', ping, receivedAtMs: ping.fixedAtMs }, at + 1, onFault);
  const stored = takeCheckpoint(fold).filter((record) => record.type === 'activation');
  expect(stored.map(({ lastPing }) => lastPing?.ping.fixedAtMs)).toEqual([TEST_START_MS + 60_000]);
  expect(stored[0]?.lastPing?.ping.position).toEqual(pingAt('T-1', 60).position);

  const restored = emptyFold(0);
  for (const record of stored) restoreState(restored, JSON.parse(JSON.stringify(record)));
  const later = pingAt('T-1', 90);
  foldInput(restored, { type: 'watch', watch }, 10, onFault);
  foldInput(restored, { type: 'ping', ping: later, receivedAtMs: later.fixedAtMs }, 11, onFault);
  const [again] = takeCheckpoint(restored).filter((record) => record.type === 'activation');
  expect(again?.lastPing?.ping.fixedAtMs).toBe(later.fixedAtMs);
});
