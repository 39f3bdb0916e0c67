/** Puts the zones and conditions of files through the front door; a second time changes nothing. */
import { isDeepStrictEqual } from 'node:util';
import { parseInstant } from '../formats/instant.js';
import { validateZone } from '../formats/zones/zone.js';
import { describeShape, type FileZone } from '../formats/zones/zone-set-check.js';
import { Standing } from '../http/routes/records/standing.js';
import { type Answer, type RequestOptions, readJson, requestUntilAnswered } from './request.js';
import type { FileCondition, LoadedZones } from './zones-load.js';

/** What became of one record. `detail`: why, where it is not as the file says. */
export interface Imported {
  readonly file: string;
  readonly record: 'zone' | 'condition';
  readonly id: string;
  readonly outcome: 'created' | 'replaced' | 'unchanged' | 'differs' | 'refused' | 'not-sent';
  readonly version: number | null;
  readonly detail: string | null;
}

export interface ImportSettings extends RequestOptions {
  readonly replaces: boolean;
  readonly zonesOnly: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

interface Put {
  readonly file: string;
  readonly record: 'zone' | 'condition';
  readonly id: string;
  readonly body: Fields;
  /** Whether what stands there says the same. */
  isSame(standing: Fields): boolean;
}

const isGood = ({ outcome }: Imported): boolean =>
  outcome === 'created' || outcome === 'replaced' || outcome === 'unchanged';

/** Whether everything stands as the files say. */
export const isAllDone = (results: readonly Imported[]): boolean => results.every(isGood);

function toZonePut({ file, id, valid }: FileZone): Put {
  const { zone, properties } = valid;
  const { shape, priority, bufferMetres } = zone;
  const { name, effectiveAt } = properties;
  const geometry =
    shape.type === 'circle'
      ? { type: 'Point', coordinates: [shape.longitude, shape.latitude] }
      : shape.polygons.length === 1
        ? { type: 'Polygon', coordinates: shape.polygons[0] }
        : { type: 'MultiPolygon', coordinates: shape.polygons };
  const body = {
    type: 'Feature',
    properties: {
      name,
      priority,
      ...(bufferMetres === null ? {} : { bufferMetres }),
      ...(shape.type === 'circle' ? { radiusMetres: shape.radiusMetres } : {}),
      ...(effectiveAt === null ? {} : { effectiveAt }),
    },
    geometry,
  };
  return {
    file,
    record: 'zone',
    id: id!,
    body,
    isSame(standing) {
      const { type, properties: fields, geometry: other } = standing;
      const read = validateZone({ type, properties: fields, geometry: other }, null);
      return (
        read.ok &&
        read.properties.name === name &&
        read.zone.priority === priority &&
        read.zone.bufferMetres === bufferMetres &&
        describeShape(read.zone.shape) === describeShape(shape)
      );
    },
  };
}

const ANSWERED_BESIDE = new Set(['id', 'conditionId', ...Object.keys(Standing)]);

/** A condition's fields in one spelling, without those of its version. */
function canonise(fields: Fields): Fields {
  const own: Fields = Object.fromEntries(Object.entries(fields).filter(([name]) => !ANSWERED_BESIDE.has(name)));
  const { startsAt, endsAt, schedule } = own;
  const toMs = (value: unknown) => (typeof value === 'string' ? (parseInstant(value) ?? value) : value);
  const kept: Record<string, unknown> = { ...own, startsAt: toMs(startsAt), endsAt: toMs(endsAt) };
  if (typeof schedule === 'object' && schedule !== null) kept.schedule = { exceptions: [], ...schedule };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined && value !== null));
}

function toConditionPut({ file, id, body }: FileCondition): Put {
  const wanted = canonise(body);
  return { file, record: 'condition', id, body, isSame: (standing) => isDeepStrictEqual(canonise(standing), wanted) };
}

/** What an answer that is no success says, in a line. */
function explain({ status, text }: Answer): string {
  const { detail, title, errors } = readJson(text);
  const faults = Array.isArray(errors)
    ? errors.map((error: Fields) => `${String(error.pointer)} ${String(error.detail)}`)
    : [];
  const said = faults.length > 0 ? faults.join('; ') : [detail, title].find((each) => typeof each === 'string');
  return `HTTP ${status}: ${said ?? 'this is not an answer of Tagwatch'}`;
}

const versionOf = ({ text }: Answer): number | null => {
  const { version } = readJson(text);
  return typeof version === 'number' ? version : null;
};

const isTaken = ({ status }: Answer): boolean => status === 200 || status === 201 || status === 202;

/** Puts one record unless it stands already; a lost answer sent again is met as what stands. */
async function putOne(put: Put, settings: ImportSettings): Promise<Imported | { readonly gaveUp: string }> {
  const { file, record, id } = put;
  const path = `/api/v1/${record}s/${id}`;
  const tell = (outcome: Imported['outcome'], version: number | null, detail: string | null = null): Imported => ({
    file,
    record,
    id,
    outcome,
    version,
    detail,
  });
  const body = JSON.stringify(put.body);
  const first = await requestUntilAnswered({ method: 'PUT', path, body, headers: { 'if-none-match': '*' } }, settings);
  if ('gaveUp' in first) return first;
  if (isTaken(first)) return tell('created', versionOf(first));
  if (first.status !== 412) return tell('refused', null, explain(first));

  const standing = await requestUntilAnswered({ method: 'GET', path }, settings);
  if ('gaveUp' in standing) return standing;
  if (standing.status !== 200) return tell('refused', null, explain(standing));
  const version = versionOf(standing);
  if (put.isSame(readJson(standing.text))) return tell('unchanged', version);
  if (!settings.replaces) {
    return tell('differs', version, `Version ${version} stands there with another content; --replace makes a new one.`);
  }
  const headers = standing.etag === null ? {} : { 'if-match': standing.etag };
  const second = await requestUntilAnswered({ method: 'PUT', path, body, headers }, settings);
  if ('gaveUp' in second) return second;
  return isTaken(second) ? tell('replaced', versionOf(second)) : tell('refused', version, explain(second));
}

/**
 * Puts all zones, then the conditions whose zones stand, one at a time and in order. `gaveUp` where Tagwatch no longer answers: what
 * came before it stands. `onResult` hears of each as it is done.
 */
export async function importZones(
  { zones, conditions, findings }: LoadedZones,
  settings: ImportSettings,
  onResult: (result: Imported) => void,
): Promise<{ readonly results: readonly Imported[]; readonly gaveUp: string | null }> {
  const results: Imported[] = [];
  const note = (result: Imported) => {
    results.push(result);
    onResult(result);
  };
  const withErrors = new Set(findings.flatMap(({ severity, id }) => (severity === 'error' && id !== null ? [id] : [])));
  for (const zone of zones) {
    const result = await putOne(toZonePut(zone), settings);
    if ('gaveUp' in result) return { results, gaveUp: result.gaveUp };
    note(result);
  }
  const failed = new Set([...withErrors, ...results.filter((result) => !isGood(result)).map(({ id }) => id)]);
  for (const condition of settings.zonesOnly ? [] : conditions) {
    if (failed.has(condition.zoneId)) {
      const { file, id, zoneId } = condition;
      const detail = `Its zone "${zoneId}" does not stand as the file says.`;
      note({ file, record: 'condition', id, outcome: 'not-sent', version: null, detail });
      continue;
    }
    const result = await putOne(toConditionPut(condition), settings);
    if ('gaveUp' in result) return { results, gaveUp: result.gaveUp };
    note(result);
  }
  return { results, gaveUp: null };
}
