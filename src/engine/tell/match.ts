/** Which alert a finding is: of the same term and sort, by its start or by when it was. */
import type { Finding, Told, ToldOver } from '../state.js';

/** The told that each finding is, in the order of the findings; null: it is new. */
export interface Matched {
  /** By their start. */
  readonly findings: readonly Finding[];
  readonly told: readonly (Told | null)[];
}

/**
 * Same term and same sort; the same start first (as first raised, so that no other alert takes the id of its start), then
 * whatever is about the same time, oldest first.
 */
export function match(findings: readonly Finding[], told: readonly Told[]): Matched {
  const sorted = findings.length < 2 ? findings : [...findings].sort(byStart);
  const matched: (Told | null)[] = sorted.map(() => null);
  if (told.length === 0) return { findings: sorted, told: matched };
  const free = [...told];
  for (const suits of SUITS) {
    for (let i = 0; i < sorted.length && free.length > 0; i++) {
      if (matched[i] === null) matched[i] = take(sorted[i]!, free, suits);
    }
  }
  return { findings: sorted, told: matched };
}

function byStart(a: Finding, b: Finding): number {
  return a.startedAtMs - b.startedAtMs || (a.termKey < b.termKey ? -1 : 1);
}

type Suits = (finding: Finding, told: Told) => boolean;

/** An id that was used before is used again, with its revisions, whatever has become of the alert since. */
const SUITS: readonly Suits[] = [isRaisedAlike, startsAlike, isSameEpisode, wasRaisedAlike];

/** Takes the first that suits out of those that are free. */
function take(finding: Finding, free: Told[], suits: Suits): Told | null {
  for (let i = 0; i < free.length; i++) {
    const told = free[i]!;
    if (!isSame(finding, told) || !suits(finding, told)) continue;
    free.splice(i, 1);
    return told;
  }
  return null;
}

/**
 * Parts what was told and is over: an alert that was taken back at a start where something is found again in order of time, as
 * after an edge between fixes that were waited for, goes on with its id and its revisions.
 */
export function recall(findings: readonly Finding[], told: readonly Told[], over: readonly ToldOver[]): Recalled {
  // One start is one alert: where that is told and goes on, it is not over.
  if (findings.every((finding) => told.some((each) => isSame(finding, each) && isRaisedAlike(finding, each)))) {
    return { again: NONE, over };
  }
  if (!over.some((each) => isAgain(each, findings))) return { again: NONE, over };
  return {
    again: over.filter((each) => isAgain(each, findings)),
    over: over.filter((each) => !isAgain(each, findings)),
  };
}

export interface Recalled {
  readonly again: readonly ToldOver[];
  readonly over: readonly ToldOver[];
}

const NONE: readonly ToldOver[] = [];

/** With those that are recalled, what was told before. */
export function withRecalled(told: readonly Told[], { again }: Recalled): readonly Told[] {
  return again.length === 0 ? told : [...again.map((each) => each.told), ...told];
}

/** When it was settled that an alert is over: before, if it was recalled and is no other's, so that nothing has changed. */
export function settledAtMs(told: Told, { again }: Recalled, nowMs: number): number {
  return again.find((each) => each.told === told)?.passedAtMs ?? nowMs;
}

function isAgain({ told }: ToldOver, findings: readonly Finding[]): boolean {
  if (!told.withdrawn) return false;
  for (const finding of findings) {
    if (wasRaisedAlike(finding, told) && isSame(finding, told)) return true;
  }
  return false;
}

function isSame(finding: Finding, told: Told): boolean {
  return finding.termKey === told.termKey && finding.kind === told.kind;
}

function isRaisedAlike(finding: Finding, told: Told): boolean {
  return !told.withdrawn && wasRaisedAlike(finding, told);
}

function startsAlike(finding: Finding, told: Told): boolean {
  return !told.withdrawn && told.startedAtMs === finding.startedAtMs && !isOverBefore(finding, told);
}

function wasRaisedAlike(finding: Finding, told: Told): boolean {
  return told.raisedStartMs === finding.startedAtMs;
}

/** An episode that was over before an alert was raised leaves it its id: a later one may begin where it was raised. */
function isOverBefore(finding: Finding, told: Told): boolean {
  return finding.end !== null && finding.end.atMs <= told.raisedStartMs;
}

function isSameEpisode(finding: Finding, told: Told): boolean {
  if (told.withdrawn || isOverBefore(finding, told)) return false;
  // A silence may turn out to have begun later; one that began earlier is another alert.
  if (finding.kind === 'unknown-at-edge') return finding.startedAtMs >= told.raisedStartMs;
  return finding.startedAtMs < (told.endedAtMs ?? Infinity) && told.startedAtMs < (finding.end?.atMs ?? Infinity);
}
