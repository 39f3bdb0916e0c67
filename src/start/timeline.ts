/** Days, trail and conditions of now of a wearer, put together from the record and the watches that it makes. */
import { GAP_LIMIT_MS } from '../engine/thresholds.js';
import type { TrailFix } from '../formats/trails/trail.js';
import { type Asker, mayReadRecord } from '../http/routes/records/record-scope.js';
import type { TimelineQuery } from '../http/routes/wearers/timeline.js';
import type { TrailDeps } from '../http/routes/wearers/trail.js';
import type { Database } from '../ports/database.js';
import type { WatchFacts } from '../ports/watch.js';
import { readGapFacts } from '../store/gap-facts.js';
import { readOwners } from '../store/record-owners.js';
import { recordStore } from '../store/record-store.js';
import { listDeletedStretches } from '../store/retention.js';
import {
  listSharedConditions,
  listTagsWorn,
  readDayAlerts,
  readDayFixes,
  readDayNotes,
  readDeviceEvents,
} from '../store/timeline.js';
import { readTrail, type TrailPlace } from '../store/trail.js';
import { watchStore } from '../store/watch.js';
import { readWordings } from '../store/wordings.js';
import { compileShared, compileWorn, listConditionsNow, listInForce } from '../views/conditions-in-force.js';
import { judgeTrailStretch } from '../views/judged-trail.js';
import { listLocalDays } from '../views/local-days.js';
import { bandPresence, tellDeleted } from '../views/presence.js';
import type { GapLine } from '../views/trail-gaps.js';
import { LOCAL_TIME_ZONE } from '../watchlist/local-time.js';
import { withoutVictims } from '../watchlist/without-victims.js';
import type { ConditionsNow, Timeline, TimelinePeriod } from '../wire/timeline.js';

/** More than a force has of its own; each brings its zones with it. */
const SHARED_LIMIT = 100;

const toIso = (atMs: number): string => new Date(atMs).toISOString();
const hasWearer = async (db: Database, wearerId: string) =>
  (await recordStore.find(db, 'wearer', [wearerId])).has(wearerId);

/** Those of some conditions that who asks may read. */
async function keepReadable<T extends { readonly conditionId: string }>(
  db: Database,
  asker: Asker,
  conditions: readonly T[],
): Promise<T[]> {
  const ids = [...new Set(conditions.map(({ conditionId }) => conditionId))];
  const owners = await readOwners(db, 'condition', ids);
  return conditions.filter(({ conditionId }) => mayReadRecord(asker, 'records.read', owners.get(conditionId)));
}

export async function readTimeline(db: Database, query: TimelineQuery): Promise<Timeline | null> {
  const { wearerId, parts, tellsVictims, nowMs } = query;
  if (!(await hasWearer(db, wearerId))) return null;
  const days = listLocalDays(query.days, query.lastDay, nowMs);
  const [fromMs, untilMs] = [days[0]!.fromMs, days.at(-1)!.untilMs];
  const span = { wearerId, fromMs, untilMs };
  const knownUntilMs = Math.min(untilMs, nowMs);
  const tagIds = await listTagsWorn(db, span);
  const all = await watchStore.readTagFacts(db, tagIds);
  const facts = tellsVictims ? all : withoutVictims(all);
  const worn = compileWorn(facts, wearerId, nowMs);
  const fixes = await readDayFixes(db, { wearerId, fromMs: fromMs - GAP_LIMIT_MS, untilMs: knownUntilMs });
  const deleted = await listDeletedStretches(db, { wearerId, fromMs, toMs: knownUntilMs });
  const presence = bandPresence(fixes, worn, fromMs, knownUntilMs);
  const bands = tellDeleted(presence.bands, deleted);
  const inForce = parts.has('records') ? await keepReadable(db, query.asker, listInForce(worn, fromMs, untilMs)) : [];
  const none = { items: [], onRecord: 0 };
  const alerts = parts.has('alerts') ? await readDayAlerts(db, span, tellsVictims) : none;
  const notes = parts.has('alerts') ? await readDayNotes(db, span, tellsVictims) : none;
  const deviceEvents = await readDeviceEvents(db, span);
  return {
    wearerId,
    asOf: toIso(nowMs),
    timeZone: LOCAL_TIME_ZONE,
    days: days.map((day) => ({ date: day.date, fromAt: toIso(day.fromMs), untilAt: toIso(day.untilMs) })),
    fixes: presence.fixes,
    bands: bands.map((band) => ({
      presence: band.presence,
      fromAt: toIso(band.fromMs),
      untilAt: toIso(band.untilMs),
    })),
    inForce,
    periods: listPeriods(facts, query, fromMs, untilMs),
    alerts: alerts.items,
    deviceEvents: deviceEvents.items,
    notes: notes.items,
    onRecord: { alerts: alerts.onRecord, deviceEvents: deviceEvents.onRecord, notes: notes.onRecord },
  };
}

