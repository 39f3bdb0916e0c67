/**
 * What a re-run found against what is on record, of one activation: what is new, moved, stronger or weaker, and what there is
 * no reason for any more.
 */

import { SAYINGS, type Standing } from '../fold/transitions.js';
import type { HistoricChange, HistoricSaying } from '../inputs.js';
import type { Episode } from '../state.js';
import { GAP_LIMIT_MS } from '../thresholds.js';
import type { EngineEvent, EventType, ReconcileRequest } from '../types.js';
import { termKeyOf } from '../watch/terms.js';

/** An episode of a re-run. */
export interface FoundEpisode {
  readonly termKey: string;
  /** What told its strength, its end (null: it goes on), and the newest of all. */
  readonly raised: EngineEvent;
  readonly ended: EngineEvent | null;
  readonly last: EngineEvent;
  /** As the newest fix leaves it open: it goes on, or an edge that no fix has passed ends it. Null: fixes have ended it. */
  readonly open: Episode | null;
}

/** An alert about a condition as it stands on record. */
export interface RecordedEpisode {
  readonly alertId: string;
  readonly revision: number;
  readonly termKey: string;
  readonly withdrawn: boolean;
  /** Its newest event. */
  readonly last: HistoricSaying;
}

/** Adds what a re-run said to what it said before, by alert. What it took back is not found. Findings about no term are none. */
export function collectFound(found: Map<string, FoundEpisode>, events: readonly EngineEvent[]): void {
  for (const event of events) {
    const termKey = termKeyOf(event);
    if (termKey === null) continue;
    const before = found.get(event.alertId);
    if (event.type === 'withdrawn') found.delete(event.alertId);
    else if (event.type === 'ended' && before !== undefined)
      found.set(event.alertId, { ...before, ended: event, last: event });
    else found.set(event.alertId, { termKey, raised: event, ended: before?.ended ?? null, last: event, open: null });
  }
}

/**
 * What is to be said so that the record agrees with what was found, of episodes that touch `part` (widened by the gap limit) and
 * begin before its base; oldest first. `found` reaches beyond the base, and what is found on both sides of it is one. What is on record
 * and the re-run cannot tell of stays as it is, and nothing is found beside it. Comparing again after these were told gives nothing.
 */
export function compareWithRecord(
  found: readonly FoundEpisode[],
  recorded: readonly RecordedEpisode[],
  part: ReconcileRequest,
  canTellOf: (recorded: RecordedEpisode) => boolean,
): HistoricChange[] {
  const pairs = matchRecord(found, recorded.filter(canTellOf), part.baseAtMs);
  const matched = new Set(pairs.map(([, before]) => before));
  const unmatched = recorded.filter((one) => !matched.has(one) && !one.withdrawn);
  const left = unmatched.filter((one) => !canTellOf(one) || isLive(one, part));
  const changes: HistoricChange[] = [];
  const standing: HistoricChange[] = [];
  const inUse = new Set(recorded.map(({ alertId }) => alertId));
  for (const [one, before] of pairs) {
    const touched = touches(one.last, part) || (before !== null && !before.withdrawn && touches(before.last, part));
    const change = touched ? changeOf(one, before, left, inUse, part) : null;
    if (change !== null) changes.push(change);
    if (change !== null) standing.push(change);
    else if (before !== null) standing.push({ ...before, isNew: false, sayings: [before.last] });
  }
  for (const one of unmatched.filter(canTellOf)) {
    const isDone = isLive(one, part) || !touches(one.last, part);
    if (isDone && !isPartOfAnother(one, found, part)) continue;
    changes.push(withdrawalOf(one, standing, part));
  }
  return changes.sort((a, b) => startOf(a) - startOf(b) || (a.alertId < b.alertId ? -1 : 1));
}

const startOf = ({ sayings }: HistoricChange): number => sayings[0]!.episode.startedAtMs;

/**
 * Same term and kind: what goes on, what begins after the base on both sides, the same alert, else the same start, else about the same
 * time, oldest first; an id that was taken back last.
 */
