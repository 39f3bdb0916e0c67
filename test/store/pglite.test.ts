/** What only the embedded database can suffer: its process killed at any moment, a second process beside it. */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { openPglite } from '../../src/store/pglite.js';
import { silentLog } from '../support/silent-log.js';

const directory = mkdtempSync(join(tmpdir(), 'tagwatch pglite '));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('keeps what was committed over kill -9 in the middle of writing, and admits one process at a time', async () => {
  const child = fork(fileURLToPath(new URL('../support/pglite-child.mjs', import.meta.url)), [directory]);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let committed = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      gone.then(() => reject(new Error('the child has ended by itself')));
      child.on('message', (count: number) => {
        committed = count;
        if (count >= 50) resolve();
      });
    });
    await expect(openPglite({ directory, log: silentLog })).rejects.toThrow(`in use by process ${child.pid}`);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  const db = await openPglite({ directory, log: silentLog });
  const { rows } = await db.query<{ n: number; highest: number }>(
    'select count(*) as n, max(id) as highest from kept',
    [],
  );
  // Each transaction writes two; the one under way at the end may be in, whole.
  expect(rows[0]!.n).toBe(rows[0]!.highest);
  expect(rows[0]!.n % 2).toBe(0);
  expect(rows[0]!.n).toBeGreaterThanOrEqual(committed * 2);
  await db.close();
  await expect(db.query('select 1', [])).rejects.toBeInstanceOf(DatabaseUnavailable);
  await db.close();
});
