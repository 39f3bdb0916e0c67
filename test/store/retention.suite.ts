/**
 * Retention against holds, over either database: whatever packs are made, holds placed and lifted, alerts opened and closed, what is held
 * stays, what an alert of a pack rests on can be read again as it was, what is old and not held goes, and each deletion is told.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditFacts } from '../../src/ports/audit.js';
import type { Database } from '../../src/ports/database.js';
import type { NewVersion, RecordKind } from '../../src/ports/records.js';
import { runRetention } from '../../src/roles/retention/retention.js';
import { foldAlertEvents } from '../../src/store/alerts.js';
import { addPack, type NewPack } from '../../src/store/packs.js';
import { insertPings } from '../../src/store/pings.js';
import { recordStore } from '../../src/store/record-store.js';
import { readReceivedPings } from '../../src/store/rerun.js';
import { listDeletedStretches, retentionStore } from '../../src/store/retention.js';
import type { PackSubject } from '../../src/wire/pack.js';
import { action, finding } from '../alerts/events.js';
import { pingAt, TEST_START_MS } from '../support/pings.js';
import { runs } from '../support/random.js';
import { silentLog } from '../support/silent-log.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A quarter of a day between two pings. */
const STEP_MS = 6 * HOUR_MS;
const STEPS = 48;
const START_MS = TEST_START_MS;
const atStep = (step: number) => START_MS + step * STEP_MS;
const iso = (ms: number) => new Date(ms).toISOString();
const WEARERS = ['a', 'b'] as const;
/** Long after all of it. */
const KEPT_DAYS = 400;
const LEAD_IN_MS = 2 * HOUR_MS;

type Op =
  | { readonly op: 'hold' | 'pack-period'; readonly who: number; readonly from: number; readonly steps: number }
  | { readonly op: 'pack-alert' | 'close' | 'recall' | 'recall-over'; readonly who: number }
  | { readonly op: 'lift'; readonly which: number }
  | { readonly op: 'run'; readonly until: number };

const who = fc.integer({ min: 0, max: WEARERS.length - 1 });
const from = fc.integer({ min: 0, max: STEPS });
const steps = fc.integer({ min: 0, max: 12 });
const ops: fc.Arbitrary<Op[]> = fc.array(
  fc.oneof(
    fc.record({ op: fc.constantFrom('hold' as const, 'pack-period' as const), who, from, steps }),
    fc.record({
      op: fc.constantFrom('pack-alert' as const, 'close' as const, 'recall' as const, 'recall-over' as const),
      who,
    }),
    fc.record({ op: fc.constant('lift' as const), which: fc.nat(5) }),
    fc.record({ op: fc.constant('run' as const), until: fc.integer({ min: 1, max: STEPS + 4 }) }),
  ),
  { minLength: 1, maxLength: 10 },
);
/** Of each wearer: which messages have no position, which were received weeks late, and when the alert was. */
const world = fc.array(
  fc.record({
    unplaced: fc.array(fc.integer({ min: 0, max: STEPS - 1 }), { maxLength: 12 }),
    late: fc.array(fc.integer({ min: 0, max: STEPS - 1 }), { maxLength: 2 }),
    alertAt: fc.integer({ min: 0, max: STEPS - 2 }),
    alertSteps: fc.integer({ min: 1, max: 6 }),
  }),
  { minLength: WEARERS.length, maxLength: WEARERS.length },
);

interface Held {
  readonly wearer: number;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly holdId: string | null;
}

