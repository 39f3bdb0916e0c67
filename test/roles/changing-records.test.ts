/**
 * Records that change while a tag is worn, dated back or ahead, one after the other and of every kind: what is told live and what is told
 * when the past is judged again make one record.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AlertKind, ConditionKind } from '../../src/engine/types.js';
import type { StoredPing } from '../../src/roles/reconciler/rerun.js';
import { START_MS, worlds } from '../engine/random-world.js';
import { describeEvent, instant } from '../scenarios/scenario.js';
import { faraway, middle, type Place, pingAt, place } from '../scenarios/world.js';
import { runs } from '../support/random.js';
import { pairsAtOnce, recordOf } from '../support/record-of.js';
import { expectRevisionsToFollow } from '../support/revisions.js';
import { type Change, createPath, DAY, FITTED_MS, type Start } from './record-path.js';

const MINUTE_MS = 60_000;

const KINDS: readonly ConditionKind[] = ['exclusion', 'inclusion', 'curfew'];
const when = {
  afterMs: fc.integer({ min: 1, max: 300 }).map((minutes) => minutes * MINUTE_MS + 1_000),
  backMs: fc.constantFrom(0, 1_000, 1_800_000, 7_200_000, -1_800_000),
};
const schedules = fc.array(fc.constantFrom(1, 3, 7, 20, 45), { minLength: 2, maxLength: 12 });
const anyChange: fc.Arbitrary<Change & { readonly afterMs: number }> = fc.oneof(
  fc.record({
    ...when,
    of: fc.constant('zone' as const),
    radiusMetres: fc.constantFrom(50, 120, 400),
    bufferMetres: fc.constantFrom(null, 80, 250),
  }),
  fc.record({
    ...when,
    of: fc.constant('condition' as const),
    kind: fc.constantFrom(...KINDS),
    isFirstFix: fc.boolean(),
    graceMinutes: fc.constantFrom(0, 3),
  }),
  fc.record({ ...when, of: fc.constant('schedule' as const), minutes: schedules }),
  fc.record({ ...when, of: fc.constant('order' as const) }),
  fc.record({
    ...when,
    of: fc.constant('absence' as const),
    minutes: fc.constantFrom(5, 30, 120),
    isExclusion: fc.boolean(),
  }),
  fc.record({ ...when, of: fc.constant('same-absence' as const), minutes: fc.constantFrom(-30, 10, 60) }),
  fc.record({ ...when, of: fc.constant('shared' as const), radiusMetres: fc.constantFrom(50, 120, 400) }),
  fc.record({ ...when, of: fc.constant('shared-end' as const) }),
  fc.record({ ...when, of: fc.constant('removed' as const) }),
);

const starts: fc.Arbitrary<Start> = fc.record({
  kinds: fc.subarray([...KINDS], { minLength: 1 }),
  minutes: schedules,
  bufferMetres: fc.constantFrom(null, 80, 250),
  isFirstFix: fc.boolean(),
});

const delays = fc.array(fc.constantFrom(500, 500, 90_000, 1_500_000, 4_000_000, 9_000_000), {
  minLength: 60,
  maxLength: 60,
});

test('whatever records change, dated back or not: it comes to an end, revisions follow, and no episodes overlap', async () => {
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(
      starts,
      worlds({ changes: false }),
      delays,
      fc.array(anyChange, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 3 }),
      async (start, { steps }, delaysMs, changes, looks) => {
        const path = createPath(start);
        try {
          path.publish(FITTED_MS);
          const pings = steps
            .flatMap((step) => ('input' in step && step.input.type === 'ping' ? [step.input.ping] : []))
            .map((ping, i): StoredPing => ({ ping, receivedAtMs: ping.fixedAtMs + delaysMs[i]! }));
          const all = [
            ...pings.map((each) => ({ atMs: each.receivedAtMs, give: () => path.ping(each) })),
            ...changes.map((change) => ({
              atMs: START_MS + change.afterMs + 500,
              give: () => {
                path.records.change(change, START_MS + change.afterMs);
                path.publish(START_MS + change.afterMs + 500);
              },
            })),
            ...looks.map((minutes) => {
              const atMs = START_MS + minutes * MINUTE_MS + 7;
              return { atMs, give: () => path.reconcile(atMs) };
            }),
          ].sort((a, b) => a.atMs - b.atMs);
          for (const { atMs, give } of all) {
            path.tickUntil(atMs);
            await give();
          }
          const lastMs = all.at(-1)!.atMs;
          const endMs = lastMs + 10 * MINUTE_MS;
          path.tickUntil(endMs);
          const before = path.events.length;
          const result = await path.reconcile(endMs);
          const said = path.events.slice(before);
          expect(path.comesToAnEnd()).toBe(true);
          if (said.length > 0) changed++;
          const told = recordOf(path.events);
          for (const change of result?.changes ?? []) {
            const now = told.find(({ alertId }) => alertId === change.alertId)!;
            if (path.isDone()) expect(now.revision).toBe(change.revision + change.sayings.length);
          }
          expect(said.every(({ historic }) => historic)).toBe(true);
          expectRevisionsToFollow(path.events);
          // What was told before anybody knew of an absence stays told.
          const atOnce = pairsAtOnce(told, path.state()).filter((pair) => !pair.some(path.records.isLateKnown));
          expect(atOnce).toEqual([]);
        } catch (error) {
          throw new Error(`${error}\n${path.log.join('\n')}`, { cause: error });
        }
      },
    ),
    { numRuns: runs(300) },
  );
  expect(changed).toBeGreaterThan(5);
});

const at = (time: string) => instant(DAY, time);

/** One tag by steps in order of time; `told`: what was said of these kinds, each alert by its number. */
function begin(kinds: readonly ConditionKind[], start: Partial<Start> = {}) {
  const path = createPath({ kinds, minutes: [1, 1], bufferMetres: null, isFirstFix: false, ...start });
  path.publish(FITTED_MS);
  return {
    fix(time: string, where: Place, receivedAt = time, mechanism: 'GPS' | 'LBS' = 'GPS') {
      path.tickUntil(at(receivedAt));
      path.ping({ ping: pingAt(at(time), where, { mechanism }), receivedAtMs: at(receivedAt) });
    },
    change(time: string, change: Change) {
      path.tickUntil(at(time));
      path.records.change(change, at(time));
      path.publish(at(time) + 500);
    },
    async look(time: string) {
      path.tickUntil(at(time));
      const result = await path.reconcile(at(time));
      expect(path.comesToAnEnd()).toBe(true);
      return result;
    },
    told(...kinds: readonly AlertKind[]): string[] {
      expectRevisionsToFollow(path.events);
      const events = path.events.filter(({ kind }) => kinds.includes(kind));
      const alerts = [...new Set(events.map(({ alertId }) => alertId))];
      return events.map((each) => `${alerts.indexOf(each.alertId)}/${each.revision} ${describeEvent(each, DAY)}`);
    },
  };
}

