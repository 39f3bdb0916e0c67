/** The demonstration's receiver of webhooks takes what is signed, says it once, and refuses the rest. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, expect, test } from 'vitest';
import { startDemoReceiver } from '../../src/demo/receiver.js';
import { readHandoffFile } from '../../src/start/handoff-file.js';

const directory = mkdtempSync(join(tmpdir(), 'tagwatch-test-'));
const said: string[] = [];
const receiver = await startDemoReceiver(directory, (text) => said.push(text));
afterAll(async () => {
  await receiver.stop();
  rmSync(directory, { recursive: true });
});

const body = JSON.stringify({ type: 'alert.confirmed', data: { kind: 'curfew', severity: 'high' } });
async function send(id: string, secret: string, text = body): Promise<number> {
  const at = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
  return (await fetch(receiver.url, { method: 'POST', headers, body: text })).status;
}

test('what is signed is taken and told once; what is not, or is changed on the way, is refused', async () => {
  const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
  expect(await send('evt_1', receiver.secret)).toBe(204);
  expect(await send('evt_1', receiver.secret)).toBe(204);
  expect(await send('evt_2', other)).toBe(401);
  expect(await send('evt_3', receiver.secret, body.replace('high', 'low'))).toBe(401);
  expect(receiver.got()).toEqual({ events: 1, refused: 2 });
  expect(said).toEqual(['  webhook received, signature verified: alert.confirmed (curfew, high)']);
});

test('the program is told of it by a file of the form that it reads, and the secret stands in one of its own', () => {
  expect(readHandoffFile(receiver.handoffFile)).toEqual([
    { receiverId: 'demonstration', url: receiver.url, secrets: [receiver.secret] },
  ]);
  expect(readFileSync(receiver.handoffFile, 'utf8')).not.toContain(receiver.secret);
});
