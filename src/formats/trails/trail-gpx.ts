/**
 * A trail as GPX 1.1: a track for each activation, a new segment after a gap. What GPX has no element for are extensions of
 * Tagwatch's own, named and in the units of `docs/wire.md`; so are messages without a position, at the end of the file, because
 * every point of GPX has coordinates, and the stretches that retention deleted.
 */
import type { DeletedStretch } from '../../ports/retention.js';
import {
  instant,
  isPlaced,
  type PlacedFix,
  SEGMENT_GAP_MS,
  type TrailFix,
  type TrailWriter,
  toDeleted,
} from './trail.js';
import { escapeXml, toDecimal } from './xml-text.js';

type Value = string | number | null;

const EXTENSIONS: readonly (readonly [name: string, pick: (fix: TrailFix) => Value])[] = [
  ['sequence', (fix) => fix.sequence],
  ['receivedAt', (fix) => instant(fix.receivedAtMs)],
  ['accuracyMetres', (fix) => fix.accuracyMetres],
  ['mechanism', (fix) => fix.mechanism],
  ['speedKmh', (fix) => fix.speedKmh],
  ['headingDegrees', (fix) => fix.headingDegrees],
  ['batteryPercent', (fix) => fix.batteryPercent],
  ['deviceEvents', (fix) => (fix.deviceEvents.length === 0 ? null : fix.deviceEvents.join(' '))],
  ['notJudged', (fix) => fix.notJudged],
  ['clockAheadMs', (fix) => fix.clockAheadMs ?? null],
  ['positionIgnored', (fix) => fix.positionIgnored ?? null],
];

function element(name: string, value: Value): string {
  if (value === null) return '';
  return `<${name}>${typeof value === 'number' ? toDecimal(value) : escapeXml(value)}</${name}>`;
}

const writeExtensions = (fix: TrailFix) =>
  EXTENSIONS.map(([name, pick]) => element(`tagwatch:${name}`, pick(fix))).join('');

function message(fix: TrailFix): string {
  return (
    `<tagwatch:message>${element('tagwatch:tagId', fix.tagId)}${element('tagwatch:activationId', fix.activationId)}` +
    `${element('tagwatch:fixedAt', instant(fix.fixedAtMs))}${writeExtensions(fix)}</tagwatch:message>\n`
  );
}

function tellDeleted(stretch: DeletedStretch): string {
  const told = Object.entries(toDeleted(stretch)).map(([name, value]) => element(`tagwatch:${name}`, value));
  return `<tagwatch:deleted>${told.join('')}</tagwatch:deleted>\n`;
}

function point(fix: PlacedFix): string {
  return (
    `<trkpt lat="${toDecimal(fix.latitude)}" lon="${toDecimal(fix.longitude)}">` +
    `${element('ele', fix.altitudeMetres)}<time>${instant(fix.fixedAtMs)}</time>${element('sat', fix.satellites)}` +
    `<extensions>${writeExtensions(fix)}</extensions></trkpt>\n`
  );
}

/** `name` is what the whole trail is called, such as its wearer's id. */
export function createGpxTrail(name: string, deleted: readonly DeletedStretch[] = []): TrailWriter {
  let before: TrailFix | null = null;
  /** Some 300 bytes each; of a trail's fourteen days a device that sends nothing else makes 6 MB. */
  const messages: string[] = [];
  const open = ({ tagId, activationId }: TrailFix) =>
    `<trk>${element('name', name)}<extensions>${element('tagwatch:tagId', tagId)}` +
    `${element('tagwatch:activationId', activationId)}</extensions>\n<trkseg>\n`;
  return {
    head: () =>
      '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="Tagwatch" xmlns="http://www.topografix.com/GPX/1/1" ' +
      `xmlns:tagwatch="urn:tagwatch:v1">\n<metadata>${element('name', name)}</metadata>\n`,
    fixes(fixes) {
      for (const fix of fixes) if (!isPlaced(fix)) messages.push(message(fix));
      return fixes
        .filter(isPlaced)
        .map((fix) => {
          let opening = '';
          if (before === null) opening = open(fix);
          else if (fix.activationId !== before.activationId || fix.tagId !== before.tagId)
            opening = `</trkseg>\n</trk>\n${open(fix)}`;
          else if (fix.fixedAtMs - before.fixedAtMs > SEGMENT_GAP_MS) opening = '</trkseg>\n<trkseg>\n';
          before = fix;
          return opening + point(fix);
        })
        .join('');
    },
    tail() {
      const told = messages.join('') + deleted.map(tellDeleted).join('');
      const extensions = told === '' ? '' : `<extensions>\n${told}</extensions>\n`;
      return `${before === null ? '' : '</trkseg>\n</trk>\n'}${extensions}</gpx>\n`;
    },
  };
}
