import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { advance, initialState } from '../../src/engine/advance.js';
import { createSharedIndex } from '../../src/engine/near/shared-index.js';
import type { EngineEvent, TagWatch, Zone } from '../../src/engine/types.js';
import { compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { circle, type Place, pingAt, term, watch, zone } from '../scenarios/world.js';

const folder = process.env.TAGWATCH_DATA;
if (!folder) throw new Error('TAGWATCH_DATA is not set: it names the folder with the track files.');

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');

interface Fix extends Place {
  readonly fixedAtMs: number;
}

const rowsOf = (text: string | Buffer) => parse(text, { columns: true }) as Record<string, string>[];

/** UTC without saying so. */
const instant = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);

/** Folds a track as a replay does: all of it received now, in the order of its times, with a tick after every fix. */
function fold(first: TagWatch, track: readonly Fix[]) {
  const index = createSharedIndex();
  const compiled = joinShared(compileTag(first).activations[0]!, index);
  let state = advance(initialState('A-1'), { type: 'watch', atMs: NOW_MS }, compiled).state;
  const events: EngineEvent[] = [];
  track.forEach((fix, i) => {
    const receivedAtMs = NOW_MS + i;
    const ping = pingAt(fix.fixedAtMs, fix, { accuracyMetres: 10 });
    for (const input of [
      { type: 'ping', ping, receivedAtMs } as const,
      { type: 'tick', atMs: receivedAtMs } as const,
    ]) {
      const result = advance(state, input, compiled);
      state = result.state;
      events.push(...result.events);
    }
  });
  return { events, state };
}

function rectangle(zoneId: string, west: number, south: number, east: number, north: number): Zone {
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ] as const;
  return zone({ zoneId, shape: { type: 'polygons', polygons: [[ring]] } });
}

describe('eight buses of one route', () => {
  const rows = rowsOf(readFileSync(join(folder, 'liverpool-bus-route14.csv')));
  const area = rectangle('Z-bus', -2.94, 53.42, -2.92, 53.44);
  const changes = { startsAtMs: Date.parse('2026-01-01T00:00:00Z'), publishedAtMs: NOW_MS - 1000 };

  test('all 1,533 positions are read', () => {
    expect(rows).toHaveLength(1533);
  });

  test.each(Object.entries({ 4716: 1, 4720: 2, 4722: 1, 4733: 2, 4803: 2, 4836: 1, 4841: 1, 4842: 2 }))(
    'bus %s: %i confirmed',
    (bus, confirmed) => {
      const track = rows
        .filter((row) => row.vehicle_id === bus)
        .map((row) => ({
          fixedAtMs: instant(row.timestamp!),
          latitude: Number(row.latitude),
          longitude: Number(row.longitude),
        }))
        .sort((a, b) => a.fixedAtMs - b.fixedAtMs);
      const { events } = fold(watch([area], [term('exclusion', area, changes)]), track);
      const alerts = events.filter((event) => event.type === 'confirmed').map((event) => event.alertId);
      expect(new Set(alerts).size).toBe(confirmed);
      expect(alerts).toHaveLength(confirmed);
    },
  );
});

describe('a person in Beijing in 2008', () => {
  const rows = rowsOf(gunzipSync(readFileSync(join(folder, 'geolife-001.csv.gz'))));
  const track = rows.map((row) => ({
    fixedAtMs: instant(row.datetime!),
    latitude: Number(row.lat),
    longitude: Number(row.lng),
  }));

  test('is folded whole, and no edge of 2008 is told as unknown', () => {
    expect(track).toHaveLength(108_607);
    const home = circle('Z-home', { latitude: 39.984, longitude: 116.319 }, 500);
    const area = rectangle('Z-area', 116.3, 39.9, 116.33, 40);
    const nights = Array.from({ length: 400 }, (_, i) => Date.parse('2008-01-01T11:00:00Z') + i * 43_200_000);
    const changes = { startsAtMs: Date.parse('2008-01-01T00:00:00Z'), publishedAtMs: NOW_MS - 1000 };
    const terms = [term('exclusion', area, changes), term('curfew', home, { ...changes, windows: nights })];
    const { events, state } = fold(watch([home, area], terms), track);
    expect(events.some((event) => event.type === 'confirmed')).toBe(true);
    expect(events.filter((event) => event.kind === 'unknown-at-edge')).toEqual([]);
    // A fix every few seconds fills the horizon: up to 160 fixes of about 60 characters each, and its snapshots.
    expect(JSON.stringify(state).length).toBeLessThan(24_000);
  });
});
