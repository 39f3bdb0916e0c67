/** The trial as it is printed. */
import { CONTESTANTS, ENGINE } from './contestants.js';
import { labelOf } from './home-table.js';
import type { Aim, Findings, Tables } from './report.js';
import { quantile } from './statistics.js';

const number = (value: number | null, digits = 0) => (value === null ? '-' : value.toFixed(digits));

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export function layOut(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
  );
}

function scenarioLines({ scenarios }: Tables, delaysS: readonly number[]): string[] {
  const rows = scenarios.map((row) => [
    row.name,
    ...[row.runs, row.detected, row.missed, row.cannotBeProved].map(String),
    number(row.delayMedianS),
    number(row.delayP95S),
    String(row.falseConfirmed),
  ]);
  const sum = (column: 'runs' | 'detected' | 'missed' | 'cannotBeProved' | 'falseConfirmed') =>
    String(scenarios.reduce((total, row) => total + row[column], 0));
  const all = [
    'in all',
    sum('runs'),
    sum('detected'),
    sum('missed'),
    sum('cannotBeProved'),
    number(quantile(delaysS, 0.5)),
    number(quantile(delaysS, 0.95)),
    sum('falseConfirmed'),
  ];
  return layOut([
    ['scenario', 'runs', 'detected', 'missed', 'not provable', 'delay s', 'p95 s', 'false'],
    ...rows,
    all,
  ]);
}

/** One line a row, one column a contestant: false confirmations per tag-day. */
function dayLines(
  findings: Findings,
  title: string,
  rowsOf: (tables: Tables) => readonly (readonly [string, number, number, number])[],
): string[] {
  const of = CONTESTANTS.map(({ name }) => rowsOf(findings.tables.get(name)!));
  const rows = of[0]!.map(([label, tagDays, , upper], row) => [
    label,
    String(tagDays),
    ...of.map((each) => number(each[row]![2] / each[row]![1], 3)),
    number(upper, 4),
  ]);
  return layOut([[title, 'tag-days', ...CONTESTANTS.map((each) => each.title), 'Tagwatch, at most'], ...rows]);
}

export function textOf(findings: Findings, aims: readonly Aim[]): string {
  const engine = findings.tables.get(ENGINE)!;
  const rivals = CONTESTANTS.map(({ name, title }) => {
    const { scenarios } = findings.tables.get(name)!;
    const sum = (column: 'detected' | 'missed' | 'falseConfirmed') =>
      String(scenarios.reduce((total, row) => total + row[column], 0));
    return [title, sum('detected'), sum('missed'), String(findings.endedEarly.get(name)), sum('falseConfirmed')];
  });
  const missed = aims.filter(({ met }) => !met);
  return [
    `The trial, seed ${findings.seed}`,
    '',
    ...scenarioLines(engine, findings.delaysS),
    '',
    ...layOut([['over all scenarios', 'detected', 'missed', 'closed too early', 'false confirmed'], ...rivals]),
    '',
    'False confirmed per tag-day (the last column: exact 95 % upper bound)',
    ...dayLines(findings, 'at home', ({ home }) =>
      home.map((row) => [labelOf(row), row.tagDays, row.falseConfirmed, row.upper95PerTagDay]),
    ),
    '',
    ...dayLines(findings, 'out and about', ({ out }) =>
      out.map((row) => [row.travels, row.tagDays, row.falseConfirmed, row.upper95PerTagDay]),
    ),
    '',
    ...layOut([
      ['control', 'runs', 'confirmed', 'by fix', 'p95'],
      ...findings.controls.map((row) => [
        row.name,
        String(row.runs),
        String(row.confirmed),
        number(row.medianFix),
        number(row.p95Fix),
      ]),
    ]),
    '',
    ...layOut([
      ['of the tag itself', 'found', 'missed', 'false', 'told after s'],
      ...findings.devices.map((row) => [
        row.kind,
        ...[row.found, row.missed, row.false].map(String),
        number(row.delayMedianS),
      ]),
    ]),
    '',
    ...layOut([
      ['aim', 'aim', 'found', ''],
      ...aims.map(({ name, aim, found, met }) => [
        name,
        String(aim),
        found === null ? 'never' : String(Number(found.toPrecision(3))),
        met ? 'met' : 'MISSED',
      ]),
    ]),
    '',
    missed.length === 0 ? 'Every aim is met.' : `${missed.length} of ${aims.length} aims are missed.`,
  ].join('\n');
}
