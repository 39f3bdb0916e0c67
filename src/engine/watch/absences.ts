/** Authorised absences: when a term does not apply because of them, and what of an episode they make reasonable. */
import type { Absence, Term } from '../types.js';

/** A part of a window (or of all time) that no absence takes away. */
export interface Piece {
  /** The window as scheduled; null where the term has none. */
  readonly window: { readonly opensAtMs: number; readonly closesAtMs: number } | null;
  readonly endsBecause: 'window-closed' | 'absence-began';
  readonly startsAfterAbsence: boolean;
}

export interface CutWindows {
  /** Flat, sorted, disjoint, like a term's windows; infinite at the ends of a term without any. */
  readonly windows: Float64Array;
  /** One for each of them. */
  readonly pieces: readonly Piece[];
}

/**
 * The windows of a term without its absences, each from when it was known: what came before is judged as it stood. Null where
 * there are no absences.
 */
export function cutAbsences({ windows, absences = [] }: Term): CutWindows | null {
  const live = absences
    .map(({ startsAtMs, endsAtMs, knownFromMs }) => ({ fromMs: Math.max(startsAtMs, knownFromMs), untilMs: endsAtMs }))
    .filter(({ fromMs, untilMs }) => fromMs < untilMs)
    .sort((a, b) => a.fromMs - b.fromMs);
  if (live.length === 0) return null;
  const flat: number[] = [];
  const pieces: Piece[] = [];
  const whole = windows ?? [-Infinity, Infinity];
  for (let i = 0; i < whole.length; i += 2) {
    const [opensAtMs, closesAtMs] = [whole[i]!, whole[i + 1]!];
    const window = windows === null ? null : { opensAtMs, closesAtMs };
    let fromMs = opensAtMs;
    let startsAfterAbsence = false;
    for (const absence of live) {
      if (absence.untilMs <= fromMs || absence.fromMs >= closesAtMs) continue;
      if (absence.fromMs > fromMs) {
        flat.push(fromMs, absence.fromMs);
        pieces.push({ window, endsBecause: 'absence-began', startsAfterAbsence });
      }
      fromMs = absence.untilMs;
      startsAfterAbsence = true;
    }
    if (fromMs >= closesAtMs) continue;
    flat.push(fromMs, closesAtMs);
    pieces.push({ window, endsBecause: 'window-closed', startsAfterAbsence });
  }
  return { windows: Float64Array.from(flat), pieces };
}

/** How much of a time no absence covers, whenever it was recorded; ms. */
export function unreasonableMs(absences: readonly Absence[], fromMs: number, untilMs: number): number {
  let leftMs = Math.max(0, untilMs - fromMs);
  let coveredUntilMs = fromMs;
  for (const { startsAtMs, endsAtMs } of [...absences].sort((a, b) => a.startsAtMs - b.startsAtMs)) {
    const [start, end] = [Math.max(startsAtMs, coveredUntilMs), Math.min(endsAtMs, untilMs)];
    if (end <= start) continue;
    leftMs -= end - start;
    coveredUntilMs = end;
  }
  return leftMs;
}

/** The first absence that covers some of a time, or begins where it ends; null where none does. */
export function absenceAbout(absences: readonly Absence[], fromMs: number, untilMs: number): string | null {
  const found = absences.find(({ startsAtMs, endsAtMs, knownFromMs }) => {
    const overlaps = startsAtMs < untilMs && endsAtMs > fromMs;
    return overlaps || (Math.max(startsAtMs, knownFromMs) === untilMs && endsAtMs > untilMs);
  });
  return found?.absenceId ?? null;
}
