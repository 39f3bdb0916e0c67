/**
 * What a late fix needs: the fixes of the last half hour over a state before them, evidence or not, so that it can be put in its
 * place and the fold run again from there. The fold is causal: a snapshot before the late fix is as it would have been.
 */
import type { ActivationState, Horizon, KeptFix, Snapshot } from './state.js';
import { HORIZON_FIXES, HORIZON_MS, KEPT_FIXES, SNAPSHOT_EVERY_FIXES, SNAPSHOT_EVERY_MS } from './thresholds.js';

/** Numbers a fix in the ring: fixedAtMs, receivedAtMs, latitude, longitude, accuracyMetres, sigmaMetres. */
const RING_WIDTH = 6;

function fixAt(ring: readonly number[], i: number): KeptFix {
  const at = i * RING_WIDTH;
  return {
    fixedAtMs: ring[at]!,
    receivedAtMs: ring[at + 1]!,
    latitude: ring[at + 2]!,
    longitude: ring[at + 3]!,
    accuracyMetres: ring[at + 4]!,
    sigmaMetres: ring[at + 5]!,
  };
}

function add(horizon: Horizon, fix: KeptFix): void {
  const { ring } = horizon;
  const at = horizon.count * RING_WIDTH;
  horizon.count++;
  if (at >= ring.length) {
    ring.push(fix.fixedAtMs, fix.receivedAtMs, fix.latitude, fix.longitude, fix.accuracyMetres, fix.sigmaMetres);
    return;
  }
  ring[at] = fix.fixedAtMs;
  ring[at + 1] = fix.receivedAtMs;
  ring[at + 2] = fix.latitude;
  ring[at + 3] = fix.longitude;
  ring[at + 4] = fix.accuracyMetres;
  ring[at + 5] = fix.sigmaMetres;
}

/** Forgets the oldest fixes. The room is kept: a list that shrinks and grows costs a collector more than all the rest. */
function drop(horizon: Horizon, count: number): void {
  if (count <= 0) return;
  const { ring, snapshots } = horizon;
  const from = count * RING_WIDTH;
  const end = horizon.count * RING_WIDTH;
  for (let i = from; i < end; i++) ring[i - from] = ring[i]!;
  horizon.count -= count;
  for (const snapshot of snapshots) snapshot.ringCount -= count;
}

/** Position of the first fix at or after an instant; the number of fixes where there is none. */
function placeOf({ ring, count }: Horizon, fixedAtMs: number): number {
  let i = count;
  while (i > 0 && ring[(i - 1) * RING_WIDTH]! >= fixedAtMs) i--;
  return i;
}

/** The newest fix, whether it carries evidence or waits: lateness goes by it. */
export function newestOf({ fixes, waiting }: ActivationState): KeptFix | undefined {
  return waiting.length > 0 ? waiting[waiting.length - 1] : fixes[fixes.length - 1];
}

/** The fold of a state as it stands. What the fold of a fix changes belongs in here, but for the kept fixes: the ring has them. */
function takeSnapshot({ horizon, open, waiting }: ActivationState, atMs: number | null): Snapshot {
  return { atMs, ringCount: horizon.count, open: [...open], waiting };
}

/**
 * Remembers the newest fix of the state, which has just been folded or set to wait. Changes the state's horizon in place.
 */
export function remember(state: ActivationState, fix: KeptFix): void {
  const { horizon } = state;
  add(horizon, fix);
  if (state.waiting.length > 0) horizon.setAside.push(fix.fixedAtMs);
  else if (horizon.setAside.length > 0) forgive(state);
  const last = horizon.snapshots[horizon.snapshots.length - 1]!;
  const isDue =
    horizon.count - last.ringCount >= SNAPSHOT_EVERY_FIXES ||
    fix.fixedAtMs - (last.atMs ?? horizon.ring[0]!) >= SNAPSHOT_EVERY_MS;
  if (isDue) moveOn(state, fix.fixedAtMs);
}

/** Where the fixes that waited have been folded with the newest, they are not set aside any more. */
function forgive({ fixes, horizon }: ActivationState): void {
  if (horizon.setAside.at(-1) !== fixes.at(-2)?.fixedAtMs) return;
  horizon.setAside = horizon.setAside.filter((atMs) => !fixes.some((fix) => fix.fixedAtMs === atMs));
}

/** Takes a snapshot, and lets go of what lies before the one that is old enough to be the base. */
function moveOn(state: ActivationState, newestAtMs: number): void {
  const { horizon } = state;
  const { snapshots } = horizon;
  snapshots.push(takeSnapshot(state, newestAtMs));
  let base = 0;
  while (base + 1 < snapshots.length) {
    const length = horizon.count - snapshots[base]!.ringCount;
    if (snapshots[base + 1]!.atMs! > newestAtMs - HORIZON_MS && length <= HORIZON_FIXES) break;
    base++;
  }
  if (base === 0) return;
  snapshots.splice(0, base);
  if (horizon.setAside.length > 0) forgetSetAside(horizon);
  drop(horizon, snapshots[0]!.ringCount - KEPT_FIXES - snapshots[0]!.waiting.length);
  const baseAtMs = snapshots[0]!.atMs!;
  if (state.over.length > 0) state.over = state.over.filter((each) => each.passedAtMs > baseAtMs);
}

