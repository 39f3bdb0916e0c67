/** A map of the report, drawn as lines and circles: zones and their buffers, fixes with the circle of their accuracy, gaps dashed. */
import { createRequire } from 'node:module';
import type { MultiPolygon, Polygon } from 'geojson';
import { isPlaced, type PlacedFix } from '../../formats/trails/trail.js';
import type { ZoneContent } from '../../records/kinds/zone-feature.js';
import type { PackFix } from '../pack-model.js';
import { type Box, frameMap, type MapFrame, type Place, scaleMetres } from './map-frame.js';
import { GREY, INK, PAGE, type Sheet } from './sheet.js';

export interface MapContent {
  /** For those who do not see it. */
  readonly alt: string;
  readonly zones: readonly ZoneContent[];
  /** In the order of device time. */
  readonly track: readonly PackFix[];
  /** What the frame has to hold, with so many metres around; the rest may go beyond it. Null: all fixes, and the zones. */
  readonly around: readonly (Place & { readonly aroundMetres: number })[] | null;
  /** Device times of the fixes that the finding rests on: numbered in this order. */
  readonly resting: readonly number[];
}

const HEIGHT = 330;
const KEY_HEIGHT = 44;
/** Of a map with its key, in points. */
export const MAP_HEIGHT = HEIGHT + KEY_HEIGHT;
const ZONE_FILL = '#f6d5d5';
const ZONE_LINE = '#a01414';
const COUNTED = '#123c78';
const NOT_COUNTED = '#8a5a00';
/** Of a whole turn of a buffer's outline. */
const RING_CORNERS = 64;
/** Of the mark of a fix, from its middle. */
const MARK = 4;
/** A fix without any accuracy to speak of does not shrink the map to nothing. */
const MOST_AROUND_METRES = 500;

const require = createRequire(import.meta.url);

type Ring = readonly (readonly [longitude: number, latitude: number])[];
const toPlace = ([longitude, latitude]: readonly number[]): Place => ({ latitude: latitude!, longitude: longitude! });

export function drawMap(sheet: Sheet, { alt, zones, track, around, resting }: MapContent): void {
  const fixes = track.map(({ fix }) => fix);
  sheet.figure(alt, MAP_HEIGHT, (top) => {
    const box: Box = { left: PAGE.left, top, width: PAGE.right - PAGE.left, height: HEIGHT };
    const placed = fixes.filter(isPlaced);
    const everything = () => [
      ...placed.map((fix) => ({ ...fix, aroundMetres: Math.min(fix.accuracyMetres ?? 0, MOST_AROUND_METRES) })),
      ...zones.flatMap(cornersOf),
    ];
    const frame = frameMap(around ?? everything(), box);
    const { doc } = sheet;
    doc.save().rect(box.left, box.top, box.width, box.height).clip();
    for (const zone of zones) drawZone(sheet, frame, zone);
    drawWay(sheet, frame, fixes, box);
    for (const fix of placed) drawFix(sheet, frame, fix, box);
    drawNumbers(sheet, frame, placed, resting);
    doc.restore();
    doc.undash().lineWidth(0.7).strokeColor(INK).rect(box.left, box.top, box.width, box.height).stroke();
    drawScaleAndNorth(sheet, frame, box);
    drawKey(sheet, top + HEIGHT + 8);
  });
}

function ringsOf(shape: ZoneContent['shape']): Ring[] {
  if (shape.type === 'circle') return [];
  return shape.polygons.flatMap((polygon) => polygon.map((ring) => ring.map(([x, y]) => [x!, y!] as const)));
}

function cornersOf({ shape, bufferMetres }: ZoneContent): (Place & { readonly aroundMetres: number })[] {
  const around = bufferMetres ?? 0;
  if (shape.type === 'circle') return [{ ...shape, aroundMetres: shape.radiusMetres + around }];
  return ringsOf(shape).flatMap((ring) => ring.map((corner) => ({ ...toPlace(corner), aroundMetres: around })));
}

