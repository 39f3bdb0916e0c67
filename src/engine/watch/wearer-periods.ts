/** What is recorded of a wearer and no condition: suspended alerts and custody, by what was known at an instant. */
import type { CompiledOwn } from './compile.js';

type Known = { readonly knownFromMs: number; readonly knownUntilMs: number | null };

function isKnown({ knownFromMs, knownUntilMs }: Known, nowMs: number): boolean {
  return knownFromMs <= nowMs && nowMs < (knownUntilMs ?? Infinity);
}

/** Until when alerts about a condition are held back, as far as is known now; null: they are not. */
export function suspendedUntilMs(
  { suspensions }: Pick<CompiledOwn, 'suspensions'>,
  conditionId: string,
  nowMs: number,
): number | null {
  let untilMs = nowMs;
  // One may follow another without a gap; each is passed once.
  for (let i = 0; i < suspensions.length; i++) {
    const next = suspensions.find(
      (one) =>
        (one.conditionId ?? conditionId) === conditionId &&
        isKnown(one, nowMs) &&
        one.startsAtMs <= untilMs &&
        untilMs < one.endsAtMs,
    );
    if (next === undefined) break;
    untilMs = next.endsAtMs;
  }
  return untilMs > nowMs ? untilMs : null;
}

/** Whether the wearer was in custody at an instant, as far as is known now. */
export function isInCustody(
  { custodyPeriods }: Pick<CompiledOwn, 'custodyPeriods'>,
  atMs: number,
  nowMs: number,
): boolean {
  return custodyPeriods.some(
    (one) => isKnown(one, nowMs) && one.startsAtMs <= atMs && atMs < (one.endsAtMs ?? Infinity),
  );
}

/** When custody next begins or ends, as far as is known now; Infinity: never. */
export function nextCustodyEdgeMs({ custodyPeriods }: Pick<CompiledOwn, 'custodyPeriods'>, nowMs: number): number {
  const edges = custodyPeriods
    .filter((one) => isKnown(one, nowMs))
    .flatMap(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs ?? Infinity]);
  return Math.min(Infinity, ...edges.filter((atMs) => atMs > nowMs));
}
