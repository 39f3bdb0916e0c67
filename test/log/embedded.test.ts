import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryInUse, type EmbeddedLogOptions, openEmbeddedLog } from '../../src/log/embedded.js';
import type { EventLog, LogRecord, TopicSpec } from '../../src/ports/event-log.js';
import { createCollector } from '../support/collecting.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

const DAY_MS = 86_400_000;
const PINGS: TopicSpec = {
  topic: 'pings',
  partitions: 1,
  cleanup: 'delete',
  retentionMs: DAY_MS,
  fixedPartitions: true,
};
const STATES: TopicSpec = { topic: 'states', partitions: 1, cleanup: 'compact', fixedPartitions: true };

const built = new URL('../../dist/log/embedded.js', import.meta.url);
const bytes = (text: string) => new TextEncoder().encode(text);
const text = ({ value }: LogRecord) => (value === null ? null : new TextDecoder().decode(value));

let directory: string;
let logs: EventLog[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tagwatch embedded '));
});
afterEach(async () => {
  await Promise.all(logs.map((log) => log.close()));
  logs = [];
  await rm(directory, { recursive: true, force: true });
});

function open(more: Partial<EmbeddedLogOptions> = {}): EventLog {
  const log = openEmbeddedLog({ directory, log: silentLog, ...more });
  logs.push(log);
  return log;
}

async function readAll(log: EventLog, topic: string): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  await log.readToEnd([{ topic, partition: 0 }], ({ records }) => {
    found.push(...records);
  });
  return found;
}

