/**
 * GeoJSON (RFC 7946): a FeatureCollection or one Feature. A FeatureCollection may carry `conditions` beside its features (a
 * foreign member, which other programs pass over): records of `PUT /conditions/{id}`, each with its id.
 */
import { findForeignCrs } from '../crs.js';
import { exceedsDepth, MAX_JSON_DEPTH } from '../json-depth.js';
import {
  chooseId,
  makeFinding,
  pickZoneFields,
  tellLeftOut,
  type ZoneFeature,
  type ZoneFileContent,
  type ZoneFileOptions,
  type ZoneFinding,
} from './zone-file-item.js';

type Fields = Readonly<Record<string, unknown>>;

/** Members of a FeatureCollection that are read or that only people read; others are a typo until somebody says otherwise. */
const COLLECTION_MEMBERS = new Set([
  '$schema',
  'type',
  'features',
  'conditions',
  'title',
  'description',
  'name',
  'bbox',
  'crs',
]);

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function unreadable(detail: string, line: number | null = null): ZoneFileContent {
  const finding = makeFinding({ line }, { severity: 'error', check: 'unreadable', detail });
  return { features: [], conditions: [], findings: [finding] };
}

/** The line that a parser's message points at, where it names a position. */
function lineOf(message: string, text: string): number | null {
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? null : text.slice(0, Number(position)).split('\n').length;
}

function readFeature(value: unknown, number: number, options: ZoneFileOptions, findings: ZoneFinding[]): ZoneFeature {
  const about = { number, line: null };
  if (!isObject(value)) {
    const { id, findings: aboutId } = chooseId(undefined, undefined, about, options);
    findings.push(...aboutId);
    return { ...about, id, feature: value };
  }
  const { id: ownId, ...feature } = value;
  const own = isObject(value.properties) ? { ...value.properties } : null;
  let idGiven = ownId;
  if (own !== null && options.idFrom !== null) {
    idGiven = own[options.idFrom];
    delete own[options.idFrom];
  }
  if (own !== null && options.nameFrom !== null) {
    const name = own[options.nameFrom];
    delete own[options.nameFrom];
    own.name = name;
  }
  const { id, findings: aboutId } = chooseId(idGiven, own?.name, about, options);
  findings.push(...aboutId);
  if (own === null) return { ...about, id, feature };
  const { kept, left } = pickZoneFields(own, options.ignoresUnknown);
  findings.push(...tellLeftOut(left, { ...about, id }));
  return { ...about, id, feature: { ...feature, properties: kept } };
}

/** Another reference system than WGS84 that the document, a feature or a geometry names: the whole file is refused for it. */
function checkCrs(document: Fields): ZoneFinding[] {
  const features = Array.isArray(document.features) ? (document.features as unknown[]) : [];
  const named: [pointer: string, object: unknown][] = [['/crs', document]];
  if (isObject(document.geometry)) named.push(['/geometry/crs', document.geometry]);
  features.forEach((feature, i) => {
    named.push([`/features/${i}/crs`, feature]);
    if (isObject(feature)) named.push([`/features/${i}/geometry/crs`, feature.geometry]);
  });
  for (const [pointer, object] of named) {
    const foreign = isObject(object) ? findForeignCrs(object.crs) : null;
    if (foreign === null) continue;
    const detail = `Its crs is ${foreign}; zones are in WGS84 degrees, longitude first. Convert it.`;
    return [makeFinding({}, { severity: 'error', check: 'unreadable', pointer, detail })];
  }
  return [];
}

/** Reads a document; what is no feature is told, and never throws. */
export function readGeoJsonZones(text: string, options: ZoneFileOptions): ZoneFileContent {
  if (exceedsDepth(text, MAX_JSON_DEPTH)) return unreadable(`This is nested deeper than ${MAX_JSON_DEPTH}.`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    const { message } = error as SyntaxError;
    return unreadable(`This is not JSON: ${message.replace(/\s+/g, ' ').slice(0, 200)}`, lineOf(message, text));
  }
  const findings = isObject(document) ? checkCrs(document) : [];
  if (findings.length > 0) return { features: [], conditions: [], findings };
  if (isObject(document) && document.type === 'Feature') {
    return { features: [readFeature(document, 1, options, findings)], conditions: [], findings };
  }
  if (!isObject(document) || document.type !== 'FeatureCollection' || !Array.isArray(document.features)) {
    const type = isObject(document) ? JSON.stringify(document.type)?.slice(0, 40) : undefined;
    return unreadable(`A zone file is a GeoJSON FeatureCollection or Feature; this is ${type ?? 'neither'}.`);
  }
  const unknown = Object.keys(document).filter((name) => !COLLECTION_MEMBERS.has(name));
  if (unknown.length > 0) {
    const detail = `Passed over, because a set has no such member: ${unknown.slice(0, 10).join(', ')}`;
    findings.push(makeFinding({}, { severity: 'warning', check: 'unknown-field', detail }));
  }
  const { conditions = [] } = document;
  if (!Array.isArray(conditions)) return unreadable('conditions is a list.');
  const features = document.features.map((value, i) => readFeature(value, i + 1, options, findings));
  return { features, conditions, findings };
}
