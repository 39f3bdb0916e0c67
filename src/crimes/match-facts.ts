/** A judgement in the words of REST. Pure. */
import type { Judgement, Outcome } from '../matching/judge.js';
import type { MatchFacts } from '../wire/crime-batch.js';

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
const toIso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

export function toMatchFacts(judged: Judgement, atRadius: Readonly<Record<number, Outcome>>): MatchFacts {
  const { closestMetres, speedKmh } = judged;
  return {
    outcome: judged.outcome,
    fixes: judged.fixes,
    probability: round(judged.probability, 3),
    closestMetres: closestMetres === null ? null : round(closestMetres, 1),
    closestAt: toIso(judged.closestAtMs),
    speedKmh: speedKmh === null ? null : round(speedKmh, 1),
    dwellSeconds: Math.round(judged.dwellMs / 1_000),
    longestUnseenSeconds: Math.round(judged.longestUnseenMs / 1_000),
    atRadius: Object.fromEntries(Object.entries(atRadius)),
  };
}
