import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AS_IT_WAS } from '../../src/trial/rivals/as-it-was.js';
import { playRival } from '../../src/trial/rivals/rival.js';
import { WORLDS, worldOf } from './as-it-was-worlds.js';

const recorded: number[][] = JSON.parse(readFileSync(new URL('as-it-was.json', import.meta.url), 'utf8'));

describe('the engine as it was, as one rule', () => {
  it('has a recorded world of each sort, with and without a confirmation', () => {
    expect(recorded).toHaveLength(WORLDS);
    expect(recorded.filter((confirmed) => confirmed.length > 0).length).toBeGreaterThan(WORLDS / 2);
    expect(recorded.some((confirmed) => confirmed.length === 0)).toBe(true);
  });

  it.each(recorded.map((confirmed, world) => [world, confirmed] as const))(
    'world %d: confirms when that engine did',
    (world, confirmed) => {
      const alerts = playRival(AS_IT_WAS, worldOf(world));
      expect(alerts.map(({ confirmedAtMs }) => confirmedAtMs).sort()).toEqual(confirmed);
    },
  );
});
