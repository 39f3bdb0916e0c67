/** What was found in zone files, for people and for machines. */
import type { FileFinding, FileZone } from '../formats/zones/zone-set-check.js';
import type { LoadedZones } from './zones-load.js';

const count = (value: number, noun: string) => `${value.toLocaleString('en-GB')} ${noun}${value === 1 ? '' : 's'}`;

/** One line as compilers write it, which editors and CI know to open: file:line: severity: feature, position: what. */
export function formatFinding({ file, line, severity, number, id, position, detail, check }: FileFinding): string {
  const place = line === null ? file : `${file}:${line}`;
  const feature =
    number === null ? (id === null ? '' : `"${id}"`) : `feature ${number}${id === null ? '' : ` "${id}"`}`;
  const at = position === null ? '' : `${feature === '' ? '' : ' '}at [${position[0]}, ${position[1]}]`;
  const about = `${feature}${at}`;
  return `${place}: ${severity}: ${about === '' ? '' : `${about}: `}${detail} (${check})`;
}

interface Extent {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Within which bounds the zones lie (circles: their centres); null: there are none. Degrees. */
export function findExtent(zones: readonly FileZone[]): Extent | null {
  let extent: Extent | null = null;
  const add = (x: number, y: number) => {
    const { west, south, east, north } = extent ?? { west: x, south: y, east: x, north: y };
    extent = { west: Math.min(west, x), south: Math.min(south, y), east: Math.max(east, x), north: Math.max(north, y) };
  };
  for (const { valid } of zones) {
    const { shape } = valid.zone;
    if (shape.type === 'circle') add(shape.longitude, shape.latitude);
    else for (const rings of shape.polygons) for (const [x, y] of rings[0]!) add(x, y);
  }
  return extent;
}

export const countSeverity = (findings: readonly FileFinding[], severity: FileFinding['severity']): number =>
  findings.filter((finding) => finding.severity === severity).length;

/** The last lines of a report. */
export function summarise({ files, zones, conditions, findings }: LoadedZones): string[] {
  const [errors, warnings] = [countSeverity(findings, 'error'), countSeverity(findings, 'warning')];
  const usable = `${count(zones.length, 'usable zone')}${conditions.length > 0 ? `, ${count(conditions.length, 'condition')}` : ''}`;
  const lines = [`${count(files.length, 'file')}, ${usable}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`];
  const extent = findExtent(zones);
  if (extent !== null) {
    const { west, south, east, north } = extent;
    lines.push(`They lie within longitude ${west} to ${east}, latitude ${south} to ${north}.`);
  }
  return lines;
}

/** The same for machines. */
export function toJsonReport(loaded: LoadedZones): object {
  const { files, zones, conditions, findings } = loaded;
  return {
    files,
    zones: zones.map(({ file, number, line, id, valid }) => ({
      file,
      number,
      line,
      zoneId: id,
      name: valid.properties.name,
      areaSquareMetres: Math.round(valid.areaSquareMetres),
      vertices: valid.vertices,
    })),
    conditions: conditions.map(({ file, id, zoneId }) => ({ file, conditionId: id, zoneId })),
    extent: findExtent(zones),
    errors: countSeverity(findings, 'error'),
    warnings: countSeverity(findings, 'warning'),
    findings,
  };
}