/** A process of its own that opens the directory and runs the statements with `log` and `say` at hand. */
function startChild(statements: string) {
  if (!existsSync(built)) throw new Error('dist/ is missing: npm run build makes it (npm test does so by itself).');
  const script = `
    import { openEmbeddedLog } from ${JSON.stringify(built.href)};
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const log = openEmbeddedLog({ directory: process.argv[1], log: quiet });
    const say = (line) => new Promise((resolve) => process.stdout.write(line + '\\n', resolve));
    ${statements}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

describe('the embedded log', () => {
  it('has what it acknowledged after kill -9 of its process, and opens although the lock file stayed behind', async () => {
    const { child, lines } = startChild(`
      await log.ensureTopics([${JSON.stringify(PINGS)}]);
      const encoder = new TextEncoder();
      for (let i = 0; ; i++) {
        const records = Array.from({ length: 10 }, (_, j) => ({ key: 'k', value: encoder.encode(String(i * 10 + j)) }));
        const places = await log.append('pings', records);
        await say(String(places.at(-1).offset));
      }`);
    let acknowledged = -1;
    try {
      while (acknowledged < 2_000) acknowledged = Number((await lines.next()).value);
    } finally {
      child.kill('SIGKILL');
    }
    await once(child, 'exit');
    // Lines that were under way when it was killed speak of acknowledged records as well.
    for (let line = await lines.next(); !line.done; line = await lines.next()) acknowledged = Number(line.value);

    const log = open();
    const records = await readAll(log, 'pings');
    expect(records.length).toBeGreaterThan(acknowledged);
    records.forEach((record, offset) => {
      expect(record.offset).toBe(offset);
      expect(text(record)).toBe(String(offset));
    });
    const [next] = await log.append('pings', [{ key: 'k', value: bytes('next') }]);
    expect(next!.offset).toBeGreaterThanOrEqual(records.length);
    expect(text((await readAll(log, 'pings')).at(-1)!)).toBe('next');
  });

  it('refuses a directory that another process has open, naming its pid', async () => {
    const { child, lines } = startChild(`await say('open'); setInterval(() => {}, 1_000);`);
    try {
      expect((await lines.next()).value).toBe('open');
      expect(() => open()).toThrow(DirectoryInUse);
      expect(() => open()).toThrow(new RegExp(`in use by process ${child.pid}\\b`));
    } finally {
      child.kill('SIGKILL');
    }
    await once(child, 'exit');
    await open().ping();
  });

  it('refuses a directory that this very process has open, until it is closed', async () => {
    const first = open();
    expect(() => open()).toThrow(new RegExp(`process ${process.pid}\\b`));
    await first.close();
    await open().ping();
  });

  it('takes over a lock whose pid belongs to another process by now, and one that cannot be read', async () => {
    // In a container every program is pid 1: a lock of the one before names our own pid, with another start.
    await writeFile(join(directory, 'tagwatch.lock'), JSON.stringify({ pid: process.pid, startedAtTicks: '1' }));
    if (process.platform === 'linux') await open().close();
    await writeFile(join(directory, 'tagwatch.lock'), 'garbage');
    await open().ping();
  });

  it('has topics, records, offsets and positions of groups when it is opened again', async () => {
    const first = open();
    await first.ensureTopics([PINGS]);
    await first.append('pings', [
      { key: 'a', value: bytes('0') },
      { key: 'a', value: bytes('1') },
    ]);
    const before = createCollector();
    await first.consume({ group: 'g', topics: ['pings'], commit: true, handler: before.handler });
    await before.until(() => before.records.length === 2);
    await first.close();

    const second = open();
    await expect(second.ensureTopics([{ ...PINGS, partitions: 3 }])).rejects.toThrow(/pings.*1.*3/);
    const after = createCollector();
    await second.consume({ group: 'g', topics: ['pings'], commit: true, handler: after.handler });
    expect(await second.append('pings', [{ key: 'a', value: bytes('2') }])).toEqual([{ partition: 0, offset: 2 }]);
    await after.until(() => after.records.length > 0);
    expect(after.values()).toEqual(['2']);
  });

  it('drops at opening what retention has passed, and never gives an offset twice', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const first = open({ nowMs: () => nowMs });
    await first.ensureTopics([PINGS]);
    await first.append('pings', [{ key: 'a', value: bytes('old') }]);
    nowMs += DAY_MS / 2;
    await first.append('pings', [{ key: 'a', value: bytes('newer') }]);
    await first.close();

    nowMs += DAY_MS / 2 + 1;
    const second = open({ nowMs: () => nowMs });
    // Closing waits for the sweep that opening began.
    await second.close();
    const third = open({ nowMs: () => nowMs });
    expect((await readAll(third, 'pings')).map(text)).toEqual(['newer']);
    await third.close();

    nowMs += DAY_MS;
    await open({ nowMs: () => nowMs }).close();
    const last = open({ nowMs: () => nowMs });
    expect(await readAll(last, 'pings')).toEqual([]);
    expect(await last.append('pings', [{ key: 'a', value: bytes('later') }])).toEqual([{ partition: 0, offset: 2 }]);
  });

  it('keeps one record of each key of a compacted topic, and a tombstone for its time', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const options = { nowMs: () => nowMs, tombstoneRetentionMs: 1_000 };
    const first = open(options);
    await first.ensureTopics([STATES]);
    const longKey = 'k'.repeat(5_000);
    for (const value of ['1', '2', '3']) {
      await first.append('states', [
        { key: 'a', value: bytes(`a${value}`) },
        { key: longKey, value: bytes(`long${value}`) },
        { key: 'gone', value: bytes(`gone${value}`) },
      ]);
    }
    await first.append('states', [
      { key: 'gone', value: null },
      { key: 'a', value: bytes('a4') },
      { key: 'a', value: bytes('a5') },
    ]);
    expect((await readAll(first, 'states')).map(text)).toEqual(['long3', null, 'a5']);
    await first.close();

    nowMs += 1_001;
    await open(options).close();
    const second = open(options);
    expect((await readAll(second, 'states')).map(text)).toEqual(['long3', 'a5']);
    await second.append('states', [{ key: 'gone', value: bytes('back') }]);
    expect((await readAll(second, 'states')).map(text)).toEqual(['long3', 'a5', 'back']);
  });

  it('tells a reader that it has come over the hole that a tombstone has left at the end', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const options = { nowMs: () => nowMs, tombstoneRetentionMs: 1_000 };
    const first = open(options);
    await first.ensureTopics([STATES]);
    await first.append('states', [
      { key: 'a', value: bytes('a') },
      { key: 'gone', value: null },
    ]);
    await first.close();
    nowMs += 1_001;
    await open(options).close();
    const log = open(options);
    const collector = createCollector();
    await log.consume({ group: null, topics: ['states'], commit: false, handler: collector.handler });
    await collector.until(() => collector.batches.at(-1)?.nextOffset === 2);
    expect(collector.values()).toEqual(['a']);
    // Beginning in the hole, where there is no record at all.
    const late = createCollector({
      onAssigned: async (_, control) => control.seek({ topic: 'states', partition: 0 }, 1),
    });
    await log.consume({ group: null, topics: ['states'], commit: false, handler: late.handler });
    await late.until(() => late.batches.length === 1);
    expect(late.batches[0]).toMatchObject({ records: [], nextOffset: 2, endOffset: 2 });
  });

  it('wakes a reader at each append, without asking again and again', async () => {
    const log = open();
    await log.ensureTopics([PINGS]);
    const collector = createCollector();
    await log.consume({ group: null, topics: ['pings'], commit: false, handler: collector.handler });
    for (let i = 0; i < 200; i++) {
      await log.append('pings', [{ key: 'k', value: bytes(String(i)) }]);
      await collector.until(() => collector.records.length === i + 1);
    }
    expect(collector.values()).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });

  it('gives partitions away although a handler never comes back, and says so', async () => {
    const remembering = createRememberingLog();
    const log = open({ log: remembering, revokeLimitMs: 20 });
    await log.ensureTopics([PINGS]);
    await log.append('pings', [{ key: 'k', value: bytes('stuck') }]);
    let entered = () => {};
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const stuck = createCollector({
      onBatch() {
        entered();
        return new Promise(() => {});
      },
    });
    const consumer = await log.consume({ group: 'g', topics: ['pings'], commit: true, handler: stuck.handler });
    await inside;
    const other = createCollector();
    await log.consume({ group: 'g', topics: ['pings'], commit: true, handler: other.handler });
    await consumer.stop();
    await other.until(() => other.records.length === 1);
    expect(remembering.entries.map(({ level }) => level)).toContain('warn');
    expect(remembering.entries.map(({ level }) => level)).not.toContain('error');
  });
});
