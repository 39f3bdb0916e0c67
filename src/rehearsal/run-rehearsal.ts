/** One rehearsal: wearer after wearer, a day of pings at a time, judged in a thread. */
import { setImmediate as turn } from 'node:timers/promises';
import type { AlertItem } from '../alerts/alert.js';
import type { Database } from '../ports/database.js';
import type { RecordStore } from '../ports/records.js';
import type { TagFacts, WatchStore } from '../ports/watch.js';
import { readTagsWorn, type StoredRehearsal } from '../store/rehearsals.js';
import { readPingsBetween } from '../store/rerun.js';
import { MAX_REHEARSED_ALERTS, type RehearsalResult, type RehearsedWearer } from '../wire/rehearsal.js';
import type { RehearsalThread } from './rehearsal-thread.js';
import { findRehearsedRecords } from './rehearsed-records.js';
import { type RehearsedRecords, toRehearsedWatch } from './rehearsed-watch.js';

/** Read before the time, so that the fold is what it was when it began. */
const LEAD_IN_MS = 2 * 3_600_000;
const DAY_MS = 86_400_000;
/** Of one activation: a month at a ping every ten seconds. */
const MAX_PINGS = 250_000;

export interface RunDeps {
  readonly db: Database;
  readonly store: RecordStore;
  readonly watchStore: Pick<WatchStore, 'readTagFacts'>;
  readonly thread: RehearsalThread;
  /** Told after every wearer; false: nobody waits for it any more. */
  readonly onWearer: (wearersDone: number) => Promise<boolean>;
}

/** Null: nobody waits for it. Rejects where what was to be tried is not there. */
export async function runRehearsal(deps: RunDeps, rehearsal: StoredRehearsal): Promise<RehearsalResult | null> {
  const { db, store } = deps;
  const found = await db.transaction((tx) => findRehearsedRecords(tx, store, rehearsal.drafts), 'repeatable read');
  if (found.type === 'zone-missing') throw new Error(`there is no zone ${found.zoneId}`);
  const owners = await readOrderOwners(deps, found.records);
  const wearers: RehearsedWearer[] = [];
  const alerts: AlertItem[] = [];
  const { fromMs, untilMs, wearerIds } = rehearsal;
  const worn = await readTagsWorn(db, { wearerIds, fromMs, untilMs });
  for (const [done, wearerId] of wearerIds.entries()) {
    if (!(await deps.onWearer(done))) return null;
    const conditions = found.records.conditions.filter(
      ({ content: { orderId } }) => orderId === undefined || owners.get(orderId) === wearerId,
    );
    const records = { ...found.records, conditions };
    const one: Mutable<RehearsedWearer> = { wearerId, pings: 0, alerts: 0, notJudgedTagIds: [] };
    wearers.push(one);
    for (const { tagId } of worn.filter((each) => each.wearerId === wearerId)) {
      const judged = await judgeTag(deps, { tagId, wearerId, records, fromMs, untilMs });
      one.pings += judged.pings;
      one.alerts += judged.alerts.length;
      if (!judged.isComplete) one.notJudgedTagIds = [...one.notJudgedTagIds, tagId];
      alerts.push(...judged.alerts.slice(0, MAX_REHEARSED_ALERTS - alerts.length));
    }
  }
  alerts.sort((a, b) => (a.raisedAt < b.raisedAt ? -1 : a.raisedAt > b.raisedAt ? 1 : 0));
  return { wearers, alerts };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Wearers by order. */
async function readOrderOwners({ db, store }: RunDeps, { conditions }: RehearsedRecords) {
  const orderIds = conditions.flatMap(({ content }) => content.orderId ?? []);
  return await store.readWearers(db, [...new Set(orderIds)]);
}

interface TagOrder {
  readonly tagId: string;
  readonly wearerId: string;
  readonly records: RehearsedRecords;
  readonly fromMs: number;
  readonly untilMs: number;
}
interface Judged {
  readonly pings: number;
  readonly alerts: readonly AlertItem[];
  /** False: an activation had too many pings, and nothing is said of it. */
  readonly isComplete: boolean;
}

async function judgeTag(deps: RunDeps, { tagId, wearerId, records, fromMs, untilMs }: TagOrder): Promise<Judged> {
  const { db, watchStore, thread } = deps;
  const facts = await watchStore.readTagFacts(db, [tagId]);
  const [tag] = facts.tags;
  const alerts: AlertItem[] = [];
  let pings = 0;
  let isComplete = true;
  for (const activation of tag?.activations ?? []) {
    const wornUntilMs = Math.min(untilMs, activation.removedAtMs ?? untilMs);
    if (activation.wearerId !== wearerId || activation.fittedAtMs >= wornUntilMs || wornUntilMs <= fromMs) continue;
    const own: TagFacts = { ...tag!, activations: [activation] };
    const beginMs = Math.max(activation.fittedAtMs, fromMs - LEAD_IN_MS);
    const given = await givePings(deps, { tagId, beginMs, endMs: wornUntilMs });
    if (given === null) {
      isComplete = false;
      continue;
    }
    pings += given;
    const watched = toRehearsedWatch(own, facts, records, { fromMs, untilMs });
    alerts.push(...(await thread.judge(activation.activationId, watched, untilMs)));
  }
  return { pings, alerts, isComplete };
}

/** How many there are; null: too many, and none is given. */
async function givePings(
  { db, thread }: RunDeps,
  { tagId, beginMs, endMs }: { readonly tagId: string; readonly beginMs: number; readonly endMs: number },
): Promise<number | null> {
  let count = 0;
  for (let fromMs = beginMs; fromMs < endMs; fromMs += DAY_MS) {
    const toMs = Math.min(endMs, fromMs + DAY_MS);
    const limit = MAX_PINGS - count + 1;
    const pings = await readPingsBetween(db, { tagId, fromMs, toMs, limit });
    count += pings.length;
    if (count > MAX_PINGS) {
      thread.forget();
      return null;
    }
    if (pings.length > 0) thread.give(pings);
    // What waits meanwhile in this process goes first.
    await turn();
  }
  return count;
}
