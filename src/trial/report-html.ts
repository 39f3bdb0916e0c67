/** The trial as one HTML file that needs nothing else: the tables as printed, and a map of every case that went wrong. */
import { clock, drawCase } from './case-map.js';
import type { Case } from './cases.js';
import type { Aim, Findings } from './report.js';
import { textOf } from './report-text.js';

/** Of one scenario or row no more maps than this: the others are like them. */
const MAPS_A_ROW = 6;

const STYLE = `body{font:16px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;color:#0b0c0c}
pre{overflow-x:auto;font-size:12px;background:#f3f2f1;padding:1rem}
section{display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1rem}
figure{margin:0;border:1px solid #b1b4b6;padding:.5rem}svg{max-width:100%;height:auto}
figcaption{font-size:13px}h2{margin-top:2rem}`;

const escapeText = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

export function htmlOf(findings: Findings, aims: readonly Aim[]): string {
  const rows = new Map<string, Case[]>();
  for (const each of findings.cases) rows.set(each.title, [...(rows.get(each.title) ?? []), each]);
  const parts = [...rows].map(([title, cases]) => {
    return [
      `<h2>${escapeText(title)}</h2>`,
      `<p>${escapeText(cases[0]!.happens)} ${runsOf(cases)}</p>`,
      `<section>${cases.slice(0, MAPS_A_ROW).map(figureOf).join('\n')}</section>`,
    ].join('\n');
  });
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>Tagwatch trial, seed ${findings.seed}</title><style>${STYLE}</style></head><body>`,
    `<h1>The trial, seed ${findings.seed}</h1>`,
    `<pre>${escapeText(textOf(findings, aims))}</pre>`,
    '<h1>What went wrong</h1>',
    '<p>Zones: red may not be entered, green may not be left. The dashed line is the true path, the dot its end. Fixes go from red to violet',
    'in the order of time, each with the circle of the accuracy it tells; a fix tells its time when it is pointed at.</p>',
    parts.length === 0
      ? '<p>Nothing: no violation that could be proved was missed, nothing was falsely confirmed.</p>'
      : '',
    ...parts,
    '</body></html>',
  ].join('\n');
}

/** Of days only some are kept. */
function runsOf({ length }: readonly Case[]): string {
  return length > MAPS_A_ROW
    ? `${length} or more went wrong; the first ${MAPS_A_ROW}:`
    : `${length} or more went wrong:`;
}

function figureOf(each: Case): string {
  const { stage, missed, falseConfirmed, endedEarly, run } = each;
  const said = [
    ...missed.map(({ conditionId, fromMs, toMs }) => ({
      words: `missed: ${conditionId}, ${clock(fromMs)} to ${clock(toMs)}`,
      about: { fromMs, toMs },
    })),
    ...falseConfirmed.map((alert) => ({
      words: `false: ${alert.conditionId} confirmed at ${clock(alert.confirmedAtMs!)} from ${clock(alert.startedAtMs)}`,
      about: { fromMs: alert.startedAtMs, toMs: alert.confirmedAtMs! },
    })),
    ...endedEarly.map((alert) => ({
      words: `closed too early: ${alert.conditionId} from ${clock(alert.startedAtMs)}, ended at ${clock(alert.endedAtMs!)}`,
      about: { fromMs: alert.endedAtMs! - 600_000, toMs: alert.endedAtMs! },
    })),
  ];
  const first = said[0]!;
  const words = said.slice(0, 4).map((each) => escapeText(each.words));
  if (said.length > 4) words.push(`and ${said.length - 4} more`);
  return `<figure>${drawCase(stage(), first.about)}<figcaption>Run ${run}. ${words.join('<br>')}</figcaption></figure>`;
}
