/** A map of one run as SVG: zones, the true path, the fixes with the circles of their accuracy, and what was said when. */
import { type Area, type PreparedArea, prepareArea, type Spot, spotOf } from '../simulator/area.js';
import type { Observation } from '../simulator/observe.js';
import { ORIGIN, type Stage } from './world.js';

const WIDTH = 620;
const MARGIN_METRES = 40;
/** A day of fixes would be a smear: those about what is shown, and no more than so many. */
const SHOWN_FIXES = 240;

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `about`: what is to be seen; fixes from half an hour before it to half an hour after. */
export function drawCase(stage: Stage, about: Span): string {
  const fixes = fixesAbout(stage, about);
  const path = stage.track.map(({ atMs, at }) => ({ atMs, spot: spotOf(ORIGIN, at) }));
  const near = path.filter(({ atMs }) => atMs >= about.fromMs - AROUND_MS && atMs <= about.toMs + AROUND_MS);
  const shown = near.length > 1 ? near : path;
  const areas = stage.conditions.map(({ area }) => ({ area, prepared: prepareArea(area) }));
  const view = viewOf(
    [...fixes.map(({ spot }) => spot), ...fixes.map(({ observation }) => spotOf(ORIGIN, observation.truth.at))],
    areas.map(({ prepared }) => prepared),
  );
  const scale = WIDTH / view.size;
  const x = (east: number) => ((east - view.west) * scale).toFixed(1);
  const y = (north: number) => ((view.north - north) * scale).toFixed(1);
  const zones = areas.map(({ area }, index) => {
    const fill = stage.conditions[index]!.kind === 'exclusion' ? '#d4351c' : '#00703c';
    return `<path d="${outlineOf(area, x, y, scale)}" fill="${fill}" fill-opacity=".13" fill-rule="evenodd" stroke="${fill}"/>`;
  });
  const circles = fixes.map(({ spot, observation }, index) => {
    const hue = Math.round((280 * index) / Math.max(1, fixes.length - 1));
    const { position, fixedAtMs } = observation.ping;
    const radius = ((position!.accuracyMetres ?? 0) * scale).toFixed(1);
    const words = `${clock(fixedAtMs)} ${position!.mechanism} ${position!.accuracyMetres?.toFixed(0)} m${observation.truth.isFaulty ? ', faulty' : ''}`;
    return (
      `<g stroke="hsl(${hue} 80% 40%)" fill="none"><title>${words}</title>` +
      `<circle cx="${x(spot.east)}" cy="${y(spot.north)}" r="${radius}" stroke-opacity=".25"/>` +
      `<circle cx="${x(spot.east)}" cy="${y(spot.north)}" r="2.5" fill="hsl(${hue} 80% 40%)"/></g>`
    );
  });
  const line = shown.map(({ spot }) => `${x(spot.east)},${y(spot.north)}`).join(' ');
  const bar = 10 ** Math.floor(Math.log10(view.size / 3));
  return [
    `<svg viewBox="0 0 ${WIDTH} ${WIDTH}" width="${WIDTH}" height="${WIDTH}" role="img">`,
    `<rect width="${WIDTH}" height="${WIDTH}" fill="#f8f8f8"/>`,
    ...zones,
    ...circles,
    `<polyline points="${line}" fill="none" stroke="#0b0c0c" stroke-width="1.5" stroke-dasharray="5 3"/>`,
    ...shown.slice(-1).map(({ spot }) => `<circle cx="${x(spot.east)}" cy="${y(spot.north)}" r="4" fill="#0b0c0c"/>`),
    `<path d="M10 ${WIDTH - 12}h${(bar * scale).toFixed(1)}" stroke="#0b0c0c" stroke-width="3"/>`,
    `<text x="10" y="${WIDTH - 18}" font-size="12">${bar} m</text>`,
    '</svg>',
  ].join('\n');
}

const AROUND_MS = 1_800_000;
const DAY_MS = 86_400_000;

export const clock = (atMs: number) => new Date(atMs).toISOString().slice(11, 19);

function fixesAbout(stage: Stage, { fromMs, toMs }: Span): { observation: Observation; spot: Spot }[] {
  const about = stage.observations.filter(({ ping, truth }) => {
    if (ping.position === null || Math.abs(ping.position.latitude) < 1) return false;
    return truth.atMs >= fromMs - AROUND_MS && truth.atMs <= Math.min(toMs, fromMs + DAY_MS) + AROUND_MS;
  });
  return about
    .slice(0, SHOWN_FIXES)
    .map((observation) => ({ observation, spot: spotOf(ORIGIN, observation.ping.position!) }));
}

/** A square view of the fixes and true places, with every zone that is near. */
function viewOf(spots: readonly Spot[], areas: readonly PreparedArea[]) {
  const easts = spots.map(({ east }) => east);
  const norths = spots.map(({ north }) => north);
  let [west, east] = [Math.min(...easts), Math.max(...easts)];
  let [south, north] = [Math.min(...norths), Math.max(...norths)];
  const reach = Math.max(east - west, north - south, 200);
  for (const { box } of areas) {
    const isNear =
      box.west < east + reach && box.east > west - reach && box.south < north + reach && box.north > south - reach;
    if (!isNear || box.east - box.west > 4 * reach) continue;
    [west, east] = [Math.min(west, box.west), Math.max(east, box.east)];
    [south, north] = [Math.min(south, box.south), Math.max(north, box.north)];
  }
  const size = Math.max(east - west, north - south) + 2 * MARGIN_METRES;
  return { west: (west + east - size) / 2, north: (north + south + size) / 2, size };
}

function outlineOf(area: Area, x: (east: number) => string, y: (north: number) => string, scale: number): string {
  if (area.type === 'circle') {
    const { centre, radiusMetres } = area;
    const r = (radiusMetres * scale).toFixed(1);
    const [left, right, at] = [x(centre.east - radiusMetres), x(centre.east + radiusMetres), y(centre.north)];
    return `M${left} ${at}A${r} ${r} 0 1 0 ${right} ${at}A${r} ${r} 0 1 0 ${left} ${at}Z`;
  }
  return area.polygons
    .flat()
    .map((ring) => `M${ring.map(({ east, north }) => `${x(east)} ${y(north)}`).join('L')}Z`)
    .join('');
}
