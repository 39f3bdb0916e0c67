/** Zone files from the disk, judged: what may be imported, and what was found. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Value from 'typebox/value';
import { readZoneFile } from '../formats/zones/zone-file.js';
import { checkZone } from '../formats/zones/zone-file-check.js';
import { makeFinding, ZONE_ID, type ZoneFeature } from '../formats/zones/zone-file-item.js';
import {
  type FileFinding,
  type FileZone,
  findDuplicateIds,
  findDuplicateShapes,
  findSwapped,
} from '../formats/zones/zone-set-check.js';
import { toFieldErrors } from '../http/plugins/problems.js';
import type { Schedule } from '../ports/watch.js';
import { SharedCondition } from '../records/geofence-set.js';
import { checkSchedule } from '../records/schedule-rules.js';
import type { ZonesOptions } from './zones-options.js';

/** Read in a folder; other names have to be given. */
const FOLDER_FILES = /\.(geojson|kml|wkt)(\.gz)?$/i;
/** Files at once: a bound on what a folder given by mistake costs. */
const MAX_FILES = 10_000;

/** A condition of a file that may be put. */
export interface FileCondition {
  readonly file: string;
  readonly id: string;
  readonly zoneId: string;
  /** Without the id. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface LoadedZones {
  readonly files: readonly string[];
  /** Zones with an id and no error, in order. */
  readonly zones: readonly FileZone[];
  readonly conditions: readonly FileCondition[];
  readonly findings: readonly FileFinding[];
}

type Fields = Readonly<Record<string, unknown>>;

function fileFinding(file: string, detail: string): FileFinding {
  return { ...makeFinding({}, { severity: 'error', check: 'unreadable', detail }), file };
}

/** The files that paths name, in order, and which of the paths name none. */
async function listFiles(paths: readonly string[]): Promise<{ files: string[]; findings: FileFinding[] }> {
  const files = new Set<string>();
  const findings: FileFinding[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found === null) {
      findings.push(fileFinding(path, 'There is no such file or folder that can be read.'));
    } else if (found.isDirectory()) {
      const names = (await readdir(path, { recursive: true })).filter((name) => FOLDER_FILES.test(name)).sort();
      if (names.length === 0) findings.push(fileFinding(path, 'There is no .geojson, .kml or .wkt in this folder.'));
      for (const name of names) files.add(join(path, name));
    } else files.add(path);
    if (files.size > MAX_FILES) throw new RangeError(`There are more than ${MAX_FILES} files; name fewer at once.`);
  }
  return { files: [...files], findings };
}

/** What is wrong with a condition in a file; the pointers are into it. */
function judgeCondition(value: Fields): { pointer: string; detail: string }[] {
  const shape = toFieldErrors(Value.Errors(SharedCondition, value));
  if (shape.length > 0) return shape;
  const { schedule, zoneId } = value as { schedule?: Schedule; zoneId: string };
  return schedule === undefined ? [] : checkSchedule({ ...schedule, exceptions: schedule.exceptions ?? [] }, zoneId);
}

function readConditions(
  file: string,
  values: readonly unknown[],
  zoneIds: ReadonlySet<string>,
  seen: Set<string>,
): { conditions: FileCondition[]; findings: FileFinding[] } {
  const conditions: FileCondition[] = [];
  const findings: FileFinding[] = [];
  values.forEach((value, i) => {
    const fields: Fields = typeof value === 'object' && value !== null ? (value as Fields) : {};
    const { id: given, ...body } = fields;
    const id = typeof given === 'string' && ZONE_ID.test(given) ? given : null;
    const tell = (severity: 'error' | 'warning', pointer: string | null, detail: string) =>
      findings.push({ ...makeFinding({ id }, { severity, check: 'condition', pointer, detail }), file });
    const which = `conditions[${i}]`;
    const faults = judgeCondition(fields);
    for (const { pointer, detail } of faults)
      tell('error', `/conditions/${i}${pointer}`, `${which}: ${pointer} ${detail}`);
    if (faults.length > 0 || id === null) return;
    if (seen.has(id)) {
      tell('error', `/conditions/${i}/id`, `${which}: the id "${id}" stands already at another condition.`);
      return;
    }
    seen.add(id);
    const zoneId = String(body.zoneId);
    if (!zoneIds.has(zoneId)) {
      tell('warning', `/conditions/${i}/zoneId`, `${which}: its zone "${zoneId}" is not in these files.`);
    }
    conditions.push({ file, id, zoneId, body });
  });
  return { conditions, findings };
}

/** Reads and judges all files. Throws only where there are too many of them. */
export async function loadZones(options: ZonesOptions): Promise<LoadedZones> {
  const { files, findings } = await listFiles(options.paths);
  const features: (ZoneFeature & { readonly file: string })[] = [];
  const good: FileZone[] = [];
  const conditionsOf: { file: string; values: readonly unknown[] }[] = [];
  for (const file of files) {
    const source = createReadStream(file);
    try {
      const content = await readZoneFile(source, { format: options.format, name: file }, options.reading);
      findings.push(...content.findings.map((finding) => ({ ...finding, file })));
      conditionsOf.push({ file, values: content.conditions });
      for (const item of content.features) {
        const { zone, findings: found } = checkZone(item, options);
        features.push({ ...item, file });
        findings.push(...found.map((finding) => ({ ...finding, file })));
        if (zone !== null) good.push({ ...zone, file });
      }
    } catch (error) {
      if (!(error instanceof Error) || !('syscall' in error)) throw error;
      findings.push(fileFinding(file, `It cannot be read: ${error.message}`));
    } finally {
      source.destroy();
    }
  }
  const doubled = findDuplicateIds(features);
  findings.push(...doubled, ...findDuplicateShapes(good), ...findSwapped(good));
  const zones = good.filter(
    ({ file, number, id }) =>
      id !== null && !doubled.some((finding) => finding.file === file && finding.number === number),
  );
  const zoneIds = new Set(features.flatMap(({ id }) => id ?? []));
  const seen = new Set<string>();
  const conditions: FileCondition[] = [];
  for (const { file, values } of conditionsOf) {
    const read = readConditions(file, values, zoneIds, seen);
    conditions.push(...read.conditions);
    findings.push(...read.findings);
  }
  const order = new Map(files.map((file, i) => [file, i]));
  const placeOf = ({ file, number }: FileFinding) => [order.get(file) ?? -1, number ?? 0] as const;
  findings.sort((a, b) => placeOf(a)[0] - placeOf(b)[0] || placeOf(a)[1] - placeOf(b)[1]);
  return { files, zones, conditions, findings };
}
