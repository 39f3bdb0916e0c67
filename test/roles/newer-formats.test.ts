/** What a newer program wrote: it stops nobody, is told, and is not lost. */
import { afterEach, expect, it } from 'vitest';
import { readAlertEvent } from '../../src/alerts/read-event.js';
import type { EventLog, LogRecord } from '../../src/ports/event-log.js';
import {
  ALERT_FORMAT,
  alertFormatOf,
  formatHeaders,
  INPUT_FORMAT,
  newerFormatOf,
  STATE_FORMAT,
} from '../../src/ports/record-format.js';
import { stateRecord } from '../../src/ports/states.js';
import { ALERTS, encodeJson, INPUTS, inputRecord, partitionInput, REJECTED, STATES } from '../../src/ports/topics.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { alertSink } from '../../src/roles/recorder/sinks.js';
import { startAlertLog } from '../../src/views/alert-log.js';
import { finding } from '../alerts/events.js';
import { noEngineCounters } from '../support/counters.js';
import { openTestLog } from '../support/embedded-log.js';
import { createRememberingLog } from '../support/silent-log.js';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function openLog(): Promise<EventLog> {
  const opened = await openTestLog();
  ending.push(opened.dispose);
  return opened.log;
}

const NEWER = formatHeaders(ALERT_FORMAT + 1);
const unknownAction = { eventId: 'e-9', alertId: 'a', wearerId: 'W', type: 'levitated', seen: {} };

it('a record without a format, or of one up to ours, is read', () => {
  expect(newerFormatOf({ headers: {} }, 1)).toBeNull();
  expect(newerFormatOf({ headers: formatHeaders(1) }, 2)).toBeNull();
  expect(newerFormatOf({ headers: formatHeaders(3) }, 2)).toBe('3');
  expect(newerFormatOf({ headers: { format: 'x' } }, 2)).toBe('x');
  expect(readAlertEvent(unknownAction)).toBeNull();
  expect(readAlertEvent(null)).toBeNull();
});

it('an alert event of a newer format, or of an unknown kind, is passed by in the fold and told; those behind it are folded', async () => {
  const log = await openLog();
  const known = finding({});
  await log.append(ALERTS, [
    { key: 'W', value: encodeJson({ ...known, eventId: 'newer' }), headers: NEWER },
    { key: 'W', value: encodeJson(unknownAction) },
    { key: 'W', value: encodeJson(known), headers: formatHeaders(ALERT_FORMAT) },
  ]);
  const said = createRememberingLog();
  const alertLog = await startAlertLog({ log, logger: said, epoch: 'e' });
  ending.push(() => alertLog.stop());
  await alertLog.caughtUp;
  expect(alertLog.open().map(({ finding: { eventId } }) => eventId)).toEqual([known.eventId]);
  expect(JSON.stringify(said)).toMatch(/passed by/);
});

it('the recorder does not take it for an alert: it is kept whole among what cannot be read', () => {
  const sink = alertSink({ tables: {} as never, epoch: 'e', counters: {} as never });
  const record = (content: unknown, headers: LogRecord['headers']): LogRecord => ({
    topic: ALERTS,
    partition: 0,
    offset: 0,
    appendedAtMs: 0,
    key: 'W',
    value: encodeJson(content),
    headers,
  });
  const { alertId } = finding({});
  const known = record(finding({}), formatHeaders(ALERT_FORMAT));
  expect(sink.read(known)).toMatchObject([{ content: { alertId } }]);
  expect(() => sink.read(record(finding({}), NEWER))).toThrow(`format ${ALERT_FORMAT + 1} is newer`);
  expect(() => sink.read(record(unknownAction, {}))).toThrow(/neither a finding nor an action/);
});

