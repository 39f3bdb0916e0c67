/**
 * The records of one tag as they change, and the way of what is told of it: the watch-builder, the fold of a partition, the record in
 * memory, and the reconciler's own run over it.
 */
import { toFindingEvent } from '../../src/alerts/event.js';
import { newestEvidenceAtMsOf } from '../../src/engine/fold/horizon.js';
import { GAP_LIMIT_MS } from '../../src/engine/thresholds.js';
import type { ConditionKind, EngineEvent, ReconcileRequest } from '../../src/engine/types.js';
import type { Database } from '../../src/ports/database.js';
import type { InputRecord } from '../../src/ports/topics.js';
import type {
  AbsenceFacts,
  ConditionFacts,
  ConditionVersionFacts,
  Schedule,
  TagFacts,
  TermKey,
  WatchFacts,
  ZoneVersionFacts,
} from '../../src/ports/watch.js';
import { emptyFold, foldInput } from '../../src/roles/engine/partition-fold.js';
import { prepareShared } from '../../src/roles/reconciler/ordered-rerun.js';
import { mergeRequests } from '../../src/roles/reconciler/reconcile-request.js';
import {
  RUN_LIMITS,
  type RunDeps,
  type RunResult,
  runReconciliation,
} from '../../src/roles/reconciler/reconcile-run.js';
import { madeAtMsOf, type StoredPing } from '../../src/roles/reconciler/rerun.js';
import { createScheduleExpansion } from '../../src/watchlist/schedule.js';
import { draftSharedWatch, draftTagWatch } from '../../src/watchlist/watch-builder.js';
import { START_MS } from '../engine/random-world.js';
import { describeEvent } from '../scenarios/scenario.js';
import { circle, place, zone } from '../scenarios/world.js';

const MINUTE_MS = 60_000;
const HORIZON_MS = START_MS + 24 * 60 * MINUTE_MS;
export const DAY = new Date(START_MS).toISOString().slice(0, 10);
/** Since when the tag is worn and the order stands. */
export const FITTED_MS = START_MS - 60 * MINUTE_MS;
const expand = createScheduleExpansion();
const instantOf = (ms: number): string => new Date(ms).toISOString().slice(11, 19);

/** One change of the records; `backMs`: how long before it is written it holds. `taken`: back, as it was a mistake. */
export type Change = { readonly backMs: number } & (
  | { readonly of: 'zone'; readonly radiusMetres: number; readonly bufferMetres: number | null }
  | {
      readonly of: 'condition';
      readonly kind: ConditionKind;
      readonly isFirstFix: boolean;
      readonly graceMinutes: number;
    }
  | { readonly of: 'schedule'; readonly minutes: readonly number[] }
  | { readonly of: 'order'; readonly taken?: true }
  | { readonly of: 'absence'; readonly minutes: number; readonly isExclusion: boolean }
  | { readonly of: 'same-absence'; readonly minutes: number }
  | { readonly of: 'shared'; readonly radiusMetres: number }
  | { readonly of: 'shared-end' }
  | { readonly of: 'removed'; readonly taken?: true }
);

const dayTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 16);

/** Windows of so many minutes, and as many between them. */
function scheduleOf(minutes: readonly number[]): Schedule {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  let atMs = START_MS + 10 * MINUTE_MS;
  const windows = [];
  for (let i = 0; i + 1 < minutes.length; i += 2) {
    const untilMs = atMs + minutes[i]! * MINUTE_MS;
    windows.push({ from: dayTime(atMs), to: dayTime(untilMs), days });
    atMs = untilMs + minutes[i + 1]! * MINUTE_MS;
  }
  return { timeZone: 'UTC', windows, exceptions: [] };
}

export interface Start {
  readonly kinds: readonly ConditionKind[];
  readonly minutes: readonly number[];
  readonly bufferMetres: number | null;
  readonly isFirstFix: boolean;
}

const ZONES: Partial<Record<ConditionKind, string>> = { exclusion: 'Z-1', inclusion: 'Z-near', curfew: 'Z-home' };