/** As they stand now: what was shortened since is as short as it became. */
function listPeriods(
  facts: WatchFacts,
  { wearerId, parts }: TimelineQuery,
  fromMs: number,
  untilMs: number,
): TimelinePeriod[] {
  const ofWearer = new Set(
    facts.conditions.flatMap(({ order }) => (order?.wearerId === wearerId ? (order.orderId ?? []) : [])),
  );
  const period = (kind: TimelinePeriod['kind'], id: string, startsAtMs: number, endsAtMs: number | null) =>
    startsAtMs < untilMs && (endsAtMs ?? Infinity) > fromMs
      ? [{ kind, id, fromAt: toIso(startsAtMs), untilAt: endsAtMs === null ? null : toIso(endsAtMs) }]
      : [];
  const absences = (facts.absences ?? []).filter(({ orderId }) => ofWearer.has(orderId));
  const custody = (facts.custodyPeriods?.get(wearerId) ?? []).filter(({ knownUntilMs }) => knownUntilMs === null);
  const suspensions = (facts.suspensions?.get(wearerId) ?? []).filter(({ knownUntilMs }) => knownUntilMs === null);
  return [
    ...(parts.has('records') ? absences : []).flatMap((one) =>
      period('absence', one.absenceId, one.startsAtMs, one.endsAtMs),
    ),
    ...(parts.has('suspensions') ? suspensions : []).flatMap((one) =>
      period('suspension', one.suspensionId, one.startsAtMs, one.endsAtMs),
    ),
    ...(parts.has('records') ? custody : []).flatMap((one) =>
      period('custody', one.custodyPeriodId, one.startsAtMs, one.endsAtMs),
    ),
  ];
}

/** A stretch of a trail with what its reader finds in it; of zones of victims its gaps tell only where `tellsVictims`. */
export async function readJudgedTrail(
  db: Database,
  { after, tellsVictims, ...query }: Parameters<TrailDeps['readTrail']>[0],
  nowMs: number,
): ReturnType<TrailDeps['readTrail']> {
  const readFacts = async (lines: readonly GapLine[]) => {
    const { own, shared } = await readGapFacts(db, lines);
    return tellsVictims ? { own, shared } : { own: withoutVictims(own), shared: withoutVictims(shared) };
  };
  const read = await readTrail(db, { ...query, after });
  return await judgeTrailStretch<TrailFix, TrailPlace>(read, after, { readFacts, nowMs });
}

export async function readConditionsNow(
  db: Database,
  wearerId: string,
  nowMs: number,
  asker: Asker,
): Promise<ConditionsNow | null> {
  if (!(await hasWearer(db, wearerId))) return null;
  const tagIds = await listTagsWorn(db, { wearerId, fromMs: nowMs, untilMs: nowMs + 1 });
  const worn = compileWorn(await watchStore.readTagFacts(db, tagIds), wearerId, nowMs);
  const sharedIds = await listSharedConditions(db, SHARED_LIMIT + 1);
  const shared = compileShared(await watchStore.readSharedFacts(db, sharedIds.slice(0, SHARED_LIMIT)), nowMs);
  const standing = await keepReadable(db, asker, listConditionsNow(worn, shared, nowMs));
  const wordings = await readWordings(
    db,
    standing.map((one) => ({ ...one, atMs: nowMs })),
  );
  const conditions = standing.map((one, i) => ({ ...one, wording: wordings[i] ?? null }));
  const changes = conditions.flatMap(({ changesAt }) => changesAt ?? []).sort();
  return {
    wearerId,
    asOf: toIso(nowMs),
    conditions,
    nextChangeAt: changes[0] ?? null,
    complete: sharedIds.length <= SHARED_LIMIT,
  };
}
