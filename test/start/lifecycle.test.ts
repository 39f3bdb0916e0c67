import { describe, expect, it } from 'vitest';
import { createLifecycle, StartStopped } from '../../src/start/lifecycle.js';

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
    ).rejects.toBeInstanceOf(StartStopped);
  });

  it('a stop that comes while a part starts waits for it, and stops it first', async () => {
    const life = createLifecycle(quiet);
    const stopped: string[] = [];
    await life.start(
      'log',
      () => 'log',
      (part) => void stopped.push(part),
    );
    let finish: (part: string) => void = () => {};
    const starting = life.start(
      'engine',
      () => new Promise<string>((resolve) => (finish = resolve)),
      (part) => void stopped.push(part),
    );
    const stop = life.stop();
    expect(life.stopping.aborted).toBe(true);
    expect(stopped).toEqual([]);
    finish('engine');
    expect(await starting).toBe('engine');
    expect(await stop).toEqual([]);
    expect(stopped).toEqual(['engine', 'log']);
  });

  it('a part whose start fails or hangs does not keep the others from stopping', async () => {
    for (const start of [() => Promise.reject(new Error('no')), () => new Promise<never>(() => {})]) {
      const life = createLifecycle(quiet, 20);
      const stopped: string[] = [];
      await life.start(
        'log',
        () => 'log',
        (part) => void stopped.push(part),
      );
      life.start('engine', start, () => {}).catch(() => {});
      await life.stop();
      expect(stopped).toEqual(['log']);
    }
  });

  it('what a start waits for ends as soon as a stop is asked for', async () => {
    const life = createLifecycle(quiet);
    const waiting = life.wait(new Promise<never>(() => {}));
    expect(await life.wait(Promise.resolve(1))).toBe(1);
    void life.stop();
    await expect(waiting).rejects.toBeInstanceOf(StartStopped);
    await expect(life.wait(new Promise<never>(() => {}))).rejects.toBeInstanceOf(StartStopped);
  });
});
