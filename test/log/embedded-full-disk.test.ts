/** A disk that is full: appends are refused as of a log that is away, the program goes on, and what was acknowledged is there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbeddedStore } from '../../src/log/embedded-store.js';

const FILL = fileURLToPath(new URL('../support/fill-log.mjs', import.meta.url));
const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
/** In blocks of 512 bytes or of 1,024, as the shell has it: 4 or 8 MB. */
const LIMIT_BLOCKS = 8_192;

test('a full disk ends no program and loses nothing that was acknowledged', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-full-disk-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  // Without the trap the system would end whoever writes beyond the limit; a full disk only refuses.
  const script = `trap '' XFSZ; ulimit -f ${LIMIT_BLOCKS}; exec "$0" "$@"`;
  const ran = spawnSync('sh', ['-c', script, process.execPath, FILL, DIST, directory], { encoding: 'utf8' });
  expect({ status: ran.status, stderr: ran.status === 0 ? '' : ran.stderr }).toEqual({ status: 0, stderr: '' });
  const { kept, failures } = JSON.parse(ran.stdout) as {
    kept: [topic: string, offset: number, byte: number][];
    failures: [name: string, message: string][];
  };
  expect(kept.length).toBeGreaterThan(10);
  for (const [name, message] of failures) {
    expect(name).toBe('LogUnavailable');
    expect(message).toMatch(/^The embedded log could not write: (?!Commit failed)/);
  }
  const store = openEmbeddedStore(directory, Date.now);
  for (const [topic, offset, byte] of kept) {
    const [record] = store.read({ topic, partition: 0 }, offset, offset + 1)?.records ?? [];
    expect([topic, offset, record?.value?.[0]]).toEqual([topic, offset, byte]);
  }
  // With room again it goes on.
  const [place] = await store.append('plain', [{ key: 'after', value: Buffer.from('x') }]);
  expect(store.read({ topic: 'plain', partition: 0 }, place!.offset)?.records).toHaveLength(1);
  await store.close();
});
