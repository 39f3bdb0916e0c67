import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeAims } from '../../src/trial/aims.js';
import { CONTESTANTS, ENGINE } from '../../src/trial/contestants.js';
import { CONTROLS } from '../../src/trial/controls.js';
import { DEVICE_KINDS } from '../../src/trial/device-stories.js';
import { HOME_TASKS } from '../../src/trial/home-table.js';
import { readTrialOptions } from '../../src/trial/options.js';
import { TRAVELS } from '../../src/trial/out-table.js';
import { assemble, type Findings, type Report } from '../../src/trial/report.js';
import { htmlOf } from '../../src/trial/report-html.js';
import { RIVALS } from '../../src/trial/rivals/all.js';
import { SCENARIOS } from '../../src/trial/scenarios/all.js';
import { doTask, type Size, tasksOf } from '../../src/trial/tasks.js';
import { closeTrial } from '../../src/trial/trial.js';

const TINY: Size = { scenarioRuns: 1, controlRuns: 3, deviceRuns: 1, homeDays: 1, outDays: 1 };

const count = Type.Integer({ minimum: 0 });
const seconds = Type.Union([Type.Number(), Type.Null()]);
const strict = { additionalProperties: false };
const scenarioRow = Type.Object(
  {
    name: Type.String(),
    runs: count,
    detected: count,
    missed: count,
    cannotBeProved: count,
    delayMedianS: seconds,
    delayP95S: seconds,
    falseConfirmed: count,
  },
  strict,
);
const days = { tagDays: count, falseConfirmed: count, upper95PerTagDay: Type.Number() };
const homeRow = Type.Object({ r68Metres: Type.Number(), correlationS: Type.Number(), ...days }, strict);
const outRow = Type.Object({ travels: Type.Enum([...TRAVELS]), ...days }, strict);
const tables = { scenarios: Type.Array(scenarioRow), home: Type.Array(homeRow), out: Type.Array(outRow) };
const aim = Type.Object(
  { name: Type.String(), aim: Type.Number(), found: Type.Union([Type.Number(), Type.Null()]), met: Type.Boolean() },
  strict,
);
const deviceRow = Type.Object(
  { kind: Type.Enum([...DEVICE_KINDS]), found: count, missed: count, false: count, delayMedianS: seconds },
  strict,
);
const report = Type.Object(
  {
    seed: Type.Integer(),
    ...tables,
    rivals: Type.Object(Object.fromEntries(RIVALS.map(({ name }) => [name, Type.Object(tables, strict)])), strict),
    devices: Type.Array(deviceRow),
    aims: Type.Array(aim),
  },
  strict,
);

describe('a trial', () => {
  let folder: string;
  let findings: Findings;
  const said: string[] = [];
  const close = (seed: number, options: readonly string[]) => {
    const read = readTrialOptions(['--seed', String(seed), ...options]);
    if ('text' in read) throw new Error(read.text);
    said.length = 0;
    return closeTrial(findings, read, (line) => said.push(line));
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trial-'));
    findings = assemble(7, tasksOf(7, TINY).map(doTask));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the same for the same seed, whatever the order of its parts', () => {
    const again = assemble(7, [...tasksOf(7, TINY)].reverse().map(doTask).reverse());
    expect(JSON.stringify([...again.tables])).toEqual(JSON.stringify([...findings.tables]));
    expect(again.controls).toEqual(findings.controls);
  });

  it('prints with --readme the very rows that README has', () => {
    close(7, ['--readme']);
    const labels = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .map((line) => line.split('|')[1]!.trim());
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const section = readme.slice(readme.indexOf('## The trial'), readme.indexOf('## Load and speed'));
    expect(labels(section)).toEqual(labels(said.join('\n')));
    expect(said.join('\n')).toContain('False confirmations by scenario: ');
  });

  it('writes JSON of its shape: every scenario, row, rival and aim', () => {
    const file = join(folder, 'trial.json');
    expect(close(7, ['--json', file])).toBe(0);
    const written: Report = JSON.parse(readFileSync(file, 'utf8'));
    expect([...Errors(report, written)]).toEqual([]);
    expect(Check(report, written)).toBe(true);
    expect(written.seed).toBe(7);
    for (const each of [written, ...Object.values(written.rivals)]) {
      expect(each.scenarios.map(({ name }) => name)).toEqual(SCENARIOS.map(({ name }) => name));
      expect(each.home).toHaveLength(HOME_TASKS.length);
      expect(each.out).toHaveLength(TRAVELS.length);
    }
    expect(findings.controls).toHaveLength(CONTROLS.length);
  });

  it('ends with 1 where an aim is missed and --strict is asked, and says which', () => {
    const aims = judgeAims(findings);
    const missed = aims.filter(({ met }) => !met);
    expect(close(7, [])).toBe(0);
    expect(close(7, ['--strict'])).toBe(missed.length === 0 ? 0 : 1);
    const tablesOf = findings.tables.get(ENGINE)!;
    const worse = tablesOf.scenarios.map((row, i) => (i === 0 ? { ...row, missed: 3 } : row));
    const before = findings;
    findings = { ...findings, tables: new Map(findings.tables).set(ENGINE, { ...tablesOf, scenarios: worse }) };
    expect(close(7, ['--strict'])).toBe(1);
    expect(said.at(-1)).toContain('missed violations that could be proved');
    findings = before;
  });

  it('writes one HTML file that asks for nothing else', () => {
    const html = htmlOf(findings, judgeAims(findings));
    expect(html).not.toMatch(/(?:src|href)\s*=|url\(|@import/);
    expect(html.match(/<svg/g)?.length ?? 0).toBe(html.match(/<\/svg>/g)?.length ?? 0);
    expect(html).not.toContain('NaN');
  });

  it('judges everybody by the same violations', () => {
    const sums = CONTESTANTS.map(({ name }) =>
      findings.tables.get(name)!.scenarios.map((row) => row.detected + row.missed + row.cannotBeProved),
    );
    for (const each of sums) expect(each).toEqual(SCENARIOS.map(({ violations }) => violations));
  });
});

describe('the command line', () => {
  it.each([['--seed', '-1'], ['--seed', 'x'], ['--sed', '1'], ['more']])(
    'refuses %s %s and says how it is called',
    (...argv) => {
      const read = readTrialOptions(argv.filter((word) => word !== undefined));
      expect(read).toMatchObject({ ok: false });
      expect('text' in read && read.text).toContain('npm run trial');
    },
  );

  it('knows what README shows of it', () => {
    expect(readTrialOptions(['--readme'])).toMatchObject({ readme: true, seed: 1000, quick: false });
  });

  it('has a seed that nothing was tuned on', () => {
    expect(readTrialOptions([])).toMatchObject({ seed: 1000, quick: false, strict: false, json: null });
  });
});
