/**
 * What a late fix needs: the fixes of the last half hour over a state before them, evidence or not, so that it can be put in its
 * place and the fold run again from there. The fold is causal: a snapshot before the late fix is as it would have been.
 */

import {
  type ActivationState,
  AT_ONCE,
  type Draft,
  exactly,
  type KeptFix,
  type Snapshot,
  type ToldOver,
} from '../state.js';
import {
  DELAYED_AFTER_MS,
  HORIZON_FIXES,
  HORIZON_MS,
  KEPT_FIXES,
  SNAPSHOT_EVERY_FIXES,
  SNAPSHOT_EVERY_MS,
} from '../thresholds.js';
import { sigmaMetres } from './evidence.js';

/**
 * Numbers a fix in the ring: fixedAtMs, latitude, longitude, accuracyMetres, the last one negative where it is an r68: σ follows from
 * it, and a number less is 430 bytes a tag.
 */
const RING_WIDTH = 4;

type Ring = Pick<ActivationState, 'ring' | 'ringCount'>;

function fixAt(ring: readonly number[], i: number): KeptFix {
  const at = i * RING_WIDTH;
  const accuracy = ring[at + 3]!;
  const accuracyMetres = Math.abs(accuracy);
  return {
    fixedAtMs: ring[at]!,
    latitude: ring[at + 1]!,
    longitude: ring[at + 2]!,
    accuracyMetres,
    sigmaMetres: sigmaMetres(accuracyMetres, accuracy < 0 ? 'r68' : 'r95'),
  };
}

/** Room for three more: a list that grows by one copies itself for each fix of its first hours. */
const SPARE: readonly number[] = Array.from({ length: 3 * RING_WIDTH }, () => 0);

/** Writes a fix behind the newest. */
function add(state: Ring, fix: KeptFix): void {
  const { ring } = state;
  const at = state.ringCount * RING_WIDTH;
  const accuracy = signedAccuracy(fix.accuracyMetres, fix.sigmaMetres);
  state.ringCount++;
  if (at >= ring.length) {
    // Not pushed: a list that grows by itself takes half as much again, for each tag.
    state.ring = ring.concat([fix.fixedAtMs, fix.latitude, fix.longitude, accuracy], SPARE);
    return;
  }
  ring[at] = fix.fixedAtMs;
  ring[at + 1] = fix.latitude;
  ring[at + 2] = fix.longitude;
  ring[at + 3] = accuracy;
}

/** Its sign is the convention, by its σ: where both conventions give the same, it does not matter which it was. */
function signedAccuracy(accuracyMetres: number, sigma: number): number {
  return sigma === sigmaMetres(accuracyMetres, 'r95') ? accuracyMetres : -accuracyMetres;
}

/** Forgets fixes. The room is kept: a list that shrinks and grows costs a collector more than all the rest. */
function drop(state: ActivationState, from: number, count: number): void {
  if (count <= 0) return;
  const { ring } = state;
  const gap = count * RING_WIDTH;
  const end = state.ringCount * RING_WIDTH;
  for (let i = from * RING_WIDTH + gap; i < end; i++) ring[i - gap] = ring[i]!;
  state.ringCount -= count;
  for (const snapshot of state.snapshots) snapshot.ringCount -= count;
}

/** Position of the first fix at or after an instant; the number of fixes where there is none. */
function placeOf({ ring, ringCount }: Ring, fixedAtMs: number): number {
  let i = ringCount;
  while (i > 0 && ring[(i - 1) * RING_WIDTH]! >= fixedAtMs) i--;
  return i;
}

/** Device time of the newest fix, whether it carries evidence or waits: lateness goes by it. -Infinity: there is none. */
export function newestAtMsOf({ ring, ringCount }: ActivationState): number {
  return ringCount === 0 ? -Infinity : ring[(ringCount - 1) * RING_WIDTH]!;
}

/** The newest fix; where none waits it carries evidence. Undefined: there is none. */
export function newestOf({ ring, ringCount }: ActivationState): KeptFix | undefined {
  return ringCount === 0 ? undefined : fixAt(ring, ringCount - 1);
}

