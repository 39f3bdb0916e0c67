/**
 * GeoJSON (RFC 7946): Points with a time among their properties; lines, several lines and MultiPoints with times beside their
 * coordinates, in `properties.coordTimes` or `properties.coordinateProperties.times` (as togeojson writes them); in a
 * FeatureCollection, a Feature, or by itself. Features without a geometry are device messages.
 */
import { type Fields, pickFields } from './track-fields.js';
import {
  makeItem,
  type Place,
  type TrackItem,
  type TrackOptions,
  type TrackReader,
  TrackUnreadable,
  tagNameOf,
} from './track-item.js';
import { scanFeatures } from './track-json-scan.js';

type Json = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Latitude, longitude and altitude of a GeoJSON position; what is missing or no number is for the judge of pings to refuse. */
function toPosition(coordinates: unknown): Fields {
  const [longitude, latitude, altitude] = Array.isArray(coordinates) ? (coordinates as unknown[]) : [];
  return {
    longitude: longitude,
    latitude: latitude,
    ...(typeof altitude === 'number' && { altitudeMetres: altitude }),
  };
}

/** The times beside the coordinates, shaped as these. */
function findTimes(properties: Json): unknown {
  const { coordTimes, coordinateProperties, times } = properties;
  if (Array.isArray(coordTimes)) return coordTimes;
  if (isObject(coordinateProperties) && Array.isArray(coordinateProperties.times)) return coordinateProperties.times;
  return Array.isArray(times) ? times : undefined;
}

/** Fixes of one line: as many times as positions, or it is refused as a whole. */
function* readLine(
  at: Place,
  coordinates: unknown,
  times: unknown,
  own: Fields,
  options: TrackOptions,
): Generator<TrackItem> {
  if (!Array.isArray(coordinates)) {
    yield { ...at, ok: false, detail: 'Its coordinates are no list.' };
  } else if (!Array.isArray(times)) {
    yield { ...at, ok: false, detail: 'A line without times (properties.coordTimes) is no track.' };
  } else if (times.length !== coordinates.length) {
    const detail = `It has ${coordinates.length} positions and ${times.length} times, which belong in pairs.`;
    yield { ...at, ok: false, detail };
  } else {
    for (const [i, position] of coordinates.entries()) {
      const place = { line: at.line, place: `${at.place}, position ${i}` };
      yield makeItem(place, { ...own, ...toPosition(position), time: times[i] }, options);
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

/** `own`: what the properties say of every fix; `times`: shaped as the coordinates. */
function* readGeometry(
  at: Place,
  geometry: unknown,
  times: unknown,
  own: Fields,
  options: TrackOptions,
): Generator<TrackItem> {
  const object = isObject(geometry) ? geometry : {};
  const { type, coordinates } = object;
  const parts = findParts(object);
  if (type === 'Point') {
    const time = own.time ?? (Array.isArray(times) ? times[0] : undefined);
    yield makeItem(at, { ...own, ...toPosition(coordinates), time }, options);
  } else if (type === 'LineString' || type === 'MultiPoint') {
    // An altitude among the properties is that of one fix, not of a line.
    const { altitudeMetres: _one, ...ofLine } = own;
    yield* readLine(at, coordinates, times, ofLine, options);
  } else if (parts !== null) {
    for (const [i, part] of parts.entries()) {
      const place = { line: at.line, place: `${at.place}, part ${i}` };
      if (findParts(isObject(part) ? part : {}) !== null) {
        yield { ...place, ok: false, detail: 'A collection in a collection is no track.' };
      } else yield* readGeometry(place, part, Array.isArray(times) ? times[i] : undefined, own, options);
    }
  } else {
    const shown = typeof type === 'string' ? JSON.stringify(type.slice(0, 40)) : 'without a type';
    yield { ...at, ok: false, detail: `A geometry ${shown} is no track.` };
  }
}

function* readFeature(at: Place, raw: unknown, options: TrackOptions): Generator<TrackItem> {
  if (raw === undefined) yield { ...at, ok: false, detail: 'This is not JSON in UTF-8.' };
  else if (!isObject(raw) || raw.type !== 'Feature')
    yield { ...at, ok: false, detail: 'This is not a GeoJSON Feature.' };
  else {
    const properties = isObject(raw.properties) ? raw.properties : {};
    const { latitude: _lat, longitude: _lon, ...own } = pickFields(Object.entries(properties), tagNameOf(options));
    if ((raw.geometry ?? null) === null) yield makeItem(at, own, options);
    else yield* readGeometry(at, raw.geometry, findTimes(properties), own, options);
  }
}

/** Only a FeatureCollection is read in bounded memory; a document that is one Feature is held whole. */
export const readGeoJsonTrack: TrackReader = async function* (chunks, options) {
  let index = 0;
  let found = 0;
  for await (const { kind, line, bytes } of scanFeatures(chunks)) {
    if (kind === 'feature') {
      found += 1;
      yield* readFeature({ line, place: `features[${index++}] (line ${line})` }, parseJson(bytes), options);
      continue;
    }
    const document = parseJson(bytes);
    if (document === undefined) throw new TrackUnreadable('This is not JSON in UTF-8.');
    if (!isObject(document)) throw new TrackUnreadable('A GeoJSON document is an object.');
    if (document.type === 'FeatureCollection') {
      if (found === 0) throw new TrackUnreadable('There is no feature in it.');
    } else if (found > 0)
      throw new TrackUnreadable('Something with "features" that is no FeatureCollection is no GeoJSON.');
    else if (document.type === 'Feature') yield* readFeature({ line: 1, place: 'the Feature' }, document, options);
    else yield* readGeometry({ line: 1, place: 'the geometry' }, document, undefined, {}, options);
  }
};