type Fix = ReturnType<typeof begin>['fix'];

function fixEachMinute(fix: Fix, from: string, to: string, where: Place): void {
  for (let atMs = at(from); atMs < at(to); atMs += MINUTE_MS) fix(new Date(atMs).toISOString().slice(11, 19), where);
}

test('an order that was ended by mistake and is given back: the violation goes on under its alert', () => {
  const { fix, change, told } = begin(['exclusion']);
  fix('12:00:20', middle);
  fix('12:01:20', middle);
  change('12:02:00', { of: 'order', backMs: 2 * 60 * MINUTE_MS });
  change('12:04:00', { of: 'order', backMs: 0, taken: true });
  fix('12:05:00', middle);
  expect(told('exclusion')).toEqual([
    '0/1 12:00:20 suspected exclusion 12:00:20- belief',
    '0/2 12:01:20 confirmed exclusion 12:00:20- belief',
    '0/3 12:02:00 ended exclusion 12:00:20-12:02:00 version-changed edge',
    '0/4 12:04:00 amended exclusion 12:00:20- belief',
  ]);
});

test('a tag that was taken off the record by mistake: that it is silent is told again', () => {
  const { change, fix, told } = begin([]);
  change('12:30:00', { of: 'removed', backMs: 0 });
  change('12:40:00', { of: 'removed', backMs: 0, taken: true });
  fix('12:50:00', middle);
  expect(told('unmonitored')).toEqual([
    '0/1 12:05:00 confirmed unmonitored 11:00:00- never-heard silence',
    '0/2 12:30:00 ended unmonitored 11:00:00-12:30:00 never-heard tag-removed silence',
    '0/3 12:40:30 amended unmonitored 11:00:00- never-heard again silence',
    '0/4 12:50:00 ended unmonitored 11:00:00-12:50:00 never-heard restored silence',
  ]);
});

