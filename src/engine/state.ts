/** What the engine remembers of one activation: plain JSON, bounded, checkpointed as it is. */

import { type DeviceState, initialDevice } from './device/device-state.js';
import { SNAPSHOT_EVERY_FIXES } from './thresholds.js';
import type {
  AlertKind,
  ConditionKind,
  CurfewReason,
  EndedBecause,
  NoticeKind,
  Reason,
  Rule,
  Severity,
} from './types.js';

/** Something said about the watching itself that goes on. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly alertId: string;
  readonly startedAtMs: number;
}

/** Where somebody was, and when. */
export interface Sighting {
  readonly fixedAtMs: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** A fix that is judged, or waits for others to agree with it. */
export interface KeptFix extends Sighting {
  readonly accuracyMetres: number;
  /** Of the error in one direction (`sigmaMetres`). */
  readonly sigmaMetres: number;
}

export type Strength = 'suspected' | 'confirmed';

/** A fix by its two times. */
export interface TimedFix {
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
}

/**
 * Fixes that came dated ahead, oldest first, at most `HORIZON_FIXES`: one that is sent again once its date has come looks like any
 * other. By content, not by instant: a clock that was an hour ahead and is put right gives the same instants again. Four numbers a fix:
 * fixedAtMs, latitude, longitude, accuracyMetres (-1: it has none).
 */
export type SentAhead = readonly number[];

/** An episode as the fixes make it; its end is not known. */
export interface Episode {
  readonly termKey: string;
  readonly kind: ConditionKind | 'buffer';
  readonly startedAtMs: number;
  readonly strength: Strength;
  /** Of a buffer, once that is decided: whether it is told, or the zone's own violation came first. */
  readonly buffer?: 'warned' | 'hushed';
  /** False: nothing is said of it. Fixes speak for it, but not yet for more than one half, or it was taken back and is not clear. */
  readonly raised: boolean;
  /** Belief in the violation after the newest judged fix. */
  readonly logOdds: number;
  /** Belief when the strength was found. */
  readonly foundLogOdds: number;
  /** The first fix of the run that speaks against it; null while the newest does not. */
  readonly leftAt: KeptFix | null;
  readonly rule: Rule;
  /** The fix or edge at which the evidence for the strength sufficed. */
  readonly foundAtMs: number;
  /** The edge at which it was found, for rule `edge`. */
  readonly edgeAtMs: number | null;
  readonly reason: CurfewReason | null;
  /** What the strength rests on, at most EVIDENCE_FIXES: the first and the last of those that speak for it. */
  readonly evidence: readonly KeptFix[];
  readonly lastViolating: KeptFix;
}

/** An instant that never keeps anything waiting. */
export const AT_ONCE = -Infinity;

/** How an episode ends. */
export interface FindingEnd {
  readonly atMs: number;
  readonly because: EndedBecause;
  /** Where the end lies between two instants: the last one that was still in violation. */
  readonly afterMs: number | null;
  /** The fix that ended it; null where an edge did. */
  readonly fix: KeptFix | null;
  /** From when on a tick may tell it; an end that a fix made is told at once. */
  readonly dueAtMs: number;
  /** Belief in the violation when a fix ended it. */
  readonly logOdds?: number;
}

/** What the engine holds to be so about one term: an episode, or that an edge could not be judged. */
export interface Finding {
  readonly termKey: string;
  readonly kind: AlertKind;
  readonly startedAtMs: number;
  readonly strength: Strength;
  readonly rule: Rule;
  readonly foundAtMs: number;
  readonly edgeAtMs: number | null;
  readonly reason: Reason | null;
  readonly evidence: readonly KeptFix[];
  /** For rule `crossing`: how much of the straight line lies in the zone, and how far from its boundary at most. */
  readonly crossing?: { readonly chordMetres: number; readonly depthMetres: number };
  /** Belief in the violation when its strength was found; absent where belief is not the reason. */
  readonly logOdds?: number;
  readonly lastViolating: KeptFix | null;
  readonly end: FindingEnd | null;
  /** From when on it may be raised. */
  readonly dueAtMs: number;
  /** For `unknown-at-edge`: the last edge it covers. */
  readonly lastEdgeAtMs: number | null;
  /** No later fix changes it: the fold has passed it. */
  readonly settled: boolean;
  /** It rests on a fix that implies an impossible speed. */
  readonly impossibleSpeed?: true;
  /** The alert that is ended by it, because its term is gone: no fix has found it. */
  readonly ends?: string;
}

/** What has been said of an alert that may still change, so that only differences are said. */
export interface Told {
  readonly alertId: string;
  readonly revision: number;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly termKey: string;
  readonly conditionId: string;
  readonly conditionVersion: number;
  readonly zoneId: string;
  readonly zoneVersion: number;
  readonly strength: Strength;
  readonly rule: Rule;
  /** As first raised: the id holds it. */
  readonly raisedStartMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** Where the end lies between two instants: the last one still in violation. */
  readonly endedAfterMs: number | null;
  readonly reason: Reason | null;
  /** The last edge it was amended for (`unknown-at-edge`). */
  readonly lastEdgeAtMs: number | null;
  /** Taken back, at an edge that no fix has passed: found there again, it is the same alert and its revisions go on. */
  readonly withdrawn: boolean;
  /** That the wearer is in custody was said. */
  readonly inCustody?: true;
}

/** An episode that was over before a suspension let it be told; `told` has no revision yet. */
export interface HeldBack {
  readonly finding: Finding;
  readonly told: Told;
  /** Device time of the fix that settled it: a late fix before that finds it again, or does not. */
  readonly passedAtMs: number;
}

/** What was told of an alert that is settled or withdrawn; a late fix may change it until the base has passed it. */
export interface ToldOver {
  readonly told: Told;
  /** Device time of the fix that settled it. */
  readonly passedAtMs: number;
}

/** The fold as it was after the fix at `atMs` (null: before any); its kept fixes are the last in the ring before it with evidence. */
export interface Snapshot {
  readonly atMs: number | null;
  /** How many fixes of the ring it holds. */
  ringCount: number;
  readonly open: readonly Episode[];
  readonly waiting: readonly KeptFix[];
}

/**
 * Everything is a number, string, null or list of these: JSON.parse(JSON.stringify(state)) is the same state. Lists but the ring
 * are never changed, only replaced: snapshots share them. Flat, so that a fix that changes nothing touches few places in memory.
 */
export interface ActivationState {
  readonly format: 4;
  readonly activationId: string;
  /**
   * The fixes of the horizon: those after the base, and those before it that the base keeps or has waiting, oldest first, no two of
   * one instant, as flat numbers (`horizon.ts`): a fifth of the bytes of as many objects, and nothing for the collector to follow.
   */
  ring: number[];
  /** How many there are: what stands behind them in `ring` is spare room. */
  ringCount: number;
  /** When the newest fix that carries evidence was received, if it came delayed; null: it did not. */
  backlogAtMs: number | null;
  /** Instants of the fixes of the ring that carry no evidence, oldest first. */
  setAside: readonly number[];
  /** Oldest first; the first is the base. */
  snapshots: readonly Snapshot[];
  /** A fix from then on, or that is the ring's so-manieth, asks for the next snapshot; null: before any fix. */
  snapshotDueAtMs: number | null;
  snapshotDueCount: number;
  /** Fixes that imply an impossible speed and agree with each other, newest last, fewer than AGREEING_FIXES. */
  waiting: readonly KeptFix[];
  /** Open episodes, and doubts that are not raised, at most one a term. */
  open: readonly Episode[];
  /** A violation and an unknown-at-edge a term, and those at the edges of the next minutes. */
  told: readonly Told[];
  /** Alerts that the fixes of the horizon settled or took back. */
  over: readonly ToldOver[];
  /** Oldest first, at most `MAX_HELD_BACK`; absent where there are none. */
  heldBack?: readonly HeldBack[];
  /** Keys of the own terms that were known when a fix was last judged; null before the first input. */
  knownTerms: readonly string[] | null;
  /** Sequence of the tag's watch that `knownTerms` is of. */
  watchSequence: number;
  /** The newest publication among the shared terms known. */
  sharedPublishedAtMs: number;
  /** The first edge of any term after the newest fix: until then the set of active terms stays as it is. */
  nextEdgeAtMs: number | null;
  /** The first of those that a tick may judge. */
  nextTickEdgeAtMs: number | null;
  /** When the next tick could change anything; null: never. Valid until the next input. */
  nextDueAtMs: number | null;
  /** What the tag says of itself: beside the fold (`device/step.ts`). */
  readonly device: DeviceState;
  /** Beside the fold (`notices.ts`); absent where there are none. */
  notices?: readonly Notice[];
  /**
   * The newest fixes that were dated ahead of their receipt, oldest first, and behind them those that may show the clock to be right again;
   * absent where none is waited for.
   */
  ahead?: readonly TimedFix[];
  /** Fixes that came dated ahead and may be sent again when their date has come; absent where there are none. */
  sentAhead?: SentAhead;
}

/** A state under work: with those of its fixes as objects that carry evidence, newest last, at most KEPT_FIXES. */
export interface Draft extends ActivationState {
  fixes: readonly KeptFix[];
}

const NONE: readonly never[] = [];

/** The state before any input. */
export function initialState(activationId: string): ActivationState {
  return {
    format: 4,
    activationId,
    ring: [],
    ringCount: 0,
    backlogAtMs: null,
    setAside: NONE,
    snapshots: [{ atMs: null, ringCount: 0, open: NONE, waiting: NONE }],
    snapshotDueAtMs: null,
    snapshotDueCount: SNAPSHOT_EVERY_FIXES,
    waiting: NONE,
    open: NONE,
    told: NONE,
    over: NONE,
    knownTerms: null,
    watchSequence: -1,
    sharedPublishedAtMs: -1,
    nextEdgeAtMs: null,
    nextTickEdgeAtMs: null,
    nextDueAtMs: null,
    device: initialDevice(),
  };
}

/** A draft may be changed while the state stays as it is: the horizon is replaced, or only added to at the end. */
export function draftOf(state: ActivationState, fixes: readonly KeptFix[]): Draft {
  const draft: Draft = {
    format: 4,
    activationId: state.activationId,
    ring: state.ring,
    ringCount: state.ringCount,
    backlogAtMs: state.backlogAtMs,
    setAside: state.setAside,
    snapshots: state.snapshots,
    snapshotDueAtMs: state.snapshotDueAtMs,
    snapshotDueCount: state.snapshotDueCount,
    waiting: state.waiting,
    open: state.open,
    told: state.told,
    over: state.over,
    knownTerms: state.knownTerms,
    watchSequence: state.watchSequence,
    sharedPublishedAtMs: state.sharedPublishedAtMs,
    nextEdgeAtMs: state.nextEdgeAtMs,
    nextTickEdgeAtMs: state.nextTickEdgeAtMs,
    nextDueAtMs: state.nextDueAtMs,
    device: state.device,
    fixes,
  };
  if (state.heldBack !== undefined) draft.heldBack = state.heldBack;
  return draft;
}

/** One empty list for all: of 20,000 tags few have anything open. */
function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list;
}

