/** The table of every message of the time, and the one of its gaps. */
import { bothTimes } from '../finding-sentences.js';
import { toLocalTime } from '../local-time.js';
import { notJudgedWords } from '../not-judged-words.js';
import { gapsOf, type PackFix, type PackGap, type PackModel } from '../pack-model.js';
import { GRID_WORDS, gridOf, PLACE_DECIMALS } from '../place-words.js';
import type { Sheet } from './sheet.js';
import { drawTable } from './table.js';

export function writeFixes(sheet: Sheet, model: PackModel): void {
  const { track, terms } = model;
  sheet.heading(2, 'Table of fixes');
  sheet.paragraph(
    `Every message of the time, those too that did not count. Distance: metres to the boundary, negative inside${terms.length > 1 ? `; in this order: ${terms.map(({ key }) => key).join(', ')}` : ''}. track.csv holds the same and more. ${GRID_WORDS}`,
  );
  if (track.length === 0) {
    sheet.paragraph(
      model.deletedPings === 0
        ? 'No message of this time is on record.'
        : 'No message of this time is on record any more: what was, was deleted because of its age.',
    );
    return;
  }
  const right = 'right' as const;
  const columns = [
    { title: 'No.', share: 0.8, align: right, isHead: true },
    { title: 'Time of the tag, local', share: 2.7 },
    { title: 'Received', share: 1.1, align: right },
    { title: 'Latitude', share: 1.4, align: right },
    { title: 'Longitude', share: 1.4, align: right },
    { title: 'Grid reference', share: 1.7 },
    { title: 'Accuracy', share: 1, align: right },
    { title: 'By', share: 0.7 },
    { title: 'Distance', share: 1.2, align: right },
    { title: 'Did not count because', share: 2.2 },
  ];
  const cells = ({ fix, measured }: PackFix, i: number) => [
    `${i + 1}`,
    toLocalTime(fix.fixedAtMs),
    `${fix.receivedAtMs >= fix.fixedAtMs ? '+' : ''}${Math.round((fix.receivedAtMs - fix.fixedAtMs) / 100) / 10} s`,
    fix.latitude?.toFixed(PLACE_DECIMALS) ?? '',
    fix.longitude?.toFixed(PLACE_DECIMALS) ?? '',
    gridOf(fix),
    fix.accuracyMetres === null ? '' : `${fix.accuracyMetres} m`,
    fix.mechanism ?? '',
    terms.map(({ key }) => measured.get(key)?.signedDistanceMetres ?? '').join('\n'),
    [
      fix.notJudged === null ? '' : notJudgedWords(fix.notJudged),
      fix.positionIgnored === undefined ? '' : `position not taken: ${fix.positionIgnored}`,
      ...fix.deviceEvents.map((name) => `device: ${name}`),
    ]
      .filter((text) => text !== '')
      .join('\n'),
  ];
  drawTable(sheet, { columns, rows: track.map(cells), size: 7 });
}

export function writeGaps(sheet: Sheet, model: PackModel): void {
  sheet.heading(2, 'Gaps in the evidence');
  const gaps = gapsOf(model);
  const { deleted } = model;
  if (gaps.length === 0 && deleted.length === 0) {
    sheet.paragraph('None.');
    return;
  }
  const columns = [
    { title: 'From', share: 3, isHead: true },
    { title: 'To', share: 3 },
    { title: 'Minutes', share: 1, align: 'right' as const },
    { title: 'Where the tag may have been', share: 3 },
  ];
  const cells = (fromMs: number, toMs: number, where: string) => [
    bothTimes(new Date(fromMs).toISOString()),
    bothTimes(new Date(toMs).toISOString()),
    `${Math.round((toMs - fromMs) / 6_000) / 10}`,
    where,
  ];
  const whereWords = ({ cannotExclude }: PackGap) =>
    cannotExclude === null
      ? 'anywhere: it is too long to exclude a place'
      : cannotExclude.length === 0
        ? 'not known; the straight line across it touches no zone in force'
        : `the straight line across it goes through: ${cannotExclude.join(', ')}`;
  const rows = [
    ...gaps.map((gap) => ({ fromMs: gap.fromMs, row: cells(gap.fromMs, gap.toMs, whereWords(gap)) })),
    ...deleted.map(({ fromMs, toMs, messages }) => ({
      fromMs,
      row: cells(fromMs, toMs, `deleted because of its age, and no silence of the tag: ${messages} messages`),
    })),
  ].sort((a, b) => a.fromMs - b.fromMs);
  drawTable(sheet, { columns, rows: rows.map(({ row }) => row) });
}
