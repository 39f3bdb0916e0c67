/** A start that has to wait: every role can be asked what for, and can be told to stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type OwnServices, startOwnServices } from '../support/services.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
/** Only ends what hangs. */
const LIMIT_MS = 120_000;

describe('a start with Kafka away', () => {
  let services: OwnServices;
  let brokers: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    services = await startOwnServices(['kafka']);
    brokers = services.kafkaBrokers().join(',');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => services?.dispose());

  async function start(roles: string, env: Record<string, string> = {}) {
    const port = await getPort({ host: '127.0.0.1' });
    const child = spawn(process.execPath, [MAIN, 'serve', '--roles', roles], {
      env: { PATH: process.env.PATH, KAFKA_BROKERS: brokers, TAGWATCH_PORT: String(port), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const url = `http://127.0.0.1:${port}`;
    const ask = async (path: string) => {
      const answer = await fetch(url + path);
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    };
    await vi.waitFor(async () => expect((await ask('/health/live')).status).toBe(200), LIMIT_MS);
    return { child, ask, url, output: () => output, ended: once(child, 'exit') };
  }

  it('the engine alone listens, says that it waits for the log, and is ready once it comes', async () => {
    await services.stop('kafka');
    const engine = await start('engine');
    const waiting = await engine.ask('/health/ready');
    expect(waiting.status).toBe(503);
    expect(JSON.parse(waiting.text)).toEqual({
      status: 'not-ready',
      parts: [
        { part: 'log', ready: false, waitsFor: 'the event log to answer' },
        { part: 'topics', ready: false, waitsFor: 'its turn in the start' },
        { part: 'engine', ready: false, waitsFor: 'its turn in the start' },
        { part: 'audit', ready: false, waitsFor: 'its turn in the start' },
        { part: 'start', ready: false, waitsFor: 'every other part to be ready' },
      ],
    });
    expect((await engine.ask('/metrics')).text).toMatch(/^tagwatch_build_info\{version="[^"]+",node="v[^"]+"\} 1$/m);
    expect((await engine.ask('/api/v1/alerts')).status).toBe(404);

    await services.start('kafka');
    await vi.waitFor(async () => expect((await engine.ask('/health/ready')).status).toBe(200), LIMIT_MS);
    await expect.poll(engine.output).toContain(`tagwatch listening on ${engine.url}`);
    const metrics = (await engine.ask('/metrics')).text;
    expect(metrics).toMatch(/^tagwatch_log_up 1$/m);
    expect(metrics).toMatch(/^tagwatch_engine_lag_inputs \d+$/m);
    expect(metrics).toMatch(/^tagwatch_checkpoint_age_seconds \S+$/m);
    expect(metrics).toMatch(/^tagwatch_rebalances_total\{group="tagwatch-engine"\} [1-9]/m);
    expect(metrics).toMatch(
      /^tagwatch_http_request_seconds_count\{method="GET",route="\/health\/ready",status="5xx"\} [1-9]/m,
    );
    engine.child.kill('SIGTERM');
    expect((await engine.ended)[0]).toBe(0);
  });

  it('an engine whose folder holds no audit judges all the same, and says so', async () => {
    await services.start('kafka');
    const folder = mkdtempSync(join(tmpdir(), 'tagwatch-test-'));
    try {
      writeFileSync(join(folder, 'audit-kept'), '');
      const engine = await start('engine', { TAGWATCH_DATA_DIR: folder });
      await vi.waitFor(async () => expect((await engine.ask('/health/ready')).status).toBe(200), LIMIT_MS);
      await expect.poll(engine.output).toContain('the audit cannot be told by which tables alerts are judged');
      engine.child.kill('SIGTERM');
      expect((await engine.ended)[0]).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('an api answers 503 with what it waits for; SIGTERM ends its start in order', async () => {
    await services.stop('kafka');
    const api = await start('api', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/tagwatch' });
    const answer = await api.ask('/api/v1/alerts');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(JSON.parse(answer.text).detail).toContain('the event log to answer (log)');
    api.child.kill('SIGTERM');
    const [code] = await api.ended;
    expect(code).toBe(0);
    expect(api.output()).not.toContain('tagwatch listening on');
    expect(api.output()).not.toContain('did not stop in order');
    await services.start('kafka');
  });
});
