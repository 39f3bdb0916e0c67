/**
 * KML: `gx:Track` (also in `gx:MultiTrack`), its `when` and `gx:coord` paired by their order, `gx:angles` and arrays of
 * ExtendedData beside them; and Points with a TimeStamp. A LineString has no times, so it is said to be no track; icons without a
 * time, polygons and overlays are passed over.
 */
import { type Fields, placeAt } from './track-fields.js';
import {
  createItemMaker,
  type ItemMaker,
  makeNote,
  type TrackItem,
  type TrackOptions,
  type TrackReader,
  TrackUnreadable,
  tagNameOf,
  tellUnfitArray,
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
  hasSpan: boolean;
  readonly line: number;
}

/** Most arrays of ExtendedData in a track that are looked at. */
const MAX_ARRAYS = 50;

function* toItems(track: Track, place: string, tag: unknown, maker: ItemMaker): Generator<TrackItem> {
  const { line, whens, coords, angles, arrays } = track;
  if (whens.length !== coords.length) {
    const detail = `It has ${whens.length} times (when) and ${coords.length} positions (gx:coord), which belong in pairs.`;
    yield { line, place, ok: false, detail };
    return;
  }
  const fitting = [...arrays].filter(([, values]) => values.length === whens.length);
  for (const [name, { length }] of arrays) {
    if (length !== whens.length) yield makeNote({ line, place }, tellUnfitArray(name, length, whens.length));
  }
  for (let i = 0; i < whens.length; i++) {
    const entries = fitting.map(([name, values]): [string, string] => [name, values[i]!]);
    const [longitude, latitude, altitude] = coords[i]!.split(/\s+/);
    const { latitude: _lat, longitude: _lon, ...picked } = maker.pick(entries);
    const fields: Fields = { altitudeMetres: altitude, headingDegrees: angles[i]?.split(/\s+/)[0], ...picked, tag };
    // An empty gx:coord is a moment without a position.
    const placed = coords[i] === '' ? fields : placeAt(fields, latitude, longitude);
    yield* maker.make({ line, place: `${place}, fix ${i + 1}` }, { ...placed, time: whens[i] });
  }
}

function* flatten(lists: Iterable<Iterable<TrackItem>>): Generator<TrackItem> {
  for (const list of lists) yield* list;
}

function createKmlVisitor(options: TrackOptions): XmlVisitor {
  const tagName = tagNameOf(options);
  const maker = createItemMaker(options);
  const path: string[] = [];
  let found: Iterable<TrackItem>[] = [];
  let placemark: Placemark = { entries: [], when: '', point: null, hasSpan: false, line: 1 };
  let track: Track | null = null;
  let dataName = '';
  let placemarks = 0;
  let hasTrack = false;
  let hasLine = false;
  /** Tracks of the placemark: its name may stand before them, its ExtendedData too; what comes later comes too late. */
  let tracks = 0;

  const findTag = () => (tagName === null ? undefined : maker.pick(placemark.entries).tag);
  const placeOf = (line: number) => ({ line, place: `Placemark ${placemarks} (line ${line})` });
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
      else maker.note(`Only the first ${MAX_ARRAYS} arrays of a gx:Track are read.`);
    }
  }

  function closeTrack(open: Track): void {
    tracks += 1;
    hasTrack = true;
    const place = `Placemark ${placemarks}, gx:Track ${tracks} (line ${open.line})`;
    // Made while they are taken, so that a long track is not held twice.
    found.push(toItems(open, place, findTag(), maker));
  }

  function closePlacemark(): void {
    const { line, when, point, hasSpan, entries } = placemark;
    if (point === null) return;
    if (when === '') {
      const detail = 'Its Point has a TimeSpan and no TimeStamp, so when it was there cannot be said.';
      if (hasSpan) found.push([{ ...placeOf(line), ok: false, detail }]);
      return;
    }
    hasTrack = true;
    const [longitude, latitude, altitudeMetres] = point.split(',').map((part) => part.trim());
    const fields: Fields = { altitudeMetres, ...maker.pick(entries) };
    found.push(maker.make(placeOf(line), { ...placeAt(fields, latitude, longitude), time: when }));
  }

  function tellUntimed(name: string, line: number): void {
    hasLine = true;
    const detail = `A ${name} has no times; a track with times is a gx:Track.`;
    found.push([makeNote(placeOf(line), detail)]);
  }

  return {
    open(name, attributes, line) {
      if (path.length === 0 && name !== 'kml')
        throw new TrackUnreadable(`The root element is <${name.slice(0, 40)}>, not <kml>.`);
      path.push(name);
      if (name === 'Placemark') {
        placemarks += 1;
        tracks = 0;
        placemark = { entries: [], when: '', point: null, hasSpan: false, line };
      } else if (name === 'Track') track = { line, whens: [], coords: [], angles: [], arrays: new Map() };
      else if (name === 'Data' || name === 'SimpleData' || name === 'SimpleArrayData') dataName = attributes.name ?? '';
      else if (name === 'TimeSpan' && path.at(-2) === 'Placemark') placemark.hasSpan = true;
      else if (name === 'LineString' && path.includes('Placemark')) tellUntimed(name, line);
      else if (name === 'NetworkLink') {
        found.push([
          makeNote({ line, place: `line ${line}` }, 'A NetworkLink is not followed: what it links to is not here.'),
        ]);
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
    cut: () => (track === null ? null : `The gx:Track that begins at line ${track.line} is left out: it is not whole.`),
    end() {
      if (!hasTrack) {
        const why = hasLine ? 'a LineString has no times' : 'no gx:Track, no Point with a TimeStamp';
        throw new TrackUnreadable(`There is no track in it (${why}).`);
      }
    },
  };
}

export const readKmlTrack: TrackReader = (chunks, options) => readXml(chunks, createKmlVisitor(options));
