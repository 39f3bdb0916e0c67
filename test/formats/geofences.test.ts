import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { validateZone } from '../../src/formats/zone.js';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'geofences');

/** What is wrong with a set of zones, each with its place. */
function findFaults(text: string): string[] {
  const { type, features } = JSON.parse(text) as { type?: unknown; features?: { id?: unknown }[] };
  if (type !== 'FeatureCollection' || !Array.isArray(features)) return ['/ A set is a GeoJSON FeatureCollection.'];
  const seen = new Set<unknown>();
  return features.flatMap((feature, index) => {
    const faults: string[] = [];
    const { id } = feature;
    if (typeof id !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(id)) faults.push(`/features/${index}/id is no zoneId`);
    if (seen.has(id)) faults.push(`/features/${index}/id stands twice`);
    seen.add(id);
    const result = validateZone(feature, null);
    return result.ok ? faults : [...faults, ...result.errors.map((e) => `/features/${index}${e.pointer} ${e.detail}`)];
  });
}

it('finds the faults of a set', () => {
  const good = {
    type: 'Feature',
    id: 'a',
    properties: { name: 'A', radiusMetres: 5 },
    geometry: { type: 'Point', coordinates: [1, 51] },
  };
  const set = (...features: object[]) => JSON.stringify({ type: 'FeatureCollection', features });
  expect(findFaults(set(good, { ...good, id: 'b' }))).toEqual([]);
  expect(findFaults(set(good, good, { ...good, id: 'no spaces', properties: {} }))).toEqual([
    '/features/1/id stands twice',
    '/features/2/id is no zoneId',
    expect.stringMatching('/features/2/properties/name'),
    expect.stringMatching('/features/2/properties/radiusMetres'),
  ]);
});

it('every set in geofences is valid', () => {
  const files = readdirSync(DIRECTORY).filter((name) => /\.(geo)?json$/.test(name));
  const faults = files.flatMap((name) =>
    findFaults(readFileSync(join(DIRECTORY, name), 'utf8')).map((fault) => `${name}${fault}`),
  );
  expect(faults).toEqual([]);
});