test('an alert that a late fix has moved to an earlier start ends with a removal from before all of it', () => {
  const { fix, change, told } = begin([]);
  // Known since then, so that it is gone with the removal.
  change('11:55:00', { of: 'condition', kind: 'exclusion', isFirstFix: true, graceMinutes: 0, backMs: 0 });
  for (const time of ['12:00:00', '12:05:00', '12:10:00']) fix(time, faraway);
  fix('12:20:24', middle);
  fix('12:20:04', middle, '12:45:04');
  change('13:00:00', { of: 'removed', backMs: 110 * MINUTE_MS });
  expect(told('exclusion')).toEqual([
    '0/1 12:20:24 confirmed exclusion 12:20:24- first-fix',
    '0/2 12:45:04 amended exclusion 12:20:04- first-fix',
    '0/3 13:00:00 ended exclusion 12:20:04-12:20:04 tag-removed edge',
  ]);
});

test('a suspicion that was taken back has no end, and draws no later question back to its time', async () => {
  const { fix, look, told } = begin(['exclusion']);
  fix('12:00:00', faraway);
  fix('12:01:00', middle);
  fixEachMinute(fix, '12:02:00', '15:00:00', faraway);
  fix('14:00:30', faraway, '15:45:00');
  const result = await look('15:50:00');
  expect(told('exclusion')).toEqual([
    '0/1 12:01:00 suspected exclusion 12:01:00- belief',
    '0/2 12:02:00 withdrawn exclusion 12:01:00- belief',
  ]);
  // Of 181 those of an hour and three quarters.
  expect(result!.pings).toBeLessThan(120);
});

test('the end of a violation rests on fixes long after it: a late one among them moves it', async () => {
  const { fix, look, told } = begin(['curfew'], { minutes: [45, 1] });
  fix('12:05:01', middle);
  fix('12:06:30', place(-90, 250));
  fix('12:11:59', middle);
  for (const time of ['12:37:19', '12:37:39', '12:37:59', '12:38:19', '12:38:39', '12:39:59']) fix(time, middle);
  fix('12:40:19', faraway);
  fix('12:07:59', place(-90, 250), '13:14:39');
  await look('13:20:00');
  fix('12:36:59', place(8_000), '13:43:39');
  await look('13:50:00');
  expect(told('curfew')).toEqual([
    '0/1 12:11:30 suspected curfew 12:10:00- late-home edge',
    '0/2 12:11:59 withdrawn curfew 12:10:00- edge',
    '1/1 12:40:19 suspected curfew 12:40:19- left-during belief',
    '1/2 12:56:30 ended curfew 12:40:19-12:55:00 out-at-end window-closed edge',
    '0/3 13:20:00 confirmed curfew 12:10:00- late-home edge',
    '0/4 13:20:00 ended curfew 12:10:00-12:11:59 late-home complied belief',
    '0/5 13:50:00 amended curfew 12:10:00-12:37:19 late-home complied edge',
  ]);
});

