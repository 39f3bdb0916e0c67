/**
 * What a re-run over the record found, told by the engine, because only the engine numbers an alert's events. What the live
 * fold still has in hand is changed only in where it began, unless the re-run knew all that the live fold knows.
 */

import { openAtEdge } from '../fold/episode.js';
import { closeHorizon, liveBaseMs, mayBeginAgain, newestAtMsOf } from '../fold/horizon.js';
import type { HistoricChange, HistoricSaying, HistoryInput } from '../inputs.js';
import { termOf } from '../near/concerned.js';
import type { ActivationState, Draft, Episode, Told } from '../state.js';
import { eventIdOf } from '../tell/ids.js';
import type { EngineEvent } from '../types.js';
import { type CompiledActivation, isInCustody, suspendedUntilMs } from '../watch/compile.js';
import { activeIntervalAt, openingsBetween, termKeyOf } from '../watch/terms.js';

/**
 * Tells the changes that may be told, and changes `draft` by them. Refused, without a word: what the live fold holds in
 * another revision than was compared (the change was told before, or the record was behind), what changes the present where
 * a newer fix has come, and what is new while a suspension stands. Who asks again compares with a newer record.
 */
export function applyHistory(
  draft: Draft,
  { atMs, newestFixAtMs, changes }: HistoryInput,
  watch: CompiledActivation,
): EngineEvent[] {
  const events: EngineEvent[] = [];
  const knowsAll = newestAtMsOf(draft) === newestFixAtMs;
  let touched = false;
  for (const change of changes) {
    if (isHeldBack(draft, change) || (change.isNew && isSuspended(change, atMs, watch))) continue;
    const told = draft.told.find(({ alertId }) => alertId === change.alertId);
    const over = draft.over.find((each) => each.told.alertId === change.alertId)?.told;
    const held = told ?? over;
    if (held !== undefined && held.revision !== change.revision) continue;
    const untilMs = change.sayings.at(-1)!.episode.endedAtMs ?? Infinity;
    const goesOn = untilMs === Infinity && change.goesOn !== undefined;
    const isMoved = told !== undefined && moveStart(draft, told, change, watch);
    if (!isMoved && goesOn && !knowsAll) continue;
    if (told !== undefined && !isMoved && !letGo(draft, told, knowsAll)) continue;
    const isTaken = !isMoved && change.goesOn !== undefined && knowsAll && goOn(draft, change, change.goesOn, held);
    if (!isMoved && goesOn && !isTaken) continue;
    draft.over = draft.over.filter((each) => each.told.alertId !== change.alertId);
    if (!isMoved && !isTaken) keepOver(draft, change, held);
    touched ||= held !== undefined || isTaken || untilMs > liveBaseMs(draft);
    events.push(...change.sayings.map((saying, i) => numbered(saying, change, i, atMs, watch)));
  }
  // The fixes of the horizon alone would find its part of it again: from here on the past is the record's.
  if (touched) closeHorizon(draft);
  return events;
}

function isHeldBack({ heldBack = [] }: ActivationState, { alertId }: HistoricChange): boolean {
  return heldBack.some(({ told }) => told.alertId === alertId);
}

function isSuspended({ sayings }: HistoricChange, atMs: number, { own }: CompiledActivation): boolean {
  const conditionId = sayings[0]?.conditionId ?? null;
  return conditionId !== null && suspendedUntilMs(own, conditionId, atMs) !== null;
}

/**
 * Moves the start of an alert that the live fold has in hand, in what is told of it and in the fold, and confirms it where the earlier
 * fixes do; false where that is not all, or cannot be.
 */
function moveStart(draft: Draft, told: Told, { sayings }: HistoricChange, watch: CompiledActivation): boolean {
  const [saying, ...more] = sayings;
  if (saying === undefined || more.length > 0 || told.withdrawn) return false;
  const confirms = saying.type === 'confirmed' && told.strength === 'suspected';
  if (saying.type !== 'amended' && !confirms) return false;
  const { startedAtMs, endedAtMs } = saying.episode;
  const episode = episodeOf(draft, told, watch);
  if (endedAtMs !== told.endedAtMs || episode === null || !isSameInterval(told, startedAtMs, watch)) return false;
  const others = draft.open.filter((each) => each.termKey !== told.termKey);
  const found = confirms ? { strength: saying.strength, rule: saying.explanation.rule } : {};
  draft.open = [...others, { ...episode, ...found, startedAtMs }];
  const now = { ...told, ...found, startedAtMs, revision: told.revision + 1 };
  draft.told = draft.told.map((each) => (each === told ? now : each));
  return true;
}