function matchRecord(
  found: readonly FoundEpisode[],
  recorded: readonly RecordedEpisode[],
  baseAtMs: number,
): [FoundEpisode, RecordedEpisode | null][] {
  const startMs = ({ last }: { readonly last: Timed }) => last.episode.startedAtMs;
  const byStart = (a: { last: HistoricSaying }, b: { last: HistoricSaying }) => startMs(a) - startMs(b);
  const sorted = [...found].sort((a, b) => byStart(a, b) || (a.last.alertId < b.last.alertId ? -1 : 1));
  const free = new Set([...recorded].sort((a, b) => byStart(a, b) || (a.alertId < b.alertId ? -1 : 1)));
  type Suits = (one: FoundEpisode, before: RecordedEpisode) => boolean;
  const take = (one: FoundEpisode, suits: Suits): RecordedEpisode | null => {
    for (const before of free) {
      if (before.termKey !== one.termKey || before.last.kind !== one.last.kind || !suits(one, before)) continue;
      free.delete(before);
      return before;
    }
    return null;
  };
  const hasSameId: Suits = (one, before) => before.alertId === one.last.alertId;
  const startsAlike: Suits = (one, before) => startMs(before) === startMs(one);
  const stands: Suits[] = [
    // What goes on is the alert that goes on, and what was over before it is a part of that, unless another is what it was raised for.
    (one, before) =>
      one.open !== null &&
      one.last.episode.endedAtMs === null &&
      before.last.episode.endedAtMs === null &&
      overlap(one.last, before.last) &&
      !found.some(
        (other) =>
          other !== one && other.termKey === before.termKey && (hasSameId(other, before) || startsAlike(other, before)),
      ),
    // The live fold told that: an older alert, whose id the re-run began it with, does not become the same besides.
    (one, before) => startMs(one) >= baseAtMs && startMs(before) >= baseAtMs && overlap(one.last, before.last),
    hasSameId,
    startsAlike,
    (one, before) => overlap(one.last, before.last),
  ];
  const taken = new Map<FoundEpisode, RecordedEpisode>();
  for (const suits of [
    ...stands.map(
      (suit): Suits =>
        (one, before) =>
          !before.withdrawn && suit(one, before),
    ),
    hasSameId,
  ]) {
    for (const one of sorted) {
      const before = taken.has(one) ? null : take(one, suits);
      if (before !== null) taken.set(one, before);
    }
  }
  return sorted.map((one) => [one, taken.get(one) ?? null]);
}

type Timed = Pick<EngineEvent, 'episode'>;

function overlap({ episode: a }: Timed, { episode: b }: Timed): boolean {
  if (a.startedAtMs === b.startedAtMs) return true;
  return a.startedAtMs < (b.endedAtMs ?? Infinity) && b.startedAtMs < (a.endedAtMs ?? Infinity);
}

function touches({ episode }: Timed, { fromMs, toMs }: ReconcileRequest): boolean {
  const endsAtMs = episode.endedAtMs ?? Infinity;
  return episode.startedAtMs <= toMs + GAP_LIMIT_MS && endsAtMs >= fromMs - GAP_LIMIT_MS;
}

/** It goes on, or began after the base: nothing that was found is a reason to take it back. */
function isLive({ last: { episode } }: RecordedEpisode, { baseAtMs }: ReconcileRequest): boolean {
  return episode.endedAtMs === null || episode.startedAtMs >= baseAtMs;
}

/** Over, and within an episode that began before the base: after it the live fold had only the rest of that. */
function isPartOfAnother(
  { termKey, last }: RecordedEpisode,
  found: readonly FoundEpisode[],
  part: ReconcileRequest,
): boolean {
  if (last.episode.endedAtMs === null) return false;
  return found.some(
    (one) =>
      one.termKey === termKey &&
      one.last.kind === last.kind &&
      one.last.episode.startedAtMs < part.baseAtMs &&
      (one.last.episode.endedAtMs !== null || one.open !== null) &&
      touches(one.last, part) &&
      overlap(one.last, last),
  );
}

function changeOf(
  one: FoundEpisode,
  before: RecordedEpisode | null,
  left: readonly RecordedEpisode[],
  inUse: ReadonlySet<string>,
  part: ReconcileRequest,
): HistoricChange | null {
  const { startedAtMs, endedAtMs } = one.last.episode;
  // Without an open episode it is what an edge that no fix has passed may become: the live fold's.
  if (endedAtMs === null && one.open === null) return null;
  const firstMs = before === null ? startedAtMs : Math.min(startedAtMs, before.last.episode.startedAtMs);
  if (firstMs >= part.baseAtMs) return null;
  if (before !== null && !before.withdrawn) {
    const goesOn = endedAtMs === null && before.last.episode.endedAtMs === null;
    return goesOn ? moveStart(one, before) : amend(one, before);
  }
  // Whether an approach is told is decided as it begins, and of this one that was not read.
  if (one.last.kind === 'buffer' && startedAtMs < part.fromMs - GAP_LIMIT_MS) return null;
  const { alertId } = one.last;
  // Its id is another episode's by now, or an alert that the live fold goes on with covers it: it stands on record as it is.
  if (before === null && inUse.has(alertId)) return null;
  const isCovered = left.some(
    (other) => other.termKey === one.termKey && other.last.kind === one.last.kind && overlap(other.last, one.last),
  );
  if (isCovered) return null;
  const types = SAYINGS.nothing[standingOf(one.last)];
  return { alertId, revision: before?.revision ?? 0, isNew: true, sayings: say(types, one), ...goesOnOf(one) };
}

