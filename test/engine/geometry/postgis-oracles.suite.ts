/**
 * PostGIS as the oracle for sides, boundaries and distances. In the plane of longitude and latitude it is given whole units of
 * 1e-7 degree, where it must say the very same. Distances are its geography's: edges are cut to a hundred metres first, for a
 * geodesic bends away from the straight line in degrees by L² tan φ / 8 R (under 1 mm then), and its nearest point is that of a
 * sphere, seen up to e² askew, which adds up to e⁴ / 2 of the distance. About one in a hundred of its nearest points is not the
 * nearest (0.4 m of 115 m have been seen, where GeographicLib agrees with the kernel): so it is never less, and mostly the same.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toUnits } from '../../../src/engine/geometry/exact.js';
import { mayPass, passageThrough, stepMetres } from '../../../src/engine/geometry/step.js';
import { contains, prepareZone, signedDistanceMetres } from '../../../src/engine/geometry/zone.js';
import type { Database } from '../../../src/ports/database.js';
import { seededRandom } from '../../support/random.js';
import {
  circleBoundMetres,
  edgesOf,
  fixNear,
  type GeneratedZone,
  generateZone,
  moved,
  type Point,
  polygonBoundMetres,
  type Random,
} from './generated-zones.js';

const FIXES = 8;
const SPHERE_SHARE = 2.4e-5;
/** The share of cases in which PostGIS may miss the nearest point. */
const MISSES = 0.05;
const LATITUDES = 70;

interface Case {
  readonly zone: number;
  /** In whole units: longitude, latitude. */
  readonly x: number;
  readonly y: number;
}

const json = (polygons: GeneratedZone['polygons'], scale: (degrees: number) => number) =>
  JSON.stringify({
    type: 'MultiPolygon',
    coordinates: polygons.map((rings) => rings.map((ring) => ring.map((point) => point.map(scale)))),
  });

/** Corners, points of edges on whole units, their neighbours a unit away, and fixes up to 1 km from the boundary. */
function casesOf(random: Random, { polygons }: GeneratedZone, zone: number): Case[] {
  const near = Array.from({ length: FIXES }, () => fixNear(random, polygons, 1_000).map(toUnits));
  const edges = edgesOf(polygons).slice(0, 6);
  const onEdges = edges.flatMap(([a, b]) => {
    const [ax, ay, bx, by] = [...a, ...b].map(toUnits) as [number, number, number, number];
    const isWhole = (ax + bx) % 2 === 0 && (ay + by) % 2 === 0;
    return isWhole ? [[ax, ay] as const, [(ax + bx) / 2, (ay + by) / 2] as const] : [[ax, ay] as const];
  });
  const beside = onEdges.map(([x, y]) => [x + Math.round(2 * random() - 1), y + Math.round(2 * random() - 1)] as const);
  return [...near, ...onEdges, ...beside].map(([x, y]) => ({ zone, x: x!, y: y! }));
}

