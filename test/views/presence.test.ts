/** Where a wearer is said to have been, by fixes near the edge of the address. */
import { expect, test } from 'vitest';
import { prepareZone } from '../../src/engine/geometry/zone.js';
import type { PreparedTerm } from '../../src/engine/watch/terms.js';
import { bandPresence, tellDeleted } from '../../src/views/presence.js';

const MINUTE_MS = 60_000;
const METRE_DEGREES = 1 / 111_195;
const HOME = { latitude: 51.5, longitude: 0.5 };
const term = {
  kind: 'curfew',
  startsAtMs: 0,
  endsAtMs: Infinity,
  zoneShape: prepareZone({ type: 'circle', ...HOME, radiusMetres: 50 }),
} as unknown as PreparedTerm;

/** A minute, and how far from the middle of a home of 50 m; accurate to 30 m. */
type Fix = readonly [minute: number, metres: number];

function bands(fixes: readonly Fix[], untilMinute: number) {
  const worn = [{ activationId: 'A', fittedAtMs: 0, removedAtMs: Infinity, terms: [term] }];
  const told = fixes.map(([minute, metres]) => ({
    activationId: 'A',
    fixedAtMs: minute * MINUTE_MS,
    receivedAtMs: minute * MINUTE_MS,
    latitude: HOME.latitude + metres * METRE_DEGREES,
    longitude: HOME.longitude,
    accuracyMetres: 30,
    notJudged: null,
  }));
  return bandPresence(told, worn, 0, untilMinute * MINUTE_MS).bands.map(({ presence, fromMs, untilMs }) => [
    presence,
    fromMs / MINUTE_MS,
    untilMs / MINUTE_MS,
  ]);
}

test.each<[string, readonly Fix[], readonly unknown[][]]>([
  ['the first fix by the wall says neither', [[0, 60]], [['unknown', 0, 2]]],
  ['nor does it from within', [[0, 40]], [['unknown', 0, 2]]],
  [
    'after a silence neither, until a second one says the same',
    [
      [0, 10],
      [60, 40],
      [61, 40],
    ],
    [
      ['unknown', 0, 61],
      ['home', 61, 63],
    ],
  ],
  [
    'after a silence as well, until one says it',
    [
      [0, 10],
      [60, 60],
      [61, 70],
      [62, 10],
    ],
    [
      ['unknown', 0, 62],
      ['home', 62, 64],
    ],
  ],
  [
    'and out from the fix that is out',
    [
      [0, 60],
      [1, 200],
    ],
    [
      ['unknown', 0, 1],
      ['out', 1, 3],
    ],
  ],
  [
    'whoever was home stays so',
    [
      [0, 10],
      [1, 70],
    ],
    [['home', 0, 3]],
  ],
  [
    'whoever was out stays so',
    [
      [0, 200],
      [1, 70],
    ],
    [['out', 0, 3]],
  ],
])('%s', (_what, fixes, expected) => {
  expect(bands(fixes, fixes.at(-1)![0] + 2)).toEqual(expected);
});

test('a silence is told as deleted as far as it is one because of that, and nothing that was heard is', () => {
  const at = (minute: number) => minute * MINUTE_MS;
  const bands = [
    { presence: 'home' as const, fromMs: 0, untilMs: at(60) },
    { presence: 'unknown' as const, fromMs: at(60), untilMs: at(300) },
    { presence: 'out' as const, fromMs: at(300), untilMs: at(360) },
  ];
  const told = (...stretches: [number, number][]) =>
    tellDeleted(
      bands,
      stretches.map(([from, to]) => ({ fromMs: at(from), toMs: at(to) })),
    ).map(({ presence, fromMs, untilMs }) => [presence, fromMs / MINUTE_MS, untilMs / MINUTE_MS]);
  const [home, out] = [
    ['home', 0, 60],
    ['out', 300, 360],
  ];
  expect(told()).toEqual([home, ['unknown', 60, 300], out]);
  expect(told([61, 299])).toEqual([home, ['deleted', 60, 300], out]);
  // Two steps of one deletion; before and after them the tag was silent by itself.
  expect(told([100, 150], [151, 200])).toEqual([
    home,
    ['unknown', 60, 100],
    ['deleted', 100, 200],
    ['unknown', 200, 300],
    out,
  ]);
  expect(told([0, 50], [310, 350])).toEqual([home, ['unknown', 60, 300], out]);
});
