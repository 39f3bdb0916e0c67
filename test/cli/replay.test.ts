import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ReplayDeps, replay } from '../../src/cli/replay.js';
import type { Ping } from '../../src/engine/types.js';
import { type App, createApp } from '../../src/http/app.js';
import { registerPings } from '../../src/http/routes/pings/pings.js';
import { readInputs } from '../../src/ports/ping-records.js';
import { INPUT_PARTITIONS, INPUTS } from '../../src/ports/topics.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { silentLog } from '../support/silent-log.js';

const START_MS = Date.UTC(2026, 0, 26, 12);
let directory: string;
let test: TestLog;
let app: App | null;
let port: number;
/** Called for each answer that is about to be sent; false cuts the connection instead. */
let onAnswer: () => boolean | Promise<boolean>;
/** The server's clock. */
let serverNowMs: () => number;
/** Another answer than the endpoint's, by the number of pings sent; null: none. */
let instead: (pings: number) => { status: number; title: string } | null;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tagwatch-replay-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));
beforeEach(async () => {
  test = await openTestLog();
  port = 0;
  onAnswer = () => true;
  serverNowMs = Date.now;
  instead = () => null;
  await start();
});
afterEach(async () => {
  await stop();
  await test.dispose();
});

async function start(): Promise<void> {
  app = await createApp({ log: silentLog });
  registerPings(app, {
    log: test.log,
    clock: { nowMs: () => serverNowMs() },
    defaultAccuracy: () => null,
    counters: { pingsAccepted() {}, pingRejected() {} },
  });
  app.addHook('onSend', async (request) => {
    if (!(await onAnswer())) request.raw.socket.destroy();
  });
  app.addHook('preHandler', async (request, reply) => {
    const other = instead((request.body as unknown[]).length);
    return other === null ? undefined : await reply.code(other.status).send(other);
  });
  await app.listen({ host: '127.0.0.1', port });
  port = (app.server.address() as AddressInfo).port;
}

async function stop(): Promise<void> {
  app?.server.closeAllConnections();
  await app?.close();
  app = null;
}

