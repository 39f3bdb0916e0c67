/** Commands that send, to a program with sign-in: as the machine whose token stands in a file. The program and the provider are real. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { records } from '../../src/cli/records.js';
import { replay } from '../../src/cli/replay.js';
import { readTarget } from '../../src/cli/target.js';
import { zones } from '../../src/cli/zones.js';
import {
  AUDIENCE,
  CLIENT_ID,
  CLIENT_SECRET,
  fetchMachineToken,
  MACHINE_ID,
  MAPPING,
  type Running,
  startMachineProvider,
} from '../support/issuer.js';
import { type Home, makeHome, type Program, startProgram } from '../support/program.js';

let home: Home;
let provider: Running & { readonly tokenUrl: string };
let program: Program;
let tokenFile: string;
const at = (name: string) => join(home.env['TAGWATCH_DATA_DIR']!, name);

beforeAll(async () => {
  home = await makeHome();
  provider = await startMachineProvider();
  tokenFile = at('token');
  writeFileSync(at('client-secret'), CLIENT_SECRET);
  writeFileSync(at('claims.json'), JSON.stringify(MAPPING));
  program = await startProgram({
    ...home,
    env: {
      ...home.env,
      TAGWATCH_PUBLIC_URL: `http://127.0.0.1:${home.env['TAGWATCH_PORT']}`,
      TAGWATCH_OIDC_ISSUER: provider.url,
      TAGWATCH_OIDC_CLIENT_ID: CLIENT_ID,
      TAGWATCH_OIDC_CLIENT_SECRET_FILE: at('client-secret'),
      TAGWATCH_CLAIMS_FILE: at('claims.json'),
      TAGWATCH_API_AUDIENCE: AUDIENCE,
    },
  });
});
afterAll(async () => {
  await program?.stop();
  await provider?.stop();
  home?.remove();
});

type Command = (
  argv: string[],
  deps: { out: (line: string) => void; err: (line: string) => void; env: Record<string, string> },
) => Promise<number>;

async function run(command: Command, args: readonly string[], env: Record<string, string> = {}) {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const code = await command([...args, '--url', program.url], { out: say, err: say, env });
  return { code, text: lines.join('\n') };
}
const getToken = async (scope?: string) =>
  writeFileSync(tokenFile, `${await fetchMachineToken(provider.tokenUrl, scope)}\n`);

describe('a command that sends, where sign-in is configured', () => {
  const line = { kind: 'wearer', id: 'W-1', body: { name: 'Sam Example', force: 'kent', changeReason: 'test' } };

  test('brings records, zones and pings by the token in its file; the record’s version names the machine', async () => {
    await getToken();
    writeFileSync(at('records.ndjson'), JSON.stringify(line));
    const imported = await run(records, ['import', at('records.ndjson'), '--token-file', tokenFile]);
    expect(imported.text).toContain('1 created');
    expect(imported.code).toBe(0);
    const ring = [
      [0.5, 51.2],
      [0.51, 51.2],
      [0.51, 51.21],
      [0.5, 51.2],
    ];
    const feature = {
      type: 'Feature',
      properties: { id: 'Z-1', name: 'Town' },
      geometry: { type: 'Polygon', coordinates: [ring] },
    };
    writeFileSync(at('zones.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    const drawn = await run(zones, [
      'import',
      at('zones.geojson'),
      '--zones-only',
      '--id-from',
      'id',
      '--token-file',
      tokenFile,
    ]);
    expect(drawn.text).toContain('1 zone created');
    writeFileSync(at('track.csv'), 'time,latitude,longitude\n2026-11-28T10:00:00Z,51.2,0.5\n');
    const sent = await run(replay as Command, [at('track.csv'), '--tag', 'T-1', '--token-file', tokenFile]);
    expect(sent.text).toMatch(/1 .*accepted/);
    const answer = await fetch(`${program.url}/api/v1/wearers/W-1/versions`, {
      headers: { authorization: `Bearer ${await fetchMachineToken(provider.tokenUrl)}` },
    });
    expect(await answer.text()).toContain(`${provider.url}#${MACHINE_ID}`);
  });

  test('says who is missing where there is no token, and what a token does not name', async () => {
    const nobody = await run(records, ['import', at('records.ndjson')]);
    expect([nobody.code, nobody.text]).toEqual([1, expect.stringContaining('bearer token')]);
    await getToken('records.read');
    const reader = await run(records, ['import', at('records.ndjson'), '--token-file', tokenFile]);
    expect([reader.code, reader.text]).toEqual([1, expect.stringContaining('Your roles do not include this')]);
  });

  test('takes a token that was renewed while it runs', async () => {
    await getToken('records.read');
    const tracked = Array.from({ length: 30 }, (_, n) => `2026-11-28T11:00:${String(n).padStart(2, '0')}Z,51.2,0.5`);
    writeFileSync(at('long.csv'), `time,latitude,longitude\n${tracked.join('\n')}\n`);
    // The first of three requests goes out a while before the others.
    await getToken('pings.write');
    const running = run(replay as Command, [
      at('long.csv'),
      '--tag',
      'T-1',
      '--rate',
      '10',
      '--batch',
      '10',
      '--token-file',
      tokenFile,
    ]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await getToken('records.read');
    const { code, text } = await running;
    expect([code, text]).toEqual([1, expect.stringMatching(/Gave up: HTTP 403/)]);
  });
});

describe('where a command sends to', () => {
  const read = (given: { url?: string; 'token-file'?: string }, env: Record<string, string> = {}) => {
    const errors: string[] = [];
    return { ...readTarget(given, env, errors), errors };
  };
  test('is this machine, as nobody, unless it is told; the variable is taken where the option is not', () => {
    expect(read({})).toEqual({ url: 'http://127.0.0.1:8080', tokenFile: null, errors: [] });
    writeFileSync(tokenFile, 'abc.def.ghi');
    expect(read({}, { TAGWATCH_TOKEN_FILE: tokenFile })).toMatchObject({ tokenFile, errors: [] });
  });
  test('never has a token sent in the clear, or one that is none', () => {
    expect(read({ url: 'http://tagwatch.example', 'token-file': tokenFile }).errors).toEqual([
      '--token-file: a token goes by https alone (http: to this machine); --url is "http://tagwatch.example".',
    ]);
    writeFileSync(at('two-lines'), 'abc\ndef');
    expect(read({}, { TAGWATCH_TOKEN_FILE: at('two-lines') }).errors).toEqual([
      `TAGWATCH_TOKEN_FILE: ${at('two-lines')} holds no bearer token`,
    ]);
    expect(read({ 'token-file': at('nowhere') }).errors).toEqual([expect.stringContaining('ENOENT')]);
  });
});