function drawZone({ doc }: Sheet, { toPoint, pointsPerMetre }: MapFrame, { shape, bufferMetres }: ZoneContent): void {
  const trace = (rings: readonly Ring[]) => {
    for (const ring of rings) {
      ring.forEach((corner, i) => {
        const [x, y] = toPoint(toPlace(corner));
        if (i === 0) doc.moveTo(x, y);
        else doc.lineTo(x, y);
      });
      doc.closePath();
    }
  };
  doc.undash().lineWidth(1.2).strokeColor(ZONE_LINE).fillColor(ZONE_FILL);
  if (shape.type === 'circle') {
    const [x, y] = toPoint(shape);
    doc.circle(x, y, shape.radiusMetres * pointsPerMetre).fillAndStroke();
    if (bufferMetres !== null && bufferMetres > 0) {
      doc.dash(1.5, { space: 2 }).lineWidth(0.8);
      doc.circle(x, y, (shape.radiusMetres + bufferMetres) * pointsPerMetre).stroke();
    }
    return;
  }
  trace(ringsOf(shape));
  doc.fillAndStroke(ZONE_FILL, ZONE_LINE, 'even-odd');
  if (bufferMetres === null || bufferMetres <= 0) return;
  const geometry = { type: 'MultiPolygon' as const, coordinates: shape.polygons.map(copyRings) };
  const widened = widen(geometry, bufferMetres);
  if (widened === undefined) return;
  const polygons = widened.type === 'Polygon' ? [widened.coordinates] : widened.coordinates;
  trace(polygons.flatMap((polygon) => polygon.map((ring) => ring.map(([x, y]) => [x!, y!] as const))));
  doc.dash(1.5, { space: 2 }).lineWidth(0.8).stroke();
}

/** Loaded by the map of such a zone alone: it takes a third of a second, and most packs have none. */
function widen(geometry: MultiPolygon, metres: number): Polygon | MultiPolygon | undefined {
  const { buffer } = require('@turf/turf') as typeof import('@turf/turf');
  return buffer(geometry, metres, { units: 'meters', steps: RING_CORNERS / 4 })?.geometry;
}

const copyRings = (polygon: readonly (readonly (readonly number[])[])[]): number[][][] =>
  polygon.map((ring) => ring.map((corner) => [...corner]));

/** From each fix that counted to the next one: dashed where a gap in the evidence lies between. */
function drawWay({ doc }: Sheet, { toPoint }: MapFrame, fixes: readonly PackFix['fix'][], box: Box): void {
  let before: readonly [number, number] | null = null;
  let isGap = false;
  for (const fix of fixes) {
    isGap ||= fix.gapBefore !== undefined;
    if (fix.notJudged !== null || !isPlaced(fix)) continue;
    const here = toPoint(fix);
    if (before !== null && !isOutside(before, here, box, 1)) {
      if (isGap) doc.dash(5, { space: 4 }).lineWidth(1).strokeColor(INK);
      else doc.undash().lineWidth(0.5).strokeColor(GREY);
      doc.moveTo(before[0], before[1]).lineTo(here[0], here[1]).stroke();
    }
    [before, isGap] = [here, false];
  }
  doc.undash();
}

/** Whether all between two points, and so many around, lies beyond one side of the box. */
function isOutside(
  [x, y]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  { left, top, width, height }: Box,
  around: number,
): boolean {
  return (
    Math.max(x, toX) + around < left ||
    Math.min(x, toX) - around > left + width ||
    Math.max(y, toY) + around < top ||
    Math.min(y, toY) - around > top + height
  );
}

/** What would not be seen of it is not drawn: of a day, that is most of what the map of an alert would hold. */
function drawFix(sheet: Sheet, { toPoint, pointsPerMetre }: MapFrame, fix: PlacedFix, box: Box): void {
  const [x, y] = toPoint(fix);
  const radius = (fix.accuracyMetres ?? 0) * pointsPerMetre;
  if (isOutside([x, y], [x, y], box, radius + MARK)) return;
  const color = fix.notJudged === null ? COUNTED : NOT_COUNTED;
  sheet.doc.lineWidth(0.4).strokeColor(color);
  if (radius > 1) sheet.doc.circle(x, y, radius).stroke();
  drawMark(sheet, x, y, fix.notJudged === null);
}

function drawMark({ doc }: Sheet, x: number, y: number, isCounted: boolean): void {
  if (isCounted) doc.fillColor(COUNTED).circle(x, y, 1.8).fill();
  else {
    doc.lineWidth(1).strokeColor(NOT_COUNTED);
    doc
      .moveTo(x - 3, y - 3)
      .lineTo(x + 3, y + 3)
      .moveTo(x - 3, y + 3)
      .lineTo(x + 3, y - 3)
      .stroke();
  }
}

