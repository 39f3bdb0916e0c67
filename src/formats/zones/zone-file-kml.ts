/**
 * KML: every Placemark with Polygons (alone or in MultiGeometry) is a zone, and a Point with `radiusMetres` is a circle. Its id is
 * the Placemark's `id` or the ExtendedData `zoneId`; its name `name`; priority, bufferMetres and the like come from ExtendedData.
 * Placemarks without an area (pins, paths) are passed over, and so are overlays and network links; each is said.
 */
import { readXml, type XmlVisitor } from '../tracks/track-xml.js';
import {
  chooseId,
  makeFinding,
  parseField,
  pickZoneFields,
  tellLeftOut,
  ZONE_ID,
  type ZoneFeature,
  type ZoneFileOptions,
  type ZoneFinding,
} from './zone-file-item.js';

interface Placemark {
  readonly line: number;
  readonly number: number;
  readonly attributeId: string | undefined;
  name: string | undefined;
  readonly data: Map<string, string>;
  readonly polygons: { outer: number[][] | null; readonly inner: number[][][] }[];
  point: unknown[] | null;
  /** What makes its shape another one than it would be read as; null: nothing. */
  fault: string | null;
  /** What else it is made of. */
  readonly others: Set<string>;
}

/** A zone and what was noticed while it was read. */
export interface KmlZone {
  readonly feature: ZoneFeature | null;
  readonly findings: readonly ZoneFinding[];
}

/** What a document may hold beside its Placemarks, and why it is no zone here. */
const NOT_READ: ReadonlyMap<string, string> = new Map([
  ['NetworkLink', 'It is not followed, so the zones that it links to are not here: give that file as well.'],
  ['NetworkLinkControl', 'Updates of another document are not read.'],
  ['GroundOverlay', 'A picture is no zone.'],
  ['ScreenOverlay', 'A picture is no zone.'],
  ['PhotoOverlay', 'A picture is no zone.'],
]);

const OTHER_GEOMETRIES = new Set(['LineString', 'Track', 'MultiTrack', 'Model']);

/** `longitude,latitude[,altitude]` tuples, parted by blanks. What is no number becomes NaN, which validation tells with its place. */
function readCoordinates(text: string): number[][] {
  const tuples = text.trim() === '' ? [] : text.trim().split(/\s+/);
  return tuples.map((tuple) => tuple.split(',').map((part) => (part === '' ? Number.NaN : Number(part))));
}

function toGeometry({ polygons, point }: Placemark): object | null {
  const coordinates = polygons.map(({ outer, inner }) => (outer === null ? inner : [outer, ...inner]));
  if (polygons.length === 1) return { type: 'Polygon', coordinates: coordinates[0] };
  if (polygons.length > 1) return { type: 'MultiPolygon', coordinates };
  return point === null ? null : { type: 'Point', coordinates: point };
}

function toZone(placemark: Placemark, options: ZoneFileOptions): KmlZone {
  const { line, number, data, others, attributeId } = placemark;
  const isCircle = placemark.point !== null && data.has('radiusMetres');
  if (placemark.polygons.length === 0 && !isCircle) {
    const what = placemark.point === null ? [...others].join(', ') || 'no geometry' : 'Point';
    const detail = `Passed over: it holds no area (${what}). A Point is a zone with radiusMetres in its ExtendedData.`;
    const finding = makeFinding({ number, line }, { severity: 'warning', check: 'not-a-zone', detail });
    return { feature: null, findings: [finding] };
  }
  if (placemark.fault !== null) {
    const named = data.get('zoneId') ?? attributeId ?? null;
    const id = named !== null && ZONE_ID.test(named) ? named : null;
    const finding = makeFinding(
      { number, line, id },
      { severity: 'error', check: 'not-a-zone', detail: placemark.fault },
    );
    return { feature: null, findings: [finding] };
  }
  const take = (from: string | null, otherwise: string | undefined) => (from === null ? otherwise : data.get(from));
  const name = take(options.nameFrom, placemark.name);
  const given = take(options.idFrom, data.get('zoneId') ?? attributeId);
  const { id, findings } = chooseId(given, name, { number, line }, options);
  const read = new Set([options.idFrom, options.nameFrom, 'zoneId']);
  const fields: Record<string, unknown> = {};
  for (const [field, text] of data) if (!read.has(field)) fields[field] = parseField(field, text);
  const { kept, left } = pickZoneFields(fields, options.ignoresUnknown);
  const properties = { ...kept, name };
  findings.push(...tellLeftOut(left, { number, line, id }));
  if (others.size > 0 || (placemark.point !== null && !isCircle)) {
    const detail = 'Only its polygons are read: the other geometries of the Placemark hold no area.';
    findings.push(makeFinding({ number, line, id }, { severity: 'warning', check: 'not-a-zone', detail }));
  }
  const geometry = toGeometry(placemark);
  return { feature: { number, id, line, feature: { type: 'Feature', properties, geometry } }, findings };
}

