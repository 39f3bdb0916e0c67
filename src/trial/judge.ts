/** Alerts against the truth of a run. */
import type { TrialAlert } from './alerts.js';
import type { Violation } from './truth.js';

export interface Verdict {
  readonly detected: number;
  /** Provable, and not confirmed. */
  readonly missed: readonly Violation[];
  readonly cannotBeProved: number;
  /** From the beginning of a violation to its confirmation, of those that were detected. */
  readonly delaysS: readonly number[];
  /** Confirmed, and nothing of it is true. */
  readonly falseConfirmed: readonly TrialAlert[];
  /** Confirmed rightly, and ended by fixes while the violation went on. */
  readonly endedEarly: readonly TrialAlert[];
}

/** Two pings: fixes find a violation that much late and, with their errors, early. */
const SLACK_MS = 120_000;
/** An end that much before the true one is an error of the judgement, not of a fix at the boundary. */
const EARLY_MS = 300_000;

const JUDGED = new Set(['exclusion', 'inclusion', 'restriction', 'curfew']);

/** Whether the alert tells of this violation: about the same time, and not confirmed before it began. */
function tellsOf(alert: TrialAlert, { conditionId, fromMs, toMs }: Violation): boolean {
  return (
    alert.conditionId === conditionId &&
    alert.startedAtMs <= toMs + SLACK_MS &&
    (alert.endedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs - SLACK_MS &&
    (alert.confirmedFixAtMs ?? Number.POSITIVE_INFINITY) >= fromMs - SLACK_MS
  );
}

export function judge(
  violations: readonly Violation[],
  isProvable: (violation: Violation) => boolean,
  alerts: readonly TrialAlert[],
): Verdict {
  const confirmed = alerts.filter(({ kind, confirmedAtMs }) => JUDGED.has(kind) && confirmedAtMs !== null);
  const delaysS: number[] = [];
  const missed: Violation[] = [];
  let cannotBeProved = 0;
  for (const violation of violations) {
    const telling = confirmed.filter((alert) => !alert.withdrawn && tellsOf(alert, violation));
    if (telling.length > 0) {
      delaysS.push((Math.min(...telling.map(({ confirmedAtMs }) => confirmedAtMs!)) - violation.fromMs) / 1000);
    } else if (isProvable(violation)) missed.push(violation);
    else cannotBeProved++;
  }
  return {
    detected: delaysS.length,
    missed,
    cannotBeProved,
    delaysS,
    falseConfirmed: confirmed.filter((alert) => !violations.some((violation) => tellsOf(alert, violation))),
    endedEarly: confirmed.filter(
      (alert) =>
        alert.endedByFixes &&
        violations.some(
          (violation) =>
            tellsOf(alert, violation) &&
            alert.endedAtMs! > violation.fromMs &&
            alert.endedAtMs! < violation.toMs - EARLY_MS,
        ),
    ),
  };
}
