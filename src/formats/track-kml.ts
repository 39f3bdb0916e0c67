/**
 * KML: `gx:Track` (also in `gx:MultiTrack`), its `when` and `gx:coord` paired by their order, `gx:angles` and arrays of
 * ExtendedData beside them; and Points with a TimeStamp. A LineString has no times, so it is refused; icons without a time,
 * polygons and overlays are no tracks and are passed over.
 */
import { type Fields, pickFields } from './track-fields.js';
import {
  makeItem,
  type TrackItem,
  type TrackOptions,
  type TrackReader,
  TrackUnreadable,
  tagNameOf,
} from './track-item.js';
import { readXml, type XmlVisitor } from './track-xml.js';

/** A track is held whole, because its arrays stand behind its positions. Longer ones belong in several `gx:Track`. */
const MAX_FIXES = 1_000_000;

interface Track {
  readonly line: number;
  readonly whens: string[];
  readonly coords: string[];
  readonly angles: string[];
  readonly arrays: Map<string, string[]>;
}

interface Placemark {
  /** Its name and the values of its ExtendedData. */
  readonly entries: [string, string][];
  when: string;
  point: string | null;
  readonly line: number;
}

/** Most arrays of ExtendedData in a track that are looked at. */
const MAX_ARRAYS = 50;

function* toItems(track: Track, place: string, tag: unknown, options: TrackOptions): Generator<TrackItem> {
  const { line, whens, coords, angles, arrays } = track;
  if (whens.length !== coords.length) {
    const detail = `It has ${whens.length} times (when) and ${coords.length} positions (gx:coord), which belong in pairs.`;
    yield { line, place, ok: false, detail };
    return;
  }
  for (let i = 0; i < whens.length; i++) {
    const entries: [string, string][] = [];
    for (const [name, values] of arrays) if (values.length === whens.length) entries.push([name, values[i]!]);
    const [longitude, latitude, altitude] = coords[i]!.split(/\s+/);
    const own: Fields = {
      altitudeMetres: altitude,
      headingDegrees: angles[i]?.split(/\s+/)[0],
      ...pickFields(entries, null),
    };
    // An empty gx:coord is a moment without a position.
    const position = coords[i] === '' ? {} : { latitude, longitude };
    yield makeItem({ line, place: `${place}, fix ${i + 1}` }, { ...own, time: whens[i], tag, ...position }, options);
  }
}

function* flatten(lists: Iterable<Iterable<TrackItem>>): Generator<TrackItem> {
  for (const list of lists) yield* list;
}

function createKmlVisitor(options: TrackOptions): XmlVisitor {
  const tagName = tagNameOf(options);
  const path: string[] = [];
  let found: Iterable<TrackItem>[] = [];
  let placemark: Placemark = { entries: [], when: '', point: null, line: 1 };
  let track: Track | null = null;
  let dataName = '';
  let placemarks = 0;
  let hasTrack = false;
  /** Tracks of the placemark: its name may stand before them, its ExtendedData too; what comes later comes too late. */
  let tracks = 0;

  const findTag = () => (tagName === null ? undefined : pickFields(placemark.entries, tagName).tag);
  const push = (array: string[], value: string) => {
    if (array.length >= MAX_FIXES) {
      throw new TrackUnreadable(`The gx:Track at line ${track!.line} has more than ${MAX_FIXES} fixes; part it.`);
    }
    array.push(value);
  };

  function closeInTrack(open: Track, name: string, value: string, parent: string | undefined): void {
    if (name === 'when' && parent === 'Track') push(open.whens, value);
    else if (name === 'coord') push(open.coords, value);
    else if (name === 'angles') push(open.angles, value);
    else if (name === 'value' && parent === 'SimpleArrayData') {
      const array = open.arrays.get(dataName);
      if (array) push(array, value);
      else if (open.arrays.size < MAX_ARRAYS) open.arrays.set(dataName, [value]);
    }
  }

  function closeTrack(open: Track): void {
    tracks += 1;
    hasTrack = true;
    const place = `Placemark ${placemarks}, gx:Track ${tracks} (line ${open.line})`;
    // Made while they are taken, so that a long track is not held twice.
    found.push(toItems(open, place, findTag(), options));
  }

  function closePlacemark(): void {
    const { line, when, point } = placemark;
    if (point === null || when === '') return;
    hasTrack = true;
    const [longitude, latitude, altitudeMetres] = point.split(',').map((part) => part.trim());
    const fields: Fields = {
      altitudeMetres,
      ...pickFields(placemark.entries, tagName),
      longitude,
      latitude,
      time: when,
    };
    found.push([makeItem({ line, place: `Placemark ${placemarks} (line ${line})` }, fields, options)]);
  }

  return {
    open(name, attributes, line) {
      if (path.length === 0 && name !== 'kml')
        throw new TrackUnreadable(`The root element is <${name.slice(0, 40)}>, not <kml>.`);
      path.push(name);
      if (name === 'Placemark') {
        placemarks += 1;
        tracks = 0;
        placemark = { entries: [], when: '', point: null, line };
      } else if (name === 'Track') track = { line, whens: [], coords: [], angles: [], arrays: new Map() };
      else if (name === 'Data' || name === 'SimpleData' || name === 'SimpleArrayData') dataName = attributes.name ?? '';
      else if (name === 'LineString' && path.includes('Placemark')) {
        hasTrack = true;
        const detail = 'A LineString has no times; a track with times is a gx:Track.';
        found.push([{ line, place: `Placemark ${placemarks} (line ${line})`, ok: false, detail }]);
      }
    },
    close(name, text) {
      path.pop();
      const parent = path.at(-1);
      const value = text.trim();
      if (track !== null) {
        if (name === 'Track') {
          closeTrack(track);
          track = null;
        } else closeInTrack(track, name, value, parent);
      } else if (name === 'Placemark') closePlacemark();
      else if (name === 'name' && parent === 'Placemark') placemark.entries.push(['name', value]);
      else if (name === 'SimpleData' || (name === 'value' && parent === 'Data'))
        placemark.entries.push([dataName, value]);
      else if (name === 'when' && parent === 'TimeStamp' && path.at(-2) === 'Placemark') placemark.when = value;
      else if (name === 'coordinates' && parent === 'Point') placemark.point = value;
    },
    take() {
      const taken = found;
      found = [];
      return taken.length === 0 ? [] : flatten(taken);
    },
    end() {
      if (!hasTrack) throw new TrackUnreadable('There is no track in it (no gx:Track, no Point with a TimeStamp).');
    },
  };
}

export const readKmlTrack: TrackReader = (chunks, options) => readXml(chunks, createKmlVisitor(options));