const goesOnOf = ({ open }: FoundEpisode): { goesOn?: Episode } => (open === null ? {} : { goesOn: open });

/** Of an alert that goes on: where it began. */
function moveStart(one: FoundEpisode, before: RecordedEpisode): HistoricChange | null {
  const { startedAtMs } = one.last.episode;
  const was = before.last.episode;
  if (startedAtMs === was.startedAtMs) return null;
  const { explanation, foundAtMs, delayedByMs } = one.raised;
  const saying: HistoricSaying = {
    ...sayingOf(before.last),
    type: 'amended',
    episode: { ...was, startedAtMs },
    explanation,
    foundAtMs,
    delayedByMs,
  };
  return { alertId: before.alertId, revision: before.revision, isNew: false, sayings: [saying] };
}

/** Of an alert that is over, on record or as found: whatever differs. */
function amend(one: FoundEpisode, before: RecordedEpisode): HistoricChange | null {
  const { episode, reason, endedBecause } = one.last;
  const was = before.last;
  const types = SAYINGS[standingOf(was)][standingOf(one.last)];
  const moved =
    was.episode.startedAtMs !== episode.startedAtMs ||
    was.episode.endedAtMs !== episode.endedAtMs ||
    was.episode.endedAfterMs !== episode.endedAfterMs ||
    was.reason !== reason ||
    was.endedBecause !== endedBecause;
  if (types.length === 0 && !moved) return null;
  const sayings = say(types.length > 0 ? types : ['amended'], one);
  return { alertId: before.alertId, revision: before.revision, isNew: false, sayings, ...goesOnOf(one) };
}

function standingOf({ strength, episode }: Pick<EngineEvent, 'strength' | 'episode'>): Standing {
  return episode.endedAtMs === null ? strength : `${strength}-ended`;
}

/** The sayings of an episode; the last of them tells its end, where it has one. */
function say(types: readonly EventType[], one: FoundEpisode): HistoricSaying[] {
  const { episode } = one.last;
  return types.map((type, i) => {
    const isLast = i === types.length - 1;
    const source = type === 'ended' && one.ended !== null ? one.ended : one.raised;
    return {
      ...sayingOf(isLast ? one.last : one.raised),
      type,
      episode: isLast ? episode : { startedAtMs: episode.startedAtMs, endedAtMs: null },
      foundAtMs: source.foundAtMs,
      delayedByMs: source.delayedByMs,
      explanation: source.explanation,
    };
  });
}

/** What an event says, without what the engine gives it. */
export function sayingOf(event: HistoricSaying | EngineEvent): HistoricSaying {
  const {
    eventId,
    alertId,
    revision,
    raisedAtMs,
    historic,
    wearerId,
    tagId,
    activationId,
    inCustody,
    supersededBy,
    ...saying
  } = event as EngineEvent;
  return saying;
}

function withdrawalOf(
  one: RecordedEpisode,
  standing: readonly HistoricChange[],
  { toMs }: ReconcileRequest,
): HistoricChange {
  const { explanation } = one.last;
  const inItsPlace = standing.find(({ sayings }) => {
    const other = sayings.at(-1)!;
    if (termKeyOf(other) !== one.termKey || other.kind === 'unknown-at-edge' || other.type === 'withdrawn')
      return false;
    return overlap(other, one.last);
  });
  const { endedBecause: _, ...saying } = sayingOf(one.last);
  const withdrawn: HistoricSaying = {
    ...saying,
    type: 'withdrawn',
    foundAtMs: toMs,
    delayedByMs: 0,
    explanation: { rule: explanation.rule, fixes: [], thresholds: explanation.thresholds },
    ...(inItsPlace === undefined ? {} : { supersededBy: inItsPlace.alertId }),
  };
  return { alertId: one.alertId, revision: one.revision, isNew: false, sayings: [withdrawn] };
}
