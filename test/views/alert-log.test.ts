import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { type EventLog, LogUnavailable } from '../../src/ports/event-log.js';
import { ALERTS, encodeJson } from '../../src/ports/topics.js';
import { type AlertLog, type AlertLogDeps, startAlertLog } from '../../src/views/alert-log.js';
import { action, finding } from '../alerts/events.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { createRememberingLog } from '../support/silent-log.js';

let opened: TestLog;
let log: EventLog;
let running: AlertLog[];
const logger = createRememberingLog();

beforeEach(async () => {
  opened = await openTestLog();
  log = opened.log;
  running = [];
  logger.entries.length = 0;
});
afterEach(async () => {
  for (const alertLog of running) await alertLog.stop();
  await opened.dispose();
});

async function start(fields: Partial<AlertLogDeps> = {}): Promise<AlertLog> {
  const alertLog = await startAlertLog({ log, logger, epoch: 'e1', ...fields });
  running.push(alertLog);
  await alertLog.caughtUp;
  return alertLog;
}

/** Appends events, one call each, and answers the last offset. */
async function append(...events: readonly AlertEvent[]): Promise<number> {
  const stands = await log.append(
    ALERTS,
    events.map((event) => ({ key: event.wearerId, value: encodeJson(event), partition: 0 })),
  );
  return stands.at(-1)!.offset;
}

describe('folding', () => {
  test('an empty log is caught up with at once', async () => {
    const alertLog = await start();
    expect(alertLog.isCaughtUp()).toBe(true);
    expect(alertLog.headSeq()).toBe(-1);
    expect(alertLog.open()).toEqual([]);
  });

  test('what stood at the start is there when it has caught up, and what comes later follows', async () => {
    await append(finding(), finding({ revision: 2 }), finding({ alertId: 'A-2' }));
    const alertLog = await start();
    expect(alertLog.open().map(({ alertId }) => alertId)).toEqual(['A-1', 'A-2']);
    const told: number[][] = [];
    alertLog.subscribe(({ prevSeq, seq }) => told.push([prevSeq, seq]));
    const last = await append(finding(), finding({ alertId: 'A-3' }), finding({ alertId: 'A-3', revision: 2 }));
    expect(await alertLog.reached(last, 10_000)).toBe(true);
    expect(told).toEqual([
      [2, 4],
      [4, 5],
    ]);
    expect(alertLog.position()).toEqual({ nextOffset: 6, endOffset: 6 });
  });

  test('a record that cannot be read is skipped, and somebody is told', async () => {
    await log.append(
      ALERTS,
      ['nonsense', '{}', 'null', '{"alertId":"A","eventId":"E","type":"sung"}'].map((text) => ({
        key: null,
        value: new TextEncoder().encode(text),
        partition: 0,
      })),
    );
    await append(finding());
    const alertLog = await start();
    expect(alertLog.open()).toHaveLength(1);
    expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(4);
  });

  test('waiting for what does not come ends', async () => {
    const alertLog = await start();
    expect(await alertLog.reached(5, 10)).toBe(false);
  });
});

describe('acting', () => {
  test('answers what the log says, and a restart folds to the same', async () => {
    await append(finding());
    const alertLog = await start();
    const acted = await alertLog.act(action('acknowledged', [1, 0]));
    expect(acted).toMatchObject({ outcome: 'accepted', alert: { actions: 1, acknowledgedBy: 'local' } });
    expect((await start()).get('A-1')).toEqual(alertLog.get('A-1'));
  });

  test('of many at once, on two processes, one wins and all hear the same', async () => {
    await append(finding());
    const [one, two] = [await start(), await start()];
    const acts = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? one : two).act(action('disposed', [1, 0], { eventId: `key-${i}`, actor: `person-${i}` })),
    );
    const acted = await Promise.all(acts);
    const winners = acted.filter(({ outcome }) => outcome === 'accepted');
    expect(winners).toHaveLength(1);
    const by = winners[0]?.alert?.disposedBy;
    for (const { outcome, refusal } of acted) {
      if (outcome !== 'accepted') expect({ outcome, refusal }).toMatchObject({ outcome: 'refused', refusal: { by } });
    }
  });

  test('the same again has the first outcome, also where the answer to the first was lost', async () => {
    await append(finding());
    const alertLog = await start();
    await append(action('acknowledged', [1, 0]));
    const again = await alertLog.act(action('acknowledged', [1, 0]));
    expect(again).toMatchObject({ outcome: 'repeat', alert: { actions: 1 } });
    expect(again.refusal).toBeUndefined();
    const late = action('acknowledged', [1, 0], { eventId: 'late' });
    expect(await alertLog.act(late)).toMatchObject({ outcome: 'refused', refusal: { reason: 'too-late' } });
  });

  test('what is certain costs no append', async () => {
    await append(finding(), finding({ revision: 2 }));
    const alertLog = await start();
    const before = alertLog.position().nextOffset;
    expect(await alertLog.act(action('acknowledged', [1, 0], { alertId: 'A-9' }))).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'unknown-alert' },
    });
    expect(await alertLog.act(action('disposed', [1, 0]))).toMatchObject({ refusal: { reason: 'changed' } });
    const last = await append(finding({ alertId: 'A-2' }));
    expect(last).toBe(before);
  });

  test('is refused as unavailable where the log is away or the answer does not come back', async () => {
    await append(finding());
    const mute: EventLog = { ...log, append: () => new Promise(() => {}) };
    const waiting = await start({ log: mute, actLimitMs: 20 });
    await expect(waiting.act(action('acknowledged', [1, 0]))).rejects.toThrow(LogUnavailable);
    const alertLog = await start();
    await log.close();
    await expect(alertLog.act(action('acknowledged', [1, 0]))).rejects.toThrow(LogUnavailable);
    expect(alertLog.open()).toHaveLength(1);
  });
});
