/**
 * When conditions were in force over a time, and how they stand now: by the terms of the engine's own watch, so that a page never says
 * other hours than those that are judged.
 */
import { applyShared, createSharedIndex } from '../engine/near/shared-index.js';
import { type CompiledOwn, compileTag } from '../engine/watch/compile.js';
import { activeIntervalAt, type Fitted, nextIntervalAfter, type PreparedTerm } from '../engine/watch/terms.js';
import type { WatchFacts } from '../ports/watch.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../watchlist/watch-builder.js';
import type { ConditionNow, InForce } from '../wire/timeline.js';

const always = () => 0;
const toIso = (atMs: number): string => new Date(atMs).toISOString();

/** Everybody's activations with their terms, in the order of their fitting. */
export function compileAllWorn(facts: WatchFacts, nowMs: number): CompiledOwn[] {
  const horizonMs = horizonOf(nowMs);
  return facts.tags
    .flatMap((tag) => compileTag(draftTagWatch(tag, facts, horizonMs).finish(always, 0, nowMs)).activations)
    .sort((a, b) => a.fittedAtMs - b.fittedAtMs);
}

/** The same of one wearer. */
export const compileWorn = (facts: WatchFacts, wearerId: string, nowMs: number): CompiledOwn[] =>
  compileAllWorn(facts, nowMs).filter((own) => own.wearerId === wearerId);

/** The terms of conditions that apply to all wearers. */
export function compileShared(facts: WatchFacts, nowMs: number): PreparedTerm[] {
  const index = createSharedIndex();
  for (const condition of facts.conditions)
    applyShared(index, draftSharedWatch(condition, facts, horizonOf(nowMs)).finish(always, 0, nowMs));
  return [...index.terms.values()].filter(({ kind }) => kind !== 'buffer');
}

const nameOf = ({ term, zone }: PreparedTerm) => ({
  conditionId: term.conditionId,
  conditionVersion: term.conditionVersion,
  kind: term.kind,
  zoneId: zone.zoneId,
});

/** The intervals of every term within a time, in the order of their start. */
export function listInForce(worn: readonly CompiledOwn[], fromMs: number, untilMs: number): InForce[] {
  const found = worn.flatMap((own) =>
    own.terms.flatMap((term) => {
      const intervals = [];
      let next = activeIntervalAt(term, own, Math.max(fromMs, own.fittedAtMs)) ?? nextIntervalAfter(term, own, fromMs);
      for (; next !== null && next.startsAtMs < untilMs; next = nextIntervalAfter(term, own, next.startsAtMs))
        intervals.push(next);
      return intervals.map(({ startsAtMs, endsAtMs }) => ({
        ...nameOf(term),
        fromAt: toIso(Math.max(fromMs, startsAtMs)),
        untilAt: toIso(Math.min(untilMs, endsAtMs)),
      }));
    }),
  );
  return found.sort((a, b) => (a.fromAt < b.fromAt ? -1 : a.fromAt > b.fromAt ? 1 : 0));
}

/** Without the words of the order, of which the engine's terms know nothing. */
export type StandingCondition = Omit<ConditionNow, 'wording'>;

function standNow(term: PreparedTerm, fitted: Fitted, appliesToAll: boolean, nowMs: number): StandingCondition | null {
  const current = activeIntervalAt(term, fitted, nowMs);
  const next = current === null ? nextIntervalAfter(term, fitted, nowMs) : null;
  // What is over, or was replaced by another version, is nothing that stands.
  if (current === null && next === null) return null;
  const changesAtMs = current?.endsAtMs ?? next?.startsAtMs ?? Infinity;
  return {
    ...nameOf(term),
    appliesToAll,
    isInForce: current !== null,
    changesAt: Number.isFinite(changesAtMs) ? toIso(changesAtMs) : null,
    endsBecause: current !== null && Number.isFinite(changesAtMs) ? current.endsBecause : null,
  };
}

/** Of the tag of now; without one nothing is judged. Those in force first, then by when they change. */
export function listConditionsNow(
  worn: readonly CompiledOwn[],
  shared: readonly PreparedTerm[],
  nowMs: number,
): StandingCondition[] {
  const own = worn.find(({ fittedAtMs, removedAtMs }) => fittedAtMs <= nowMs && nowMs < removedAtMs);
  if (own === undefined) return [];
  const stand = (terms: readonly PreparedTerm[], appliesToAll: boolean) =>
    terms.flatMap((term) => standNow(term, own, appliesToAll, nowMs) ?? []);
  const rank = ({ isInForce, changesAt }: StandingCondition) => `${isInForce ? 0 : 1}${changesAt ?? '~'}`;
  return [...stand(own.terms, false), ...stand(shared, true)].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
