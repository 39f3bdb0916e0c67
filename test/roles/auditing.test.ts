import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditEntry, AuditUnavailable } from '../../src/ports/audit.js';
import { type EventLog, LogUnavailable, type NewRecord } from '../../src/ports/event-log.js';
import { AUDIT, decodeJson } from '../../src/ports/topics.js';
import { type Auditing, type AuditingDeps, startAuditing } from '../../src/roles/auditing/auditing.js';
import { factsAt } from '../support/audit.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';

let opened: TestLog;
let directory: string;
const running = new Set<Auditing>();
beforeEach(async () => {
  opened = await openTestLog();
  directory = mkdtempSync(join(tmpdir(), 'tagwatch-kept-'));
});
afterEach(async () => {
  await Promise.all([...running].map((each) => each.stop()));
  running.clear();
  await opened.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** The log, whose audit topic can be away (`refuses`), or silent (`hangs`) until it is `well` again. */
function unwell(): EventLog & { state: 'well' | 'refuses' | 'hangs' | 'takes and says no'; appends: number[] } {
  const log = {
    ...opened.log,
    state: 'well' as 'well' | 'refuses' | 'hangs' | 'takes and says no',
    appends: [] as number[],
    async append(topic: string, records: readonly NewRecord[]) {
      while (log.state === 'hangs') await delay(5);
      if (log.state === 'refuses') throw new LogUnavailable('no leader');
      const places = await opened.log.append(topic, records);
      log.appends.push(records.length);
      if (log.state === 'takes and says no') throw new LogUnavailable('no answer');
      return places;
    },
  };
  return log;
}

async function start(log: EventLog, more: Partial<AuditingDeps> = {}): Promise<Auditing> {
  const limits = { patienceMs: 1_000, retryFirstMs: 5, retryLimitMs: 20, stopMs: 200, ...more.limits };
  const auditing = await startAuditing({
    log,
    logger: silentLog,
    service: 'tagwatch test',
    directory,
    ...more,
    limits,
  });
  running.add(auditing);
  return auditing;
}

async function appended(): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  await opened.log.readToEnd([{ topic: AUDIT, partition: 0 }], ({ records }) => {
    for (const { value } of records) entries.push(decodeJson<AuditEntry>(value!));
  });
  return entries;
}

describe('entries', () => {
  test('are in the log when whoever said them goes on, numbered by their writer from one', async () => {
    const auditing = await start(opened.log);
    await auditing.append(factsAt(1));
    expect(await appended()).toMatchObject([{ ...factsAt(1), service: 'tagwatch test', n: 1 }]);
    await auditing.keep(factsAt(2));
    const [first, second] = await appended();
    expect([second!.n, second!.writer]).toEqual([2, first!.writer]);
    const other = await start(opened.log);
    await other.append(factsAt(3));
    const third = (await appended()).at(-1)!;
    expect([third.n, third.writer === first!.writer]).toEqual([1, false]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that are made while an append is under way share the next one', async () => {
    const log = unwell();
    const auditing = await start(log, { limits: { patienceMs: 5_000 } });
    log.state = 'hangs';
    const all = [auditing.append(factsAt(0))];
    await delay(10);
    for (let n = 1; n < 100; n++) all.push(auditing.append(factsAt(n)));
    log.state = 'well';
    await Promise.all(all);
    expect(log.appends).toEqual([1, 99]);
    expect((await appended()).map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });
});

describe.each(['refuses', 'hangs'] as const)('while the audit topic %s', (state) => {
  test('reads are refused, what goes on is kept on disk, and comes first when the topic is back', async () => {
    const log = unwell();
    const logger = createRememberingLog();
    const auditing = await start(log, { logger });
    log.state = state;
    // The first one finds out.
    await expect(auditing.append(factsAt(1))).rejects.toThrow(AuditUnavailable);
    expect(auditing.isPresent()).toBe(false);
    await expect(auditing.append(factsAt(2))).rejects.toThrow(AuditUnavailable);
    await auditing.keep(factsAt(3));
    await auditing.keep(factsAt(4));
    expect(readdirSync(directory)).toHaveLength(1);
    expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
    log.state = 'well';
    await expect.poll(() => auditing.isPresent()).toBe(true);
    await auditing.append(factsAt(5));
    const entries = await appended();
    // What was refused at once said nothing, so it has no number; the one that found out is there, because it may have been answered.
    expect(entries.map(({ correlationId, n }) => [correlationId, n])).toEqual([
      ['request-1', 1],
      ['request-3', 2],
      ['request-4', 3],
      ['request-5', 4],
    ]);
    await expect.poll(() => readdirSync(directory)).toEqual([]);
  });

  test('what was kept outlives the process, and the next one appends it before its own', async () => {
    const log = unwell();
    const first = await start(log);
    log.state = state;
    await first.keep(factsAt(1));
    await first.keep(factsAt(2));
    // As killed: it is not stopped in order, and its log answers nobody any more.
    writeFileSync(join(directory, readdirSync(directory)[0]!), '{"writer":"w1","n"', { flag: 'a' });
    const second = await start(opened.log);
    await second.append(factsAt(3));
    const entries = await appended();
    expect(entries.map(({ correlationId, n }) => [correlationId, n])).toEqual([
      ['request-1', 1],
      ['request-2', 2],
      ['request-3', 1],
    ]);
    await expect.poll(() => readdirSync(directory)).toEqual([]);
    log.state = 'well';
  });
});

test('what may be in already is appended again with the same number', async () => {
  const log = unwell();
  const auditing = await start(log);
  log.state = 'takes and says no';
  await auditing.keep(factsAt(1));
  log.state = 'well';
  await expect.poll(() => auditing.waiting()).toBe(0);
  const entries = await appended();
  expect(entries.length).toBeGreaterThan(1);
  expect(new Set(entries.map((entry) => JSON.stringify(entry))).size).toBe(1);
});

test('what is kept has a bound, and a folder that takes nothing is told', async () => {
  const log = unwell();
  const logger = createRememberingLog();
  writeFileSync(join(directory, 'file'), '');
  const auditing = await start(log, { logger, directory: join(directory, 'file', 'kept'), limits: { kept: 2 } }).catch(
    (error: unknown) => error,
  );
  // No folder can be made there, and the start says so.
  expect(auditing).toBeInstanceOf(Error);
  const bounded = await start(log, { limits: { kept: 2 } });
  log.state = 'refuses';
  await bounded.keep(factsAt(1));
  await bounded.keep(factsAt(2));
  await expect(bounded.keep(factsAt(3))).rejects.toThrow('too many audit entries');
});

test('stopping leaves nothing behind: what the log does not take in time is on disk', async () => {
  const log = unwell();
  const auditing = await start(log, { limits: { patienceMs: 5_000 } });
  log.state = 'hangs';
  const said = auditing.keep(factsAt(1));
  await auditing.stop();
  await said;
  expect(readdirSync(directory)).toHaveLength(1);
  log.state = 'refuses';
});
