/** What a zone file holds before anything is judged: features in the order of the file, and what was wrong while reading. */
import { RECORD_ID_PATTERN } from '../../wire/record-id.js';
import type { ZoneFault } from './zone-topology.js';

export const ZONE_ID = new RegExp(RECORD_ID_PATTERN);

/** What a finding is about, in words that programs compare. */
export type ZoneCheck =
  | ZoneFault
  /** The file, or a line of it, cannot be read. */
  | 'unreadable'
  /** A field or shape that is not a zone's. */
  | 'not-a-zone'
  | 'unknown-field'
  | 'no-id'
  | 'id-made'
  | 'duplicate-id'
  | 'duplicate-geometry'
  | 'duplicate-position'
  | 'winding'
  | 'too-small-for-gps'
  | 'condition';

/** Longitude and latitude, degrees WGS84. */
export type LonLat = readonly [number, number];

export interface ZoneFinding {
  /** A warning may be let pass; an error keeps the feature from being imported. */
  readonly severity: 'error' | 'warning';
  readonly check: ZoneCheck;
  /** Of the feature in its file, from 1; null: about the file as a whole. */
  readonly number: number | null;
  /** As the file says or as it was made; null: none. */
  readonly id: string | null;
  /** In the file, from 1, where the reader knows it. */
  readonly line: number | null;
  readonly position: LonLat | null;
  /** RFC 6901, from the feature as GeoJSON. */
  readonly pointer: string | null;
  readonly detail: string;
  /** True: mended, so that the zone is imported right. */
  readonly isRepaired: boolean;
}

export interface ZoneFeature {
  readonly number: number;
  readonly id: string | null;
  readonly line: number | null;
  /** A GeoJSON Feature for `validateZone`: its `id` is left out, its fields are those of the file. */
  readonly feature: unknown;
}

export interface ZoneFileContent {
  readonly features: readonly ZoneFeature[];
  /** Conditions that the file wants to stand with its zones, unjudged; GeoJSON alone has them. */
  readonly conditions: readonly unknown[];
  readonly findings: readonly ZoneFinding[];
}

export interface ZoneFileOptions {
  /** The property, ExtendedData or column that holds the id or the name; null: `id` and `name` as the format has them. */
  readonly idFrom: string | null;
  readonly nameFrom: string | null;
  /** Features without an id get this and their number: `PREFIX-1`. Null: an id is made from the name. */
  readonly idPrefix: string | null;
  /** Leave out fields that a zone does not have, with a warning, instead of refusing the feature. */
  readonly ignoresUnknown: boolean;
}

const ZONE_FIELDS: ReadonlySet<string> = new Set(['name', 'priority', 'bufferMetres', 'radiusMetres', 'effectiveAt']);
const NUMBER_FIELDS: ReadonlySet<string> = new Set(['bufferMetres', 'radiusMetres']);

/** The value of a field that came as text; what is no number stays text, so that validation can say so. */
export function parseField(name: string, text: string): string | number {
  const value = Number(text);
  return NUMBER_FIELDS.has(name) && text.trim() !== '' && Number.isFinite(value) ? value : text;
}

/** Details repeat what the file says, which may be of any length. */
const MAX_DETAIL_LENGTH = 500;

/** A finding about a feature; whatever is not given is not known. */
export function makeFinding(
  about: Partial<Pick<ZoneFinding, 'number' | 'id' | 'line'>>,
  finding: Pick<ZoneFinding, 'severity' | 'check' | 'detail'> & Partial<ZoneFinding>,
): ZoneFinding {
  const { number = null, id = null, line = null } = about;
  const { detail } = finding;
  const told = detail.length > MAX_DETAIL_LENGTH ? `${detail.slice(0, MAX_DETAIL_LENGTH)}…` : detail;
  return { number, id, line, position: null, pointer: null, isRepaired: false, ...finding, detail: told };
}

/** Letters without their accents, everything else as single hyphens: `Christ Church Gate` → `christ-church-gate`. */
function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}

/** The zone's id: the file's own, otherwise one made by the options, which is said; null and an error where there is none. */
export function chooseId(
  given: unknown,
  name: unknown,
  about: { readonly number: number; readonly line: number | null },
  { idPrefix }: ZoneFileOptions,
): { readonly id: string | null; readonly findings: ZoneFinding[] } {
  if (given !== undefined && given !== null && given !== '') {
    const id = typeof given === 'number' ? String(given) : given;
    if (typeof id === 'string' && ZONE_ID.test(id)) return { id, findings: [] };
    const shown = JSON.stringify(given).slice(0, 80);
    const detail = `The id ${shown} cannot be a zone's: 1 to 64 of A-Z a-z 0-9 . _ -`;
    return { id: null, findings: [makeFinding(about, { severity: 'error', check: 'no-id', pointer: '/id', detail })] };
  }
  if (idPrefix !== null) return { id: `${idPrefix}-${about.number}`, findings: [] };
  const id = typeof name === 'string' ? slugOf(name) : '';
  if (id === '') {
    const detail = 'It has no id, and no name to make one from. --id-from or --id-prefix gives it one.';
    return { id: null, findings: [makeFinding(about, { severity: 'error', check: 'no-id', pointer: '/id', detail })] };
  }
  const detail = `It has no id; "${id}" was made from its name, so another name would make another zone.`;
  return { id, findings: [makeFinding({ ...about, id }, { severity: 'warning', check: 'id-made', detail })] };
}

/** Fields without those that a zone does not have, where the options say so, and what was left out. */
export function pickZoneFields(
  fields: Readonly<Record<string, unknown>>,
  isIgnoring: boolean,
): { readonly kept: Record<string, unknown>; readonly left: readonly string[] } {
  const names = Object.keys(fields);
  const left = isIgnoring ? names.filter((name) => !ZONE_FIELDS.has(name)) : [];
  const kept = Object.fromEntries(names.filter((name) => !left.includes(name)).map((name) => [name, fields[name]]));
  return { kept, left };
}

/** Says which fields were left out. */
export function tellLeftOut(left: readonly string[], about: Partial<ZoneFinding>): ZoneFinding[] {
  if (left.length === 0) return [];
  const detail = `Left out, because a zone has no such field: ${left.slice(0, 10).join(', ')}${left.length > 10 ? ', …' : ''}`;
  return [makeFinding(about, { severity: 'warning', check: 'unknown-field', detail })];
}
