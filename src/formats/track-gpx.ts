/** GPX 1.0 and 1.1: the points of tracks. Waypoints and routes have no time of a wearer being there and are passed over. */
import { type Fields, pickFields, scale } from './track-fields.js';
import {
  makeItem,
  type TrackItem,
  type TrackOptions,
  type TrackReader,
  TrackUnreadable,
  tagNameOf,
} from './track-item.js';
import { readXml, type XmlVisitor } from './track-xml.js';

/** Metres a second: the unit of `speed` in GPX 1.0 and in Garmin's and others' extensions. */
const KMH_PER_METRE_A_SECOND = 3.6;

interface Point {
  readonly line: number;
  readonly latitude: string | undefined;
  readonly longitude: string | undefined;
  /** What stands in it and in its extensions, by local name. */
  readonly entries: [string, string][];
}

function toFields({ latitude, longitude, entries }: Point, tag: string | undefined, tagName: string | null): Fields {
  // hdop is a dilution, not metres: an accuracy cannot be had from it without knowing the receiver.
  const fields = pickFields(entries, tagName);
  if (fields.speedKmh === undefined) {
    const speed = entries.find(([name]) => name === 'speed')?.[1];
    if (speed !== undefined) fields.speedKmh = scale(speed, KMH_PER_METRE_A_SECOND);
  }
  if (fields.tag === undefined && tag !== undefined) fields.tag = tag;
  return { ...fields, latitude, longitude };
}

function createGpxVisitor(options: TrackOptions): XmlVisitor {
  const tagName = tagNameOf(options);
  const path: string[] = [];
  let items: TrackItem[] = [];
  let point: Point | null = null;
  /** What stands in the track itself: its name, and the tag in Tagwatch's own exports. */
  let ofTrack: [string, string][] = [];
  let points = 0;

  return {
    open(name, attributes, line) {
      if (path.length === 0 && name !== 'gpx')
        throw new TrackUnreadable(`The root element is <${name.slice(0, 40)}>, not <gpx>.`);
      path.push(name);
      if (name === 'trk') ofTrack = [];
      if (name === 'trkpt') point = { line, latitude: attributes.lat, longitude: attributes.lon, entries: [] };
    },
    close(name, text) {
      path.pop();
      const value = text.trim();
      if (point === null) {
        const parent = path.at(-1);
        if (value !== '' && (parent === 'trk' || (parent === 'extensions' && path.at(-2) === 'trk'))) {
          ofTrack.push([name, value]);
        }
        return;
      }
      if (name !== 'trkpt') {
        if (value !== '') point.entries.push([name, value]);
        return;
      }
      points += 1;
      const at = { line: point.line, place: `trkpt ${points} (line ${point.line})` };
      const tag = tagName === null ? undefined : (pickFields(ofTrack, tagName).tag as string | undefined);
      const isPlaced = point.latitude !== undefined && point.longitude !== undefined;
      items.push(
        isPlaced
          ? makeItem(at, toFields(point, tag, tagName), options)
          : { ...at, ok: false, detail: 'A trkpt has a lat and a lon.' },
      );
      point = null;
    },
    take() {
      const taken = items;
      items = [];
      return taken;
    },
    end() {
      if (points === 0) throw new TrackUnreadable('There is no track in it (no trkpt).');
    },
  };
}

export const readGpxTrack: TrackReader = (chunks, options) => readXml(chunks, createGpxVisitor(options));