test('what an edge ended that no fix has passed goes on under its alert when a fix before the edge comes', async () => {
  const { fix, change, look, told } = begin(['inclusion']);
  for (const time of ['12:50:40', '12:51:00']) fix(time, middle);
  // So far in so short a time that they wait for a third.
  for (const time of ['12:51:40', '12:52:00']) fix(time, place(8_000));
  change('12:52:01', { of: 'shared', radiusMetres: 50, backMs: 0 });
  change('12:53:01', { of: 'removed', backMs: 0 });
  fix('12:51:20', place(8_000), '15:21:20');
  await look('15:22:30');
  fix('12:52:20', faraway, '15:24:00');
  await look('15:30:00');
  expect(told('inclusion')).toEqual([
    '0/1 15:22:30 confirmed inclusion 12:51:20- belief',
    '0/2 15:22:30 ended inclusion 12:51:20-12:53:01 tag-removed edge',
  ]);
});

test('what the record tells of the time of the live fold is not told by that once more', async () => {
  const { fix, look, told } = begin(['inclusion']);
  fix('13:15:00', faraway);
  fix('13:40:20', middle);
  fix('13:40:40', middle);
  fix('12:25:00', faraway, '14:55:00');
  fix('12:50:00', faraway, '15:20:00');
  await look('15:22:00');
  fix('13:40:00', faraway, '16:10:00');
  await look('16:20:00');
  expect(told('inclusion')).toEqual([
    '0/1 13:15:00 suspected inclusion 13:15:00- belief',
    '0/2 13:40:20 withdrawn inclusion 13:15:00- belief',
    '1/1 15:22:00 confirmed inclusion 12:25:00- belief',
    '1/2 15:22:00 ended inclusion 12:25:00-(13:15:00..)13:40:20 complied belief',
    '1/3 16:20:00 amended inclusion 12:25:00-13:40:20 complied belief',
  ]);
});

test('who is near a zone since before what is read again is not warned of from there', async () => {
  const { fix, look, told } = begin(['exclusion'], { bufferMetres: 250 });
  for (const time of ['12:00:20', '12:00:40', '12:01:00']) fix(time, middle);
  fixEachMinute(fix, '12:02:00', '14:00:00', place(160));
  fix('13:10:30', place(160), '14:00:00');
  await look('14:05:00');
  expect(told('exclusion', 'buffer')).toEqual([
    '0/1 12:00:20 suspected exclusion 12:00:20- belief',
    '0/2 12:00:40 confirmed exclusion 12:00:20- belief',
    '0/3 12:03:00 ended exclusion 12:00:20-12:02:00 complied belief',
  ]);
});

test('which of the last before a silence was an outlier shows by those before them', async () => {
  const { fix, change, look, told } = begin(['curfew']);
  fix('12:00:20', middle);
  for (const time of ['12:00:40', '12:01:00', '12:01:20', '12:01:40', '12:02:00']) fix(time, middle, time, 'LBS');
  fix('12:02:20', place(40_000));
  fix('12:06:20', middle);
  fix('12:06:40', middle);
  change('12:42:00', { of: 'removed', backMs: 0 });
  await look('12:45:00');
  expect(told('curfew', 'unknown-at-edge')).toEqual([]);
});

test('what the record told of before the live fold is not taken back by a late fix that the live fold judges', async () => {
  const { fix, look, told } = begin(['exclusion']);
  for (const time of ['12:00:00', '12:20:00', '12:40:00', '13:00:00', '13:20:00', '13:40:00']) fix(time, faraway);
  fix('12:25:00', middle, '13:41:00');
  fix('12:26:00', middle, '13:41:10');
  await look('13:43:00');
  fix('13:35:00', faraway, '13:44:00');
  expect(told('exclusion')).toEqual([
    '0/1 13:43:00 confirmed exclusion 12:25:00- belief',
    '0/2 13:43:00 ended exclusion 12:25:00-(12:26:00..)12:40:00 complied belief',
  ]);
});
