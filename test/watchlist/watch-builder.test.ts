import { describe, expect, it } from 'vitest';
import type { ConditionVersionFacts, Schedule, WatchFacts, ZoneVersionFacts } from '../../src/ports/watch.js';
import { draftTagWatch, horizonOf } from '../../src/watchlist/watch-builder.js';

const at = (text: string) => Date.parse(`${text}T00:00:00Z`);
const NOW_MS = at('2026-03-20') + 1;

const zoneVersion = (version: number, effectiveAt: string | null, over: object = {}): ZoneVersionFacts => ({
  effectiveAtMs: effectiveAt === null ? null : at(effectiveAt),
  zone: {
    zoneId: 'Z',
    version,
    priority: 'standard',
    bufferMetres: null,
    shape: { type: 'circle', longitude: 1, latitude: 51, radiusMetres: 100 },
    ...over,
  },
});
const conditionVersion = (version: number, effectiveAt: string, over: object = {}): ConditionVersionFacts => ({
  version,
  effectiveAtMs: at(effectiveAt),
  kind: 'exclusion',
  zoneId: 'Z',
  schedule: null,
  confirmOn: null,
  graceMinutes: 0,
  startsAtMs: at('2026-01-01'),
  endsAtMs: null,
  ...over,
});

interface Scene {
  readonly conditions?: ConditionVersionFacts[];
  readonly zones?: ZoneVersionFacts[];
  readonly order?: { startsAtMs: number; endsAtMs: number | null };
  readonly activations?: { activationId: string; wearerId: string; fittedAtMs: number; removedAtMs: number | null }[];
}

function build({ conditions, zones, order, activations }: Scene) {
  const facts: WatchFacts = {
    tags: [
      {
        tagId: 'T',
        model: null,
        activations: activations ?? [{ activationId: 'A', wearerId: 'W', fittedAtMs: 0, removedAtMs: null }],
      },
    ],
    conditions: [
      {
        conditionId: 'C',
        order: { wearerId: 'W', ...(order ?? { startsAtMs: 0, endsAtMs: null }) },
        versions: conditions ?? [conditionVersion(1, '2026-01-01')],
      },
    ],
    zones: new Map([['Z', zones ?? [zoneVersion(1, null)]]]),
  };
  const [tag] = facts.tags;
  if (tag === undefined) throw new Error('the scene has a tag');
  return draftTagWatch(tag, facts, horizonOf(NOW_MS)).finish(() => NOW_MS, 7, NOW_MS);
}

/** `conditionVersion zoneKey from until why`, days only. */
const lines = (scene: Scene) =>
  build(scene).activations.map(({ terms }) =>
    terms.map((term) => {
      const day = (ms: number | null) => (ms === null ? 'open' : new Date(ms).toISOString().slice(0, 10));
      return `${term.conditionVersion} ${term.zoneKey} ${day(term.startsAtMs)} ${day(term.endsAtMs)} ${term.endsBecause}`;
    }),
  );

describe('after how long a tag is silent', () => {
  const model = { accuracyConvention: 'r95', defaultAccuracyMetres: null } as const;
  it.each([
    ['fifteen pings that did not come', { ...model, intervalSeconds: 600 }, 9_000],
    ['an hour at least', { ...model, intervalSeconds: 60 }, 3_600],
    ['an hour without a model', null, 3_600],
    ['what its model says', { ...model, intervalSeconds: 60, silentAfterSeconds: 1_200 }, 1_200],
    ['never where its model says so', { ...model, intervalSeconds: 60, silentAfterSeconds: null }, undefined],
  ])('%s', (_, own, seconds) => {
    const tag = { tagId: 'T', model: own, activations: [] };
    const draft = draftTagWatch(tag, { tags: [tag], conditions: [], zones: new Map() }, horizonOf(NOW_MS));
    expect(draft.finish(() => NOW_MS, 7, NOW_MS).silentAfterSeconds).toBe(seconds);
  });
});

