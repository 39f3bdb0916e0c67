/** What is wrong with zones only in the company of others: the same id twice, the same place twice, one with its axes swapped. */
import type { Zone } from '../../engine/types.js';
import type { CheckedZone } from './zone-file-check.js';
import { type LonLat, makeFinding, type ZoneFeature, type ZoneFinding } from './zone-file-item.js';

/** A finding and the file that it is about. */
export interface FileFinding extends ZoneFinding {
  readonly file: string;
}

export interface FileZone extends CheckedZone {
  readonly file: string;
}

/** How far a set may be strewn before one zone of it counts as astray, degrees: a force area is under two. */
const ASTRAY_DEGREES = 5;

type Shape = Zone['shape'];

/** A ring from its smallest position on, so that where it was begun does not matter. */
function startAtLeast(ring: readonly LonLat[]): string {
  const open = ring.slice(0, -1);
  let least = 0;
  open.forEach(([x, y], i) => {
    const [lx, ly] = open[least]!;
    if (x < lx || (x === lx && y < ly)) least = i;
  });
  return [...open.slice(least), ...open.slice(0, least)].join(' ');
}

/** The same text for the same area: rings are wound alike already, and the order of holes and parts does not matter. */
export function describeShape(shape: Shape): string {
  if (shape.type === 'circle') return `circle ${shape.longitude},${shape.latitude} ${shape.radiusMetres}`;
  const parts = shape.polygons.map(([outer, ...holes]) =>
    [startAtLeast(outer!), ...holes.map(startAtLeast).sort()].join(' / '),
  );
  return parts.sort().join(' + ');
}

/** A position of a zone that stands for all of it. */
export function placeOf(shape: Shape): LonLat {
  return shape.type === 'circle' ? [shape.longitude, shape.latitude] : shape.polygons[0]![0]![0]!;
}

const nameZone = ({ file, number, line }: Pick<FileZone, 'file' | 'number' | 'line'>, here: string): string =>
  `feature ${number}${line === null ? '' : ` (line ${line})`}${file === here ? '' : ` of ${file}`}`;

/** Says which ids stand twice, in one file or in several that are given together: the later one would replace the earlier. */
export function findDuplicateIds(features: readonly (ZoneFeature & { readonly file: string })[]): FileFinding[] {
  const seen = new Map<string, ZoneFeature & { readonly file: string }>();
  return features.flatMap((item) => {
    if (item.id === null) return [];
    const first = seen.get(item.id);
    if (first === undefined) {
      seen.set(item.id, item);
      return [];
    }
    const { file, number, line, id } = item;
    const detail = `The id "${id}" stands already at ${nameZone(first, file)}; the later one would replace it.`;
    return [{ ...makeFinding({ number, line, id }, { severity: 'error', check: 'duplicate-id', detail }), file }];
  });
}

/** Says which zones are the same area under another id. */
export function findDuplicateShapes(zones: readonly FileZone[]): FileFinding[] {
  const seen = new Map<string, FileZone>();
  return zones.flatMap((zone) => {
    const { file, number, line, id } = zone;
    const { shape } = zone.valid.zone;
    const key = describeShape(shape);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, zone);
      return [];
    }
    const detail = `The same area as "${first.id ?? '?'}", ${nameZone(first, file)}.`;
    const finding = { severity: 'warning', check: 'duplicate-geometry', position: placeOf(shape), detail } as const;
    return [{ ...makeFinding({ number, line, id }, finding), file }];
  });
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/**
 * Says which zones lie far from the others and would lie among them with latitude and longitude swapped. It takes three zones to
 * have others; where all are swapped, only a service area can tell.
 */
export function findSwapped(zones: readonly FileZone[]): FileFinding[] {
  if (zones.length < 3) return [];
  const places = zones.map(({ valid }) => placeOf(valid.zone.shape));
  const [centreX, centreY] = [middle(places.map(([x]) => x)), middle(places.map(([, y]) => y))];
  const isNear = (x: number, y: number) => Math.max(Math.abs(x - centreX), Math.abs(y - centreY)) <= ASTRAY_DEGREES;
  return zones.flatMap(({ file, number, line, id }, i) => {
    const [x, y] = places[i]!;
    if (isNear(x, y) || !isNear(y, x)) return [];
    const detail =
      'It lies far from the others, and with latitude and longitude swapped it would lie among them: the longitude comes first.';
    const finding = makeFinding(
      { number, line, id },
      { severity: 'warning', check: 'swapped-axes', position: [x, y], detail },
    );
    return [{ ...finding, file }];
  });
}