/** A track of `rows` fixes of two tags, a second apart. */
function writeTrack(
  name: string,
  rows: number,
  change: (line: string, row: number) => string = (line) => line,
): string {
  const lines = ['vehicle_id,timestamp,lat,lon'];
  for (let row = 0; row < rows; row++) {
    const time = new Date(START_MS + row * 1_000).toISOString().slice(0, 19).replace('T', ' ');
    lines.push(change(`V-${row % 2},${time},53.4,-2.9${String(row).padStart(4, '0')}`, row));
  }
  const file = join(directory, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(file, name.endsWith('.gz') ? gzipSync(text) : text);
  return file;
}

async function run(
  file: string,
  args: readonly string[] = [],
  deps: ReplayDeps = {},
  whose: readonly string[] = ['--tag-column', 'vehicle_id'],
) {
  const out: string[] = [];
  const err: string[] = [];
  const tag = args.includes('--tag') ? [] : whose;
  const code = await replay([file, '--url', `http://127.0.0.1:${port}`, ...tag, ...args], {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    ...deps,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function readPings(): Promise<Ping[]> {
  const pings: Ping[] = [];
  const all = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
  await test.log.readToEnd(all, ({ records }) => {
    for (const { input } of records.flatMap(readInputs)) {
      if (input.type === 'ping') pings.push(input.ping);
    }
  });
  return pings;
}
const identitiesOf = (pings: readonly Ping[]) =>
  new Set(pings.map(({ tagId, fixedAtMs, identity }) => `${tagId} ${fixedAtMs} ${identity}`));

describe('tagwatch replay', () => {
  it('sends a file with its own times; a second run sends the same pings', async () => {
    const file = writeTrack('plain.csv', 1_200);
    const first = await run(file);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^1,200 rows, 1,200 sent, 1,200 accepted, 0 rejected, 0 unusable, /);
    const pings = await readPings();
    expect(pings).toHaveLength(1_200);
    expect(pings.every(({ position }) => position?.accuracyMetres === 10)).toBe(true);
    for (const tagId of ['V-0', 'V-1']) {
      const times = pings.filter((ping) => ping.tagId === tagId).map(({ fixedAtMs }) => fixedAtMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBe(START_MS + Number(tagId.at(-1)) * 1_000);
    }
    expect((await run(file, ['--batch', '70'])).code).toBe(0);
    expect(identitiesOf(await readPings()).size).toBe(1_200);
  });

  it('reads gzip, and one tag for the whole file', async () => {
    const { code } = await run(writeTrack('walk.csv.gz', 10), ['--tag', 'T-001', '--accuracy-metres', '25']);
    expect(code).toBe(0);
    const pings = await readPings();
    expect(pings.map(({ tagId, position }) => [tagId, position?.accuracyMetres])).toEqual(
      Array(10).fill(['T-001', 25]),
    );
  });

  it('loses and doubles nothing when answers are cut off and the server goes away in between', async () => {
    const file = writeTrack('kills.csv', 160);
    let answers = 0;
    let restarting: Promise<void> | null = null;
    onAnswer = () => {
      answers += 1;
      if (answers === 8) {
        // As a kill would: after the log has the batch, before its sender knows; and then nobody listens for a while.
        restarting = (async () => {
          await stop();
          await start();
        })();
        return false;
      }
      return answers % 3 !== 0;
    };
    const { code, out, err } = await run(file, ['--batch', '10']);
    await restarting;
    expect(code, err).toBe(0);
    expect(out).toMatch(/^160 rows, 160 sent, 160 accepted, /);
    expect(err).toMatch(/does not answer/);
    const pings = await readPings();
    expect(pings.length).toBeGreaterThan(160);
    expect(identitiesOf(pings).size).toBe(160);
  });

  it('sends nothing of a file with unusable rows, and says which; with --skip-bad the others', async () => {
    const file = writeTrack('bad.csv', 20, (line, row) => {
      if (row === 3) return line.replace(',53.4,', ',93.4,');
      return row === 5 ? line.replace('2026-', '26.') : line;
    });
    const refused = await run(file);
    expect([refused.code, refused.out]).toEqual([1, '']);
    expect(refused.err).toMatch(/bad\.csv: 2 of 20 rows are unusable/);
    expect(refused.err).toMatch('line 5: latitude 93.4 is outside');
    expect(refused.err).toMatch('line 7: The time "26.01-26 12:00:05" cannot be read.');
    expect(await readPings()).toEqual([]);

    const { code, out } = await run(file, ['--skip-bad']);
    expect(code).toBe(1);
    expect(out).toMatch(/^20 rows, 18 sent, 18 accepted, 0 rejected, 2 unusable/);
    expect(out).toMatch('line 5: latitude 93.4 is outside');
    expect(await readPings()).toHaveLength(18);
  });

  it('says what the server rejected, by line, and goes on behind a batch of which nothing was taken', async () => {
    // By the server's clock the first two are more than a day ahead; by ours they are not.
    serverNowMs = () => START_MS - 86_400_000 + 60_000;
    const file = writeTrack('first-bad.csv', 4, (line, row) => (row < 2 ? line.replace(' 12:', ' 13:') : line));
    const { code, out } = await run(file, ['--batch', '2']);
    expect([code, out.split('\n')[0]]).toEqual([1, expect.stringMatching(/^4 rows, 4 sent, 2 accepted, 2 rejected/)]);
    expect(out).toMatch('Rejected: fixed-at-too-far-ahead 2');
    expect(out).toMatch('line 2: fixed-at-too-far-ahead: fixedAt');
  });

  it('takes the other formats, by extension or by name, and the tag from the file', async () => {
    const gpx = join(directory, 'walk.gpx');
    const point = (second: number) => `<trkpt lat="53.4" lon="-2.9"><time>2026-01-26T12:00:0${second}Z</time></trkpt>`;
    const track = `<gpx><trk><name>V-7</name><trkseg>${[0, 1, 2].map(point).join('\n')}</trkseg></trk></gpx>`;
    writeFileSync(gpx, gzipSync(track));
    const options = { out: () => {}, err: () => {} };
    expect(await replay([gpx, '--url', `http://127.0.0.1:${port}`, '--tag-column', 'name'], options)).toBe(0);
    // A file that names its tags is an export: a fix without an accuracy is left to the tag's model (here there is none).
    const own = join(directory, 'own.csv');
    writeFileSync(own, 'tagId,fixedAt,latitude,longitude,accuracyMetres\nV-9,2026-01-26T12:00:00Z,53.4,-2.9,\n');
    expect((await run(own, ['--batch', '1'], {}, [])).code).toBe(0);
    const lines = join(directory, 'walk.txt');
    const ping = { tagId: 'V-8', fixedAt: '2026-01-26T12:00:00Z', latitude: 53.4, longitude: -2.9, accuracyMetres: 4 };
    writeFileSync(lines, `${JSON.stringify(ping)}\n`);
    expect(await replay([lines, '--url', `http://127.0.0.1:${port}`, '--format', 'ndjson'], options)).toBe(0);
    const pings = (await readPings()).map(({ tagId, position }) => `${tagId} ${position?.accuracyMetres}`);
    expect(pings.sort()).toEqual(['V-7 10', 'V-7 10', 'V-7 10', 'V-8 4', 'V-9 null']);
  });

  it('cuts a batch that is too large', async () => {
    const sizes: number[] = [];
    instead = (pings) => {
      sizes.push(pings);
      return pings > 6 ? { status: 413, title: 'Too large' } : null;
    };
    expect((await run(writeTrack('large.csv', 20), ['--batch', '20', '--in-flight', '1'])).code).toBe(0);
    expect(sizes).toEqual([20, 10, 5, 5, 10, 5, 5]);
    expect(await readPings()).toHaveLength(20);
  });

  it('gives up where nobody answers for too long, and at once where the answer will not change', async () => {
    const file = writeTrack('away.csv', 3);
    await stop();
    const away = await run(file, [], { giveUpAfterMs: 2_000 });
    expect(away.code).toBe(1);
    expect(away.err).toMatch(/does not answer \(ECONNREFUSED\)(.|\n)*Gave up: no answer from .* \(ECONNREFUSED\)/);
    expect(away.out).toMatch(/^3 rows, 0 sent/);
    await start();
    instead = () => ({ status: 401, title: 'Sign in' });
    expect((await run(file)).err).toMatch(/Gave up: HTTP 401: Sign in/);
  });

  it('moves a file to now and keeps its intervals, X times as fast', async () => {
    const waits: number[] = [];
    let nowMs = Date.now() - 3_600_000;
    const startMs = nowMs;
    const pacer = {
      nowMs: () => nowMs,
      waitMs: async (ms: number) => {
        waits.push(ms);
        nowMs += ms;
      },
    };
    // The file has its second half first: live merges by time.
    const file = writeTrack('live.csv', 6, (_line, row) => {
      const second = (row + 3) % 6;
      return `V-${second % 2},2026-01-26 12:00:0${second},53.4,-2.9`;
    });
    expect((await run(file, ['--live', '--speed', '4'], { pacer })).code).toBe(0);
    expect(waits).toEqual([250, 250, 250, 250, 250]);
    const times = (await readPings()).map(({ fixedAtMs }) => fixedAtMs - startMs).sort((a, b) => a - b);
    expect(times).toEqual([0, 250, 500, 750, 1_000, 1_250]);
  });

  it('keeps to a rate, and does not make up for time lost', async () => {
    const waits: number[] = [];
    let nowMs = 0;
    const pacer = {
      nowMs: () => nowMs,
      waitMs: async (ms: number) => {
        waits.push(ms);
        nowMs += ms;
      },
    };
    let answers = 0;
    onAnswer = () => {
      answers += 1;
      if (answers === 2) nowMs += 10_000;
      return true;
    };
    expect((await run(writeTrack('rate.csv', 50), ['--rate', '10', '--batch', '25'], { pacer })).code).toBe(0);
    // Five batches of ten; the third finds itself late and the fourth waits a whole second again.
    expect(waits).toEqual([1_000, 1_000, 1_000]);
  });

  it('has several requests under way, those of one tag one after the other in the order of the file', async () => {
    const lines = ['vehicle_id,timestamp,lat,lon'];
    for (let row = 0; row < 600; row++) {
      const time = new Date(START_MS + row * 1_000).toISOString();
      lines.push(`V-${row % 7},${time},53.4,-2.9${String(row).padStart(4, '0')}`);
    }
    const file = join(directory, 'several.csv');
    writeFileSync(file, lines.join('\n'));
    let underWay = 0;
    let most = 0;
    instead = () => {
      underWay += 1;
      most = Math.max(most, underWay);
      return null;
    };
    onAnswer = async () => {
      // Answers in another order than the requests.
      await new Promise((resolve) => setTimeout(resolve, 20 * Math.random()));
      underWay -= 1;
      return true;
    };
    const { code, out } = await run(file, ['--batch', '20', '--in-flight', '3']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('600 rows, 600 sent, 600 accepted') });
    expect(most).toBe(3);
    const pings = await readPings();
    expect(pings).toHaveLength(600);
    for (let tag = 0; tag < 7; tag++) {
      const times = pings.filter(({ tagId }) => tagId === `V-${tag}`).map(({ fixedAtMs }) => fixedAtMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }
  });

  it('tells what Tagwatch warns of, once with its first place and how often', async () => {
    const pings = [0, 1, 2].map((row) => ({
      tagId: 'V-1',
      fixedAt: new Date(START_MS + row * 1_000).toISOString(),
      latitude: 53.4,
      longitude: -2.9,
    }));
    const file = join(directory, 'warned.ndjson');
    writeFileSync(file, pings.map((ping) => JSON.stringify(ping)).join('\n'));
    const { code, out } = await run(file, [], {}, []);
    expect(code).toBe(0);
    expect(out).toMatch(/Noted:\n {2}line 1: accuracy-missing: .*\(3 times\)/);
  });

  it.each([
    [[], /One FILE is needed/],
    [['a.csv', '--tag', 'A', '--in-flight', '0'], /--in-flight is "0"/],
    [['a.csv', '--tag', 'A', '--rate', '5', '--in-flight', '2'], /--in-flight goes without --rate/],
    [['a.csv', '--format', 'shp'], /--format is "shp"; known: csv, gpx/],
    [['a.csv', '--tag', 'A', '--tag-column', 'b'], /either --tag TAG or --tag-column/],
    [
      ['a.csv', '--tag', 'A', '--batch', '0', '--rate', 'x', '--accuracy-metres', '0'],
      /--accuracy-metres is(.|\n)*--rate is(.|\n)*--batch is/,
    ],
    [['a.csv', '--tag', 'A', '--speed', '2'], /--speed goes with --live/],
    [['a.csv', '--tag', 'A', '--live', '--rate', '2'], /exclude each other/],
    [['a.csv', '--tag', 'A', '--url', 'localhost:8080'], /--url is/],
    [['a.csv', '--tag', 'A', '--fast'], /--fast/],
  ])('called wrongly with %j ends with 2', async (args, message) => {
    const err: string[] = [];
    expect(await replay(args, { out: () => {}, err: (line) => void err.push(line) })).toBe(2);
    expect(err.join('\n')).toMatch(message);
    expect(err.at(-1)).toMatch('--help');
  });

  it('explains itself, and names a file that is missing or no track', async () => {
    const out: string[] = [];
    expect(await replay(['--help'], { out: (line) => void out.push(line) })).toBe(0);
    expect(out.join()).toMatch(/liverpool-bus-route14\.csv --tag-column vehicle_id/);
    expect(await run(join(directory, 'missing.csv'))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/no file .*missing\.csv/),
    });
    expect(await run(directory)).toMatchObject({ code: 1 });
    const other = join(directory, 'other.csv');
    writeFileSync(other, 'a,b\n1,2\n');
    expect(await run(other)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/other\.csv: The first line must name(.|\n)*columns seen: a, b/),
    });
  });
});