export function postgisOraclesSuite(
  name: string,
  zoneCount: number,
  open: () => Promise<{ db: Database; stop(): Promise<void> }>,
): void {
  const { random, seed } = seededRandom();
  const again = `TAGWATCH_SEED=${seed}`;

  describe(`the geometry kernel and ${name} (${again})`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    const zones = Array.from({ length: zoneCount }, () => generateZone(random));
    const prepared = zones.map(({ polygons }) => prepareZone({ type: 'polygons', polygons }));

    beforeAll(async () => {
      opened = await open();
      await opened.db.query('create extension if not exists postgis', []);
    });
    afterAll(async () => await opened?.stop());

    it('agree exactly on what is covered and what is boundary', async () => {
      const cases = zones.flatMap((zone, i) => casesOf(random, zone, i));
      const { rows } = await opened.db.query(
        `with zones as (
           select n - 1 as zone, ST_SetSRID(ST_GeomFromGeoJSON(json), 0) as g
           from unnest($1::text[]) with ordinality as t(json, n))
         select ST_Covers(g, p) as covered, ST_Intersects(ST_Boundary(g), p) as boundary
         from unnest($2::int[], $3::float8[], $4::float8[]) with ordinality as c(zone, x, y, n)
         join zones using (zone), ST_Point(x, y) as p order by n`,
        [
          zones.map(({ polygons }) => json(polygons, toUnits)),
          cases.map((each) => each.zone),
          cases.map((each) => each.x),
          cases.map((each) => each.y),
        ],
      );
      expect(rows).toHaveLength(cases.length);
      let boundaries = 0;
      cases.forEach(({ zone, x, y }, i) => {
        const [longitude, latitude] = [x / 1e7, y / 1e7];
        const told = `${again} zone ${zone} at ${x} ${y}: ${json(zones[zone]!.polygons, toUnits)}`;
        const covered = rows[i]!['covered'] as boolean;
        expect(contains(prepared[zone]!, latitude, longitude), told).toBe(covered);
        const signed = signedDistanceMetres(prepared[zone]!, latitude, longitude);
        if (rows[i]!['boundary'] as boolean) {
          boundaries++;
          expect(Math.abs(signed), told).toBeLessThan(1e-6);
        } else expect(signed < 0, told).toBe(covered);
      });
      expect(boundaries, again).toBeGreaterThan(zoneCount * 3);
    });

    it('agree on the distance to polygons within the bounds that SPEC.md states', async () => {
      const cases = zones.flatMap(({ polygons }, zone) =>
        [200, 1_000, 1_000, 20_000].map((metres) => ({ zone, point: fixNear(random, polygons, metres) })),
      );
      const within = cases.filter(({ point }) => Math.abs(point[1]) <= LATITUDES);
      const { rows } = await opened.db.query(
        `with zones as (
           select n - 1 as zone, ST_Segmentize(ST_Boundary(ST_GeomFromGeoJSON(json)), 0.001)::geography as line
           from unnest($1::text[]) with ordinality as t(json, n))
         select ST_Distance(line, ST_SetSRID(ST_Point(x, y), 4326)::geography) as metres
         from unnest($2::int[], $3::float8[], $4::float8[]) with ordinality as c(zone, x, y, n)
         join zones using (zone) order by n`,
        [
          zones.map(({ polygons }) => json(polygons, (degrees) => degrees)),
          within.map(({ zone }) => zone),
          within.map(({ point }) => point[0]),
          within.map(({ point }) => point[1]),
        ],
      );
      let differing = 0;
      within.forEach(({ zone, point: [longitude, latitude] }, i) => {
        const theirs = Number(rows[i]!['metres']);
        const ours = Math.abs(signedDistanceMetres(prepared[zone]!, latitude, longitude));
        const bound = 0.001 + SPHERE_SHARE * theirs + polygonBoundMetres(theirs, latitude);
        const told = `${again} zone ${zone} of ${zones[zone]!.sizeMetres} m at ${latitude}: ${ours} and ${theirs}`;
        expect(ours - theirs, told).toBeLessThan(bound);
        if (theirs - ours >= bound) differing++;
      });
      expect(differing, again).toBeLessThan(within.length * MISSES);
    });

    it('agree on where a step enters and leaves, and how much of it lies inside', async () => {
      const cases = zones.flatMap(({ polygons, sizeMetres }, zone) =>
        [0.5, 2, 2].map((reach) => {
          const [from, to] = [
            fixNear(random, polygons, reach * sizeMetres),
            fixNear(random, polygons, reach * sizeMetres),
          ];
          return { zone, units: [...from, ...to].map(toUnits) };
        }),
      );
      const { rows } = await opened.db.query(
        `with zones as (
           select n - 1 as zone, ST_SetSRID(ST_GeomFromGeoJSON(json), 0) as g
           from unnest($1::text[]) with ordinality as t(json, n)),
         steps as (
           select n, g, ST_MakeLine(ST_Point(a, b), ST_Point(x, y)) as step
           from unnest($2::int[], $3::float8[], $4::float8[], $5::float8[], $6::float8[]) with ordinality
             as c(zone, a, b, x, y, n) join zones using (zone)),
         parts as (
           select n, step, part.geom as inside,
             ST_Distance(ST_LineInterpolatePoint(part.geom, 0.5), ST_Boundary(g)) >= 1 as sure
           from steps, ST_Dump(ST_CollectionExtract(ST_Intersection(g, step), 2)) as part)
         select n, sum(ST_Length(inside)) as units, min(enters) as enters, max(leaves) as leaves,
           coalesce(sum(ST_Length(inside)) filter (where sure), 0) as sure_units,
           min(enters) filter (where sure) as enters_at_latest, max(leaves) filter (where sure) as leaves_at_earliest
         from parts, lateral (
           select min(share) as enters, max(share) as leaves
           from unnest(array[ST_LineLocatePoint(step, ST_StartPoint(inside)), ST_LineLocatePoint(step, ST_EndPoint(inside))])
             as t(share)) as shares
         group by n`,
        [
          zones.map(({ polygons }) => json(polygons, toUnits)),
          cases.map(({ zone }) => zone),
          ...[0, 1, 2, 3].map((i) => cases.map(({ units }) => units[i]!)),
        ],
      );
      const found = new Map(rows.map((row) => [Number(row['n']) - 1, row]));
      let passages = 0;
      cases.forEach(({ zone, units }, i) => {
        const [a, b, x, y] = units as [number, number, number, number];
        const from = { longitude: a / 1e7, latitude: b / 1e7 };
        const to = { longitude: x / 1e7, latitude: y / 1e7 };
        const lengthUnits = Math.hypot(x - a, y - b);
        const row = found.get(i);
        // A part whose middle is no unit from the boundary may be rounded away: the tip of a corner.
        const sureUnits = Number(row?.['sure_units'] ?? 0);
        const passage = passageThrough(prepared[zone]!, from, to);
        const told = `${again} zone ${zone}, ${units.join(' ')}: ${JSON.stringify(passage)} ${JSON.stringify(row)}`;
        if (passage === null) {
          expect(sureUnits, told).toBe(0);
          return;
        }
        if (row === undefined) {
          expect(passage.chordMetres, told).toBeLessThan(0.1);
          return;
        }
        passages++;
        // It is asked of steps from outside, or to there.
        if (passage.enters > 0 || passage.leaves < 1) expect(mayPass(prepared[zone]!, from, to), told).toBe(true);
        const shareBound = 2 / lengthUnits + 1e-7;
        expect(passage.enters, told).toBeGreaterThan(Number(row['enters']) - shareBound);
        expect(passage.enters, told).toBeLessThan(Number(row['enters_at_latest'] ?? 1) + shareBound);
        expect(passage.leaves, told).toBeLessThan(Number(row['leaves']) + shareBound);
        expect(passage.leaves, told).toBeGreaterThan(Number(row['leaves_at_earliest'] ?? 0) - shareBound);
        // In degrees a metre east is longer the nearer the pole: by the step's length over its whole.
        const lengthMetres = stepMetres(from, to);
        const metresOf = (insideUnits: number) => (insideUnits / lengthUnits) * lengthMetres;
        const slope = (lengthMetres / 6_371_000) * Math.tan((Math.abs(from.latitude) + 0.5) * (Math.PI / 180));
        const bound = 0.05 + passage.chordMetres * slope;
        expect(passage.chordMetres, told).toBeLessThan(metresOf(Number(row['units'])) + bound);
        expect(passage.chordMetres, told).toBeGreaterThan(metresOf(sureUnits) - bound);
      });
      expect(passages, again).toBeGreaterThan(zoneCount / 4);
    });

    it('agree on the distance to circles', async () => {
      const cases = Array.from({ length: zoneCount }, () => {
        const centre: Point = [random() * 340 - 170, (2 * random() - 1) * (LATITUDES - 0.5)];
        const radiusMetres = 10 * 2_500 ** random();
        const reach = radiusMetres + 2_000 * (random() - 0.5);
        const angle = 2 * Math.PI * random();
        return { centre, radiusMetres, point: moved(centre, reach * Math.cos(angle), reach * Math.sin(angle)) };
      });
      const { rows } = await opened.db.query(
        `select ST_Distance(ST_SetSRID(ST_Point(a, b), 4326)::geography, ST_SetSRID(ST_Point(x, y), 4326)::geography)
           as metres
         from unnest($1::float8[], $2::float8[], $3::float8[], $4::float8[]) with ordinality as c(a, b, x, y, n)
         order by n`,
        [0, 1, 2, 3].map((i) => cases.map(({ centre, point }) => [...centre, ...point][i]!)),
      );
      cases.forEach(({ centre, radiusMetres, point: [longitude, latitude] }, i) => {
        const zone = prepareZone({ type: 'circle', longitude: centre[0], latitude: centre[1], radiusMetres });
        const fromCentre = Number(rows[i]!['metres']);
        const signed = signedDistanceMetres(zone, latitude, longitude);
        const bound = circleBoundMetres(fromCentre, Math.max(Math.abs(centre[1]), Math.abs(latitude)));
        expect(Math.abs(signed - (fromCentre - radiusMetres)), `${again} circle ${i}`).toBeLessThan(bound);
      });
    });
  });
}
