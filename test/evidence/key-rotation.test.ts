/** What signs goes on over a rotation without a restart, and everything that it signed is trusted by the register that is served. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeKey, readRegister, revokeKey, rotateKey } from '../../src/evidence/key-register.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import { readTrustedKeys, trustOf } from '../../src/evidence/trusted-keys.js';
import { createApp } from '../../src/http/app.js';
import { registerKeys } from '../../src/http/routes/operation/keys.js';
import type { SignedCheckpoint } from '../../src/ports/audit.js';
import { startCheckpoints } from '../../src/roles/recorder/checkpoints.js';
import { openSigningKey } from '../../src/start/signing-key.js';
import { databaseAway } from '../support/database-away.js';
import { silentLog } from '../support/silent-log.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-rotation-'));
  file = join(folder, 'key.pem');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const now = () => new Date().toISOString();

test('a recorder that runs signs with the next key, and what it signed before is trusted still', async () => {
  makeKey(file, now());
  const made: SignedCheckpoint[] = [];
  const running = startCheckpoints({
    db: databaseAway,
    tables: {
      // A chain that grows all the time.
      readLastLink: async () => ({ position: made.length + 1, epoch: 'e', offset: 0, hash: new Uint8Array(32) }),
      insertCheckpoint: async (_db, checkpoint) => void made.push(checkpoint),
    },
    readKey: openSigningKey({ signingKeyFile: file, dataDir: folder }, silentLog),
    directory: join(folder, 'checkpoints'),
    clock: { nowMs: () => Date.now() },
    logger: silentLog,
    everyMs: 2,
  });
  await expect.poll(() => made.length).toBeGreaterThan(2);
  const { keyId } = rotateKey(file, now);
  await expect.poll(() => made.filter((one) => one.keyId === keyId).length).toBeGreaterThan(2);
  await running.stop();
  const register = readRegister(file);
  expect(new Set(made.map((one) => one.keyId)).size).toBe(2);
  for (const one of made)
    expect(
      trustOf(
        register.find((key) => key.keyId === one.keyId),
        one.at,
      ),
    ).toBe('trusted');
});

test('the register is served to everybody, as it stands at each request', async () => {
  const app = await createApp({ log: silentLog });
  registerKeys(app, { readKeys: () => readRegister(file) });
  const served = async () => {
    const answer = await app.inject('/api/v1/keys');
    expect(answer.statusCode).toBe(200);
    return readTrustedKeys(answer.body, NODE_CRYPTO);
  };
  expect(await served()).toEqual([]);
  const first = makeKey(file, now());
  expect(await served()).toEqual([first]);
  const second = rotateKey(file, now);
  expect(await served()).toMatchObject([{ keyId: first.keyId, validTo: expect.any(String) }, second]);
  revokeKey(file, first.keyId, 'the laptop was stolen', now());
  expect(await served()).toMatchObject([{ revokedAt: expect.any(String), reason: 'the laptop was stolen' }, second]);
  expect(JSON.stringify(await served())).not.toContain('PRIVATE');
  await app.close();
});
