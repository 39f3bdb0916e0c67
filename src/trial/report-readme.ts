/** What README shows of a trial, as it stands there: `npm run trial -- --readme`. */
import { CONTESTANTS, ENGINE } from './contestants.js';
import type { HomeRow } from './home-table.js';
import type { Aim, Findings, Tables } from './report.js';
import { quantile } from './statistics.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** Two figures that say something, and no digit that says nothing. */
function showRate(rate: number): string {
  if (rate === 0) return '0';
  if (rate < 0.01) return rate.toFixed(4);
  return rate < 10 ? rate.toFixed(2) : rate.toFixed(0);
}

const homeLabel = ({ r68Metres, correlationS }: Pick<HomeRow, 'r68Metres' | 'correlationS'>) =>
  `at home, r68 ${r68Metres} m, ${correlationS === 0 ? 'independent' : `alike for ${correlationS / 60} min`}`;

interface Days {
  readonly tagDays: number;
  readonly falseConfirmed: number;
  readonly upper95PerTagDay: number;
}

/** The engine's with its bound, the others' beside it. */
function dayRows<Row extends Days>(
  { tables }: Findings,
  rowsOf: (of: Tables) => readonly Row[],
  labelOf: (row: Row) => string,
): string[] {
  const own = rowsOf(tables.get(ENGINE)!);
  return own.map((each, i) =>
    row([
      labelOf(each),
      ...CONTESTANTS.map(({ name }) => {
        const { falseConfirmed, tagDays, upper95PerTagDay } = rowsOf(tables.get(name)!)[i]!;
        const rate = showRate(falseConfirmed / tagDays);
        return name === ENGINE ? `${rate} (≤ ${upper95PerTagDay.toFixed(4)})` : rate;
      }),
    ]),
  );
}

function countRows({ tables, endedEarly }: Findings): string[] {
  const sum = (column: 'detected' | 'missed' | 'cannotBeProved' | 'falseConfirmed') =>
    CONTESTANTS.map(({ name }) => String(tables.get(name)!.scenarios.reduce((total, each) => total + each[column], 0)));
  return [
    row(['scenarios: violations detected', ...sum('detected')]),
    row(['provable and missed', ...sum('missed')]),
    row(['cannot be proved, and not confirmed', ...sum('cannotBeProved')]),
    row(['closed by fixes while it went on', ...CONTESTANTS.map(({ name }) => String(endedEarly.get(name)))]),
    row(['falsely confirmed', ...sum('falseConfirmed')]),
  ];
}

const byScenario = ({ tables }: Findings, column: 'missed' | 'falseConfirmed', isOf: boolean): string => {
  const rows = tables.get(ENGINE)!.scenarios.filter((each) => each[column] > 0);
  const sorted = rows.toSorted((a, b) => b[column] - a[column]);
  return sorted.map((each) => `${each.name} ${each[column]}${isOf ? ` of ${each.runs}` : ''}`).join(', ') || 'none';
};

export function readmeOf(findings: Findings, aims: readonly Aim[]): string {
  const missed = aims.filter(({ met }) => !met);
  const told = missed.map(({ name, aim, found }) => `${name} (${found ?? 'never'}, aim ${aim})`).join('; ');
  const seconds = (share: number) => `${quantile(findings.delaysS, share)?.toFixed(0) ?? '-'} s`;
  return [
    row(['', ...CONTESTANTS.map(({ title }) => title)]),
    `|---|${'---:|'.repeat(CONTESTANTS.length)}`,
    ...countRows(findings),
    row(['**false per tag-day**', ...CONTESTANTS.map(() => '')]),
    ...dayRows(
      findings,
      ({ home }) => home,
      (each) => homeLabel(each),
    ),
    ...dayRows(
      findings,
      ({ out }) => out,
      ({ travels }) => `out and about, ${travels.replace('-', ' ')}`,
    ),
    '',
    `From the beginning of a violation to its confirmation: median ${seconds(0.5)}, p95 ${seconds(0.95)}.`,
    '',
    `${aims.length - missed.length} of ${aims.length} aims are met${missed.length === 0 ? '' : `; missed: ${told}`}.`,
    `Missed scenarios: ${byScenario(findings, 'missed', true)}.`,
    `False confirmations by scenario: ${byScenario(findings, 'falseConfirmed', false)}.`,
    '',
    '| one thing varied at a time | confirmed | by fix (median) | by fix (95 of 100) |',
    '|---|---:|---:|---:|',
    ...findings.controls.map(({ name, runs, confirmed, medianFix, p95Fix }) =>
      row([name, `${confirmed} of ${runs}`, String(medianFix ?? '-'), String(p95Fix ?? '-')]),
    ),
    '',
    '| of the tag itself | found | missed | false | told after (median) |',
    '|---|---:|---:|---:|---:|',
    ...findings.devices.map((each) =>
      row([
        each.kind,
        ...[each.found, each.missed, each.false].map(String),
        each.delayMedianS === null ? '-' : `${each.delayMedianS.toFixed(0)} s`,
      ]),
    ),
  ].join('\n');
}
