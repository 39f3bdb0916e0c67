import { expect, it } from 'vitest';
import { UNIT_SECONDS } from './budget.js';
import { fuzzPings } from './pings.js';

it('what the doors for pings are handed', async () => {
  expect(await fuzzPings(UNIT_SECONDS)).toBeGreaterThan(0);
});
