/** One row of what real devices and tools have been reported to send: a test that also prints its id and how it came out. */
import { expect, it } from 'vitest';

/**
 * `id` is the row's number, the same for ever; `run` asserts the right outcome itself and answers in a few words what came of it,
 * for whoever reads the run.
 */
export function fieldCase(id: string, title: string, run: () => string | Promise<string>): void {
  it(`field case ${id}: ${title}`, async () => {
    const outcome = await run();
    expect(outcome, 'what came of it, in words').not.toBe('');
    process.stdout.write(`field case ${id} (${title}): ${outcome}\n`);
  });
}
