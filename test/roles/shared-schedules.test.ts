import { expect, test } from 'vitest';
import { applyShared, createSharedIndex } from '../../src/engine/near/shared-index.js';
import { createSharedSchedules, findRunOut } from '../../src/roles/engine/shared-schedules.js';
import { circle, place, shared, term } from '../scenarios/world.js';
import { createRememberingLog } from '../support/silent-log.js';

const HOUR_MS = 3_600_000;
const school = circle('Z-school', place(0), 120);
const until = (windowsUntilMs: number | null, sequence = 1, endsAtMs: number | null = null) =>
  shared(
    [school],
    [
      term('exclusion', school, {
        conditionId: 'C-schools',
        windows: [HOUR_MS, 2 * HOUR_MS],
        windowsUntilMs,
        endsAtMs,
      }),
    ],
    sequence,
  );

test('a shared condition whose schedule has run out is told once as an error, and again when it is over', () => {
  const index = createSharedIndex();
  applyShared(index, until(10 * HOUR_MS));
  const logger = createRememberingLog();
  const schedules = createSharedSchedules(logger);
  const said = () => logger.entries.map(({ level }) => level);
  schedules.look(3, index, 9 * HOUR_MS);
  expect(said()).toEqual([]);
  for (let minute = 0; minute < 5; minute++) schedules.look(3, index, 10 * HOUR_MS + minute * 60_000);
  expect(said()).toEqual(['error']);
  applyShared(index, until(40 * HOUR_MS, 2));
  schedules.look(3, index, 11 * HOUR_MS);
  expect(said()).toEqual(['error', 'warn']);
});

test('what has no schedule, or is over, has not run out', () => {
  const index = createSharedIndex();
  applyShared(index, until(null));
  expect(findRunOut(index, 99 * HOUR_MS)).toEqual([]);
  applyShared(index, until(10 * HOUR_MS, 2, 20 * HOUR_MS));
  expect(findRunOut(index, 15 * HOUR_MS)).toHaveLength(1);
  expect(findRunOut(index, 20 * HOUR_MS)).toEqual([]);
});
