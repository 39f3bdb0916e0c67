/** `tagwatch doctor` against a real provider and real files; Kafka and PostgreSQL: `doctor.services.ts`. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { doctor } from '../../src/cli/doctor/doctor.js';
import { makeSigningKey } from '../../src/signing-key.js';
import { CLIENT_ID, CLIENT_SECRET, listenOn, MAPPING, type Running, startProvider } from '../support/issuer.js';
import { silentLog } from '../support/silent-log.js';

const PUBLIC_URL = 'http://127.0.0.1:8080';
let folder: string;
const running: Running[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-doctor-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  rmSync(folder, { recursive: true });
});

function writeSecret(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

async function examine(env: Record<string, string>, userId: number | null = 1000) {
  const lines: string[] = [];
  const code = await doctor([], { env, logger: silentLog, userId, out: (line) => lines.push(line) });
  return { code, text: lines.join('\n') };
}

/** A configuration with sign-in at `issuer`. */
const signInAt = (issuer: string, changed: Record<string, string> = {}): Record<string, string> => ({
  TAGWATCH_DATA_DIR: folder,
  TAGWATCH_PUBLIC_URL: PUBLIC_URL,
  TAGWATCH_OIDC_ISSUER: issuer,
  TAGWATCH_OIDC_CLIENT_ID: CLIENT_ID,
  TAGWATCH_OIDC_CLIENT_SECRET_FILE: writeSecret('client-secret', `${CLIENT_SECRET}\n`),
  TAGWATCH_CLAIMS_FILE: writeSecret('claims.json', JSON.stringify(MAPPING)),
  ...changed,
});

