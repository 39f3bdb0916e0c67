import { expect, it } from 'vitest';
import { readFuzzSeconds } from './budget.js';
import { fuzzPings } from './pings.js';

it('what the doors for pings are handed', async () => {
  expect(await fuzzPings(readFuzzSeconds())).toBeGreaterThan(0);
});
