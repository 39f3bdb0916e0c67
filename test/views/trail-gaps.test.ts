import { describe, expect, test } from 'vitest';
import type { Schedule, WatchFacts } from '../../src/ports/watch.js';
import { addGaps, type GapFix } from '../../src/views/trail-gaps.js';

const NOON_MS = Date.parse('2026-06-10T12:00:00Z');
const MINUTE_MS = 60_000;

const fixAt = (minute: number, longitude: number, fields: Partial<GapFix> = {}): GapFix => ({
  tagId: 'T-1',
  activationId: 'A-1',
  fixedAtMs: NOON_MS + minute * MINUTE_MS,
  latitude: 51,
  longitude,
  notJudged: null,
  ...fields,
});

interface Scene {
  readonly kind?: 'exclusion' | 'restriction';
  readonly schedule?: Schedule;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly latitude?: number;
}

/** A circle of 300 m around 51° N 1° E, about 70 m a thousandth of a degree. */
function facts(
  wearerId: string | null,
  { kind = 'exclusion', schedule, startsAt, endsAt, latitude = 51 }: Scene,
): WatchFacts {
  const shape = { type: 'circle', longitude: 1, latitude, radiusMetres: 300 } as const;
  const zone = { zoneId: 'Z-1', version: 2, priority: 'standard', bufferMetres: null, shape } as const;
  const version = {
    version: 3,
    effectiveAtMs: 0,
    kind,
    zoneId: 'Z-1',
    schedule: schedule ?? null,
    confirmOn: null,
    graceMinutes: 0,
    startsAtMs: startsAt === undefined ? 0 : Date.parse(startsAt),
    endsAtMs: endsAt === undefined ? null : Date.parse(endsAt),
  };
  const order = wearerId === null ? null : { orderId: 'O-1', wearerId, startsAtMs: 0, endsAtMs: null };
  const activations = [{ activationId: 'A-1', wearerId: 'W-1', fittedAtMs: 0, removedAtMs: null }];
  return {
    tags: [{ tagId: 'T-1', model: null, activations }],
    conditions: [{ conditionId: wearerId === null ? 'C-all' : 'C-own', order, versions: [version] }],
    zones: new Map([['Z-1', [{ effectiveAtMs: null, zone }]]]),
  };
}

const NOTHING: WatchFacts = { tags: [], conditions: [], zones: new Map() };

async function gapsOf(fixes: readonly GapFix[], scene: Scene | null, before: GapFix | null = null, isShared = false) {
  const own = scene === null || isShared ? { ...facts('W-1', {}), conditions: [] } : facts('W-1', scene);
  const shared = scene !== null && isShared ? { ...facts(null, scene), tags: [] } : NOTHING;
  const found = await addGaps(fixes, before, { readFacts: async () => ({ own, shared }), nowMs: NOON_MS });
  return found.fixes.map(({ gapBefore }) => gapBefore);
}

const OWN = { conditionId: 'C-own', conditionVersion: 3, zoneId: 'Z-1', zoneVersion: 2 };
const [WEST, EAST] = [0.99, 1.01];

describe('a gap in a trail', () => {
  test('names the exclusions on the straight line across it', async () => {
    const gap = { fromMs: NOON_MS, cannotExclude: [OWN] };
    expect(await gapsOf([fixAt(0, WEST), fixAt(20, EAST), fixAt(21, EAST)], {})).toEqual([undefined, gap, undefined]);
    expect(await gapsOf([fixAt(0, WEST), fixAt(20, EAST)], {}, null, true)).toEqual([
      undefined,
      { fromMs: NOON_MS, cannotExclude: [{ ...OWN, conditionId: 'C-all' }] },
    ]);
  });

  test('is longer than five minutes; over an hour nothing can be excluded', async () => {
    expect(await gapsOf([fixAt(0, WEST), fixAt(5, EAST)], {})).toEqual([undefined, undefined]);
    expect((await gapsOf([fixAt(0, WEST), fixAt(60, EAST)], {}))[1]!.cannotExclude).toEqual([OWN]);
    expect((await gapsOf([fixAt(0, WEST), fixAt(60.1, EAST)], {}))[1]!.cannotExclude).toBeNull();
  });

  test('lies between fixes that are evidence, of one activation, also over two readings', async () => {
    const lbs = { notJudged: 'mechanism' };
    const found = await gapsOf([fixAt(0, WEST), fixAt(10, 1, lbs), fixAt(20, EAST)], {});
    expect(found).toEqual([undefined, undefined, { fromMs: NOON_MS, cannotExclude: [OWN] }]);
    expect(await gapsOf([fixAt(0, WEST), fixAt(20, EAST, { activationId: 'A-2' })], {})).toEqual([
      undefined,
      undefined,
    ]);
    expect((await gapsOf([fixAt(20, EAST)], {}, fixAt(0, WEST)))[0]!.cannotExclude).toEqual([OWN]);
  });

  test.each<[string, Scene]>([
    ['other kinds', { kind: 'restriction' }],
    ['a zone beside the line', { latitude: 51.01 }],
    ['a condition that began after it', { startsAt: '2026-06-10T12:20:00Z' }],
    ['a condition that was over', { endsAt: '2026-06-10T12:00:00Z' }],
    [
      'a schedule that was closed',
      { schedule: { timeZone: 'Etc/UTC', windows: [{ days: ['wed'], from: '13:00', to: '14:00' }], exceptions: [] } },
    ],
  ])('does not name %s', async (_, scene) => {
    expect((await gapsOf([fixAt(0, WEST), fixAt(20, EAST)], scene))[1]!.cannotExclude).toEqual([]);
  });

  test('names a condition whose window opened within it', async () => {
    const windows = [{ days: ['wed'], from: '12:15', to: '14:00' }] as const;
    const schedule: Schedule = { timeZone: 'Etc/UTC', windows: [...windows], exceptions: [] };
    expect((await gapsOf([fixAt(0, WEST), fixAt(20, EAST)], { schedule }))[1]!.cannotExclude).toEqual([OWN]);
  });

  test('with an end inside is an episode’s, not a passage', async () => {
    expect((await gapsOf([fixAt(0, WEST), fixAt(20, 1)], {}))[1]!.cannotExclude).toEqual([]);
  });

  test('costs no reading where there is none', async () => {
    const readFacts = () => Promise.reject(new Error('nothing was to be read'));
    const { last } = await addGaps([fixAt(0, WEST), fixAt(1, EAST)], null, { readFacts, nowMs: NOON_MS });
    expect(last).toEqual(fixAt(1, EAST));
  });
});
