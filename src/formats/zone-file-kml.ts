/**
 * KML: every Placemark with Polygons (alone or in MultiGeometry) is a zone, and a Point with `radiusMetres` is a circle. Its id is
 * the Placemark's `id` or the ExtendedData `zoneId`; its name `name`; priority, bufferMetres and the like come from ExtendedData.
 * Placemarks without an area (pins, paths) are passed over, and said. Network links are not followed.
 */
import { readXml, type XmlVisitor } from './track-xml.js';
import {
  chooseId,
  makeFinding,
  parseField,
  pickZoneFields,
  tellLeftOut,
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
  readonly polygons: unknown[][][];
  point: unknown[] | null;
  /** What else it is made of. */
  readonly others: Set<string>;
}

/** A zone and what was noticed while it was read. */
export interface KmlZone {
  readonly feature: ZoneFeature | null;
  readonly findings: readonly ZoneFinding[];
}

const OTHER_GEOMETRIES = new Set(['LineString', 'Track', 'MultiTrack', 'Model']);

/** `longitude,latitude[,altitude]` tuples, parted by blanks. What is no number becomes NaN, which validation tells with its place. */
function readCoordinates(text: string): number[][] {
  const tuples = text.trim() === '' ? [] : text.trim().split(/\s+/);
  return tuples.map((tuple) => tuple.split(',').map((part) => (part === '' ? Number.NaN : Number(part))));
}

function toGeometry({ polygons, point }: Placemark): object | null {
  if (polygons.length === 1) return { type: 'Polygon', coordinates: polygons[0] };
  if (polygons.length > 1) return { type: 'MultiPolygon', coordinates: polygons };
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
    if (parent === 'Point') open.point = coordinates[0] ?? [];
    if (parent !== 'LinearRing') return;
    const rings = open.polygons.at(-1);
    // An inner ring before the outer one is still a hole.
    if (path.at(-2) === 'outerBoundaryIs') rings?.unshift(coordinates);
    else if (path.at(-2) === 'innerBoundaryIs') rings?.push(coordinates);
  }

  return {
    open(name, attributes, line) {
      if (path.length === 0 && name !== 'kml') fail(`The root element is <${name.slice(0, 40)}>, not <kml>.`, line);
      path.push(name);
      if (name === 'Placemark') {
        placemarks += 1;
        const fresh = { name: undefined, data: new Map(), polygons: [], point: null, others: new Set<string>() };
        placemark = { line, number: placemarks, attributeId: attributes.id, ...fresh };
      } else if (name === 'Polygon') placemark?.polygons.push([]);
      else if (OTHER_GEOMETRIES.has(name)) placemark?.others.add(name);
      else if (name === 'Data' || name === 'SimpleData') dataName = attributes.name ?? '';
    },
    close(name, text) {
      path.pop();
      if (placemark === null) return;
      const parent = path.at(-1);
      if (name === 'Placemark') {
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
