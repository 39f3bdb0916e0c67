import { expect, test } from 'vitest';
import { changeWords, type Named } from '../../src/console/words/proposal-words.js';

const NAMED: Named = {
  wearer: (wearerId) => `Wearer ${wearerId}`,
  zone: (zoneId) => `the place ${zoneId}`,
  order: (orderId) => `the order ${orderId}`,
};
const ring = [
  [1, 51],
  [1.1, 51],
  [1.1, 51.1],
  [1, 51],
];
const ZONE = {
  type: 'Feature',
  geometry: { type: 'Polygon', coordinates: [ring] },
  properties: { name: 'The mall', priority: 'standard' },
};
const CURFEW = {
  orderId: 'O-1',
  kind: 'curfew',
  zoneId: 'Z-1',
  schedule: { timeZone: 'Europe/London', windows: [{ days: ['mon', 'tue'], from: '19:00', to: '07:00' }] },
  startsAt: '2026-07-01T18:00:00.000Z',
};
const RATING = { rating: 'amber', evidence: 'two warnings', effectiveAt: '2026-07-01T18:00:00.000Z' };
const SUSPENSION = {
  wearerId: 'W-1',
  conditionId: 'C-1',
  startsAt: '2026-07-01T18:00:00.000Z',
  endsAt: '2026-07-01T20:00:00.000Z',
  reason: 'in hospital',
};
const GRANT = {
  roles: ['officer'],
  areas: [{ forces: ['kent'], divisions: 'all', schemes: 'all' }],
  wearerIds: ['W-1'],
};

/** Of each kind: what stands, what is proposed in its place, and what has to be read of it. */
const CHANGES: readonly [kind: string, stands: object, body: object, line: string][] = [
  [
    'zone',
    ZONE,
    { ...ZONE, properties: { name: 'The park', priority: 'standard' } },
    'Name: from The mall to The park.',
  ],
  [
    'zone',
    ZONE,
    { ...ZONE, properties: { ...ZONE.properties, bufferMetres: 50 } },
    'Warning ring: from nothing said to 50 m.',
  ],
  [
    'zone',
    ZONE,
    { ...ZONE, geometry: { type: 'Point', coordinates: [1, 51] }, properties: { ...ZONE.properties, radiusMetres: 9 } },
    'Where: from 3 corners at 51, 1; 51, 1.1; 51.1, 1.1 to a circle round 51, 1.',
  ],
  ['condition', CURFEW, { ...CURFEW, orderId: 'O-2' }, 'Of whom: from the order O-1 to the order O-2.'],
  [
    'condition',
    CURFEW,
    { ...CURFEW, schedule: { ...CURFEW.schedule, windows: [{ days: ['mon', 'tue'], from: '20:00', to: '07:00' }] } },
    'What: from To be at the place Z-1, Mon, Tue 19:00 to 07:00 to To be at the place Z-1, Mon, Tue 20:00 to 07:00.',
  ],
  [
    'condition',
    CURFEW,
    { ...CURFEW, endsAt: '2026-12-01T18:00:00.000Z' },
    'Ends: from nothing said to Tue 1 Dec 18:00:00.',
  ],
  ['condition', { ...CURFEW, graceMinutes: 10 }, CURFEW, 'Grace: from 10 min to nothing said.'],
  ['rag-rating', RATING, { ...RATING, rating: 'red' }, 'Rating: from amber to red.'],
  [
    'rag-rating',
    RATING,
    { ...RATING, effectiveAt: undefined },
    'In force from: from Wed 1 Jul 19:00:00 to when it is agreed to.',
  ],
  [
    'suspension',
    SUSPENSION,
    { ...SUSPENSION, endsAt: '2026-07-01T21:00:00.000Z' },
    'Ends: from Wed 1 Jul 21:00:00 to Wed 1 Jul 22:00:00.',
  ],
  ['grant', GRANT, { ...GRANT, roles: ['officer', 'sergeant'] }, 'Roles: from officer to officer; sergeant.'],
  ['grant', GRANT, { ...GRANT, isBlocked: true }, 'Blocked: from nothing said to yes: it takes everything away.'],
];

test.each(CHANGES)(
  'a change of a %s is told from what to what, and nothing else as changed',
  (kind, stands, body, line) => {
    const { title, lines } = changeWords(kind, 'X-1', stands as never, body as never, NAMED);
    expect(title).toMatch(/: changed$/);
    expect(lines).toContain(line);
    expect(lines.filter((one) => !one.startsWith('As before: '))).toHaveLength(
      kind === 'zone' && line.startsWith('Where') ? 2 : 1,
    );
  },
);

test.each(CHANGES)(
  'a new %s is told whole, one of which nobody knows what stands is not told as new',
  (kind, _, body) => {
    const fresh = changeWords(kind, 'X-1', null, body as never, NAMED);
    const unknown = changeWords(kind, 'X-1', undefined, body as never, NAMED);
    expect(fresh.title).toMatch(/: new$/);
    expect(unknown.title).toMatch(/not known here$/);
    expect(unknown.lines).toEqual(fresh.lines);
    expect([...fresh.lines, ...unknown.lines].join(' ')).not.toMatch(/[{}"]|undefined|null|\bNaN\b|T\d\d:/);
  },
);

test('what changes nothing says so', () => {
  expect(changeWords('condition', 'C', CURFEW as never, CURFEW as never, NAMED).lines[0]).toBe('Nothing changes.');
});