export function retentionSuite(name: string, open: () => Promise<{ db: Database; stop(): Promise<void> }>): void {
  describe(`retention, ${name}`, () => {
    let db: Database;
    let stop: () => Promise<void>;
    let run = 0;
    let seq = 0;
    beforeAll(async () => {
      ({ db, stop } = await open());
    });
    afterAll(async () => await stop?.());

    const write = async (kind: RecordKind, id: string, content: object, version = 1) =>
      await db.transaction((tx) =>
        recordStore.write(tx, kind, [
          { id, version, content, recordedAt: iso(START_MS), author: 'P-1', effectiveAtGiven: false } as NewVersion,
        ]),
      );
    const tell = async (...events: Parameters<typeof foldAlertEvents>[2][number]['event'][]) =>
      await db.transaction((tx) =>
        foldAlertEvents(
          tx,
          'retention',
          events.map((event) => ({ seq: seq++, event })),
        ),
      );

    it('keeps what is held, deletes what is old and is not, and tells of each deletion', async () => {
      await fc.assert(
        fc.asyncProperty(world, ops, async (wearers, script) => {
          const own = `${name}-${run++}`;
          const tagOf = (wearer: number) => `T-${own}-${WEARERS[wearer]}`;
          const wearerOf = (wearer: number) => `W-${own}-${WEARERS[wearer]}`;
          const alertOf = (wearer: number) => `A-${own}-${WEARERS[wearer]}`;
          /** By step; a late one is as young as its receipt. */
          const left: { readonly step: number; readonly isPlaced: boolean; readonly youngestMs: number }[][] = [];
          let held: Held[] = [];
          const packed: { readonly wearer: number; readonly before: unknown }[] = [];
          const spanOf = (wearer: number) => {
            const { alertAt, alertSteps } = wearers[wearer]!;
            return { startMs: atStep(alertAt), endMs: atStep(alertAt + alertSteps) };
          };
          for (const [wearer, { unplaced, late }] of wearers.entries()) {
            await write('wearer', wearerOf(wearer), { name: own });
            await write('tag', tagOf(wearer), {});
            const order = { wearerId: wearerOf(wearer), type: 'licence', startsAt: iso(START_MS) };
            await write('order', `O-${own}-${wearer}`, order);
            const worn = { tagId: tagOf(wearer), wearerId: wearerOf(wearer), fittedAt: iso(START_MS) };
            await write('activation', `AC-${tagOf(wearer)}`, worn);
            const all = Array.from({ length: STEPS }, (_, step) => ({
              step,
              isPlaced: !unplaced.includes(step),
              youngestMs: atStep(step) + (late.includes(step) ? 20 * DAY_MS : 1_000),
            }));
            left.push(all);
            const rows = all.map(({ step, isPlaced, youngestMs }) => ({
              ping: {
                ...pingAt(tagOf(wearer), (step * STEP_MS) / 1_000),
                ...(isPlaced ? {} : { position: null, deviceEvents: ['powered-on' as const] }),
              },
              receivedAtMs: youngestMs,
              partition: 0,
              offset: step,
            }));
            await db.transaction((tx) => insertPings(tx, rows, { aheadLimitMs: 60_000, zeroDegrees: 0.01 }));
            const { startMs, endMs } = spanOf(wearer);
            const about = { alertId: alertOf(wearer), wearerId: wearerOf(wearer), tagId: tagOf(wearer) };
            const episode = { startedAt: iso(startMs), endedAt: iso(endMs) };
            await tell(finding({ ...about, episode, foundAt: iso(endMs), raisedAt: iso(endMs) }));
            held.push({ wearer, fromMs: startMs - LEAD_IN_MS, untilMs: Number.POSITIVE_INFINITY, holdId: null });
          }
          const isOpen = wearers.map(() => true);
          const holdIds: string[] = [];
          const rests = (wearer: number) =>
            db.transaction((tx) =>
              readReceivedPings(tx, {
                tagId: tagOf(wearer),
                fromMs: spanOf(wearer).startMs - LEAD_IN_MS,
                toMs: spanOf(wearer).endMs + DAY_MS,
                receivedUntilMs: spanOf(wearer).endMs,
                limit: 1_000,
              }),
            );
          const pack = async (wearer: number, subject: PackSubject, alertIds: readonly string[]) => {
            const packId = `K-${own}-${holdIds.length}`;
            const asked = { packId, requestKey: packId, wearerId: wearerOf(wearer), subject, edition: 'full' } as const;
            const said = { marking: 'M', purpose: 'court', recipient: 'CPS', requestedBy: 'P-1', requestedName: 'P' };
            const wanted: NewPack = { ...asked, ...said, requestedAtMs: atStep(STEPS), correlationId: null };
            const made = await db.transaction((tx) => addPack(tx, wanted, alertIds));
            expect(made.isHeld).toBe(true);
            holdIds.push(packId);
            return packId;
          };
          /** What the rule says, by a second way: each ping asked by itself. */
          const survives = (wearer: number, ping: (typeof left)[number][number], olderThanMs: number): boolean => {
            if (ping.youngestMs >= olderThanMs || atStep(ping.step) >= olderThanMs) return true;
            const at = atStep(ping.step);
            return held.some((one) => {
              if (one.wearer !== wearer || at >= one.untilMs) return false;
              const before = left[wearer]!.filter(({ step, isPlaced }) => isPlaced && atStep(step) < one.fromMs);
              const eighth = before.at(-Math.min(8, before.length));
              return at >= (before.length === 0 || eighth === undefined ? one.fromMs : atStep(eighth.step));
            });
          };
          for (const each of script) {
            if (each.op === 'hold') {
              const id = `H-${own}-${holdIds.length}`;
              const [fromMs, toMs] = [atStep(each.from), atStep(each.from + each.steps)];
              const content = {
                wearerId: wearerOf(each.who),
                startsAt: iso(fromMs),
                endsAt: iso(toMs),
                reason: 'inquest',
              };
              await write('legal-hold', id, content);
              holdIds.push(id);
              held.push({ wearer: each.who, fromMs: fromMs - LEAD_IN_MS, untilMs: toMs + DAY_MS, holdId: id });
            } else if (each.op === 'pack-period') {
              const [fromMs, toMs] = [atStep(each.from), atStep(each.from + Math.max(1, each.steps))];
              const { startMs, endMs } = spanOf(each.who);
              const touches = startMs < toMs && endMs > fromMs;
              const subject = { wearerId: wearerOf(each.who), fromMs, toMs };
              const holdId = await pack(each.who, subject, touches ? [alertOf(each.who)] : []);
              const starts = Math.min(fromMs, atStep(STEPS), touches ? startMs : Number.POSITIVE_INFINITY);
              const ends = Math.max(toMs, touches ? endMs : 0);
              held.push({ wearer: each.who, fromMs: starts - LEAD_IN_MS, untilMs: ends + DAY_MS, holdId });
            } else if (each.op === 'pack-alert') {
              const before = await rests(each.who);
              const holdId = await pack(each.who, { alertIds: [alertOf(each.who)] }, [alertOf(each.who)]);
              const { startMs, endMs } = spanOf(each.who);
              held.push({ wearer: each.who, fromMs: startMs - LEAD_IN_MS, untilMs: endMs + DAY_MS, holdId });
              packed.push({ wearer: each.who, before });
            } else if (each.op === 'close' && isOpen[each.who]) {
              isOpen[each.who] = false;
              const about = {
                alertId: alertOf(each.who),
                wearerId: wearerOf(each.who),
                eventId: `close-${own}-${each.who}`,
              };
              await tell(action('disposed', [1, 0], about));
              held = held.filter((one) => one.holdId !== null || one.wearer !== each.who);
            } else if (each.op === 'recall' || each.op === 'recall-over') {
              const isOver = each.op === 'recall-over';
              const content = {
                wearerId: wearerOf(each.who),
                orderId: `O-${own}-${each.who}`,
                state: isOver ? 'outcome' : 'sent',
              };
              const id = `R-${own}-${each.who}`;
              await db.query(
                `insert into recall (recall_id, wearer_id, order_id, state, version, recorded_at) values ($1, $2, $3, $4, 1, now())
                 on conflict (recall_id) do update set state = excluded.state`,
                [id, content.wearerId, content.orderId, content.state],
              );
              held = held.filter(({ holdId }) => holdId !== id);
              const all = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
              if (!isOver) held.push({ wearer: each.who, ...all, holdId: id });
            } else if (each.op === 'lift') {
              const id = holdIds[each.which];
              const standing = id === undefined ? undefined : held.find(({ holdId }) => holdId === id);
              if (id === undefined || standing === undefined) continue;
              const { content } = (await recordStore.find(db, 'legal-hold', [id])).get(id)!;
              await write('legal-hold', id, { ...content, liftedReason: 'the case is over' }, 2);
              held = held.filter(({ holdId }) => holdId !== id);
              // What the pack was made of may go by now.
              if (id.startsWith('K-')) packed.splice(0);
            } else if (each.op === 'run') {
              const olderThanMs = Math.floor(atStep(each.until) / DAY_MS) * DAY_MS;
              const told: AuditFacts[] = [];
              const deps = {
                db,
                store: retentionStore,
                clock: { nowMs: () => olderThanMs + KEPT_DAYS * DAY_MS },
                logger: silentLog,
              };
              const audit = { append: async (facts: AuditFacts) => void told.push(facts) };
              await runRetention({ ...deps, audit, days: KEPT_DAYS, rowsAStep: 5, pauseMs: 0 });
              for (const wearer of wearers.keys()) {
                const kept = left[wearer]!.filter((ping) => survives(wearer, ping, olderThanMs));
                const { rows } = await db.query<{ fixed_at: Date }>(
                  'select fixed_at from ping where tag_id = $1 order by fixed_at',
                  [tagOf(wearer)],
                );
                expect(rows.map(({ fixed_at }) => fixed_at.getTime())).toEqual(kept.map(({ step }) => atStep(step)));
                const own = told.filter(({ subjectId }) => subjectId === tagOf(wearer));
                const deleted = own.reduce((sum, { rowCount = 0 }) => sum + rowCount, 0);
                expect(deleted).toBe(left[wearer]!.length - kept.length);
                for (const { act, wearerIds } of own) expect([act, wearerIds]).toEqual(['erasure', [wearerOf(wearer)]]);
                left[wearer] = kept;
              }
            }
            for (const { wearer, before } of packed) expect(await rests(wearer)).toEqual(before);
          }
        }),
        { numRuns: runs(15) },
      );
    });

    it('tells the stretches of a wearer: what was deleted hour by hour as one, what lies beyond the time or is of others not at all', async () => {
      const [mine, theirs, tagId] = [`W-told-${name}`, `W-other-${name}`, `T-told-${name}`];
      for (const wearerId of [mine, theirs]) await write('wearer', wearerId, { name });
      await write('tag', tagId, {});
      await write('activation', `AC-told-${name}`, { tagId, wearerId: mine, fittedAt: iso(START_MS) });
      const add = (from: number, to: number, deleted: number, wearerId: string) =>
        db.query(
          `insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, audited_at, wearer_ids)
           values ('ping', $1, $2::timestamptz, $3::timestamptz, $4::int, now(), now(), now(), array[$5])`,
          [tagId, new Date(atStep(from)), new Date(atStep(to)), deleted, wearerId],
        );
      await add(0, 3, 3, mine);
      await add(3, 6, 4, mine);
      await add(20, 22, 5, mine);
      await add(10, 12, 9, theirs);
      const told = await listDeletedStretches(db, { wearerId: mine, fromMs: atStep(1), toMs: atStep(21) });
      expect(told).toEqual([
        { fromMs: atStep(1), toMs: atStep(6), messages: 7 },
        { fromMs: atStep(20), toMs: atStep(21), messages: 5 },
      ]);
      expect(await listDeletedStretches(db, { wearerId: theirs, fromMs: atStep(1), toMs: atStep(21) })).toEqual([]);
    });

    it('is done by one process at a time, and says what another one deleted and did not say', async () => {
      await db.query(
        `insert into retention_deletion (what, tag_id, from_at, to_at, deleted, older_than, deleted_at, wearer_ids)
         values ('ping', 'T-untold', $1, $1, 3, $1, $1, '{W-untold}')`,
        [new Date(START_MS)],
      );
      const told: AuditFacts[] = [];
      const deps = { db, store: retentionStore, clock: { nowMs: () => START_MS }, logger: silentLog, days: KEPT_DAYS };
      const audit = { append: async (facts: AuditFacts) => void told.push(facts) };
      const other = await db.tryLock(7_402_310_006);
      expect(await runRetention({ ...deps, audit })).toBe(0);
      expect(told).toEqual([]);
      await other?.release();
      await runRetention({ ...deps, audit });
      expect(told).toMatchObject([{ subjectId: 'T-untold', wearerIds: ['W-untold'], rowCount: 3, act: 'erasure' }]);
    });

    it('of what could not be used too: a message of nobody’s tag is kept while a hold covers its time', async () => {
      const [tagId, wearerId] = [`T-${name}-rejected`, `W-${name}-rejected`];
      await write('wearer', wearerId, { name });
      await write('tag', tagId, {});
      await write('activation', `A-${tagId}`, { tagId, wearerId, fittedAt: iso(START_MS) });
      // Before anything that the tests above have left.
      const heldMs = START_MS - 100 * DAY_MS;
      const held = { wearerId, startsAt: iso(heldMs), endsAt: iso(heldMs + DAY_MS), reason: 'inquest' };
      await write('legal-hold', `H-${name}-rejected`, held);
      const messages: readonly [string, string | null, number][] = [
        ['held', tagId, heldMs + HOUR_MS],
        ['held, of no tag', null, heldMs + HOUR_MS],
        ['held, come late', tagId, heldMs + 10 * DAY_MS],
        ['of no tag, come late', null, heldMs + 10 * DAY_MS],
        ['of another tag', 'T-nobody', heldMs + HOUR_MS],
        ['before', tagId, heldMs - DAY_MS],
        ['before, of no tag', null, heldMs - DAY_MS],
        ['young', null, heldMs + 60 * DAY_MS],
      ];
      for (const [n, [detail, of, atMs]] of messages.entries())
        await db.query(
          `insert into rejected_message (epoch, log_topic, log_partition, log_offset, reason, detail, rejected_at, tag_id, payload)
           values ('retention', 't', 0, $1, 'not-json', $2, $3::timestamptz, $4, '')`,
          [n, detail, new Date(atMs), of],
        );
      const told: AuditFacts[] = [];
      const audit = { append: async (facts: AuditFacts) => void told.push(facts) };
      const clock = { nowMs: () => heldMs + (30 + KEPT_DAYS) * DAY_MS };
      const deps = { db, store: retentionStore, audit, clock, logger: silentLog, days: KEPT_DAYS };
      await runRetention({ ...deps, rowsAStep: 1, pauseMs: 0 });
      const left = await db.query<{ detail: string }>("select detail from rejected_message where epoch = 'retention'");
      expect(left.rows.map(({ detail }) => detail).sort()).toEqual([
        'held',
        'held, come late',
        'held, of no tag',
        'young',
      ]);
      const deleted = told.filter(({ operationId }) => operationId === 'retention of rejected messages');
      expect(deleted.map(({ subjectId, wearerIds, rowCount }) => [subjectId, wearerIds, rowCount]).sort()).toEqual(
        [
          ['T-nobody', [], 1],
          [tagId, [wearerId], 1],
          [undefined, [], 1],
          [undefined, [], 1],
        ].sort(),
      );
    });

    it('deletes nothing more while the audit takes no entries', async () => {
      const tagId = `T-${name}-unaudited`;
      const rows = [0, 1].map((step) => ({
        ping: pingAt(tagId, step * 60),
        receivedAtMs: START_MS,
        partition: 1,
        offset: step,
      }));
      await db.transaction((tx) => insertPings(tx, rows, { aheadLimitMs: 600_000, zeroDegrees: 0.01 }));
      const deps = { db, store: retentionStore, logger: silentLog, days: KEPT_DAYS, rowsAStep: 1, pauseMs: 0 };
      const clock = { nowMs: () => START_MS + 2 * KEPT_DAYS * DAY_MS };
      const away = { append: async () => await Promise.reject(new Error('away')) };
      const count = async () => (await db.query('select from ping where tag_id = $1', [tagId])).rows.length;
      await expect(runRetention({ ...deps, clock, audit: away })).rejects.toThrow('away');
      const left = await count();
      await expect(runRetention({ ...deps, clock, audit: away })).rejects.toThrow('away');
      expect([left, await count()]).toEqual([expect.toBeOneOf([1, 2]), left]);
    });
  });
}
