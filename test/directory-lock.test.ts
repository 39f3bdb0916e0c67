import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { takeLock } from '../src/directory-lock.js';

describe('the lock of the embedded database', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-lock-'));
  const path = join(directory, 'pglite.lock');
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  beforeEach(() => rmSync(path, { force: true }));

  /** A process that does nothing until it is ended. */
  async function bystander() {
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)']);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const gone = new Promise((resolve) => child.once('exit', resolve));
    return {
      pid: child.pid!,
      async end() {
        child.kill('SIGKILL');
        await gone;
      },
    };
  }

  it('is had once in a process, and again after it was given back', () => {
    const giveBack = takeLock(path);
    expect(() => takeLock(path)).toThrow(new RegExp(`in use by process ${process.pid}, which is this one`));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    giveBack();
    giveBack();
    expect(existsSync(path)).toBe(false);
    takeLock(path)();
  });

  it('refuses while its holder lives, naming it, and is taken over when it is gone', async () => {
    const other = await bystander();
    try {
      writeFileSync(path, JSON.stringify({ pid: other.pid, startedAt: null }));
      expect(() => takeLock(path)).toThrow(new RegExp(`in use by process ${other.pid}`));
    } finally {
      await other.end();
    }
    takeLock(path)();
  });

  it('is not held by a later process with the pid of its holder', async () => {
    const other = await bystander();
    try {
      writeFileSync(path, JSON.stringify({ pid: other.pid, startedAt: '1' }));
      // Where the system does not tell when a process began, the pid alone has to count.
      if (existsSync(`/proc/${other.pid}/stat`)) takeLock(path)();
      else expect(() => takeLock(path)).toThrow(/in use/);
    } finally {
      await other.end();
    }
  });

  it('takes over what an earlier process with our own pid left, and what nobody can read', () => {
    for (const left of [JSON.stringify({ pid: process.pid, startedAt: '1' }), '', '{"pid":', '[]']) {
      writeFileSync(path, left);
      takeLock(path)();
    }
  });
});
