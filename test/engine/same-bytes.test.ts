/**
 * The engine says the same bytes on every runtime: what it says of a few tracks is on record. A change of the rules changes the record,
 * another Node does not.
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { play, type Step } from '../scenarios/scenario.js';
import { circle, place, squareRing, term, watch, zone } from '../scenarios/world.js';
import { START_MS, standStill } from './correlated-fixes.js';

const MINUTE_MS = 60_000;

const home = zone({ shape: { type: 'polygons', polygons: [[squareRing(50)]] } });
const town = zone({
  zoneId: 'Z-2',
  bufferMetres: 150,
  shape: { type: 'polygons', polygons: [[squareRing(900), [...squareRing(200)].reverse()]] },
});
const park = circle('Z-3', place(500, 300), 120);

const tag = watch(
  [home, town, park],
  [
    term('curfew', home),
    term('exclusion', town, { conditionId: 'C-town' }),
    term('exclusion', park, { conditionId: 'C-park', confirmOn: 'first-fix' }),
  ],
  { accuracyConvention: 'r68' },
);

/** To a centimetre: what makes the errors up is the runtime's, and its last digits must not matter. */
function rounded(step: Step): Step {
  if (!('input' in step) || step.input.type !== 'ping') return step;
  const { ping } = step.input;
  const { latitude, longitude } = ping.position!;
  const position = {
    ...ping.position!,
    latitude: Number(latitude.toFixed(7)),
    longitude: Number(longitude.toFixed(7)),
  };
  return { ...step, input: { ...step.input, ping: { ...ping, position } } };
}

const STAYS = [
  { at: { east: 0, north: 0 }, r68Metres: 40, count: 60 },
  { at: { east: 300, north: 0 }, r68Metres: 12, count: 20 },
  { at: { east: 500, north: 290 }, r68Metres: 20, count: 20 },
  { at: { east: 1_000, north: 0 }, r68Metres: 60, count: 30 },
  { at: { east: 40, north: 30 }, r68Metres: 100, count: 60 },
];

test('what is said of an afternoon between three zones is what is on record', () => {
  let startMs = START_MS;
  const steps = STAYS.flatMap((stay, i) => {
    const of = standStill({ ...stay, correlationMs: 120_000, seed: i + 1, startMs }).map(rounded);
    startMs += stay.count * MINUTE_MS;
    return of;
  });
  const { events } = play(tag, steps, 'due');
  expect(events.length).toBeGreaterThan(5);
  expect(createHash('sha256').update(JSON.stringify(events)).digest('hex')).toBe(
    '7088f69daf5214cf82539d56d81593a0cb47e4ff097b2122da1d5386e788e8a4',
  );
});
