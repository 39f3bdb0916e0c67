/** A zone and its condition as the editor's form holds them: text that people type, and what it says as records. Pure. */
import type { MultiPolygon, Point, Polygon } from 'geojson';
import type { DraftRecord } from '../../wire/rehearsal.js';
import { toInstant } from './local-instant.js';

export type LatLon = readonly [latitude: number, longitude: number];

export interface ConditionDraft {
  readonly conditionId: string;
  /** Empty: it is not chosen yet; `ALL_WEARERS`. */
  readonly orderId: string;
  readonly kind: 'exclusion' | 'inclusion' | 'restriction' | 'curfew';
  /** Null: always. */
  readonly windows: readonly WindowDraft[] | null;
  readonly exceptions: readonly ExceptionDraft[];
  readonly graceMinutes: string;
  /** The clause as the order has it; empty: it is not told. */
  readonly wording: string;
  /** As `datetime-local` has it. */
  readonly startsAt: string;
  readonly endsAt: string;
}
export interface WindowDraft {
  readonly days: readonly string[];
  readonly from: string;
  readonly to: string;
}
export interface ExceptionDraft {
  readonly date: string;
  readonly reason: 'first-night' | 'match-day' | 'variation';
  readonly windows: readonly { readonly from: string; readonly to: string }[];
}

export interface ZoneDraft {
  readonly zoneId: string;
  readonly name: string;
  readonly priority: 'victim' | 'high' | 'standard';
  readonly bufferMetres: string;
  readonly shape: 'circle' | 'polygon';
  readonly radiusMetres: string;
  /** A line a corner, `latitude, longitude`; an empty line begins a hole, `---` another part. Of a circle its centre. */
  readonly places: string;
  /** As `datetime-local` has it; empty: at once. */
  readonly effectiveAt: string;
  /** Null: the conditions that name the zone stay as they are. */
  readonly condition: ConditionDraft | null;
}

/** No id of an order. */
export const ALL_WEARERS = '*';
export const TIME_ZONE = 'Europe/London';
export const ALL_DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const EMPTY_DRAFT: ZoneDraft = {
  zoneId: '',
  name: '',
  priority: 'standard',
  bufferMetres: '',
  shape: 'polygon',
  radiusMetres: '',
  places: '',
  effectiveAt: '',
  condition: null,
};

const PLACE = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/;
const PART = '---';

/** Rings of parts, as far as the text can be read; `faults` name lines, from 1. */
export interface ReadPlaces {
  readonly parts: readonly (readonly (readonly LatLon[])[])[];
  readonly faults: readonly { readonly line: number; readonly detail: string }[];
}

export function readPlaces(text: string): ReadPlaces {
  const parts: LatLon[][][] = [[[]]];
  const faults: { line: number; detail: string }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const part = parts.at(-1)!;
    if (line.trim() === PART) parts.push([[]]);
    else if (line.trim() === '') {
      if (part.at(-1)!.length > 0) part.push([]);
    } else {
      const [, latitude, longitude] = PLACE.exec(line) ?? [];
      if (latitude === undefined || longitude === undefined)
        faults.push({ line: index + 1, detail: `is no place: write latitude, longitude, as in 51.2787, 1.0803` });
      else part.at(-1)!.push([Number(latitude), Number(longitude)]);
    }
  }
  const filled = parts.map((part) => part.filter((ring) => ring.length > 0)).filter((part) => part.length > 0);
  return { parts: filled, faults };
}

/** Without the corner that closes a ring: it is the first one once more. */
const placeText = ([latitude, longitude]: LatLon): string => `${round(latitude)}, ${round(longitude)}`;
/** A hundredth of a metre is more than anybody draws. */
const round = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

export function writePlaces(parts: ReadPlaces['parts']): string {
  return parts.map((part) => part.map((ring) => ring.map(placeText).join('\n')).join('\n\n')).join(`\n${PART}\n`);
}

/** The corner after which a new one is nearest to where it would lie: the list then goes round without crossing itself. */
export function addCorner(text: string, corner: LatLon, isCircle: boolean): string {
  const { parts } = readPlaces(text);
  const ring = parts.at(-1)?.at(-1) ?? [];
  if (isCircle) return placeText(corner);
  if (ring.length < 3) return writePlaces(replaceLastRing(parts, [...ring, corner]));
  const lengths = ring.map((from, i) => detour(from, ring[(i + 1) % ring.length]!, corner));
  const after = lengths.indexOf(Math.min(...lengths));
  return writePlaces(replaceLastRing(parts, [...ring.slice(0, after + 1), corner, ...ring.slice(after + 1)]));
}

function replaceLastRing(parts: ReadPlaces['parts'], ring: readonly LatLon[]): ReadPlaces['parts'] {
  const part = parts.at(-1) ?? [];
  return [...parts.slice(0, -1), [...part.slice(0, -1), ring]];
}

const flat = ([ay, ax]: LatLon, [by, bx]: LatLon): number =>
  Math.hypot(ay - by, (ax - bx) * Math.cos((ay * Math.PI) / 180));
const detour = (from: LatLon, to: LatLon, over: LatLon): number => flat(from, over) + flat(over, to) - flat(from, to);

