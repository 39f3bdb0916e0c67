/**
 * Turf and PostGIS as oracles for what `validateZone` and `findDeepest` say of generated zones.
 *
 * Tolerances. Validity: none. Area: Turf is on a sphere, PostGIS on the spheroid (0.45 % less at the equator, 0.56 % more at 60°);
 * with the factor of the zone's latitude taken out, 0.02 %, and what lies between straight edges and PostGIS's geodesics: for an
 * edge of length L at latitude φ at most L³ tan φ / 12 R, a tenth of a percent of a zone 20 km across. Depth: 0.1 m or 1 %, the
 * precision that `findDeepest` promises, and as much for PostGIS's.
 */
import { area, kinks, multiPolygon, polygon } from '@turf/turf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateZone } from '../../src/formats/zones/zone.js';
import { findDeepest } from '../../src/formats/zones/zone-inradius.js';
import type { Database } from '../../src/ports/database.js';
import { seededRandom } from '../support/random.js';

const AREA_TOLERANCE = 0.0002;
const SPHERE_RADIUS_METRES = 6_371_008.8;
const DEPTH_TOLERANCE_METRES = 0.2;
const DEPTH_TOLERANCE = 0.02;
const ZONES = 600;
const METRES_PER_DEGREE = 111_195;

type Ring = [number, number][];
type Random = () => number;
interface Geometry {
  readonly type: 'MultiPolygon';
  readonly coordinates: Ring[][];
}

const snap = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

/** A ring around a middle: angles in order, so that it does not cross itself; spikes and dents come from the radii. */
function starRing(random: Random, middle: readonly [number, number], radiusMetres: number, calm: number): Ring {
  const count = 3 + Math.floor(random() ** 3 * 60);
  const scaleX = METRES_PER_DEGREE * Math.cos((middle[1] * Math.PI) / 180);
  const angles = Array.from({ length: count }, (_, i) => ((i + 0.9 * random()) * 2 * Math.PI) / count);
  const ring = angles.map((angle): [number, number] => {
    const reach = radiusMetres * (calm + (1 - calm) * random());
    return [
      snap(middle[0] + (reach * Math.cos(angle)) / scaleX),
      snap(middle[1] + (reach * Math.sin(angle)) / METRES_PER_DEGREE),
    ];
  });
  return [...ring, ring[0]!];
}

/** Points in any order, often on a coarse grid: crossings, touches, shared edges and spikes come often. */
function wildRing(random: Random, middle: readonly [number, number]): Ring {
  const count = 3 + Math.floor(random() * 6);
  const isCoarse = random() < 0.6;
  const at = () => (isCoarse ? Math.floor(random() * 6) / 1_000 : snap(random() * 0.006));
  const ring = Array.from({ length: count }, (): [number, number] => [snap(middle[0] + at()), snap(middle[1] + at())]);
  return [...ring, ring[0]!];
}

/** Most are valid, with or without a hole or a second part; the others are wild. Between 20 m and 20 km, latitudes to 60°. */
function generateZone(random: Random): Geometry {
  const middle: [number, number] = [random() * 340 - 170, random() * 120 - 60];
  if (random() < 0.4) {
    const parts = Array.from({ length: 1 + Math.floor(random() * 2) }, () => [wildRing(random, middle)]);
    if (random() < 0.3) parts[0]!.push(wildRing(random, middle));
    return { type: 'MultiPolygon', coordinates: parts };
  }
  const radiusMetres = 20 * 1_000 ** random();
  const rings = [starRing(random, middle, radiusMetres, 0.4)];
  if (random() < 0.3) rings.push(starRing(random, middle, radiusMetres / 4, 0.5).reverse());
  const parts = [rings];
  if (random() < 0.3) {
    const beside: [number, number] = [middle[0], middle[1] + (random() * 3 * radiusMetres) / METRES_PER_DEGREE];
    parts.push([starRing(random, beside, radiusMetres / 2, 0.4)]);
  }
  return { type: 'MultiPolygon', coordinates: parts };
}

/** How much more area WGS84 has than the sphere in the middle latitude of rings. */
function spheroidFactor(rings: readonly Ring[]): number {
  const latitudes = rings.flatMap((ring) => ring.map(([, y]) => y));
  const middle = (Math.min(...latitudes) + Math.max(...latitudes)) / 2;
  const [equatorMetres, eccentricitySquared] = [6_378_137, 0.00669437999014];
  const sine = Math.sin((middle * Math.PI) / 180);
  // Product of the radii of curvature along the meridian and across it.
  const radii = (equatorMetres ** 2 * (1 - eccentricitySquared)) / (1 - eccentricitySquared * sine ** 2) ** 2;
  return radii / SPHERE_RADIUS_METRES ** 2;
}

/** The area between edges that are straight in degrees and geodesics, at most; a tenth more for what is left out of the series. */
function bendSquareMetres(rings: readonly Ring[]): number {
  let sum = 0;
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [[x1, y1], [x2, y2]] = [ring[i - 1]!, ring[i]!];
      const latitude = (Math.max(Math.abs(y1), Math.abs(y2)) * Math.PI) / 180;
      const length = METRES_PER_DEGREE * Math.hypot((x2 - x1) * Math.cos(latitude), y2 - y1);
      sum += (1.1 * length ** 3 * Math.tan(latitude)) / (12 * SPHERE_RADIUS_METRES);
    }
  }
  return sum;
}

/** In whole units of the grid: in degrees a vertex on an edge would lie beside it by the last bit of a double. */
const toGrid = ({ type, coordinates }: Geometry) =>
  JSON.stringify({ type, coordinates }, (_key, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1e7) : value,
  );

const judge = (geometry: Geometry) => validateZone({ type: 'Feature', properties: { name: 'Z' }, geometry }, null);

