/**
 * A trail as KML: a Placemark for each activation with a `gx:MultiTrack` of `gx:Track`s. A `gx:Track` has its times, then its
 * positions, then an array for each other value, so each is written whole: one for each piece of the trail and gap in it. What a
 * fix did not say is an empty value; a stretch that retention deleted is a Placemark with its time and no place; a message without a position has an empty `gx:coord` (KML 2.3, "missing positional data").
 */
import type { DeletedStretch } from '../../ports/retention.js';
import { instant, isPlaced, SEGMENT_GAP_MS, type TrailFix, type TrailWriter, toDeleted } from './trail.js';
import { escapeXml, toDecimal } from './xml-text.js';

type Value = string | number | null;

/** The arrays, named and in the units of `wire.md`, and their types in KML's words. */
const ARRAYS: readonly (readonly [name: string, type: 'int' | 'double' | 'string', pick: (fix: TrailFix) => Value])[] =
  [
    ['sequence', 'double', (fix) => fix.sequence],
    ['receivedAt', 'string', (fix) => instant(fix.receivedAtMs)],
    ['accuracyMetres', 'double', (fix) => fix.accuracyMetres],
    ['mechanism', 'string', (fix) => fix.mechanism],
    ['speedKmh', 'double', (fix) => fix.speedKmh],
    ['headingDegrees', 'double', (fix) => fix.headingDegrees],
    ['altitudeMetres', 'double', (fix) => fix.altitudeMetres],
    ['satellites', 'int', (fix) => fix.satellites],
    ['batteryPercent', 'double', (fix) => fix.batteryPercent],
    ['deviceEvents', 'string', (fix) => fix.deviceEvents.join(' ')],
    ['notJudged', 'string', (fix) => fix.notJudged],
    ['positionIgnored', 'string', (fix) => fix.positionIgnored ?? null],
  ];

function text(value: Value): string {
  if (value === null) return '';
  return typeof value === 'number' ? toDecimal(value) : escapeXml(value);
}

/** Without an altitude the third number is left away: 0 would be one. */
function coord(fix: TrailFix): string {
  if (!isPlaced(fix)) return '<gx:coord></gx:coord>\n';
  const { longitude, latitude, altitudeMetres } = fix;
  const numbers = altitudeMetres === null ? [longitude, latitude] : [longitude, latitude, altitudeMetres];
  return `<gx:coord>${numbers.map(toDecimal).join(' ')}</gx:coord>\n`;
}

function track(fixes: readonly TrailFix[]): string {
  const array = ([name, , pick]: (typeof ARRAYS)[number]) =>
    `<gx:SimpleArrayData name="${name}">${fixes.map((fix) => `<gx:value>${text(pick(fix))}</gx:value>`).join('')}` +
    '</gx:SimpleArrayData>\n';
  return (
    `<gx:Track>\n${fixes.map(({ fixedAtMs }) => `<when>${instant(fixedAtMs)}</when>\n`).join('')}` +
    `${fixes.map(coord).join('')}<ExtendedData><SchemaData schemaUrl="#fix">\n${ARRAYS.map(array).join('')}` +
    '</SchemaData></ExtendedData>\n</gx:Track>\n'
  );
}

const isOther = (a: TrailFix, b: TrailFix) => a.activationId !== b.activationId || a.tagId !== b.tagId;

/** The fixes in runs of one activation without a gap. */
function split(fixes: readonly TrailFix[]): TrailFix[][] {
  const runs: TrailFix[][] = [];
  for (const fix of fixes) {
    const before = runs.at(-1)?.at(-1);
    if (before === undefined || isOther(fix, before) || fix.fixedAtMs - before.fixedAtMs > SEGMENT_GAP_MS)
      runs.push([fix]);
    else runs.at(-1)!.push(fix);
  }
  return runs;
}

/** `name` is what the whole trail is called, such as its wearer's id. */
export function createKmlTrail(name: string, deleted: readonly DeletedStretch[] = []): TrailWriter {
  let before: TrailFix | null = null;
  const data = (key: string, value: string) => `<Data name="${key}"><value>${escapeXml(value)}</value></Data>`;
  const open = ({ tagId, activationId }: TrailFix) =>
    `<Placemark><name>${escapeXml(name)}</name>\n<ExtendedData>${data('tagId', tagId)}${data('activationId', activationId)}` +
    '</ExtendedData>\n<gx:MultiTrack><gx:interpolate>0</gx:interpolate>\n';
  const tellDeleted = (stretch: DeletedStretch) => {
    const { from, to, messages } = toDeleted(stretch);
    return (
      `<Placemark><name>Deleted because of its age</name><TimeSpan><begin>${from}</begin><end>${to}</end></TimeSpan>` +
      `<ExtendedData>${data('deletedMessages', `${messages}`)}</ExtendedData></Placemark>\n`
    );
  };
  const close = '</gx:MultiTrack></Placemark>\n';
  const fields = ARRAYS.map(([key, type]) => `<gx:SimpleArrayField name="${key}" type="${type}"/>`);
  return {
    head: () =>
      '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" ' +
      `xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>${escapeXml(name)}</name>\n` +
      `<Schema id="fix">${fields.join('')}</Schema>\n`,
    fixes: (fixes) =>
      split(fixes)
        .map((run) => {
          const [first] = run as [TrailFix];
          const opening = before === null ? open(first) : isOther(first, before) ? close + open(first) : '';
          before = run.at(-1)!;
          return opening + track(run);
        })
        .join(''),
    tail: () => `${before === null ? '' : close}${deleted.map(tellDeleted).join('')}</Document></kml>\n`,
  };
}