/**
 * Gives an alert to the record: one whose end an edge gave and no fix has passed yet; one that goes on only where the re-run knew
 * of every fix.
 */
function letGo(draft: Draft, told: Told, knowsAll: boolean): boolean {
  const newestAtMs = draft.fixes.at(-1)?.fixedAtMs ?? -Infinity;
  if (told.withdrawn || told.startedAtMs > newestAtMs || (told.endedAtMs === null && !knowsAll)) return false;
  draft.open = draft.open.filter((each) => each.termKey !== told.termKey || each.startedAtMs !== told.startedAtMs);
  draft.told = draft.told.filter((each) => each !== told);
  return true;
}

/** Takes over an episode that goes on; false where the live fold has an alert of its own under that term. */
function goOn(draft: Draft, change: HistoricChange, episode: Episode, before: Told | undefined): boolean {
  const { termKey } = episode;
  const { kind } = change.sayings.at(-1)!;
  if (draft.told.some((each) => each.termKey === termKey && each.kind === kind && !each.withdrawn)) return false;
  const told = toldAfter(change, termKey, before);
  draft.told = [...draft.told.filter((each) => each.alertId !== told.alertId), told];
  draft.open = [...draft.open.filter((each) => each.termKey !== termKey), episode];
  return true;
}

/** Keeps what the record tells of an alert that is over, where it may be found again. */
function keepOver(draft: Draft, change: HistoricChange, before: Told | undefined): void {
  const told = toldAfter(change, termKeyOf(change.sayings.at(-1)!)!, before);
  // As of before the base: no late fix that the live fold judges takes it back.
  const over = { told, passedAtMs: draft.snapshots[0]!.atMs ?? 0 };
  if (mayBeginAgain(over, draft)) draft.over = [...draft.over, over];
}

/** An alert as the last saying of a change leaves it. */
function toldAfter({ alertId, revision, sayings }: HistoricChange, termKey: string, before: Told | undefined): Told {
  const last = sayings.at(-1)!;
  const { kind, severity, conditionId, conditionVersion, zoneId, zoneVersion, strength, explanation, reason } = last;
  const { startedAtMs, endedAtMs, endedAfterMs } = last.episode;
  return {
    alertId,
    revision: revision + sayings.length,
    kind,
    severity,
    termKey,
    conditionId: conditionId!,
    conditionVersion: conditionVersion!,
    zoneId: zoneId!,
    zoneVersion: zoneVersion!,
    strength,
    rule: explanation.rule,
    raisedStartMs: before?.raisedStartMs ?? startedAtMs,
    startedAtMs,
    endedAtMs,
    endedAfterMs: endedAfterMs ?? null,
    reason: reason ?? null,
    lastEdgeAtMs: null,
    withdrawn: last.type === 'withdrawn',
  };
}

/** The episode that an alert is about: open in the fold, or what an edge that no fix has passed made of the state before it. */
function episodeOf(draft: Draft, told: Told, watch: CompiledActivation): Episode | null {
  const open = draft.open.find(({ termKey }) => termKey === told.termKey);
  if (open !== undefined) return open.raised && open.startedAtMs === told.startedAtMs ? open : null;
  const term = termOf(watch, told.termKey);
  const newest = draft.fixes.at(-1);
  if (term === undefined || newest === undefined) return null;
  const opening = openingsBetween(term, watch.own, newest.fixedAtMs, told.startedAtMs, Infinity).find(
    ({ atMs }) => atMs === told.startedAtMs,
  );
  return opening === undefined ? null : openAtEdge(term, opening, draft.fixes);
}

/** An episode lies in one active interval. */
function isSameInterval(told: Told, startedAtMs: number, watch: CompiledActivation): boolean {
  const term = termOf(watch, told.termKey);
  if (term === undefined) return false;
  const before = activeIntervalAt(term, watch.own, told.startedAtMs);
  return before !== null && before.endsAtMs === activeIntervalAt(term, watch.own, startedAtMs)?.endsAtMs;
}

function numbered(
  saying: HistoricSaying,
  { alertId, revision: before }: HistoricChange,
  place: number,
  atMs: number,
  { own }: CompiledActivation,
): EngineEvent {
  const revision = before + place + 1;
  const { startedAtMs, endedAtMs } = saying.episode;
  const inCustody = isInCustody(own, atMs, atMs) || (endedAtMs !== null && isInCustody(own, startedAtMs, atMs));
  return {
    ...saying,
    eventId: eventIdOf(alertId, revision),
    alertId,
    revision,
    wearerId: own.wearerId,
    tagId: own.tagId,
    activationId: own.activationId,
    raisedAtMs: atMs,
    historic: true,
    ...(inCustody ? { inCustody } : {}),
  };
}