function createVisitor(options: ZoneFileOptions): XmlVisitor<KmlZone> {
  const path: string[] = [];
  let found: KmlZone[] = [];
  let placemarks = 0;
  let placemark: Placemark | null = null;
  let dataName = '';

  const fail = (detail: string, line: number) =>
    found.push({
      feature: null,
      findings: [makeFinding({ line }, { severity: 'error', check: 'unreadable', detail })],
    });

  function closeCoordinates(open: Placemark, text: string): void {
    const parent = path.at(-1);
    const coordinates = readCoordinates(text);
    if (parent === 'Point') {
      if (open.point !== null) open.fault ??= 'It has a second Point: which is the centre cannot be told. Part them.';
      open.point = coordinates[0] ?? [];
    }
    if (parent !== 'LinearRing') return;
    const polygon = open.polygons.at(-1);
    if (polygon === undefined) return;
    // An inner ring before the outer one is still a hole.
    if (path.at(-2) === 'innerBoundaryIs') polygon.inner.push(coordinates);
    else if (path.at(-2) === 'outerBoundaryIs') {
      if (polygon.outer !== null) {
        open.fault ??=
          'A Polygon has a second ring in its outerBoundaryIs, and one is allowed: make two Polygons of it.';
      }
      polygon.outer = coordinates;
    }
  }

  function closePolygon(open: Placemark): void {
    const { outer, inner } = open.polygons.at(-1)!;
    if (outer === null && inner.length > 0)
      open.fault ??= 'A Polygon has holes (innerBoundaryIs) and no outerBoundaryIs.';
  }

  function tellNotRead(name: string, line: number): void {
    const detail = `Passed over: a ${name}. ${NOT_READ.get(name)}`;
    found.push({
      feature: null,
      findings: [makeFinding({ line }, { severity: 'warning', check: 'not-a-zone', detail })],
    });
  }

  return {
    open(name, attributes, line) {
      if (path.length === 0 && name !== 'kml') fail(`The root element is <${name.slice(0, 40)}>, not <kml>.`, line);
      path.push(name);
      if (name === 'Placemark') {
        placemarks += 1;
        const fresh = {
          name: undefined,
          data: new Map(),
          polygons: [],
          point: null,
          others: new Set<string>(),
          fault: null,
        };
        placemark = { line, number: placemarks, attributeId: attributes.id, ...fresh };
      } else if (name === 'Polygon') placemark?.polygons.push({ outer: null, inner: [] });
      else if (OTHER_GEOMETRIES.has(name) || (name === 'LinearRing' && !/BoundaryIs$/.test(path.at(-2) ?? '')))
        placemark?.others.add(name);
      else if (NOT_READ.has(name)) tellNotRead(name, line);
      else if (name === 'Data' || name === 'SimpleData') dataName = attributes.name ?? '';
    },
    close(name, text) {
      path.pop();
      if (placemark === null) return;
      const parent = path.at(-1);
      if (name === 'Polygon') closePolygon(placemark);
      else if (name === 'Placemark') {
        found.push(toZone(placemark, options));
        placemark = null;
      } else if (name === 'name' && parent === 'Placemark') placemark.name = text.trim();
      else if (name === 'SimpleData' || (name === 'value' && parent === 'Data'))
        placemark.data.set(dataName, text.trim());
      else if (name === 'coordinates') closeCoordinates(placemark, text);
    },
    take() {
      const taken = found;
      found = [];
      return taken;
    },
    end() {},
  };
}

/** Reads a document, in the order of its Placemarks. Throws `TrackUnreadable` where it is not well-formed XML. */
export function readKmlZones(chunks: AsyncIterable<Uint8Array>, options: ZoneFileOptions): AsyncGenerator<KmlZone> {
  return readXml(chunks, createVisitor(options));
}