/** The fixes that carry evidence, newest last, at most `KEPT_FIXES`. */
export function keptFixes(state: ActivationState): KeptFix[] {
  return keptBefore(state, state.ringCount, state.setAside);
}

/** Device time of the newest fix that carries evidence; null: there is none. */
export function newestEvidenceAtMsOf({ ring, ringCount, setAside }: ActivationState): number | null {
  for (let n = ringCount - 1; n >= 0; n--) {
    const atMs = ring[n * RING_WIDTH]!;
    if (setAside.length === 0 || !setAside.includes(atMs)) return atMs;
  }
  return null;
}

/** Device time of the first fix of the horizon at or after an instant that carries evidence; null: there is none. */
export function firstEvidenceFrom({ ring, ringCount, setAside }: ActivationState, fromMs: number): number | null {
  for (let n = placeOf({ ring, ringCount }, fromMs); n < ringCount; n++) {
    const atMs = ring[n * RING_WIDTH]!;
    if (!setAside.includes(atMs)) return atMs;
  }
  return null;
}

/** Where the kept fixes lie, degrees, with no more about it than those that are set aside; null where there are none. No object is made of any. */
export function boxOfKept({ ring, ringCount, setAside }: ActivationState) {
  if (ringCount === 0) return null;
  const box = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (let n = Math.max(0, ringCount - KEPT_FIXES - setAside.length); n < ringCount; n++) {
    const latitude = ring[n * RING_WIDTH + 1]!;
    const longitude = ring[n * RING_WIDTH + 2]!;
    box.minX = Math.min(box.minX, longitude);
    box.maxX = Math.max(box.maxX, longitude);
    box.minY = Math.min(box.minY, latitude);
    box.maxY = Math.max(box.maxY, latitude);
  }
  return box;
}

function keptBefore({ ring }: ActivationState, end: number, without: readonly number[]): KeptFix[] {
  const kept: KeptFix[] = [];
  for (let n = end - 1; n >= 0 && kept.length < KEPT_FIXES; n--) {
    if (without.length === 0 || !without.includes(ring[n * RING_WIDTH]!)) kept.push(fixAt(ring, n));
  }
  return kept.reverse();
}

/** Device time of the oldest fix that is kept; -Infinity: there is none. */
function oldestKeptAtMs({ ring, ringCount, setAside }: ActivationState): number {
  let atMs = -Infinity;
  for (let n = ringCount - 1, kept = 0; n >= 0 && kept < KEPT_FIXES; n--) {
    const each = ring[n * RING_WIDTH]!;
    if (setAside.includes(each)) continue;
    atMs = each;
    kept++;
  }
  return atMs;
}

/** The kept fixes of a snapshot, newest last. Those that waited when it was taken may have become evidence since. */
function keptBy(state: ActivationState, { ringCount, waiting }: Snapshot): KeptFix[] {
  return keptBefore(state, ringCount, [...state.setAside, ...waiting.map((fix) => fix.fixedAtMs)]);
}

/** When a fix was received, if it came delayed: the backlog it belongs to may still be coming in. Else nothing is waited for. */
export function backlogFromMs(fixedAtMs: number, receivedAtMs: number): number {
  return receivedAtMs - fixedAtMs > DELAYED_AFTER_MS ? receivedAtMs : AT_ONCE;
}

/** When the newest fix that carries evidence was received, if it came delayed; else nothing is waited for. */
export function backlogOf({ backlogAtMs }: ActivationState): number {
  return backlogAtMs ?? AT_ONCE;
}

/** Notes of the newest fix, which carries evidence, whether it came delayed. */
export function noteReceipt(state: ActivationState, { fixedAtMs }: KeptFix, receivedAtMs: number): void {
  const backlogMs = backlogFromMs(fixedAtMs, receivedAtMs);
  state.backlogAtMs = backlogMs === AT_ONCE ? null : backlogMs;
}

