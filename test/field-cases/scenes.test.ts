/** Field cases that are scenes in time: engine and live view over the embedded log. */
import { afterEach, expect } from 'vitest';
import type { FindingEvent } from '../../src/alerts/event.js';
import type { Term, Zone } from '../../src/engine/types.js';
import { toPositionItem } from '../../src/http/feed/position-item.js';
import { ALERTS, decodeJson, INPUTS, inputRecord } from '../../src/ports/topics.js';
import { startEngine } from '../../src/roles/engine/engine-worker.js';
import { startLiveView } from '../../src/views/live-view.js';
import { noEngineCounters } from '../support/counters.js';
import { openTestLog } from '../support/embedded-log.js';
import { pingAt, watchOf } from '../support/pings.js';
import { silentLog } from '../support/silent-log.js';
import { fieldCase } from './field-case.js';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const MIDDLE = { latitude: 51.28, longitude: 1.08, accuracyMetres: 6 };

/** A victim's zone, a square of 400 m. */
const VICTIMS: Zone = {
  zoneId: 'Z',
  version: 1,
  priority: 'victim',
  bufferMetres: null,
  shape: {
    type: 'polygons',
    polygons: [
      [
        [
          [1.0772, 51.2782],
          [1.0828, 51.2782],
          [1.0828, 51.2818],
          [1.0772, 51.2818],
          [1.0772, 51.2782],
        ],
      ],
    ],
  },
};
const ENTERED: Term = {
  conditionId: 'C',
  conditionVersion: 1,
  zoneKey: 'Z@1',
  kind: 'exclusion',
  confirmOn: 'first-fix',
  graceMs: 0,
  startsAtMs: 0,
  endsAtMs: null,
  endsBecause: null,
  publishedAtMs: 0,
  windows: null,
  windowsUntilMs: null,
};

fieldCase('46', 'a clock that runs fast', async () => {
  const opened = await openTestLog();
  ending.push(opened.dispose);
  const { log } = opened;
  const clock = { nowMs: () => Date.now() };
  const options = { tickEveryMs: 100 };
  const engine = await startEngine({ log, clock, logger: silentLog, counters: noEngineCounters, options });
  ending.push(engine.stop);
  const view = await startLiveView({ log, logger: silentLog });
  ending.push(view.stop);

  const worn = watchOf('T', [['W', 0, null]]);
  const [activation] = worn.activations;
  const watch = { ...worn, activations: [{ ...activation!, terms: [ENTERED] }], zones: { 'Z@1': VICTIMS } };
  await log.append(INPUTS, [inputRecord({ type: 'watch', watch })]);
  const nowMs = Date.now() - 1_000;
  for (const seconds of [75, 90, 100]) {
    const ping = pingAt('T', 0, { fixedAtMs: nowMs + seconds * 1_000, identity: String(seconds) }, MIDDLE);
    await log.append(INPUTS, [inputRecord({ type: 'ping', ping, receivedAtMs: nowMs + seconds })]);
  }

  const readAlerts = async (): Promise<FindingEvent[]> => {
    const events: FindingEvent[] = [];
    await log.readToEnd([{ topic: ALERTS, partition: 0 }], ({ records }) => {
      for (const { value } of records) events.push(decodeJson<FindingEvent>(value!));
    });
    return events;
  };
  await expect.poll(async () => await readAlerts()).toHaveLength(2);
  const [breach, ofClock] = await readAlerts();
  expect(breach).toMatchObject({ type: 'confirmed', kind: 'exclusion', severity: 'critical', clockAheadMs: 99_900 });
  expect(ofClock).toMatchObject({ type: 'confirmed', kind: 'clock-ahead', severity: 'low', conditionId: null });
  await expect.poll(() => view.position('W')).not.toBeNull();
  expect(toPositionItem(view.position('W')!)).toMatchObject({ ...MIDDLE, clockAheadMs: 99_900 });
  return 'the third fix is judged at its receipt: the breach is confirmed, the clock told, the position says how far it is ahead';
});
