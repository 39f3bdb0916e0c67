/** How often an inferred crossing is true: a dense real track, thinned to a ping a minute, against what it passed through itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { advance, initialState } from '../../src/engine/advance.js';
import { prepareZone, signedDistanceMetres } from '../../src/engine/geometry/zone.js';
import { createSharedIndex } from '../../src/engine/near/shared-index.js';
import type { EngineEvent, Zone } from '../../src/engine/types.js';
import { compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { createRandom } from '../../src/simulator/random.js';
import { circle, type Place, pingAt, term, watch } from '../scenarios/world.js';
import { needDataDir } from '../support/data-dir.js';

const PING_MS = 60_000;
/** Further apart than this the dense track does not tell where it was either. */
const DENSE_MS = 30_000;
const ZONES = 40;

interface Fix extends Place {
  readonly fixedAtMs: number;
}

function readTrack(): Fix[] {
  const text = gunzipSync(readFileSync(join(needDataDir(), 'geolife-001.csv.gz')));
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  return rows
    .map(({ datetime, lat, lng }) => ({
      fixedAtMs: Date.parse(`${datetime!.replace(' ', 'T')}Z`),
      latitude: Number(lat),
      longitude: Number(lng),
    }))
    .sort((a, b) => a.fixedAtMs - b.fixedAtMs);
}

/** One fix a minute at most. */
function thin(track: readonly Fix[]): Fix[] {
  const kept: Fix[] = [];
  for (const fix of track) {
    if (kept.length === 0 || fix.fixedAtMs - kept.at(-1)!.fixedAtMs >= PING_MS) kept.push(fix);
  }
  return kept;
}

function crossingsOf(zone: Zone, track: readonly Fix[]): EngineEvent[] {
  const compiled = joinShared(
    compileTag(watch([zone], [term('exclusion', zone)])).activations[0]!,
    createSharedIndex(),
  );
  let state = initialState('A-1');
  const last = new Map<string, EngineEvent>();
  for (const fix of track) {
    const ping = pingAt(fix.fixedAtMs, fix);
    const result = advance(state, { type: 'ping', ping, receivedAtMs: fix.fixedAtMs + 500 }, compiled);
    state = result.state;
    for (const event of result.events) last.set(event.alertId, event);
  }
  return [...last.values()].filter(({ type, explanation }) => type !== 'withdrawn' && explanation.rule === 'crossing');
}

/** Whether the dense track was in the zone between the fixes that a crossing rests on; null: it does not tell. */
function wasInside(zone: Zone, track: readonly Fix[], { explanation: { fixes } }: EngineEvent): boolean | null {
  const [fromMs, toMs] = [fixes[0]!.fixedAtMs, fixes.at(-1)!.fixedAtMs];
  const between = track.filter(({ fixedAtMs }) => fixedAtMs >= fromMs && fixedAtMs <= toMs);
  const shape = prepareZone(zone.shape);
  let inside = false;
  for (let i = 1; i < between.length; i++) {
    const [a, b] = [between[i - 1]!, between[i]!];
    if (b.fixedAtMs - a.fixedAtMs > DENSE_MS) return null;
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const latitude = a.latitude + (b.latitude - a.latitude) * share;
      const longitude = a.longitude + (b.longitude - a.longitude) * share;
      inside ||= signedDistanceMetres(shape, latitude, longitude) <= 0;
    }
  }
  return inside;
}

test('at a ping a minute nineteen crossings in twenty are true', () => {
  const track = readTrack();
  const pings = thin(track);
  const random = createRandom('crossings', 'zones');
  const found = { true: 0, false: 0 };
  for (let i = 0; i < ZONES; i++) {
    const near = track[Math.floor(random.next() * track.length)]!;
    const at = {
      latitude: near.latitude + random.between(-400, 400) / 111_200,
      longitude: near.longitude + random.between(-400, 400) / 85_000,
    };
    const zone = circle(`Z-${i}`, at, random.between(60, 300));
    for (const crossing of crossingsOf(zone, pings)) {
      const inside = wasInside(zone, track, crossing);
      if (inside !== null) found[inside ? 'true' : 'false']++;
    }
  }
  expect(found.true).toBeGreaterThan(100);
  expect(found.true / (found.true + found.false), JSON.stringify(found)).toBeGreaterThan(0.95);
});
