/**
 * GeoJSON (RFC 7946): Points with a time among their properties; lines, several lines and MultiPoints with times beside their
 * coordinates, in `properties.coordTimes` or `properties.coordinateProperties.times` (as togeojson writes them); in a
 * FeatureCollection, a Feature, or by itself. Features without a geometry are device messages.
 */
import { findForeignCrs } from '../crs.js';
import { exceedsDepth, MAX_JSON_DEPTH } from '../json-depth.js';
import { type Fields, placeAt } from './track-fields.js';
import {
  createItemMaker,
  type ItemMaker,
  makeNote,
  type Place,
  TrackCut,
  type TrackItem,
  type TrackReader,
  TrackUnreadable,
  tellUnfitArray,
} from './track-item.js';
import { scanFeatures } from './track-json-scan.js';
import { findMeaning } from './track-names.js';

type Json = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NOT_JSON = 'This is not JSON in UTF-8.';

/** The value, or why there is none. */
function parseJson(bytes: Uint8Array): { readonly raw: unknown } | { readonly fault: string } {
  try {
    const text = utf8.decode(bytes);
    if (exceedsDepth(text, MAX_JSON_DEPTH)) return { fault: `It is nested deeper than ${MAX_JSON_DEPTH}.` };
    return { raw: JSON.parse(text) as unknown };
  } catch {
    return { fault: NOT_JSON };
  }
}

/** Throws where the file names another reference system than WGS84: each of its positions would be off. */
function refuseForeignCrs(object: Json, place: string): void {
  const foreign = findForeignCrs(object.crs);
  if (foreign === null) return;
  throw new TrackUnreadable(
    `The crs of ${place} is ${foreign}; positions are in WGS84 degrees, longitude first. Convert it.`,
  );
}

/** The fields at a GeoJSON position; what is missing or no number is for the judge of pings to refuse. */
function placeOn(fields: Fields, coordinates: unknown): Fields {
  const [longitude, latitude, altitude] = Array.isArray(coordinates) ? (coordinates as unknown[]) : [];
  return placeAt({ ...fields, ...(typeof altitude === 'number' && { altitudeMetres: altitude }) }, latitude, longitude);
}

/** What stands beside the coordinates, shaped as these. */
interface Beside {
  readonly times: unknown;
  /** Values of each position by their name: accuracies and the like. */
  readonly arrays: readonly (readonly [name: string, values: unknown])[];
}

function findBeside(properties: Json): Beside {
  const { coordTimes, coordinateProperties, times } = properties;
  const { times: ownTimes, ...others } = isObject(coordinateProperties) ? coordinateProperties : {};
  const found = [coordTimes, ownTimes, times].find((each) => Array.isArray(each));
  return { times: found, arrays: Object.entries(others) };
}

/** What stands beside one part of the coordinates. */
function besidePart({ times, arrays }: Beside, index: number): Beside {
  const at = (values: unknown): unknown => (Array.isArray(values) ? (values[index] as unknown) : undefined);
  return { times: at(times), arrays: arrays.map(([name, values]) => [name, at(values)]) };
}

/** togeojson puts a plural's "s" behind the names of arrays. */
const singularOf = (name: string) =>
  name.endsWith('s') && findMeaning(name) === null && findMeaning(name.slice(0, -1)) !== null
    ? name.slice(0, -1)
    : name;

/** The arrays that have a value for each fix; the others are told. */
function* fitArrays(at: Place, arrays: Beside['arrays'], fixes: number): Generator<TrackItem, [string, unknown[]][]> {
  const fitting: [string, unknown[]][] = [];
  for (const [name, values] of arrays) {
    if (!Array.isArray(values)) continue;
    if (values.length === fixes) fitting.push([singularOf(name), values]);
    else yield makeNote(at, tellUnfitArray(name, values.length, fixes));
  }
  return fitting;
}

/** Fixes of one line: as many times as positions, or it is refused as a whole. */
function* readLine(
  at: Place,
  coordinates: unknown,
  { times, arrays }: Beside,
  own: Fields,
  maker: ItemMaker,
): Generator<TrackItem> {
  if (!Array.isArray(coordinates)) {
    yield { ...at, ok: false, detail: 'Its coordinates are no list.' };
  } else if (!Array.isArray(times)) {
    yield makeNote(at, 'A line without times (properties.coordTimes) is no track.');
  } else if (times.length !== coordinates.length) {
    const detail = `It has ${coordinates.length} positions and ${times.length} times, which belong in pairs.`;
    yield { ...at, ok: false, detail };
  } else {
    const fitting = yield* fitArrays(at, arrays, times.length);
    for (const [i, position] of coordinates.entries()) {
      const place = { line: at.line, place: `${at.place}, position ${i}` };
      const ofThis = fitting.length === 0 ? {} : maker.pick(fitting.map(([name, values]) => [name, values[i]]));
      yield* maker.make(place, { ...placeOn({ ...own, ...ofThis }, position), time: times[i] });
    }
  }
}

