/** The sets of shared zones that are published: good for the command, good for the schema beside them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Schema from 'typebox/schema';
import Value from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { formatSchema } from '../../src/cli/zones.js';
import { loadZones } from '../../src/cli/zones-load.js';
import { formatFinding } from '../../src/cli/zones-report.js';
import { GeofenceSet } from '../../src/records/geofence-set.js';

const DIRECTORY = join(import.meta.dirname, '..', '..', 'geofences');
const AROUND_CANTERBURY = { west: 0.9, south: 51.1, east: 1.3, north: 51.5 };
const SETS = readdirSync(DIRECTORY).filter((name) => name.endsWith('.geojson'));

const readJson = (name: string): unknown => JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8'));
const schema = readJson('schema.json') as Parameters<typeof Schema.Check>[0];

async function load(...paths: string[]) {
  return await loadZones({
    paths,
    format: null,
    reading: { idFrom: null, nameFrom: null, idPrefix: null, ignoresUnknown: false },
    serviceArea: AROUND_CANTERBURY,
    r95Metres: 10,
    isStrict: true,
    isJson: false,
  });
}

describe('geofences', () => {
  it('has sets of schools, town centre, transport hubs and a match-day ground, and nothing is found in them', async () => {
    expect(SETS.sort()).toEqual([
      'match-day.geojson',
      'schools.geojson',
      'town-centre.geojson',
      'transport-hubs.geojson',
    ]);
    const { findings, zones, conditions } = await load(DIRECTORY);
    expect(findings.map(formatFinding)).toEqual([]);
    expect(zones.length).toBeGreaterThan(10);
    expect(conditions).toMatchObject([{ zoneId: 'match-day-st-lawrence-ground', body: { kind: 'exclusion' } }]);
  });

  it('publishes the schema that "tagwatch zones schema" prints', () => {
    expect(schema).toEqual(JSON.parse(formatSchema()));
  });

  it.each(SETS)('%s is valid by the published schema and by its source', (name) => {
    const set = readJson(name);
    expect(Schema.Errors(schema, set)[1]).toEqual([]);
    expect(Value.Check(GeofenceSet, set)).toBe(true);
  });
});

describe('the published schema refuses', () => {
  type Set = { features: Record<string, Record<string, unknown>>[]; conditions: Record<string, unknown>[] };
  const change = (edit: (set: Set) => void): unknown => {
    const set = structuredClone(readJson('match-day.geojson')) as Set;
    edit(set);
    return set;
  };
  it.each<[string, (set: Set) => void]>([
    ['a typo in a property', ({ features: [zone] }) => Object.assign(zone!.properties!, { bufferMeters: 5 })],
    ['a zone without an id', ({ features: [zone] }) => delete zone!.id],
    ['a name that is missing', ({ features: [zone] }) => delete zone!.properties!.name],
    ['a radius on an area', ({ features: [zone] }) => Object.assign(zone!.properties!, { radiusMetres: 5 })],
    [
      'a Point without a radius',
      ({ features: [zone] }) => Object.assign(zone!, { geometry: { type: 'Point', coordinates: [1, 51] } }),
    ],
    [
      'swapped axes beyond the poles',
      ({ features: [zone] }) =>
        Object.assign(zone!.geometry!, {
          coordinates: [
            [
              [51, 100],
              [51, 101],
              [52, 101],
              [51, 100],
            ],
          ],
        }),
    ],
    ['a condition of one order', ({ conditions: [one] }) => Object.assign(one!, { orderId: 'O-1' })],
    [
      'a schedule without a time zone',
      ({ conditions: [one] }) => delete (one!.schedule as Record<string, unknown>).timeZone,
    ],
    ['another member', (set) => Object.assign(set, { conditons: [] })],
  ])('%s', (_what, edit) => {
    const set = change(edit);
    expect(Schema.Check(schema, set)).toBe(false);
    expect(Value.Check(GeofenceSet, set)).toBe(false);
  });

  it('and takes what was not edited', () => {
    expect(
      Schema.Check(
        schema,
        change(() => {}),
      ),
    ).toBe(true);
  });
});