/** Corners with their place in the whole text, for who moves or removes one. */
export function listCorners(text: string): readonly { readonly line: number; readonly at: LatLon }[] {
  return text.split('\n').flatMap((line, index) => {
    const [, latitude, longitude] = PLACE.exec(line) ?? [];
    if (latitude === undefined || longitude === undefined) return [];
    return [{ line: index, at: [Number(latitude), Number(longitude)] as LatLon }];
  });
}

/** `at` null: it is taken out. */
export function changeCorner(text: string, line: number, at: LatLon | null): string {
  const lines = text.split('\n');
  lines.splice(line, 1, ...(at === null ? [] : [placeText(at)]));
  return lines.join('\n');
}

/** Null: the text has no place yet. Whether it is a zone the server says. */
export function toGeometry({
  shape,
  places,
}: Pick<ZoneDraft, 'shape' | 'places'>): Polygon | MultiPolygon | Point | null {
  const { parts } = readPlaces(places);
  const [first] = parts[0]?.[0] ?? [];
  if (first === undefined) return null;
  if (shape === 'circle') return { type: 'Point', coordinates: [first[1], first[0]] };
  const closed = parts.map((part) =>
    part.map((ring) => [...ring, ring[0]!].map(([latitude, longitude]) => [longitude, latitude])),
  );
  return closed.length === 1
    ? { type: 'Polygon', coordinates: closed[0]! }
    : { type: 'MultiPolygon', coordinates: closed };
}

/** A number that was typed; text that is none stays, so that the server can say so. */
const figure = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);
const begins = (local: string): string => toInstant(local, 'earlier');
const ends = (local: string): string => toInstant(local, 'later');
const given = (name: string, text: string, read: (text: string) => unknown): object =>
  text.trim() === '' ? {} : { [name]: read(text.trim()) };

/** As `PUT /zones/{zoneId}` takes it. */
export function toZoneBody(draft: ZoneDraft): object {
  return {
    type: 'Feature',
    geometry: toGeometry(draft),
    properties: {
      name: draft.name,
      priority: draft.priority,
      ...given('bufferMetres', draft.bufferMetres, figure),
      ...(draft.shape === 'circle' ? given('radiusMetres', draft.radiusMetres, figure) : {}),
      ...given('effectiveAt', draft.effectiveAt, begins),
    },
  };
}

function toConditionBody(condition: ConditionDraft, { zoneId, effectiveAt }: ZoneDraft): object {
  const { orderId, kind, windows, exceptions, graceMinutes, wording, startsAt, endsAt } = condition;
  return {
    ...(orderId === ALL_WEARERS ? { appliesTo: 'all-wearers' } : { orderId }),
    kind,
    zoneId,
    ...(windows === null && exceptions.length === 0
      ? {}
      : {
          schedule: { timeZone: TIME_ZONE, windows: windows ?? [], ...(exceptions.length === 0 ? {} : { exceptions }) },
        }),
    ...given('graceMinutes', graceMinutes, figure),
    ...given('wording', wording, String),
    startsAt: begins(startsAt),
    ...given('endsAt', endsAt, ends),
    ...given('effectiveAt', effectiveAt, begins),
  };
}

/** What has still to be said before it can be tried or proposed, in a sentence; null: nothing. */
export function missingOf({ zoneId, name, places, condition }: ZoneDraft): string | null {
  if (name.trim() === '') return 'Say what the zone is called.';
  if (zoneId.trim() === '') return 'The zone needs an id.';
  if (readPlaces(places).parts.length === 0) return 'Draw the zone, or type where it is.';
  if (condition === null) return null;
  if (condition.orderId === '') return 'Choose of whom the condition is.';
  return condition.startsAt === '' ? 'Say when the condition begins.' : null;
}

export function toRecords(draft: ZoneDraft): readonly DraftRecord[] {
  const zone: DraftRecord = { kind: 'zone', id: draft.zoneId, body: toZoneBody(draft) };
  const { condition } = draft;
  if (condition === null) return [zone];
  return [zone, { kind: 'condition', id: condition.conditionId, body: toConditionBody(condition, draft) }];
}

/** A zone of the record, or of a file, in the form. */
export function toDraft(zoneId: string, zone: ZoneRecord): ZoneDraft {
  const { geometry, properties } = zone;
  const isCircle = geometry.type === 'Point';
  const rings =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  const toLatLon = ([longitude, latitude]: readonly number[]): LatLon => [latitude ?? 0, longitude ?? 0];
  const places = isCircle
    ? placeText(toLatLon(geometry.coordinates))
    : writePlaces(rings.map((part) => part.map((ring) => ring.slice(0, -1).map(toLatLon))));
  return {
    ...EMPTY_DRAFT,
    zoneId,
    name: properties.name ?? '',
    priority: properties.priority ?? 'standard',
    bufferMetres: properties.bufferMetres === undefined ? '' : String(properties.bufferMetres),
    radiusMetres: properties.radiusMetres === undefined ? '' : String(properties.radiusMetres),
    shape: isCircle ? 'circle' : 'polygon',
    places,
  };
}

/** As `GET /zones` answers it, and a file that was read. */
export interface ZoneRecord {
  readonly geometry: Polygon | MultiPolygon | Point;
  readonly properties: {
    readonly name?: string;
    readonly priority?: ZoneDraft['priority'];
    readonly bufferMetres?: number;
    readonly radiusMetres?: number;
  };
}
