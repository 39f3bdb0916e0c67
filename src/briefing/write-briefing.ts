/** A briefing as a file: the rows of the page, as PDF/A and PDF/UA, and the same bytes each time. */
import { Sheet } from '../evidence/report/sheet.js';
import { drawFacts, drawTable } from '../evidence/report/table.js';
import { briefTime } from '../wire/brief-time.js';
import type { Briefing } from '../wire/briefing.js';
import {
  BRIEFING_LIMITS,
  briefingTitle,
  hiddenWords,
  PERIOD_WORDS,
  toBriefingSections,
} from '../wire/briefing-words.js';

const MARKING = 'OFFICIAL-SENSITIVE';
/** Of a section; more nobody reads on paper, and the page has all of them. */
const ROWS_LIMIT = 300;

/** What a column needs beside the others, by its title. */
const SHARES: Readonly<Record<string, number>> = {
  Who: 2.6,
  What: 3.4,
  Change: 2.4,
  'How it stands': 1.6,
  Severity: 1,
  'How far': 4,
};

export function writeBriefing(briefing: Briefing): Uint8Array {
  const { period, division, from, to, madeBy, madeAt, content, hidden } = briefing;
  const sheet = new Sheet({
    title: `${PERIOD_WORDS[period]} ${briefing.briefingId}`,
    author: 'Tagwatch',
    marking: MARKING,
    footer: briefingTitle(briefing),
    madeAtMs: Date.parse(madeAt),
  });
  sheet.heading(1, PERIOD_WORDS[period]);
  drawFacts(sheet, [
    ['Division', division ?? 'all'],
    ['Since the last one', `${briefTime(from)} to ${briefTime(to)} (${from} to ${to})`],
    ['Of', content.wearers - hidden === 1 ? '1 wearer' : `${content.wearers - hidden} wearers`],
    ['Made by', madeBy],
  ]);
  const sections = toBriefingSections(briefing);
  for (const { title, columns, rows, none } of sections) {
    sheet.heading(2, title);
    if (rows.length === 0) {
      sheet.paragraph(none);
      continue;
    }
    drawTable(sheet, {
      columns: columns.map((name, i) => ({
        title: name,
        share: SHARES[name] ?? 1.7,
        ...(i === 0 && { isHead: true }),
      })),
      rows: rows.slice(0, ROWS_LIMIT).map(({ cells }) => cells),
      size: 8.5,
    });
    if (rows.length > ROWS_LIMIT)
      sheet.paragraph(
        `These are the first ${ROWS_LIMIT} of ${rows.length}: the others are on the page of this briefing.`,
      );
  }
  sheet.heading(2, 'What it does not tell');
  sheet.list([...BRIEFING_LIMITS, ...[hiddenWords(hidden)].filter((words) => words !== null)]);
  return sheet.finish();
}
