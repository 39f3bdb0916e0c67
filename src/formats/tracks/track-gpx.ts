/** GPX 1.0 and 1.1: the points of tracks. Waypoints and routes have no time of a wearer being there and are passed over. */
import { type Fields, placeAt, scale } from './track-fields.js';
import {
  createItemMaker,
  makeNote,
  type TrackItem,
  type TrackOptions,
  type TrackReader,
  TrackUnreadable,
  tagNameOf,
} from './track-item.js';
import { readXml, type XmlVisitor } from './track-xml.js';

/** Metres a second: the unit of `speed` in GPX 1.0 and in Garmin's and others' extensions. */
const KMH_PER_METRE_A_SECOND = 3.6;
/** Points without a time that wait for one with a time in their segment; more of them are told as bad. */
const MAX_WAITING = 100_000;

interface Point {
  readonly line: number;
  readonly latitude: string | undefined;
  readonly longitude: string | undefined;
  time: string | undefined;
  /** What stands in it and in its extensions, by local name. */
  readonly entries: [string, string][];
}

function createGpxVisitor(options: TrackOptions): XmlVisitor {
  const tagName = tagNameOf(options);
  const path: string[] = [];
  const maker = createItemMaker(options);
  let items: TrackItem[] = [];
  let point: Point | null = null;
  /** What stands in the track itself: its name, and the tag in Tagwatch's own exports. */
  let ofTrack: [string, string][] = [];
  let points = 0;
  let timed = 0;
  let untimed = 0;
  /** Points of the segment, while none of it has a time: a segment without any is a drawing, and no point of it is a bad fix. */
  let segment: { line: number; waiting: TrackItem[]; count: number; hasTime: boolean } | null = null;

  function toFields({ latitude, longitude, time, entries }: Point): Fields {
    // hdop is a dilution, not metres: an accuracy cannot be had from it without knowing the receiver.
    const fields = { ...maker.pick(entries) };
    if (fields.speedKmh === undefined) {
      const speed = entries.find(([name]) => name === 'speed')?.[1];
      if (speed !== undefined) fields.speedKmh = scale(speed, KMH_PER_METRE_A_SECOND);
    }
    if (fields.tag === undefined && tagName !== null) {
      const tag = maker.pick(ofTrack).tag;
      if (tag !== undefined) fields.tag = tag;
    }
    return { ...placeAt(fields, latitude, longitude), ...(time !== undefined && { time }) };
  }

  function closePoint(open: Point): void {
    points += 1;
    const at = { line: open.line, place: `trkpt ${points} (line ${open.line})` };
    const isPlaced = open.latitude !== undefined && open.longitude !== undefined;
    const fields = toFields(open);
    const made: TrackItem[] = isPlaced
      ? maker.make(at, fields)
      : [{ ...at, ok: false, detail: 'A trkpt has a lat and a lon.' }];
    const isTimed = fields.time !== undefined || (fields.named?.time ?? []).length > 0;
    if (isTimed) timed += 1;
    if (segment === null || segment.hasTime) {
      items.push(...made);
      return;
    }
    segment.count += 1;
    segment.waiting.push(...made);
    if (!isTimed && segment.waiting.length < MAX_WAITING) return;
    segment.hasTime = true;
    items.push(...segment.waiting);
    segment.waiting = [];
  }

  function closeSegment(): void {
    if (segment !== null && !segment.hasTime && segment.count > 0) {
      const { line, count, waiting } = segment;
      untimed += 1;
      const at = { line, place: `trkseg at line ${line}` };
      items.push(...waiting.filter((item) => !item.ok && item.isNote === true));
      items.push(makeNote(at, `None of its ${count} points has a time, so it is passed over.`));
    }
    segment = null;
  }

  return {
    open(name, attributes, line) {
      if (path.length === 0 && name !== 'gpx')
        throw new TrackUnreadable(`The root element is <${name.slice(0, 40)}>, not <gpx>.`);
      path.push(name);
      if (name === 'trk') ofTrack = [];
      if (name === 'trkseg') segment = { line, waiting: [], count: 0, hasTime: false };
      if (name === 'trkpt') {
        const { lat: latitude, lon: longitude } = attributes;
        point = { line, latitude, longitude, time: undefined, entries: [] };
      }
    },
    close(name, text) {
      path.pop();
      const value = text.trim();
      const parent = path.at(-1);
      if (name === 'trkseg') closeSegment();
      if (point === null) {
        if (value !== '' && (parent === 'trk' || (parent === 'extensions' && path.at(-2) === 'trk'))) {
          ofTrack.push([name, value]);
        }
      } else if (name === 'trkpt') {
        closePoint(point);
        point = null;
      } else if (name === 'time' && parent === 'trkpt') point.time ??= value === '' ? undefined : value;
      else if (value !== '') point.entries.push([name, value]);
    },
    take() {
      const taken = items;
      items = [];
      return taken;
    },
    end() {
      if (points === 0) throw new TrackUnreadable('There is no track in it (no trkpt).');
      if (timed === 0 && untimed > 0) throw new TrackUnreadable('There is no track in it: no trkpt has a time.');
    },
  };
}

export const readGpxTrack: TrackReader = (chunks, options) => readXml(chunks, createGpxVisitor(options));