/** Lets go of what carries no evidence before the base, and does not wait there: its kept fixes lie together then. */
function forgetSetAside(horizon: Horizon): void {
  const base = horizon.snapshots[0]!;
  const gone = horizon.setAside.filter((atMs) => atMs <= base.atMs! && !isWaiting(base, atMs));
  for (const atMs of gone) {
    const place = placeOf(horizon, atMs);
    horizon.ring.copyWithin(place * RING_WIDTH, (place + 1) * RING_WIDTH, horizon.count * RING_WIDTH);
    horizon.count--;
    for (const snapshot of horizon.snapshots) snapshot.ringCount--;
  }
  horizon.setAside = horizon.setAside.filter((atMs) => !gone.includes(atMs));
}

function isWaiting({ waiting }: Snapshot, atMs: number): boolean {
  return waiting.some((fix) => fix.fixedAtMs === atMs);
}

/** The kept fixes of a snapshot, newest last. Those that waited when it was taken may have become evidence since. */
function keptBy({ ring, setAside }: Horizon, snapshot: Snapshot): KeptFix[] {
  const kept: KeptFix[] = [];
  for (let n = snapshot.ringCount - 1; n >= 0 && kept.length < KEPT_FIXES; n--) {
    const fix = fixAt(ring, n);
    if (!setAside.includes(fix.fixedAtMs) && !isWaiting(snapshot, fix.fixedAtMs)) kept.push(fix);
  }
  return kept.reverse();
}

/** A horizon that reaches back to the newest fix alone. */
export function horizonOf({ fixes, waiting, open }: Pick<ActivationState, 'fixes' | 'waiting' | 'open'>): Horizon {
  const all = [...fixes, ...waiting];
  const base = { atMs: all.at(-1)?.fixedAtMs ?? null, ringCount: all.length, open: [...open], waiting };
  const setAside = waiting.map((fix) => fix.fixedAtMs);
  const horizon: Horizon = { ring: [], count: 0, setAside, snapshots: [base] };
  for (const fix of all) add(horizon, fix);
  return horizon;
}

/** Nothing before now is judged again: the terms have changed, and the past under them is the reconciler's. */
export function closeHorizon(draft: ActivationState): void {
  draft.horizon = horizonOf(draft);
  draft.over = [];
}

/**
 * Takes a draft back to the newest snapshot before a fix. Returns when that was (null: before any fix), and the fixes to be
 * folded again, the late one in its place among them.
 */
export function rewind(draft: ActivationState, late: KeptFix): { fromMs: number | null; again: readonly KeptFix[] } {
  const { horizon } = draft;
  let i = horizon.snapshots.length - 1;
  while (i > 0 && horizon.snapshots[i]!.atMs! >= late.fixedAtMs) i--;
  const snapshot = horizon.snapshots[i]!;
  const place = placeOf(horizon, late.fixedAtMs);
  const again: KeptFix[] = [];
  for (let n = snapshot.ringCount; n < place; n++) again.push(fixAt(horizon.ring, n));
  again.push(late);
  const replaces = place < horizon.count && horizon.ring[place * RING_WIDTH] === late.fixedAtMs;
  for (let n = replaces ? place + 1 : place; n < horizon.count; n++) again.push(fixAt(horizon.ring, n));
  draft.fixes = keptBy(horizon, snapshot);
  draft.waiting = snapshot.waiting;
  draft.open = [...snapshot.open];
  const before = horizon.setAside.filter((atMs) => atMs <= snapshot.atMs! && !isWaiting(snapshot, atMs));
  draft.horizon = {
    ring: [...horizon.ring],
    count: snapshot.ringCount,
    setAside: [...before, ...snapshot.waiting.map((fix) => fix.fixedAtMs)],
    snapshots: horizon.snapshots.slice(0, i + 1).map((each) => ({ ...each })),
  };
  return { fromMs: snapshot.atMs, again };
}

/** Where the live fold's judgement of late fixes begins: what is not after it is the reconciler's. -Infinity: all is live. */
export function liveBaseMs(state: ActivationState): number {
  const newestAtMs = newestOf(state)?.fixedAtMs ?? -Infinity;
  return Math.max(state.horizon.snapshots[0]!.atMs ?? -Infinity, newestAtMs - HORIZON_MS);
}

export type Lateness = 'late' | 'repeated' | 'beyond-horizon';

/**
 * What a fix not newer than the newest is. Of two that claim the same instant one counts, the same whichever came first: a
 * repeat is the fix that counts, or the one that does not.
 */
export function latenessOf(state: ActivationState, fix: KeptFix): Lateness {
  const { horizon } = state;
  const place = placeOf(horizon, fix.fixedAtMs);
  const isThere = place < horizon.count && horizon.ring[place * RING_WIDTH] === fix.fixedAtMs;
  if (isThere && !counts(fix, fixAt(horizon.ring, place))) return 'repeated';
  if (fix.fixedAtMs <= liveBaseMs(state)) return 'beyond-horizon';
  return 'late';
}

/** Whether a fix counts instead of another of the same instant: the more accurate one, else the one further south and west. */
function counts(fix: KeptFix, other: KeptFix): boolean {
  const difference =
    fix.accuracyMetres - other.accuracyMetres || fix.latitude - other.latitude || fix.longitude - other.longitude;
  return difference < 0;
}