/** The records as they stand, and what is published of them. */
function createRecords({ kinds, minutes, bufferMetres, isFirstFix }: Start) {
  const zones = new Map<string, ZoneVersionFacts[]>([
    ['Z-1', [{ zone: zone({ bufferMetres }), effectiveAtMs: null }]],
    ['Z-near', [{ zone: circle('Z-near', place(150), 200), effectiveAtMs: null }]],
    ['Z-home', [{ zone: circle('Z-home', place(0), 150), effectiveAtMs: null }]],
    ['Z-school', [{ zone: circle('Z-school', place(0), 120, { bufferMetres: 60 }), effectiveAtMs: null }]],
  ]);
  const conditions = new Map<string, ConditionVersionFacts[]>();
  const shared: ConditionVersionFacts[] = [];
  const absences: {
    readonly id: string;
    readonly isExclusion: boolean;
    versions: { atMs: number; fromMs: number; toMs: number }[];
  }[] = [];
  let orderEndsAtMs: number | null = null;
  let fitted = { fittedAtMs: FITTED_MS, removedAtMs: null as number | null };
  let schedule = scheduleOf(minutes);
  const published = new Map<string, number>();
  let sequence = 0;
  let told = { own: '', shared: '' };

  function write(versions: ConditionVersionFacts[], effectiveAtMs: number, said: Partial<ConditionVersionFacts>): void {
    const last = versions.at(-1);
    const startsAtMs = last === undefined ? effectiveAtMs : last.startsAtMs;
    const next = { confirmOn: null, graceMinutes: 0, endsAtMs: null, schedule: null, ...last, ...said };
    versions.push({ ...next, version: versions.length + 1, effectiveAtMs, startsAtMs } as ConditionVersionFacts);
  }
  const versionsOf = (kind: ConditionKind): ConditionVersionFacts[] => {
    const versions = conditions.get(`C-${kind}`) ?? [];
    conditions.set(`C-${kind}`, versions);
    return versions;
  };
  const shapeOf = (kind: ConditionKind) => ({ kind, zoneId: ZONES[kind]!, ...(kind === 'curfew' ? { schedule } : {}) });
  for (const kind of kinds)
    write(versionsOf(kind), FITTED_MS, { ...shapeOf(kind), confirmOn: isFirstFix ? 'first-fix' : 'belief' });

  function facts(): WatchFacts {
    const order = { orderId: 'O-1', wearerId: 'W-1', startsAtMs: FITTED_MS, endsAtMs: orderEndsAtMs };
    const tag: TagFacts = {
      tagId: 'T-1',
      model: { accuracyConvention: 'r95', defaultAccuracyMetres: null, intervalSeconds: 60 },
      activations: [{ activationId: 'A-1', wearerId: 'W-1', ...fitted }],
    };
    const own = [...conditions].map(([conditionId, versions]): ConditionFacts => ({ conditionId, order, versions }));
    return { tags: [tag], conditions: own, zones, absences: absences.flatMap(stood) };
  }

  /** As `store/absences.ts` reads them: a version stands from when it was recorded until the next, the first one always. */
  function stood({ id, isExclusion, versions }: (typeof absences)[number]): AbsenceFacts[] {
    return versions
      .map(({ atMs, fromMs, toMs }, i) => ({
        absenceId: id,
        orderId: 'O-1',
        conditionIds: isExclusion ? ['C-exclusion'] : null,
        startsAtMs: Math.max(fromMs, i === 0 ? -Infinity : atMs),
        endsAtMs: Math.min(toMs, versions[i + 1]?.atMs ?? Infinity),
        knownFromMs: atMs,
      }))
      .filter(({ startsAtMs, endsAtMs }) => startsAtMs < endsAtMs);
  }

  const draftOwn = () => {
    const now = facts();
    return draftTagWatch(now.tags[0]!, now, HORIZON_MS, expand);
  };
  const draftShared = () => {
    const condition: ConditionFacts = { conditionId: 'C-schools', order: null, versions: shared };
    return draftSharedWatch(condition, facts(), HORIZON_MS, expand);
  };
  const keyOf = (key: TermKey) => JSON.stringify(key);

  return {
    change(change: Change, atMs: number): void {
      const fromMs = atMs - change.backMs;
      switch (change.of) {
        case 'zone': {
          const versions = zones.get('Z-1')!;
          const { radiusMetres, bufferMetres: buffer } = change;
          const next = circle('Z-1', place(0), radiusMetres, { version: versions.length + 1, bufferMetres: buffer });
          versions.push({ zone: next, effectiveAtMs: fromMs });
          return;
        }
        case 'condition': {
          const { kind, graceMinutes } = change;
          const confirmOn = change.isFirstFix ? 'first-fix' : 'belief';
          write(versionsOf(kind), fromMs, { ...shapeOf(kind), graceMinutes, confirmOn });
          return;
        }
        case 'schedule':
          schedule = scheduleOf(change.minutes);
          write(versionsOf('curfew'), fromMs, shapeOf('curfew'));
          return;
        case 'order':
          orderEndsAtMs = change.taken ? null : fromMs;
          return;
        case 'absence': {
          const version = { atMs, fromMs, toMs: fromMs + change.minutes * MINUTE_MS };
          absences.push({ id: `N-${absences.length}`, isExclusion: change.isExclusion, versions: [version] });
          return;
        }
        case 'same-absence': {
          const last = absences.at(-1);
          const now = last?.versions.at(-1);
          if (last === undefined || now === undefined) return;
          const toMs = now.toMs + change.minutes * MINUTE_MS;
          if (toMs > now.fromMs) last.versions.push({ ...now, atMs, toMs });
          return;
        }
        case 'shared': {
          if (shared.length === 0) {
            write(shared, fromMs, { kind: 'exclusion', zoneId: 'Z-school' });
            return;
          }
          const versions = zones.get('Z-school')!;
          const next = circle('Z-school', place(0), change.radiusMetres, {
            version: versions.length + 1,
            bufferMetres: 60,
          });
          versions.push({ zone: next, effectiveAtMs: fromMs });
          return;
        }
        case 'shared-end':
          if (shared.length > 0) write(shared, atMs, { endsAtMs: fromMs });
          return;
        case 'removed':
          if (change.taken) fitted = { ...fitted, removedAtMs: null };
          else if (fromMs > FITTED_MS)
            fitted = { ...fitted, removedAtMs: Math.min(fromMs, fitted.removedAtMs ?? fromMs) };
          return;
      }
    },
    /** What of it is new to the engine, published then. */
    publish(atMs: number): InputRecord[] {
      const first = (key: TermKey): number => {
        const known = published.get(keyOf(key)) ?? atMs;
        published.set(keyOf(key), known);
        return known;
      };
      const inputs: InputRecord[] = [];
      const own = draftOwn();
      const ownSaid = JSON.stringify(own.finish(first, 0, 0));
      if (ownSaid !== told.own) inputs.push({ type: 'watch', watch: own.finish(first, ++sequence, atMs) });
      const everybody = draftShared();
      const sharedSaid = JSON.stringify(everybody.finish(first, 0, 0));
      if (shared.length > 0 && sharedSaid !== told.shared)
        inputs.push({ type: 'shared', shared: everybody.finish(first, ++sequence, atMs) });
      told = { own: ownSaid, shared: sharedSaid };
      return inputs;
    },
    known(nowMs: number) {
      const first = (key: TermKey) => published.get(keyOf(key)) ?? Infinity;
      return {
        watch: draftOwn().finish(first, 0, nowMs),
        shared: prepareShared(shared.length === 0 ? [] : [draftShared().finish(first, 0, nowMs)]),
      };
    },
    /** Whether an absence that was recorded after it had begun lies in an episode, or next to it. */
    isLateKnown: ({ startedAtMs, endedAtMs }: EngineEvent['episode']) =>
      absences.some(({ versions: [first] }) => {
        const { atMs, fromMs, toMs } = first!;
        return fromMs < atMs && fromMs <= (endedAtMs ?? Infinity) + GAP_LIMIT_MS && toMs >= startedAtMs - GAP_LIMIT_MS;
      }),
  };
}

