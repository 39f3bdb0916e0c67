import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ln } from '../../src/engine/geometry/exact.js';
import * as thresholds from '../../src/engine/thresholds.js';

const read = (name: string) => readFileSync(new URL(`../../src/engine/${name}`, import.meta.url), 'utf8');
const SPEC = `${read('WATCHING.md')}\n${read('SPEC.md')}`;

/** The cells of the table's row about one threshold; several of a kind may share a row, their values parted by `;`. */
function specified(name: string): string | undefined {
  const row = SPEC.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${name}\``));
  const [, names, values] = row?.split('|').map((cell) => cell.trim()) ?? [];
  const place = names?.split(',').findIndex((each) => each.includes(name)) ?? -1;
  return values?.split(';')[place]?.trim();
}

describe('SPEC.md', () => {
  test.each(Object.entries(thresholds))('gives %s as the code has it', (name, value) => {
    const told = specified(name);
    if (name === 'CERTAIN_LOG_ODDS') expect([told, value]).toEqual(['ln 19', ln(0.95 / (1 - 0.95))]);
    else expect(Number(told?.replaceAll(',', ''))).toBe(value);
  });

  const tests = readdirSync(new URL('../../test/', import.meta.url), { recursive: true, encoding: 'utf8' });
  const invariants = (SPEC.split('## Invariants')[1] ?? '').split('\n').filter((line) => /^\| [^|]/.test(line));
  const named = invariants.filter((line) => !line.startsWith('| | ')).map((line) => [line] as const);

  test.each(named)('names what holds %s', (line) => {
    const files = [...line.matchAll(/`(?:test\/)?([\w/-]+\.(?:test|long|data)\.ts)`/g)].map(([, file]) => file!);
    if (line.startsWith('| 13 ')) return;
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect(
        tests.some((each) => each === file || each.endsWith(`/${file}`)),
        file,
      ).toBe(true);
  });

  test('names no file that is not there', () => {
    const sources = readdirSync(new URL('../../src/', import.meta.url), { recursive: true, encoding: 'utf8' });
    const files = [...SPEC.matchAll(/`([\w/.-]+\.ts)`/g)].map(([, file]) => file!.replace(/^(?:test|src)\//, ''));
    const missing = files.filter(
      (file) => ![...tests, ...sources].some((each) => each === file || each.endsWith(`/${file}`)),
    );
    expect(missing).toEqual([]);
  });
});