/** Remembers a fix that is newer than all and carries evidence, while none waits. Changes the state in place. */
export function remember(state: ActivationState, fix: KeptFix): void {
  add(state, fix);
  if (state.snapshotDueAtMs === null) state.snapshotDueAtMs = fix.fixedAtMs + SNAPSHOT_EVERY_MS;
  if (state.ringCount >= state.snapshotDueCount || fix.fixedAtMs >= state.snapshotDueAtMs) moveOn(state, fix.fixedAtMs);
}

/** Remembers the newest fix of a draft, which has just been folded or set to wait. Changes the horizon in place. */
export function rememberIn(draft: Draft, fix: KeptFix): void {
  if (draft.waiting.length > 0) draft.setAside = [...draft.setAside, fix.fixedAtMs];
  else if (draft.setAside.length > 0) forgive(draft);
  remember(draft, fix);
}

/** Where the fixes that waited have been folded with the newest, they are not set aside any more. */
function forgive(draft: Draft): void {
  const { fixes, setAside } = draft;
  if (setAside.at(-1) !== fixes.at(-2)?.fixedAtMs) return;
  draft.setAside = setAside.filter((atMs) => !fixes.some((fix) => fix.fixedAtMs === atMs));
}

/** Takes a snapshot, and lets go of what lies before the one that is old enough to be the base. */
function moveOn(state: ActivationState, newestAtMs: number): void {
  const { open, waiting, ringCount } = state;
  const snapshots = exactly([...state.snapshots, { atMs: newestAtMs, ringCount, open, waiting }]);
  let base = 0;
  while (base + 1 < snapshots.length) {
    const length = ringCount - snapshots[base]!.ringCount;
    if (snapshots[base + 1]!.atMs! > newestAtMs - HORIZON_MS && length <= HORIZON_FIXES) break;
    base++;
  }
  state.snapshots = base === 0 ? snapshots : snapshots.slice(base);
  if (base > 0) {
    const [first] = state.snapshots as [Snapshot];
    if (state.setAside.length > 0) forgetSetAside(state, first);
    drop(state, 0, first.ringCount - KEPT_FIXES - first.waiting.length);
    const baseAtMs = first.atMs!;
    if (state.over.length > 0)
      state.over = exactly(state.over.filter((each) => each.passedAtMs > baseAtMs || mayBeginAgain(each, state)));
  }
  state.snapshotDueAtMs = newestAtMs + SNAPSHOT_EVERY_MS;
  state.snapshotDueCount = state.ringCount + SNAPSHOT_EVERY_FIXES;
}

/**
 * Whether what is over may be found once more at its start, and goes on then with its id and its revisions: in the fixes that are kept, as
 * where they wait or a term that was gone comes back; and where it was taken back, an episode that is open since then under another alert may
 * be parted from it by a change that is dated back.
 */
export function mayBeginAgain({ told }: Pick<ToldOver, 'told'>, state: ActivationState): boolean {
  const { raisedStartMs, termKey } = told;
  if (raisedStartMs >= oldestKeptAtMs(state)) return true;
  return told.withdrawn && state.open.some((each) => each.startedAtMs === raisedStartMs && each.termKey === termKey);
}

/** Lets go of what carries no evidence before the base, and does not wait there: its kept fixes lie together then. */
function forgetSetAside(state: ActivationState, base: Snapshot): void {
  const gone = state.setAside.filter((atMs) => atMs <= base.atMs! && !isWaiting(base, atMs));
  for (const atMs of gone) drop(state, placeOf(state, atMs), 1);
  state.setAside = state.setAside.filter((atMs) => !gone.includes(atMs));
}

function isWaiting({ waiting }: Snapshot, atMs: number): boolean {
  return waiting.some((fix) => fix.fixedAtMs === atMs);
}

type Horizon = Pick<
  ActivationState,
  'ring' | 'ringCount' | 'setAside' | 'snapshots' | 'snapshotDueAtMs' | 'snapshotDueCount'
>;