/** The lines of a MultiLineString, the members of a GeometryCollection; null: it is neither. */
function findParts(geometry: Json): readonly unknown[] | null {
  const { type, coordinates, geometries } = geometry;
  if (type === 'GeometryCollection' && Array.isArray(geometries)) return geometries;
  if (type !== 'MultiLineString' || !Array.isArray(coordinates)) return null;
  return coordinates.map((line: unknown) => ({ type: 'LineString', coordinates: line }));
}

/** `own`: what the properties say of every fix. */
function* readGeometry(
  at: Place,
  geometry: unknown,
  beside: Beside,
  own: Fields,
  maker: ItemMaker,
): Generator<TrackItem> {
  const object = isObject(geometry) ? geometry : {};
  const { type, coordinates } = object;
  const parts = findParts(object);
  if (type === 'Point') {
    yield* maker.make(at, { ...placeOn(own, coordinates), time: besidePart(beside, 0).times });
  } else if (type === 'LineString' || type === 'MultiPoint') {
    // An altitude or a time among the properties is that of one fix, not of a line.
    const { altitudeMetres: _one, named, ...ofLine } = own;
    yield* readLine(at, coordinates, beside, { ...ofLine, named: { ...named, time: [] } }, maker);
  } else if (parts !== null) {
    for (const [i, part] of parts.entries()) {
      const place = { line: at.line, place: `${at.place}, part ${i}` };
      if (findParts(isObject(part) ? part : {}) !== null) {
        yield { ...place, ok: false, detail: 'A collection in a collection is no track.' };
      } else yield* readGeometry(place, part, besidePart(beside, i), own, maker);
    }
  } else if (type === 'Polygon' || type === 'MultiPolygon') {
    yield makeNote(at, `A geometry "${type}" is no track.`);
  } else {
    const shown = typeof type === 'string' ? JSON.stringify(type.slice(0, 40)) : 'without a type';
    yield { ...at, ok: false, detail: `A geometry ${shown} is no track.` };
  }
}

function* readFeature(at: Place, raw: unknown, maker: ItemMaker): Generator<TrackItem> {
  if (!isObject(raw) || raw.type !== 'Feature') {
    yield { ...at, ok: false, detail: 'This is not a GeoJSON Feature.' };
    return;
  }
  refuseForeignCrs(raw, at.place);
  if (isObject(raw.geometry)) refuseForeignCrs(raw.geometry, at.place);
  const properties = isObject(raw.properties) ? raw.properties : {};
  const { latitude: _lat, longitude: _lon, ...own } = maker.pick(Object.entries(properties));
  if ((raw.geometry ?? null) === null) yield* maker.make(at, own);
  else yield* readGeometry(at, raw.geometry, findBeside(properties), own, maker);
}

/** The rest of a document around its features, or a document that is none of a FeatureCollection. */
function* readDocument(document: Json, features: number, maker: ItemMaker): Generator<TrackItem> {
  refuseForeignCrs(document, 'the file');
  if (document.type === 'FeatureCollection') {
    if (features === 0) throw new TrackUnreadable('There is no feature in it.');
  } else if (features > 0) {
    throw new TrackUnreadable('Something with "features" that is no FeatureCollection is no GeoJSON.');
  } else if (document.type === 'Feature') yield* readFeature({ line: 1, place: 'the Feature' }, document, maker);
  else yield* readGeometry({ line: 1, place: 'the geometry' }, document, { times: undefined, arrays: [] }, {}, maker);
}

/** Only a FeatureCollection is read in bounded memory; a document that is one Feature is held whole. */
export const readGeoJsonTrack: TrackReader = async function* (chunks, options) {
  const maker = createItemMaker(options);
  let index = 0;
  let notes = 0;
  let others = 0;
  function* count(items: Iterable<TrackItem>): Generator<TrackItem> {
    for (const item of items) {
      if (!item.ok && item.isNote === true) notes += 1;
      else others += 1;
      yield item;
    }
  }
  for await (const { kind, line, bytes } of scanFeatures(chunks)) {
    if (kind === 'head') {
      // Asked here already, because a file that is cut off has no rest to ask.
      const head = parseJson(Buffer.concat([bytes, Buffer.from(']}')]));
      if ('raw' in head && isObject(head.raw)) refuseForeignCrs(head.raw, 'the file');
      continue;
    }
    const parsed = parseJson(bytes);
    if (kind === 'feature') {
      const at = { line, place: `features[${index}] (line ${line})` };
      index += 1;
      if ('fault' in parsed) yield* count([{ ...at, ok: false, detail: parsed.fault }]);
      else yield* count(readFeature(at, parsed.raw, maker));
      continue;
    }
    if ('fault' in parsed) {
      // Whoever cuts a file behind its features may have cut a crs from it; but for that they are whole.
      const isCut = index > 0 && !bytes.includes('"crs"');
      throw isCut ? new TrackCut(`Behind its features: ${parsed.fault}`, null) : new TrackUnreadable(parsed.fault);
    }
    if (!isObject(parsed.raw)) throw new TrackUnreadable('A GeoJSON document is an object.');
    yield* count(readDocument(parsed.raw, index, maker));
  }
  if (others === 0 && notes > 0) throw new TrackUnreadable('There is no track in it: nothing has a time.');
};
