/** Which alert a finding is: of the same term and sort, by its start or by when it was. */
import type { Finding } from './finding.js';
import type { Told, ToldOver } from './state.js';

/**
 * Same term and same sort; the same start first (as first raised, so that no other alert takes the id of its start), then
 * whatever is about the same time, oldest first.
 */
export function match(findings: readonly Finding[], told: readonly Told[]): [Finding, Told | null][] {
  const sorted = [...findings].sort((a, b) => a.startedAtMs - b.startedAtMs || (a.termKey < b.termKey ? -1 : 1));
  const free = new Set(told);
  const take = (finding: Finding, suits: (finding: Finding, candidate: Told) => boolean): Told | null => {
    for (const candidate of free) {
      if (candidate.termKey !== finding.termKey || candidate.kind !== finding.kind) continue;
      if (!suits(finding, candidate)) continue;
      free.delete(candidate);
      return candidate;
    }
    return null;
  };
  const own = sorted.map((finding) => take(finding, isRaisedAlike));
  const exact = sorted.map((finding, i) => own[i] ?? take(finding, startsAlike));
  const near = sorted.map((finding, i) => exact[i] ?? take(finding, isSameEpisode));
  // An id that was used before is used again, with its revisions, whatever has become of the alert since.
  return sorted.map((finding, i) => [finding, near[i] ?? take(finding, wasRaisedAlike)]);
}

/**
 * Parts what was told and is over: an alert that was taken back at a start where something is found again in order of time, as
 * after an edge between fixes that were waited for, goes on with its id and its revisions.
 */
export function recall(
  findings: readonly Finding[],
  over: readonly ToldOver[],
): { readonly again: readonly Told[]; readonly over: ToldOver[] } {
  const isAgain = ({ told }: ToldOver) =>
    told.withdrawn &&
    findings.some(
      (finding) => finding.termKey === told.termKey && finding.kind === told.kind && wasRaisedAlike(finding, told),
    );
  return { again: over.filter(isAgain).map(({ told }) => told), over: over.filter((each) => !isAgain(each)) };
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