describe('tagwatch doctor', () => {
  test('names everything that is wrong with the variables, and what nothing reads', async () => {
    const { code, text } = await examine({
      TAGWATCH_PORT: 'eighty',
      TAGWATCH_ODIC_ISSUER: 'https://idp.example',
      KAFKA_OAUTH_TOKEN_URL: 'https://idp.example/token',
      HOME: '/root',
    });
    expect(code).toBe(3);
    expect(text).toMatch(/^wrong {3}configuration: TAGWATCH_PORT is "eighty"/m);
    expect(text).toMatch(/^wrong {3}TAGWATCH_ODIC_ISSUER: is set, and nothing reads it\n {8}-> mend the name/m);
    // Of a mechanism that is off.
    expect(text).toMatch(/^wrong {3}KAFKA_OAUTH_TOKEN_URL: is set, and nothing reads it/m);
    expect(text).not.toContain('HOME');
  });

  test('tells settings that are for trying it out', async () => {
    const { code, text } = await examine(
      {
        TAGWATCH_DATA_DIR: folder,
        TAGWATCH_HOST: '0.0.0.0',
        TAGWATCH_ALLOW_UNAUTHENTICATED: '1',
        TAGWATCH_LOG_LEVEL: 'debug',
      },
      0,
    );
    expect(code).toBe(3);
    for (const line of [
      /^unsafe {2}sign-in: .*everybody who reaches it may do everything.*0\.0\.0\.0/m,
      /^unsafe {2}KAFKA_BROKERS, DATABASE_URL: log and database are embedded/m,
      /^unsafe {2}TAGWATCH_AUDIT_CHECKPOINTS_DIR: is not set/m,
      /^unsafe {2}user: it runs as root/m,
      /^note {4}TAGWATCH_LOG_LEVEL: debug/m,
    ])
      expect(text).toMatch(line);
  });

  test('tells a secret that stands in the environment, without saying it', async () => {
    const { text } = await examine({ DATABASE_URL: 'postgres://me:hush-hush@127.0.0.1:1/x' });
    expect(text).toMatch(/^unsafe {2}DATABASE_URL: holds a secret.*\n {8}-> .*DATABASE_URL_FILE/m);
    expect(text).not.toContain('hush-hush');
  });

  test('asks a real provider: that it answers, knows this client by its secret, and sends browsers back here', async () => {
    const provider = await startProvider(PUBLIC_URL);
    running.push(provider);
    const { text } = await examine(signInAt(provider.url));
    for (const line of [
      /^good {4}TAGWATCH_OIDC_ISSUER: http:\S+ answers/m,
      /^good {4}TAGWATCH_OIDC_ISSUER: publishes \d+ key/m,
      /^good {4}TAGWATCH_OIDC_CLIENT_SECRET_FILE: the provider takes it for tagwatch/m,
      /^good {4}TAGWATCH_PUBLIC_URL: the provider sends browsers back to http:\/\/127\.0\.0\.1:8080\/auth\/callback/m,
      /^good {4}clock: goes with that of the provider/m,
      /^note {4}TAGWATCH_CLAIMS_FILE: nobody can be auditor/m,
      /^good {4}TAGWATCH_OIDC_CLIENT_SECRET_FILE: .* is read by its owner alone/m,
    ])
      expect(text).toMatch(line);
    expect(text).not.toMatch(/^wrong/m);
  });

  test('finds another secret, another address of return, and files that anybody reads', async () => {
    const provider = await startProvider(PUBLIC_URL);
    running.push(provider);
    const signingKey = join(folder, 'key.pem');
    makeSigningKey(signingKey);
    chmodSync(signingKey, 0o644);
    const { code, text } = await examine({
      ...signInAt(provider.url, {
        TAGWATCH_PUBLIC_URL: 'http://localhost:9',
        TAGWATCH_CLAIMS_FILE: writeSecret('broken.json', '{}'),
        TAGWATCH_SIGNING_KEY_FILE: signingKey,
      }),
      TAGWATCH_OIDC_CLIENT_SECRET_FILE: writeSecret('other-secret', 'of-another-client', 0o644),
    });
    expect(code).toBe(3);
    for (const line of [
      /^wrong {3}TAGWATCH_OIDC_CLIENT_SECRET_FILE: the provider does not take it for tagwatch \(invalid_client\)/m,
      /^wrong {3}TAGWATCH_PUBLIC_URL: the provider answers 400 .*localhost:9\/auth\/callback/m,
      /^wrong {3}TAGWATCH_CLAIMS_FILE: .*cannot be used/m,
      /^unsafe {2}TAGWATCH_OIDC_CLIENT_SECRET_FILE: .*other-secret may be read or written by anybody.*\(644\)\n {8}-> chmod 600/m,
      /^unsafe {2}TAGWATCH_SIGNING_KEY_FILE: .*key\.pem may be read or written by others/m,
    ])
      expect(text).toMatch(line);
    expect(text).not.toContain('of-another-client');
  });

  test.each([
    [
      -300,
      /^wrong {3}clock: is (29[89]|30\d) s ahead of that of the provider: tokens are refused\n {8}-> have both follow a time server/m,
    ],
    [300, /^wrong {3}clock: is (29[5-9]|30[01]) s behind that of the provider/m],
    [10, /^note {4}clock: is ([4-9]|10|11) s behind/m],
  ])('holds the clock against the provider’s: %i s', async (seconds, line) => {
    const issuer = await listenOn(
      createServer((request, response) => {
        response.setHeader('date', new Date(Date.now() + seconds * 1_000).toUTCString());
        const { host } = request.headers;
        response.end(
          JSON.stringify({ issuer: `http://${host}`, jwks_uri: `http://${host}/keys`, keys: [{ kty: 'EC' }] }),
        );
      }),
    );
    running.push(issuer);
    expect((await examine(signInAt(issuer.url))).text).toMatch(line);
  });

  test('tells a provider that is away, and one of another name', async () => {
    const away = await examine(signInAt('http://127.0.0.1:9'));
    expect(away.text).toMatch(/^wrong {3}TAGWATCH_OIDC_ISSUER: http:\/\/127\.0\.0\.1:9 cannot be asked: fetch failed/m);
    const provider = await startProvider(PUBLIC_URL);
    running.push(provider);
    const other = await examine(signInAt(provider.url.replace('127.0.0.1', 'localhost')));
    expect(other.text).toMatch(
      /^wrong {3}TAGWATCH_OIDC_ISSUER: http:\/\/localhost:\d+ calls itself http:\/\/127\.0\.0\.1/m,
    );
  });
});
