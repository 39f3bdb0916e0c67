/** `tagwatch records import` against the records' endpoints over HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { records } from '../../src/cli/records.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { createTestClock, openRecordsApi, type RecordsApi } from '../support/records.js';

describe('tagwatch records import', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-records-'));
  let database: TestDatabase;
  let opened: TestLog;
  let api: RecordsApi;
  let url = '';

  beforeAll(async () => {
    [database, opened] = await Promise.all([openTestPglite(), openTestLog()]);
    api = await openRecordsApi(database.db, opened.log, createTestClock('2026-03-20T12:00:00.000Z'));
    await api.startPublisher();
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await api?.stop();
    await opened?.dispose();
    await database?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (file: string, content: string | Buffer): string => {
    const path = join(directory, file);
    writeFileSync(path, content);
    return path;
  };
  const wearer = (n: number, name = `Wearer ${n}`) => JSON.stringify({ kind: 'wearer', id: `W-${n}`, body: { name } });
  const tag = (n: number) => JSON.stringify({ kind: 'tag', id: `T-${n}`, body: {} });
  const activation = (n: number, wearerId = `W-${n}`) =>
    JSON.stringify({
      kind: 'activation',
      id: `A-${n}`,
      body: { tagId: `T-${n}`, wearerId, fittedAt: '2026-01-01T00:00:00Z' },
    });
  const run = async (...args: string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await records(['import', ...args, '--url', url], {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      giveUpAfterMs: 200,
    });
    return { code, out, err };
  };

  it('previews what would become of all of it, by file and line, and writes nothing', async () => {
    const good = write('good.ndjson', `${activation(71)}\n${wearer(71)}\n${tag(71)}`);
    expect(await run(good, '--preview')).toEqual({
      code: 0,
      out: ['Would be created: 3; changed: 0; unchanged: 0. Nothing is written.'],
      err: [],
    });
    expect((await api.get('/wearers/W-71')).statusCode).toBe(404);
    const bad = write('bad.ndjson', `${wearer(72)}\n${activation(72)}`);
    expect(await run(good, bad, '--preview')).toEqual({
      code: 1,
      out: [],
      err: [
        `${bad}:2: activation "A-72": /body/tagId there is no tag T-72`,
        'It would be refused as a whole: mend these lines. Nothing is written.',
      ],
    });
    expect((await api.get('/wearers/W-72')).statusCode).toBe(404);
  });

  it('puts files in parts, and changes nothing the second time', async () => {
    const first = write('first.ndjson', `${wearer(1)}\r\n\n${wearer(2)}\n${tag(1)}`);
    const second = write('second.ndjson', `${activation(1)}\n`);
    expect(await run(first, second, '--part', '2')).toEqual({
      code: 0,
      out: [expect.stringMatching(/^4 created, 0 changed, 0 unchanged \(.* published\)\.$/)],
      err: [],
    });
    expect(await run(first, second)).toMatchObject({
      code: 0,
      out: [expect.stringMatching(/^0 created, .* 4 unchanged/)],
    });
    expect((await api.get('/activations/A-1')).json()).toMatchObject({ wearerId: 'W-1', author: 'local' });
  });

  it('ends at the first part that is refused, with file, line and reason; what came before stands', async () => {
    const good = write('good.ndjson', `${wearer(3)}\n${tag(3)}\n`);
    const bad = write('bad.ndjson', `\n${activation(3, 'W-nobody')}\n{"kind":\n${wearer(4)}\n`);
    expect(await run(good, bad, '--part', '2')).toEqual({
      code: 1,
      out: [expect.stringMatching(/^2 created/)],
      err: [
        expect.stringMatching(/bad\.ndjson:3: The line is not JSON/),
        'Nothing of the part with these lines was written. Mend them and run it again.',
      ],
    });
    const dangling = await run(write('dangling.ndjson', `${wearer(5)}\n\n${activation(3, 'W-nobody')}`));
    expect(dangling.err[0]).toMatch(
      /dangling\.ndjson:3: activation "A-3": \/body\/wearerId there is no wearer W-nobody$/,
    );
    expect((await api.get('/wearers/W-5')).statusCode).toBe(404);
    expect((await api.get('/wearers/W-3')).statusCode).toBe(200);
  });

  it('says what is wrong with a file, an address and a call', async () => {
    const missing = await run(join(directory, 'none.ndjson'));
    expect([missing.code, missing.err[0]]).toEqual([1, expect.stringMatching(/^Could not read the records: ENOENT/)]);
    const noText = await run(write('binary.ndjson', Buffer.from([0xff, 0xfe, 0x00, 0x7b])));
    expect([noText.code, noText.err[0]]).toEqual([1, expect.stringMatching(/binary\.ndjson:1: The line is not UTF-8/)]);
    expect(await run(write('empty.ndjson', ''))).toMatchObject({ code: 0, out: [expect.stringMatching(/^0 created/)] });
    const away = await records(['import', write('away.ndjson', wearer(6)), '--url', 'http://127.0.0.1:9'], {
      out() {},
      err() {},
      giveUpAfterMs: 200,
    });
    expect(away).toBe(1);
    for (const args of [
      [],
      ['export'],
      ['import'],
      ['import', 'x', '--part', '0'],
      ['import', 'x', '--url', 'here'],
      ['--x'],
    ]) {
      const err: string[] = [];
      expect(await records(args, { err: (line) => err.push(line) })).toBe(2);
      expect(err.at(-1)).toBe('"tagwatch records --help" tells more.');
    }
  });
});