describe('terms of a watch', () => {
  it('a version with a time zone that is none here is known until nowhere, and one that fits stands beside it', () => {
    const nightly = (timeZone: string): Schedule => ({
      timeZone,
      windows: [{ days: ['mon'], from: '19:00', to: '07:00' }],
      exceptions: [],
    });
    const conditions = [
      conditionVersion(1, '2026-01-01', { kind: 'curfew', schedule: nightly('IST') }),
      conditionVersion(2, '2026-03-01', { kind: 'curfew', schedule: nightly('Asia/Kolkata') }),
    ];
    const [bad, good] = build({ conditions }).activations[0]?.terms ?? [];
    expect(bad).toMatchObject({ conditionVersion: 1, windows: [], windowsUntilMs: at('2026-01-01') });
    expect(good).toMatchObject({ conditionVersion: 2, windowsUntilMs: horizonOf(NOW_MS) });
    expect(good?.windows?.length).toBeGreaterThan(0);
  });

  it('crosses the versions of a condition with those of its zone', () => {
    const scene = {
      conditions: [conditionVersion(1, '2026-01-01'), conditionVersion(2, '2026-02-01')],
      zones: [zoneVersion(1, null), zoneVersion(2, '2026-01-15'), zoneVersion(3, '2026-02-15')],
    };
    expect(lines(scene)).toEqual([
      [
        '1 Z@1 2026-01-01 2026-01-15 version-changed',
        '1 Z@2 2026-01-15 2026-02-01 version-changed',
        '2 Z@2 2026-02-01 2026-02-15 version-changed',
        '2 Z@3 2026-02-15 open null',
      ],
    ]);
  });

  it('lets a later version overrule one that had not come into force', () => {
    const versions = [
      conditionVersion(1, '2026-01-01'),
      conditionVersion(2, '2026-06-01'),
      conditionVersion(3, '2026-03-01'),
    ];
    expect(lines({ conditions: versions })).toEqual([
      ['1 Z@1 2026-01-01 2026-03-01 version-changed', '3 Z@1 2026-03-01 open null'],
    ]);
  });

  it('versions that follow one another and are judged as one make one term, from the first on; one between them parts them', () => {
    const conditions = [
      conditionVersion(1, '2026-01-01'),
      conditionVersion(1, '2026-01-10'),
      conditionVersion(1, '2026-06-01'),
      conditionVersion(4, '2026-02-01', { graceMinutes: 5 }),
      conditionVersion(5, '2026-03-01'),
      conditionVersion(5, '2026-02-10'),
    ];
    expect(lines({ conditions })).toEqual([
      [
        '1 Z@1 2026-01-01 2026-02-01 version-changed',
        '4 Z@1 2026-02-01 2026-02-10 version-changed',
        '5 Z@1 2026-02-10 open null',
      ],
    ]);
  });

  it('ends with the order or the condition, whichever is first, and says so where that falls on a new version', () => {
    const order = { startsAtMs: at('2026-01-10'), endsAtMs: at('2026-02-01') };
    expect(lines({ order })).toEqual([['1 Z@1 2026-01-10 2026-02-01 order-ended']]);
    const conditions = [
      conditionVersion(1, '2026-01-01', { endsAtMs: at('2026-01-20') }),
      conditionVersion(2, '2026-01-20'),
    ];
    expect(lines({ order, conditions })).toEqual([
      ['1 Z@1 2026-01-10 2026-01-20 order-ended', '2 Z@1 2026-01-20 2026-02-01 order-ended'],
    ]);
  });

  it('gives each activation what overlaps it, whole', () => {
    const activations = [
      { activationId: 'A-1', wearerId: 'W', fittedAtMs: at('2026-01-05'), removedAtMs: at('2026-01-10') },
      { activationId: 'A-2', wearerId: 'another', fittedAtMs: at('2026-01-10'), removedAtMs: at('2026-01-12') },
      { activationId: 'A-3', wearerId: 'W', fittedAtMs: at('2026-03-01'), removedAtMs: null },
      { activationId: 'A-4', wearerId: 'W', fittedAtMs: at('2026-04-01'), removedAtMs: at('2026-04-01') },
    ];
    const conditions = [conditionVersion(1, '2026-01-01'), conditionVersion(2, '2026-02-01')];
    expect(lines({ activations, conditions })).toEqual([
      ['1 Z@1 2026-01-01 2026-02-01 version-changed'],
      [],
      ['2 Z@1 2026-02-01 open null'],
      [],
    ]);
  });

  it('confirms on the first fix at a victim’s zone unless the condition says otherwise', () => {
    const victim = { zones: [zoneVersion(1, null, { priority: 'victim' })] };
    expect(build(victim).activations[0]?.terms[0]?.confirmOn).toBe('first-fix');
    const said = [conditionVersion(1, '2026-01-01', { confirmOn: 'belief' })];
    expect(build({ ...victim, conditions: said }).activations[0]?.terms[0]?.confirmOn).toBe('belief');
    expect(build({}).activations[0]?.terms[0]?.confirmOn).toBe('belief');
  });

  it('keeps windows whole at the edges of a term, and stays the same all day', () => {
    const schedule: Schedule = {
      timeZone: 'UTC',
      windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
      exceptions: [],
    };
    const conditions = [
      conditionVersion(1, '2026-03-01', { kind: 'curfew', schedule }),
      conditionVersion(2, '2026-03-03', { kind: 'curfew', schedule }),
    ];
    const [first, second] = build({ conditions }).activations[0]?.terms ?? [];
    const hours = (windows: readonly number[] | null | undefined) =>
      windows?.map((ms) => new Date(ms).toISOString().slice(5, 13));
    expect(hours(first?.windows)).toEqual(['02-28T19', '03-01T07', '03-01T19', '03-02T07', '03-02T19', '03-03T07']);
    expect(first?.windowsUntilMs).toBe(at('2026-03-03'));
    expect(hours(second?.windows)?.slice(0, 2)).toEqual(['03-02T19', '03-03T07']);
    expect(second?.windowsUntilMs).toBe(at('2026-04-25'));
    expect(horizonOf(at('2026-03-20'))).toBe(horizonOf(at('2026-03-21') - 1));
    expect(horizonOf(at('2026-03-21'))).toBe(horizonOf(NOW_MS) + 86_400_000);
  });
});