it('a partition whose states are newer is not folded and not written over, and the others go on', async () => {
  const log = await openLog();
  const through = stateRecord({ type: 'through', offset: 5, tickAtMs: 5 }, 3);
  await log.append(STATES, [{ ...through, headers: { ...through.headers, ...formatHeaders(STATE_FORMAT + 1) } }]);
  const said = createRememberingLog();
  const engine = await startEngine({
    log,
    clock: { nowMs: Date.now },
    logger: said,
    counters: noEngineCounters,
    options: { tickEveryMs: 20, checkpointEveryMs: 50 },
  });
  ending.push(engine.stop);
  await expect.poll(() => engine.status().restored).toBe(11);
  await expect.poll(() => JSON.stringify(said)).toMatch(/newer program/);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(engine.status()).toMatchObject({ partitions: 12, restored: 11 });
  expect(engine.isReady()).toBe(false);
  const kept: LogRecord[] = [];
  await log.readToEnd([{ topic: STATES, partition: 3 }], ({ records }) => void kept.push(...records));
  expect(kept.map(({ headers }) => newerFormatOf({ headers }, STATE_FORMAT))).toEqual([String(STATE_FORMAT + 1)]);
});

it('an input of a newer form is waited at, told once as an error, and what stands behind it is not passed over', async () => {
  const log = await openLog();
  const pings = [{ key: null, value: encodeJson({ type: 'pings', format: 2, count: 1 }), partition: 3 }];
  await log.append(INPUTS, [...pings, { key: null, value: encodeJson({ type: 'tick', atMs: 1 }), partition: 3 }]);
  const said = createRememberingLog();
  const engine = await startEngine({ log, clock: { nowMs: Date.now }, logger: said, counters: noEngineCounters });
  ending.push(engine.stop);
  const errors = () => said.entries.filter(({ level }) => level === 'error');
  await expect.poll(() => errors()).toHaveLength(1);
  // Some tries later it stands where it stood.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(engine.status().lag).toBeGreaterThanOrEqual(2);
  expect(engine.isReady()).toBe(false);
  expect(errors()).toMatchObject([{ fields: { partition: 3, what: 'an input at 0' } }]);
  const rejected: LogRecord[] = [];
  await log.readToEnd([{ topic: REJECTED, partition: 0 }], ({ records }) => void rejected.push(...records));
  expect(rejected).toEqual([]);
});

it('an event of an alert says the lowest format that tells it whole, also what is carried on', () => {
  expect(alertFormatOf(finding({}))).toBe(1);
  const formats = { acknowledged: 1, disposed: 1, taken: 2, suspended: 2, carried: 2 };
  for (const [type, format] of Object.entries(formats)) expect(alertFormatOf({ type }), type).toBe(format);
  for (const what of ['proposed', 'agreed', 'refused']) expect(alertFormatOf({ type: `suspension-${what}` })).toBe(3);
});

it('what is written says its format', () => {
  const request = { type: 'reconcile', activationId: 'A', tagId: 'T', fromMs: 0, toMs: 0, baseAtMs: 0 } as const;
  expect(inputRecord(request).headers).toEqual(formatHeaders(1));
  const supplier = { type: 'supplier', source: 'S', read: [], lastAtMs: null } as const;
  expect(partitionInput(supplier, 0).headers).toEqual(formatHeaders(2));
  const wearer = { wearerId: 'W', sequence: 1, publishedAtMs: 0, untagged: [], fromMs: 0 };
  expect(inputRecord({ type: 'wearer', wearer }).headers).toEqual(formatHeaders(INPUT_FORMAT));
  expect(partitionInput({ type: 'tick', atMs: 0 }, 0).headers).toEqual(formatHeaders(1));
  expect(stateRecord({ type: 'epoch', epoch: 'e' }, 0).headers).toMatchObject(formatHeaders(2));
  const state = { watch: wearer, untagged: [], told: [] };
  expect(stateRecord({ type: 'wearer', appliedOffset: 0, state }, 0).headers).toMatchObject(
    formatHeaders(STATE_FORMAT),
  );
});