/**
 * A list to be kept, no longer than it is: one that was pushed to, filtered, or spread with more behind it has room for 16 more,
 * 130 bytes for each tag and list.
 */
export function exactly<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list.slice();
}

/** The state that a draft has become. */
export function stateOf(draft: Draft): ActivationState {
  const state: ActivationState = {
    format: 4,
    activationId: draft.activationId,
    ring: draft.ring,
    ringCount: draft.ringCount,
    backlogAtMs: draft.backlogAtMs,
    setAside: orNone(draft.setAside),
    snapshots: draft.snapshots,
    snapshotDueAtMs: draft.snapshotDueAtMs,
    snapshotDueCount: draft.snapshotDueCount,
    waiting: orNone(draft.waiting),
    open: orNone(draft.open),
    told: orNone(draft.told),
    over: orNone(draft.over),
    knownTerms: draft.knownTerms,
    watchSequence: draft.watchSequence,
    sharedPublishedAtMs: draft.sharedPublishedAtMs,
    nextEdgeAtMs: draft.nextEdgeAtMs,
    nextTickEdgeAtMs: draft.nextTickEdgeAtMs,
    nextDueAtMs: draft.nextDueAtMs,
    device: draft.device,
  };
  if (draft.heldBack !== undefined) state.heldBack = draft.heldBack;
  return state;
}
