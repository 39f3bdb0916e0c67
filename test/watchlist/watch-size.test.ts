/** What of a tag's wearers travels: those that can still be judged, and of those that are over as many as fit beside them. */
import { describe, expect, it } from 'vitest';
import type { TagWatch } from '../../src/engine/types.js';
import type { ConditionFacts, TagFacts, WatchFacts, ZoneVersionFacts } from '../../src/ports/watch.js';
import { boundBytes, draftWhatIsJudged, MAX_WATCH_BYTES } from '../../src/watchlist/publication.js';

const NOW_MS = Date.parse('2026-03-20T12:00:00Z');
const HOUR_MS = 3_600_000;

/** A zone with so many vertices, coordinates as long as they get. */
function polygon(zoneId: string, vertices: number): ZoneVersionFacts {
  const ring = Array.from({ length: vertices }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * i) / vertices;
    return [
      Number((-1.1234567 + Math.cos(angle) / 100).toFixed(7)),
      Number((51.1234567 + Math.sin(angle) / 100).toFixed(7)),
    ];
  });
  const shape = { type: 'polygons', polygons: [[[...ring, ring[0]!]]] } as const;
  return { effectiveAtMs: null, zone: { zoneId, version: 1, priority: 'standard', bufferMetres: null, shape } };
}

/** One wearer after the other, an hour each up to now, each with zones of their own. The last one still wears the tag. */
function factsOf(wearers: number, zonesEach: number, vertices: number): { tag: TagFacts; facts: WatchFacts } {
  const conditions: ConditionFacts[] = [];
  const zones = new Map<string, ZoneVersionFacts[]>();
  const activations: TagFacts['activations'][number][] = [];
  for (let wearer = 0; wearer < wearers; wearer++) {
    const fittedAtMs = NOW_MS - (wearers - wearer) * HOUR_MS;
    const isLast = wearer === wearers - 1;
    const removedAtMs = isLast ? null : fittedAtMs + HOUR_MS;
    activations.push({ activationId: `A-${wearer}`, wearerId: `W-${wearer}`, fittedAtMs, removedAtMs });
    for (let i = 0; i < zonesEach; i++) {
      const zoneId = `Z-${wearer}-${i}`;
      zones.set(zoneId, [polygon(zoneId, vertices)]);
      conditions.push({
        conditionId: `C-${wearer}-${i}`,
        order: { wearerId: `W-${wearer}`, startsAtMs: 0, endsAtMs: null },
        versions: [
          {
            version: 1,
            effectiveAtMs: 0,
            kind: 'exclusion',
            zoneId,
            schedule: null,
            confirmOn: null,
            graceMinutes: 0,
            startsAtMs: 0,
            endsAtMs: null,
          },
        ],
      });
    }
  }
  const tag: TagFacts = { tagId: 'T', model: null, activations };
  return { tag, facts: { tags: [tag], conditions, zones } };
}

function publish({ tag, facts }: ReturnType<typeof factsOf>) {
  const draft = draftWhatIsJudged(tag, facts, NOW_MS);
  const watch = draft.finish(() => NOW_MS, 1, NOW_MS);
  return { watch, keys: draft.keys, bytes: JSON.stringify(watch).length };
}

describe('the watch of a tag that many have worn', () => {
  it('holds everybody of the last day, in order, and nobody from before', () => {
    const { watch, keys } = publish(factsOf(100, 5, 60));
    expect(watch.activations.map(({ activationId }) => activationId).slice(0, 2)).toEqual(['A-76', 'A-77']);
    expect(watch.activations.at(-1)?.activationId).toBe('A-99');
    expect(watch.overUntilMs).toBe(NOW_MS - 24 * HOUR_MS);
    expect(Object.keys(watch.zones)).toHaveLength(24 * 5);
    // When each applied stays on record: the reconciler judges by it.
    expect(keys).toHaveLength(100 * 5);
  });

  it('makes room for the one who wears it: the second with five zones of 5,000 vertices fits', () => {
    const { watch, bytes } = publish(factsOf(2, 5, 5_000));
    expect(watch.activations.map(({ activationId }) => activationId)).toEqual(['A-1']);
    expect(watch.overUntilMs).toBe(NOW_MS - HOUR_MS);
    expect(bytes).toBeLessThan(MAX_WATCH_BYTES);
  });

  it('leaves nobody out who wears it now, however large', () => {
    const { watch, bytes } = publish(factsOf(1, 12, 5_000));
    expect(watch.activations).toHaveLength(1);
    expect(bytes).toBeGreaterThan(MAX_WATCH_BYTES);
    expect(watch).not.toHaveProperty('overUntilMs');
  });
});

describe('how large a watch is at most', () => {
  it('is no less than its JSON with the longest of everything', () => {
    const id = (n: number) => `${'I'.repeat(60)}${1_000 + n}`;
    const atMs = -8_639_999_999_999_999;
    const ring = Array.from({ length: 60 }, (): [number, number] => [-1.234567890123456e-100, -5.432109876543211e-101]);
    const ends = { startsAtMs: atMs, endsAtMs: atMs };
    const known = { knownFromMs: atMs, knownUntilMs: atMs };
    const shape = { type: 'polygons', polygons: [[ring, ring], [ring]] } as const;
    const watch: TagWatch = {
      tagId: 'T'.repeat(128),
      sequence: Number.MAX_SAFE_INTEGER,
      publishedAtMs: atMs,
      accuracyConvention: 'r68',
      defaultAccuracyMetres: -1.234567890123456e-100,
      intervalSeconds: 86_400,
      silentAfterSeconds: 86_400,
      activations: [0, 1].map((activation) => ({
        activationId: id(activation),
        wearerId: id(activation),
        fittedAtMs: atMs,
        removedAtMs: atMs,
        suspensions: [0, 1].map((n) => ({ suspensionId: id(n), conditionId: id(n), ...ends, ...known })),
        custodyPeriods: [0, 1].map((n) => ({ custodyPeriodId: id(n), ...ends, ...known })),
        terms: [0, 1].map((term) => ({
          conditionId: id(term),
          conditionVersion: 2_147_483_647,
          zoneKey: `${id(term)}@2147483647`,
          kind: 'restriction',
          confirmOn: 'first-fix',
          graceMs: 86_400_000,
          ...ends,
          endsBecause: 'version-changed',
          publishedAtMs: atMs,
          windows: Array.from({ length: 700 }, () => atMs),
          windowsUntilMs: atMs,
          tzdbVersion: '2026a-of-somebody',
          absences: [0, 1].map((n) => ({ absenceId: id(n), ...ends, knownFromMs: atMs })),
        })),
      })),
      zones: Object.fromEntries(
        [0, 1].map((n) => [
          `${id(n)}@2147483647`,
          { zoneId: id(n), version: 2_147_483_647, priority: 'standard', bufferMetres: -1.234567890123456e-100, shape },
        ]),
      ),
    };
    // The watch; two activations with two suspensions, two times in custody and two terms of two absences each; two zones of three rings.
    const bound = boundBytes({ named: 1 + 2 * (1 + 2 + 2 + 2 * 3) + 2, edges: 4 * 700, points: 6 * 60, rings: 6 });
    const { length } = JSON.stringify({ type: 'watch', watch });
    expect(bound).toBeGreaterThan(length);
    expect(bound).toBeLessThan(3 * length);
  });
});
