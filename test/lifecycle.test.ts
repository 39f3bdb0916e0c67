import { describe, expect, it } from 'vitest';
import { createLifecycle } from '../src/lifecycle.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

describe('lifecycle', () => {
  it('stops in reverse, once, and goes on over a part that fails or hangs', async () => {
    const life = createLifecycle(quiet, 20);
    const stopped: string[] = [];
    const add = (name: string, stop: () => Promise<void> | void) =>
      life.start(
        name,
        () => name,
        async (part) => {
          stopped.push(part);
          await stop();
        },
      );
    await add('log', () => {});
    await add('hangs', () => new Promise<void>(() => {}));
    await add('fails', () => Promise.reject(new Error('no')));
    await add('http', () => {});
    const [first, second] = await Promise.all([life.stop(), life.stop()]);
    expect(stopped).toEqual(['http', 'fails', 'hangs', 'log']);
    expect(first).toEqual(['fails', 'hangs']);
    expect(second).toBe(first);
  });

  it('starts nothing more once it is stopping', async () => {
    const life = createLifecycle(quiet);
    await life.stop();
    await expect(
      life.start(
        'late',
        () => 1,
        () => {},
      ),
    ).rejects.toThrow('stopping');
  });
});
