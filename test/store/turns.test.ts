import { describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { makeTurns } from '../../src/store/turns.js';

describe('turns', () => {
  it('go round one at a time, in order of arrival', async () => {
    const turns = makeTurns({ atOnce: 1, maxWaiting: 100, waitLimitMs: 60_000 });
    const order: number[] = [];
    let inside = 0;
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const giveBack = await turns.take();
        expect(++inside).toBe(1);
        await new Promise(setImmediate);
        order.push(index);
        inside--;
        giveBack();
        giveBack();
      }),
    );
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('refuse when too many wait, or for too long, and go on', async () => {
    const turns = makeTurns({ atOnce: 1, maxWaiting: 1, waitLimitMs: 20 });
    const giveBack = await turns.take();
    const waiting = turns.take();
    await expect(turns.take()).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(waiting).rejects.toThrow(/no turn within 20 ms/);
    giveBack();
    (await turns.take())();
  });
});