/** Beside the fix, and not over another number: those of fixes that are close stand above each other, each with a line to its own. */
function drawNumbers(
  sheet: Sheet,
  { toPoint }: MapFrame,
  fixes: readonly PlacedFix[],
  resting: readonly number[],
): void {
  const { doc } = sheet;
  const taken: (readonly [x: number, y: number])[] = [];
  resting.forEach((atMs, i) => {
    const fix = fixes.find(({ fixedAtMs }) => fixedAtMs === atMs);
    if (fix === undefined) return;
    const [x, y] = toPoint(fix);
    const labelX = x + 14;
    let labelY = y - 16;
    while (taken.some((other) => Math.abs(other[0] - labelX) < 12 && Math.abs(other[1] - labelY) < 11)) labelY -= 11;
    taken.push([labelX, labelY]);
    doc.lineWidth(1).strokeColor(INK).circle(x, y, 3.4).stroke();
    doc
      .lineWidth(0.4)
      .moveTo(x, y)
      .lineTo(labelX - 1, labelY + 6)
      .stroke();
    sheet.drawLines([`${i + 1}`], labelX, labelY, { size: 9, weight: 'bold' });
  });
}

function drawScaleAndNorth(sheet: Sheet, { pointsPerMetre }: MapFrame, box: Box): void {
  const { doc } = sheet;
  const metres = scaleMetres(pointsPerMetre, box.width);
  const length = metres * pointsPerMetre;
  const [x, y] = [box.left + 12, box.top + box.height - 12];
  doc
    .fillColor('#ffffff')
    .rect(x - 6, y - 18, length + 12, 24)
    .fill();
  doc.lineWidth(1.2).strokeColor(INK);
  doc
    .moveTo(x, y - 3)
    .lineTo(x, y)
    .lineTo(x + length, y)
    .lineTo(x + length, y - 3)
    .stroke();
  sheet.drawLines([metres >= 1_000 ? `${metres / 1_000} km` : `${metres} m`], x, y - 16, { size: 8 });
  const [northX, northY] = [box.left + box.width - 20, box.top + 14];
  doc
    .fillColor(INK)
    .moveTo(northX, northY)
    .lineTo(northX - 5, northY + 16)
    .lineTo(northX + 5, northY + 16)
    .closePath()
    .fill();
  sheet.drawLines(['N'], northX - 3, northY + 17, { size: 9, weight: 'bold' });
}

function drawKey(sheet: Sheet, top: number): void {
  const { doc } = sheet;
  const entry = (column: number, row: number, text: string, draw: (x: number, y: number) => void) => {
    const [x, y] = [PAGE.left + column * 165, top + row * 16];
    draw(x + 10, y + 5);
    doc.undash();
    sheet.drawLines([text], x + 24, y, { size: 8 });
  };
  const line = (x: number, y: number) =>
    doc
      .moveTo(x - 9, y)
      .lineTo(x + 9, y)
      .stroke();
  entry(0, 0, 'zone', (x, y) =>
    doc
      .lineWidth(1.2)
      .rect(x - 9, y - 4, 18, 8)
      .fillAndStroke(ZONE_FILL, ZONE_LINE),
  );
  entry(0, 1, 'buffer of the zone', (x, y) => {
    doc.dash(1.5, { space: 2 }).lineWidth(0.8).strokeColor(ZONE_LINE);
    line(x, y);
  });
  entry(1, 0, 'fix that counted; circle: accuracy', (x, y) => {
    doc.lineWidth(0.4).strokeColor(COUNTED).circle(x, y, 5).stroke();
    drawMark(sheet, x, y, true);
  });
  entry(1, 1, 'fix that did not count', (x, y) => drawMark(sheet, x, y, false));
  entry(2, 0, 'gap: where it was is not known', (x, y) => {
    doc.dash(5, { space: 4 }).lineWidth(1).strokeColor(INK);
    line(x, y);
  });
  entry(2, 1, 'numbered: fix the finding rests on', (x, y) =>
    doc.lineWidth(1).strokeColor(INK).circle(x, y, 3.4).stroke(),
  );
}