/** A horizon that reaches back to the newest fix alone. */
export function horizonOf({ fixes, waiting, open }: Pick<Draft, 'fixes' | 'waiting' | 'open'>): Horizon {
  const all = [...fixes, ...waiting];
  const atMs = all.at(-1)?.fixedAtMs ?? null;
  const ring: Ring = { ring: [], ringCount: 0 };
  for (const fix of all) add(ring, fix);
  return {
    ...ring,
    setAside: waiting.map((fix) => fix.fixedAtMs),
    snapshots: [{ atMs, ringCount: all.length, open, waiting }],
    snapshotDueAtMs: atMs === null ? null : atMs + SNAPSHOT_EVERY_MS,
    snapshotDueCount: all.length + SNAPSHOT_EVERY_FIXES,
  };
}

/** Nothing before now is judged again: the terms have changed, and the past under them is the reconciler's. */
export function closeHorizon(draft: Draft): void {
  Object.assign(draft, horizonOf(draft));
  draft.over = draft.over.filter((each) => mayBeginAgain(each, draft));
}

/**
 * Takes a draft back to the newest snapshot before a fix. Returns when that was (null: before any fix), and the fixes to be
 * folded again, the late one in its place among them.
 */
export function rewind(draft: Draft, late: KeptFix): { fromMs: number | null; again: readonly KeptFix[] } {
  const { ring, ringCount, snapshots } = draft;
  let i = snapshots.length - 1;
  while (i > 0 && snapshots[i]!.atMs! >= late.fixedAtMs) i--;
  const snapshot = snapshots[i]!;
  const place = placeOf(draft, late.fixedAtMs);
  const again: KeptFix[] = [];
  for (let n = snapshot.ringCount; n < place; n++) again.push(fixAt(ring, n));
  again.push(late);
  const replaces = place < ringCount && ring[place * RING_WIDTH] === late.fixedAtMs;
  for (let n = replaces ? place + 1 : place; n < ringCount; n++) again.push(fixAt(ring, n));
  draft.fixes = keptBy(draft, snapshot);
  draft.waiting = snapshot.waiting;
  draft.open = snapshot.open;
  const before = draft.setAside.filter((atMs) => atMs <= snapshot.atMs! && !isWaiting(snapshot, atMs));
  draft.setAside = [...before, ...snapshot.waiting.map((fix) => fix.fixedAtMs)];
  draft.ring = [...ring];
  draft.ringCount = snapshot.ringCount;
  draft.snapshots = snapshots.slice(0, i + 1).map((each) => ({ ...each }));
  // Before any fix it is due so long after the first: which that is may have changed.
  draft.snapshotDueAtMs = snapshot.atMs === null ? null : snapshot.atMs + SNAPSHOT_EVERY_MS;
  draft.snapshotDueCount = snapshot.ringCount + SNAPSHOT_EVERY_FIXES;
  return { fromMs: snapshot.atMs, again };
}

/** Where the live fold's judgement of late fixes begins: what is not after it is the reconciler's. -Infinity: all is live. */
export function liveBaseMs(state: ActivationState): number {
  return Math.max(state.snapshots[0]!.atMs ?? -Infinity, newestAtMsOf(state) - HORIZON_MS);
}

export type Lateness = 'late' | 'repeated' | 'beyond-horizon';

/**
 * What a fix not newer than the newest is. Of two that claim the same instant one counts, the same whichever came first: a
 * repeat is the fix that counts, or the one that does not.
 */
export function latenessOf(state: ActivationState, fix: KeptFix): Lateness {
  const { ring, ringCount } = state;
  const place = placeOf(state, fix.fixedAtMs);
  const isThere = place < ringCount && ring[place * RING_WIDTH] === fix.fixedAtMs;
  if (isThere && !counts(fix, fixAt(ring, place))) return 'repeated';
  if (fix.fixedAtMs <= liveBaseMs(state)) return 'beyond-horizon';
  return 'late';
}

/** Whether a fix counts instead of another of the same instant: the more accurate one, else the one further south and west. */
function counts(fix: KeptFix, other: KeptFix): boolean {
  const difference =
    fix.accuracyMetres - other.accuracyMetres || fix.latitude - other.latitude || fix.longitude - other.longitude;
  return difference < 0;
}
