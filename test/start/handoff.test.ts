/** The whole program with `TAGWATCH_HANDOFF_FILE`: what stands in its log goes to a receiver, or onto the register and the metrics. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openEmbeddedLog } from '../../src/log/embedded.js';
import { handoffRecord } from '../../src/ports/handoff.js';
import { ALERTS, encodeJson, HANDOFF, OWN_TOPICS } from '../../src/ports/topics.js';
import { ensureEpoch } from '../../src/roles/epoch.js';
import { finding } from '../alerts/events.js';
import { SECRET, startReceiver } from '../roles/handoff/receiver.js';
import { makeHome, startProgram } from '../support/program.js';
import { silentLog } from '../support/silent-log.js';

const SOON = { timeout: 60_000, interval: 250 };

test('it tells a receiver; one that fails is on the register and in the metrics, and gone when it is told', async () => {
  const home = await makeHome();
  const directory = home.env.TAGWATCH_DATA_DIR!;
  const receiver = await startReceiver(() => 'take');
  const file = join(directory, 'handoff.json');
  writeFileSync(join(directory, 'secret'), SECRET);
  const webhooks = [{ id: 'cad', url: receiver.url, secretFiles: ['secret'] }];
  writeFileSync(file, JSON.stringify({ webhooks }));
  await receiver.die();
  const log = openEmbeddedLog({ directory: join(directory, 'log'), log: silentLog });
  await log.ensureTopics(OWN_TOPICS);
  const epoch = await ensureEpoch(log, () => 'e1');
  const since = '2026-11-22T18:00:00.000Z';
  // It failed when the program was there before.
  const failing = { since, tries: 3, error: 'answered 503' };
  await log.append(HANDOFF, [handoffRecord({ type: 'receiver', receiverId: 'cad', epoch, nextSeq: 0, failing })]);
  await log.append(ALERTS, [{ key: 'W-1', value: encodeJson(finding()), partition: 0 }]);
  await log.close();

  const program = await startProgram({ ...home, env: { ...home.env, TAGWATCH_HANDOFF_FILE: file } });
  try {
    const register = async () =>
      (await (await fetch(`${program.url}/api/v1/register`)).json()) as { failingHandoffs: unknown[] };
    const metrics = async () => (await fetch(`${program.url}/metrics`)).text();
    expect((await register()).failingHandoffs).toMatchObject([{ receiverId: 'cad', why: 'not-delivered', since }]);
    expect(await metrics()).toMatch(/^tagwatch_handoff_failing_seconds\{receiver="cad"\} [1-9]/m);
    expect(await metrics()).toMatch(/^tagwatch_handoff_waiting\{receiver="cad"\} 1$/m);
    await receiver.comeBack();
    await vi.waitFor(async () => expect((await register()).failingHandoffs).toEqual([]), SOON);
    // On a busy machine nobody has taken it for so long that it climbs.
    const taken = receiver.taken.map(({ body }) => body.type).filter((type) => type !== 'alert.escalated');
    expect(taken).toEqual(['alert.suspected']);
    expect(await metrics()).not.toMatch(/^tagwatch_handoff_failing_seconds\{/m);
    await vi.waitFor(
      async () => expect(await metrics()).toMatch(/^tagwatch_handoff_waiting\{receiver="cad"\} 0$/m),
      SOON,
    );
  } finally {
    await program.stop();
    await receiver.die();
    home.remove();
  }
});
