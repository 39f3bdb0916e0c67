/** What the trial is to show, and whether it does. */
import { ENGINE } from './contestants.js';
import { AWAY_400, type ControlRow, INSIDE_15, OUTSIDE_15 } from './controls.js';
import type { Aim, Findings, Tables } from './report.js';
import { PLAIN_RULES } from './rivals/all.js';
import { poissonUpper95 } from './statistics.js';

/** Fewer tag-days or runs than this bound nothing below the aims: the rate as found is all there is to go by. */
const BOUND_FROM = 1_000;

const HOME_AIMS: readonly (readonly [upToR68Metres: number, perTagDay: number])[] = [
  [60, 0.005],
  [100, 0.02],
];

export function judgeAims(findings: Findings): Aim[] {
  const engine = findings.tables.get(ENGINE)!;
  const early = findings.endedEarly.get(ENGINE)!;
  return [
    countAim('missed violations that could be proved', sumOf(engine, 'missed'), 0),
    countAim('confirmed episodes ended by fixes while the violation went on', early, 0),
    ...homeAims(engine),
    ...[AWAY_400, INSIDE_15].map((name) => byThirdFix(findings, name)),
    outsideAim(controlOf(findings, OUTSIDE_15)),
    ...PLAIN_RULES.map(({ name, title }) => beatenAim(findings, name, title)),
  ];
}

const countAim = (name: string, found: number, aim: number): Aim => ({ name, aim, found, met: found <= aim });

/** The exact 95 % bound must lie below the aim; of a quick trial the rate itself. */
function rateAim(name: string, count: number, of: number, aim: number): Aim {
  const isBound = of >= BOUND_FROM;
  const found = (isBound ? poissonUpper95(count) : count) / of;
  return { name: `${name}, ${isBound ? '95 % upper bound' : `rate over ${of}`}`, aim, found, met: found < aim };
}

function homeAims({ home }: Tables): Aim[] {
  return home.flatMap(({ r68Metres, correlationS, tagDays, falseConfirmed }) => {
    const aim = HOME_AIMS.find(([upTo]) => r68Metres <= upTo);
    if (aim === undefined) return [];
    const errors = correlationS === 0 ? 'independent' : `correlated over ${correlationS / 60} min`;
    const name = `at home, r68 ${r68Metres} m, errors ${errors}: false confirmed per tag-day`;
    return [rateAim(name, falseConfirmed, tagDays, aim[1])];
  });
}

const controlOf = ({ controls }: Findings, name: string): ControlRow => controls.find((row) => row.name === name)!;

/** In 95 of a hundred runs, and in all of them before the end. */
function byThirdFix(findings: Findings, name: string): Aim {
  const { runs, confirmed, p95Fix } = controlOf(findings, name);
  const found = confirmed === runs ? p95Fix : null;
  return { name: `${name}: confirmed by fix (95 of 100 runs)`, aim: 3, found, met: found !== null && found <= 3 };
}

function outsideAim({ name, runs, confirmed }: ControlRow): Aim {
  return rateAim(`${name}: false confirmed per run`, confirmed, runs, 0.01);
}

/**
 * Two counts: violations missed or closed too early, and false confirmations. On how many of the two the engine is not better.
 * It is counted over five times the days at home that the rule is.
 */
function beatenAim({ tables, endedEarly }: Findings, name: string, title: string): Aim {
  const failures = (who: string) => sumOf(tables.get(who)!, 'missed') + endedEarly.get(who)!;
  const falses = (who: string) => {
    const { home, out } = tables.get(who)!;
    const days = [...home, ...out].reduce((sum, { falseConfirmed }) => sum + falseConfirmed, 0);
    return sumOf(tables.get(who)!, 'falseConfirmed') + days;
  };
  const notBeaten = [failures, falses].filter((count) => count(ENGINE) >= count(name)).length;
  return countAim(`${title}: counts not beaten of missed or closed too early, and false confirmed`, notBeaten, 0);
}

function sumOf({ scenarios }: Tables, column: 'missed' | 'falseConfirmed'): number {
  return scenarios.reduce((sum, row) => sum + row[column], 0);
}
