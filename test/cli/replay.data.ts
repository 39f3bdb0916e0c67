import { createReadStream } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replay } from '../../src/cli/replay.js';
import { readTrack } from '../../src/formats/tracks/track.js';
import type { WirePing } from '../../src/formats/tracks/track-item.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerPings } from '../../src/http/routes/pings/pings.js';
import { readInputs } from '../../src/ports/ping-records.js';
import { INPUT_PARTITIONS, INPUTS } from '../../src/ports/topics.js';
import { needDataDir } from '../support/data-dir.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { silentLog } from '../support/silent-log.js';

const BUSES = join(needDataDir(), 'liverpool-bus-route14.csv');
const WALKER = join(needDataDir(), 'geolife-001.csv.gz');
let test: TestLog;
let app: App;
let url: string;

beforeAll(async () => {
  test = await openTestLog();
  app = await createApp({ log: silentLog });
  registerPings(app, {
    log: test.log,
    clock: { nowMs: Date.now },
    defaultAccuracy: () => null,
    counters: { pingsAccepted() {}, pingRejected() {} },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await test.dispose();
});

async function replayQuietly(args: readonly string[]) {
  const out: string[] = [];
  const code = await replay([...args, '--url', url], {
    out: (line) => void out.push(line),
    err: (line) => void out.push(line),
  });
  return { code, out: out.join('\n') };
}

/** Distinct pings by tag. */
async function countPings(): Promise<Record<string, number>> {
  const seen = new Map<string, Set<string>>();
  const all = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
  await test.log.readToEnd(all, ({ records }) => {
    for (const { input } of records.flatMap(readInputs)) {
      if (input.type !== 'ping') continue;
      const { tagId, fixedAtMs, identity } = input.ping;
      if (!seen.has(tagId)) seen.set(tagId, new Set());
      seen.get(tagId)!.add(`${fixedAtMs} ${identity}`);
    }
  });
  return Object.fromEntries([...seen].map(([tagId, pings]) => [tagId, pings.size]));
}

it('replays the eight buses twice: 1,533 pings', async () => {
  const args = [BUSES, '--tag-column', 'vehicle_id', '--accuracy-metres', '10'];
  const first = await replayQuietly(args);
  expect(first.out).toMatch(/^1,533 rows, 1,533 sent, 1,533 accepted, 0 rejected, 0 unusable/m);
  expect(first.code).toBe(0);
  expect((await replayQuietly(args)).code).toBe(0);
  const counts = await countPings();
  expect(Object.keys(counts).sort()).toEqual(['4716', '4720', '4722', '4733', '4803', '4836', '4841', '4842']);
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(1_533);
});

it('replays the walker of 2008: 108,607 pings', async () => {
  const { code, out } = await replayQuietly([WALKER, '--tag', 'T-001', '--batch', '5000']);
  expect(out).toMatch(/^108,607 rows, 108,607 sent, 108,607 accepted, 0 rejected, 0 unusable/m);
  expect(code).toBe(0);
  expect((await countPings())['T-001']).toBe(108_607);
});

it('reads headings where the buses have them', async () => {
  const pings: WirePing[] = [];
  const options = { tag: { column: 'vehicle_id' }, accuracyMetres: 10 };
  for await (const row of readTrack(createReadStream(BUSES), { name: BUSES }, options))
    if (row.ok) pings.push(row.ping);
  expect(pings.filter(({ headingDegrees }) => headingDegrees !== undefined)).toHaveLength(1_134);
  expect(pings[0]).toEqual({
    tagId: '4716',
    fixedAt: '2026-01-26T15:57:02.000Z',
    latitude: 53.44451,
    longitude: -2.925173,
    accuracyMetres: 10,
  });
});
