import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ln } from '../../src/engine/math/exponential.js';
import * as thresholds from '../../src/engine/thresholds.js';

const SPEC = readFileSync(new URL('../../src/engine/SPEC.md', import.meta.url), 'utf8');

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
});
