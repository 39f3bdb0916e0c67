/** Stops of recorded tracks: of a person over months, whose nights nobody recorded, and of buses, which hardly stand. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sigmaMetres } from '../../src/engine/fold/evidence.js';
import { GAP_LIMIT_MS } from '../../src/engine/thresholds.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { readTrack } from '../../src/formats/tracks/track.js';
import type { TrackOptions } from '../../src/formats/tracks/track-item.js';
import { distanceMetres, inOrder, listSeen, listUnseen, type PatternFix } from '../../src/patterns/pattern-fix.js';
import { DEFAULT_STOP_RULE, findStops } from '../../src/patterns/stops.js';
import { intersect, lengthMs } from '../../src/schemes/intervals.js';
import { listEvidence, type PresenceFix } from '../../src/views/presence.js';
import { needDataDir } from '../support/data-dir.js';

const NOW_MS = Date.UTC(2026, 10, 23);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const { radiusMetres, leastMs, gapMs } = DEFAULT_STOP_RULE;

/** By tag, as they are evidence on record. */
async function readFixes(file: string, tag: TrackOptions['tag']): Promise<ReadonlyMap<string, readonly PatternFix[]>> {
  const byTag = new Map<string, PresenceFix[]>();
  const chunks = createReadStream(join(needDataDir(), file));
  for await (const item of readTrack(chunks, { name: file }, { tag, accuracyMetres: 10 })) {
    const result = item.ok ? parsePing(item.ping, NOW_MS) : null;
    if (!result?.ok || !result.ping.position) continue;
    const { tagId, fixedAtMs, position } = result.ping;
    const { latitude, longitude, accuracyMetres } = position;
    const fix = {
      activationId: tagId,
      fixedAtMs,
      receivedAtMs: fixedAtMs,
      latitude,
      longitude,
      accuracyMetres,
      notJudged: null,
    };
    if (byTag.has(tagId)) byTag.get(tagId)!.push(fix);
    else byTag.set(tagId, [fix]);
  }
  const toFixes = (own: readonly PresenceFix[]) =>
    inOrder(
      listEvidence([...own].sort((a, b) => a.fixedAtMs - b.fixedAtMs)).map(({ atMs, latitude, longitude }) => ({
        atMs,
        latitude,
        longitude,
        sigmaMetres: sigmaMetres(10, 'r68'),
      })),
    );
  return new Map([...byTag].map(([tagId, own]) => [tagId, toFixes(own)]));
}

/** Times of ten minutes or more, fix after fix, that a straight look finds to lie within half of the radius of their first fix. */
function plainStays(fixes: readonly PatternFix[]): { readonly fromMs: number; readonly untilMs: number }[] {
  const found = [];
  for (let from = 0; from < fixes.length; ) {
    let until = from;
    while (
      until + 1 < fixes.length &&
      fixes[until + 1]!.atMs - fixes[until]!.atMs <= GAP_LIMIT_MS &&
      distanceMetres(fixes[from]!, fixes[until + 1]!) <= radiusMetres / 2
    )
      until += 1;
    if (fixes[until]!.atMs - fixes[from]!.atMs >= leastMs) {
      found.push({ fromMs: fixes[from]!.atMs, untilMs: fixes[until]!.atMs });
      from = until + 1;
    } else from += 1;
  }
  return found;
}

describe.each([
  ['geolife-001.csv.gz', { column: 'uid' }, 20],
  ['liverpool-bus-route14.csv', { column: 'vehicle_id' }, 0],
] as const)('%s', (file, tag, least) => {
  const reading = readFixes(file, tag);

  it('has stops in which fix follows fix near one place, and none in a silence', async () => {
    let stays = 0;
    for (const [tagId, fixes] of await reading) {
      const span = { fromMs: fixes[0]!.atMs, untilMs: fixes.at(-1)!.atMs + 1 };
      const stops = findStops(fixes, span, DEFAULT_STOP_RULE);
      const silences = listUnseen(listSeen(fixes, span, gapMs, true), span);
      let [inSilenceMs, near, all] = [0, 0, 0];
      const byDay = new Map<string, number>();
      for (const stop of stops) {
        inSilenceMs += lengthMs(intersect([[stop.fromMs, stop.untilMs]], silences));
        const own = fixes.filter(({ atMs }) => atMs >= stop.fromMs && atMs <= stop.untilMs);
        all += own.length;
        near += own.filter(
          (fix) => distanceMetres(fix, stop) <= radiusMetres + Math.min(radiusMetres, 2 * fix.sigmaMetres),
        ).length;
        const day = new Date(stop.fromMs).toISOString().slice(0, 10);
        byDay.set(day, (byDay.get(day) ?? 0) + 1);
      }
      expect([tagId, inSilenceMs]).toEqual([tagId, 0]);
      if (all > 0) expect(near / all).toBeGreaterThan(0.95);
      process.stdout.write(
        `${file} ${tagId}: ${stops.length} stops; ${[...byDay].map((each) => each.join(' ')).join(', ')}\n`,
      );
      for (const stay of plainStays(fixes)) {
        const stoppedMs = stops.reduce(
          (sum, stop) => sum + lengthMs(intersect([[stop.fromMs, stop.untilMs]], [[stay.fromMs, stay.untilMs]])),
          0,
        );
        const from = new Date(stay.fromMs).toISOString();
        expect([from, stoppedMs / (stay.untilMs - stay.fromMs) > 0.8]).toEqual([from, true]);
        stays += 1;
      }
    }
    expect(stays).toBeGreaterThanOrEqual(least);
  });
});

it('a person’s months are mostly silence, and a library that took it for stops would have them stay for weeks', async () => {
  const fixes = (await readFixes('geolife-001.csv.gz', { column: 'uid' })).get('001')!;
  const span = { fromMs: fixes[0]!.atMs, untilMs: fixes.at(-1)!.atMs + 1 };
  const stops = findStops(fixes, span, DEFAULT_STOP_RULE);
  const stoppedMs = stops.reduce((sum, stop) => sum + stop.untilMs - stop.fromMs, 0);
  // The same without an end by silence.
  const silent = findStops(fixes, span, { ...DEFAULT_STOP_RULE, gapMs: Number.POSITIVE_INFINITY });
  const silentMs = silent.reduce((sum, stop) => sum + stop.untilMs - stop.fromMs, 0);
  process.stdout.write(
    `${Math.round(stoppedMs / 3_600_000)} h of stops; ${Math.round(silentMs / 3_600_000)} h with silence as stops\n`,
  );
  expect(silentMs).toBeGreaterThan(5 * stoppedMs);
  expect(Math.max(...stops.map((stop) => stop.untilMs - stop.fromMs))).toBeLessThan(DAY_MS);
  expect(Math.max(...stops.map(({ longestGapMs }) => longestGapMs))).toBeLessThanOrEqual(15 * MINUTE_MS);
});
