/** The track of a pack in four formats. CSV holds all that is known of a fix; the others are for maps. */
import { createCsvTrail, createGeoJsonTrail, deletedCsvLine, type TrailWriter } from '../formats/trails/trail.js';
import { createGpxTrail } from '../formats/trails/trail-gpx.js';
import { createKmlTrail } from '../formats/trails/trail-kml.js';
import { type PackFile, toBytes } from './container.js';
import { toLocalTime } from './local-time.js';
import type { PackFix, PackModel } from './pack-model.js';
import { gridOf } from './place-words.js';

export function writeTracks(model: PackModel): PackFile[] {
  const name = `Wearer ${model.wearerId}`;
  const fixes = model.track.map(({ fix }) => fix);
  const write = (writer: TrailWriter) => toBytes(writer.head() + writer.fixes(fixes) + writer.tail());
  return [
    { name: 'track.csv', bytes: toBytes(writeCsv(model)) },
    { name: 'track.geojson', bytes: write(createGeoJsonTrail(name, model.deleted)) },
    { name: 'track.gpx', bytes: write(createGpxTrail(name, model.deleted)) },
    { name: 'track.kml', bytes: write(createKmlTrail(name, model.deleted)) },
  ];
}

/** The lines of the trail's CSV, each with its number before and, behind, local time, grid reference and what the alerts' zones make of it. */
function writeCsv({ track, terms, deleted }: PackModel): string {
  const writer = createCsvTrail();
  const onlyOne = terms.length === 1;
  const measuredNames = terms.flatMap(({ key }) =>
    ['distanceToBoundaryMetres', 'likelihoodRatio'].map((name) => (onlyOne ? name : `${name} ${key}`)),
  );
  const withEnd = (line: string, cells: readonly (string | number)[]) =>
    `${[line.replace(/\r\n$/, ''), ...cells].join(',')}\r\n`;
  const row = ({ fix, measured }: PackFix, i: number) => {
    const cells = terms.flatMap(({ key }) => {
      const one = measured.get(key);
      return [one?.signedDistanceMetres ?? '', one?.likelihoodRatio ?? ''];
    });
    return withEnd(`${i + 1},${writer.fixes([fix])}`, [toLocalTime(fix.fixedAtMs), gridOf(fix), ...cells]);
  };
  // Without a number, for it is none of the messages.
  const noCells = ['', '', ...measuredNames.map(() => '')];
  const lines = [
    ...deleted.map((one) => ({ atMs: one.fromMs, line: withEnd(`,${deletedCsvLine(one)}`, noCells) })),
    ...track.map((one, i) => ({ atMs: one.fix.fixedAtMs, line: row(one, i) })),
  ].sort((a, b) => a.atMs - b.atMs);
  return (
    withEnd(`number,${writer.head()}`, ['fixedAtLocal', 'gridReference', ...measuredNames]) +
    lines.map(({ line }) => line).join('')
  );
}