/** Faults of ours that OGC does not know: what is merely too small. */
const isOurs = (fault: string | undefined, detail: string) =>
  fault === 'no-area' && /under 1 square metre/.test(detail);

export function zoneOraclesSuite(name: string, open: () => Promise<{ db: Database; stop(): Promise<void> }>): void {
  const { random, seed } = seededRandom();
  const again = `TAGWATCH_SEED=${seed}`;

  describe(`generated zones and ${name} (${again})`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    const zones = Array.from({ length: ZONES }, () => generateZone(random));
    const results = zones.map(judge);

    beforeAll(async () => {
      opened = await open();
      await opened.db.query('create extension if not exists postgis', []);
    });
    afterAll(async () => await opened?.stop());

    it('agree on validity', async () => {
      const { rows } = await opened.db.query(
        `select ST_IsValid(g) as valid, ST_IsValidReason(g) as reason
         from unnest($1::text[]) with ordinality as t(json, n), ST_GeomFromGeoJSON(json) as g order by n`,
        [zones.map(toGrid)],
      );
      const differing = zones.flatMap((zone, i) => {
        const result = results[i]!;
        const [ours, theirs] = [result.ok, rows[i]!['valid'] as boolean];
        if (ours === theirs) return [];
        if (!result.ok && result.errors.every(({ fault, detail }) => isOurs(fault, detail))) return [];
        return [{ zone: JSON.stringify(zone), ours: result.ok ? 'valid' : result.errors, theirs: rows[i]!['reason'] }];
      });
      expect(differing, again).toEqual([]);
      const valid = results.filter(({ ok }) => ok).length;
      expect(
        [valid, ZONES - valid].every((count) => count > ZONES / 10),
        again,
      ).toBe(true);
    });

    it('agree with Turf that what crosses itself is no zone', () => {
      // As it was mended: Turf takes a repeated position for a crossing. Ring by ring: it also takes the corner of a hole that
      // touches the outer ring for one, by the last bit of a double.
      const crosses = (rings: unknown) => (rings as Ring[]).some((ring) => kinks(polygon([ring])).features.length > 0);
      const missed = results.filter(
        (result) => result.ok && result.zone.shape.type === 'polygons' && result.zone.shape.polygons.some(crosses),
      );
      expect(missed, again).toEqual([]);
      const found = zones.filter((zone) =>
        zone.coordinates.some((rings) => kinks(polygon([rings[0]!])).features.length > 0),
      );
      expect(found.length, again).toBeGreaterThan(ZONES / 20);
    });

    it(`agree on the area to ${AREA_TOLERANCE * 100} % and the bend of geodesics, with Turf to the last digits`, async () => {
      const valid = results.flatMap((result) =>
        result.ok && result.zone.shape.type === 'polygons' ? [{ result, polygons: result.zone.shape.polygons }] : [],
      );
      const { rows } = await opened.db.query(
        `select ST_Area(ST_GeomFromGeoJSON(json)::geography) as area
         from unnest($1::text[]) with ordinality as t(json, n) order by n`,
        [valid.map(({ polygons }) => JSON.stringify({ type: 'MultiPolygon', coordinates: polygons }))],
      );
      let worst = 0;
      valid.forEach(({ result, polygons }, i) => {
        const rings = polygons.flat() as unknown as Ring[];
        const theirs = Number(rows[i]!['area']);
        const ours = result.areaSquareMetres * spheroidFactor(rings);
        const allowed = AREA_TOLERANCE * theirs + bendSquareMetres(rings);
        const told = `${again} ${JSON.stringify(polygons)}: ${ours} and ${theirs}`;
        expect(Math.abs(ours - theirs), told).toBeLessThan(allowed);
        worst = Math.max(worst, Math.abs(result.areaSquareMetres / theirs - 1));
        const turf = area(multiPolygon(polygons as unknown as Ring[][]));
        expect(Math.abs(result.areaSquareMetres / turf - 1), told).toBeLessThan(1e-9);
      });
      // Without the factor they do differ: the tolerance is not a wide one.
      expect(worst, again).toBeGreaterThan(0.001);
    });

    it('agree on how deep a zone is', async () => {
      const parts = results
        .flatMap((result) => (result.ok && result.zone.shape.type === 'polygons' ? result.zone.shape.polygons : []))
        .slice(0, 150);
      // PostGIS measures in the plane: metres around the middle of the part's box, as `findDeepest` takes them.
      const metric = parts.map((rings) => {
        const [xs, ys] = [rings[0]!.map(([x]) => x), rings[0]!.map(([, y]) => y)];
        const [west, south] = [Math.min(...xs), Math.min(...ys)];
        const scaleX = METRES_PER_DEGREE * Math.cos(((south + Math.max(...ys)) * Math.PI) / 360);
        return rings.map((ring) => ring.map(([x, y]) => [(x - west) * scaleX, (y - south) * METRES_PER_DEGREE]));
      });
      const { rows } = await opened.db.query(
        `select (ST_MaximumInscribedCircle(ST_SetSRID(ST_GeomFromGeoJSON(json), 0))).radius as radius
         from unnest($1::text[]) with ordinality as t(json, n) order by n`,
        [metric.map((coordinates) => JSON.stringify({ type: 'Polygon', coordinates }))],
      );
      parts.forEach((rings, i) => {
        const theirs = Number(rows[i]!['radius']);
        const ours = findDeepest(rings, Number.POSITIVE_INFINITY).radiusMetres;
        const allowed = DEPTH_TOLERANCE_METRES + DEPTH_TOLERANCE * theirs;
        expect(Math.abs(ours - theirs), `${again} ${JSON.stringify(rings)}: ${ours} and ${theirs}`).toBeLessThan(
          allowed,
        );
      });
    });
  });
}
