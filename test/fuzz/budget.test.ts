import { afterEach, describe, expect, it, vi } from 'vitest';
import { fuzz, readFuzzSeconds } from './budget.js';

describe('the budget of a fuzz', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('a round that fails tells its seed, and that seed makes the same round at once', async () => {
    vi.stubEnv('TAGWATCH_FUZZ_SEED', '7');
    const failed = fuzz('a target', 10, ({ random, number }) => {
      if (number === 3) throw new Error(`met ${random()}`);
    });
    const message = await failed.then(String, (error: Error) => error.message);
    expect(message).toContain("rerun with TAGWATCH_FUZZ_SEED=10 npm run test:fuzz -- -t 'a target'");
    vi.stubEnv('TAGWATCH_FUZZ_SEED', '10');
    let first = 0;
    await fuzz('a target', 0.001, ({ random, number }) => {
      if (number === 0) first = random();
    });
    expect(message).toContain(`met ${first}`);
  });

  it('a time or a seed that cannot be read is told', async () => {
    vi.stubEnv('TAGWATCH_FUZZ_SECONDS', 'long');
    expect(readFuzzSeconds).toThrow('TAGWATCH_FUZZ_SECONDS must be a number of seconds over 0; it is long');
    vi.stubEnv('TAGWATCH_FUZZ_SEED', '-1');
    await expect(fuzz('a target', 1, () => {})).rejects.toThrow('TAGWATCH_FUZZ_SEED must be a whole number');
  });
});