/** The engine's fold of a partition, its log, and the record that the reconciler reads. */
export function createPath(start: Start) {
  const fold = emptyFold(1);
  const records = createRecords(start);
  const events: EngineEvent[] = [];
  const pings: StoredPing[] = [];
  /** What came, and what was said to it: for who reads why a property fails. */
  const log: string[] = [];
  let request: ReconcileRequest | null = null;
  let left: RunResult['changes'] = [];
  let offset = 0;
  const give = (record: InputRecord): void => {
    const { type } = record;
    log.push(type === 'ping' ? `${instantOf(record.receivedAtMs)} ping of ${instantOf(record.ping.fixedAtMs)}` : type);
    const folded = foldInput(fold, record, offset++, ({ error }) => {
      throw error;
    });
    events.push(...folded.events);
    for (const event of folded.events)
      log.push(`  ${event.alertId.slice(0, 4)}/${event.revision} ${describeEvent(event, DAY)}`);
    for (const { fromMs, toMs, baseAtMs } of folded.reconcile)
      log.push(`  asks ${instantOf(fromMs)}-${instantOf(toMs)}, base ${instantOf(baseAtMs)}`);
    for (const { type: _, activationId, tagId, ...asked } of folded.reconcile)
      request = mergeRequests(request ?? undefined, asked);
  };
  const store: RunDeps['store'] = {
    async readFindings(_, { activationId, endedAfterMs }) {
      const newest = new Map<string, EngineEvent>();
      for (const event of events)
        if (event.activationId === activationId && event.revision > (newest.get(event.alertId)?.revision ?? 0))
          newest.set(event.alertId, event);
      return [...newest.values()]
        .filter(({ episode }) => (episode.endedAtMs ?? Infinity) >= endedAfterMs)
        .sort((a, b) => a.episode.startedAtMs - b.episode.startedAtMs || (a.alertId < b.alertId ? -1 : 1))
        .map(toFindingEvent);
    },
    async readPingsBefore(_, { beforeMs, limit }) {
      return ordered()
        .filter((each) => madeAtMsOf(each) < beforeMs)
        .slice(-limit);
    },
    async readOrderedPings(_, { fromMs, after, limit }) {
      return ordered()
        .filter((each) => (after === null ? madeAtMsOf(each) >= fromMs : madeAtMsOf(each) > after.madeAtMs))
        .slice(0, limit);
    },
  };
  const ordered = () => [...pings].sort((a, b) => madeAtMsOf(a) - madeAtMsOf(b));
  const tickUntil = (atMs: number): void => {
    for (let last = -1; ; ) {
      const dueAtMs = fold.activations.get('A-1')?.nextDueAtMs ?? null;
      if (dueAtMs === null || dueAtMs > atMs || dueAtMs <= last) return;
      last = dueAtMs;
      give({ type: 'tick', atMs: dueAtMs });
    }
  };
  return {
    events,
    log,
    records,
    tickUntil,
    ping(stored: StoredPing) {
      pings.push(stored);
      give({ type: 'ping', ...stored });
    },
    publish(atMs: number) {
      for (const input of records.publish(atMs)) give(input);
    },
    state: () => fold.activations.get('A-1')!.state,
    isDone: () => request === null,
    /** Whether all is said that can be. */
    comesToAnEnd(): boolean {
      // What rests on fixes that wait for others to agree with them is the live fold's until one does, and so is what begins at an edge that
      // no fix has passed until one has.
      const { waiting, told } = this.state();
      const newestMs = newestEvidenceAtMsOf(this.state()) ?? -Infinity;
      const live = new Set(told.filter(({ startedAtMs }) => startedAtMs > newestMs).map(({ alertId }) => alertId));
      return request === null || waiting.length > 0 || left.every(({ alertId }) => live.has(alertId));
    },
    /** As the reconciler does it: until nothing differs. Answers what the first run found. */
    async reconcile(atMs: number): Promise<RunResult | null> {
      let first: RunResult | null = null;
      let refused: RunResult['changes'] = [];
      for (let round = 0; request !== null && round < 5; round++) {
        const { watch, shared } = records.known(atMs);
        const result = await runReconciliation(
          { db: {} as Database, store, limits: RUN_LIMITS },
          request,
          watch,
          shared,
          atMs,
        );
        first ??= result;
        const { changes, newestFixAtMs } = result;
        refused = changes;
        if (changes.length === 0) request = null;
        else give({ type: 'history', activationId: 'A-1', tagId: 'T-1', atMs, newestFixAtMs, changes });
      }
      left = refused;
      return first;
    },
  };
}
