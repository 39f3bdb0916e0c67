/**
 * What a late fix needs: the fixes of the last half hour over a state before them, so that it can be put in its place and the
 * fold run again from there. The fold is causal: a snapshot before the late fix is as it would have been.
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

/** The fold of a state as it stands. What the fold of a fix changes belongs in here, but for the kept fixes: the ring has them. */
function takeSnapshot(state: ActivationState): Snapshot {
  return { atMs: state.fixes.at(-1)?.fixedAtMs ?? null, ringCount: state.horizon.count, open: [...state.open] };
}

/** Remembers the newest fix of the state, which has just been folded. Changes the state's horizon in place. */
export function remember(state: ActivationState, fix: KeptFix): void {
  const { horizon } = state;
  add(horizon, fix);
  const last = horizon.snapshots[horizon.snapshots.length - 1]!;
  const isDue =
    horizon.count - last.ringCount >= SNAPSHOT_EVERY_FIXES ||
    fix.fixedAtMs - (last.atMs ?? horizon.ring[0]!) >= SNAPSHOT_EVERY_MS;
  if (isDue) moveOn(state, fix.fixedAtMs);
}

/** Takes a snapshot, and lets go of what lies before the one that is old enough to be the base. */
function moveOn(state: ActivationState, newestAtMs: number): void {
  const { horizon } = state;
  const { snapshots } = horizon;
  snapshots.push(takeSnapshot(state));
  let base = 0;
  while (base + 1 < snapshots.length) {
    const length = horizon.count - snapshots[base]!.ringCount;
    if (snapshots[base + 1]!.atMs! > newestAtMs - HORIZON_MS && length <= HORIZON_FIXES) break;
    base++;
  }
  if (base === 0) return;
  snapshots.splice(0, base);
  drop(horizon, snapshots[0]!.ringCount - KEPT_FIXES);
  const baseAtMs = snapshots[0]!.atMs!;
  if (state.over.length > 0) state.over = state.over.filter((each) => each.passedAtMs > baseAtMs);
}

/** A horizon that reaches back to the newest fix alone. */
export function horizonOf(fixes: readonly KeptFix[], open: ActivationState['open']): Horizon {
  const base = { atMs: fixes.at(-1)?.fixedAtMs ?? null, ringCount: fixes.length, open: [...open] };
  const horizon: Horizon = { ring: [], count: 0, snapshots: [base] };
  for (const fix of fixes) add(horizon, fix);
  return horizon;
}

/** Nothing before now is judged again: the terms have changed, and the past under them is the reconciler's. */
export function closeHorizon(draft: ActivationState): void {
  draft.horizon = horizonOf(draft.fixes, draft.open);
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
  draft.fixes = [];
  for (let n = Math.max(0, snapshot.ringCount - KEPT_FIXES); n < snapshot.ringCount; n++)
    draft.fixes.push(fixAt(horizon.ring, n));
  draft.open = [...snapshot.open];
  draft.horizon = {
    ring: [...horizon.ring],
    count: snapshot.ringCount,
    snapshots: horizon.snapshots.slice(0, i + 1).map((each) => ({ ...each })),
  };
  return { fromMs: snapshot.atMs, again };
}

export type Lateness = 'late' | 'repeated' | 'beyond-horizon';

/**
 * What a fix not newer than the newest is. Of two that claim the same instant one counts, the same whichever came first: a
 * repeat is the fix that counts, or the one that does not.
 */
export function latenessOf(state: ActivationState, fix: KeptFix): Lateness {
  const { horizon } = state;
  const newestAtMs = state.fixes[state.fixes.length - 1]!.fixedAtMs;
  const place = placeOf(horizon, fix.fixedAtMs);
  const isThere = place < horizon.count && horizon.ring[place * RING_WIDTH] === fix.fixedAtMs;
  if (isThere && !counts(fix, fixAt(horizon.ring, place))) return 'repeated';
  const baseAtMs = horizon.snapshots[0]!.atMs ?? -Infinity;
  if (fix.fixedAtMs <= baseAtMs || fix.fixedAtMs <= newestAtMs - HORIZON_MS) return 'beyond-horizon';
  return 'late';
}

/** Whether a fix counts instead of another of the same instant: the more accurate one, else the one further south and west. */
function counts(fix: KeptFix, other: KeptFix): boolean {
  const difference =
    fix.accuracyMetres - other.accuracyMetres || fix.latitude - other.latitude || fix.longitude - other.longitude;
  return difference < 0;
}
