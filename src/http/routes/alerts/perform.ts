/** One action on one alert: whether it may be done by who asks, one append, and how it was judged in log order. */
import type { FastifyRequest } from 'fastify';
import { rulesFor } from '../../../access/may.js';
import { whyNotSecond } from '../../../access/second-person.js';
import { isForClosed } from '../../../alerts/act.js';
import { type Alert, etagOf, parseEtag, toAlertItem } from '../../../alerts/alert.js';
import { concernsVictim } from '../../../alerts/victim.js';
import { DatabaseUnavailable } from '../../../ports/database.js';
import { principalOf, sees } from '../../plugins/principal.js';
import type { ProblemInput } from '../../plugins/problems.js';
import { writerOf } from '../records/record-routes.js';
import { eventIdOf, hashSaid, type Said } from './action-bodies.js';
import { readAlert } from './read.js';
import { toRefusalProblem } from './refusals.js';
import { type AlertDeps, assertCaughtUp } from './sources.js';

export interface Performed {
  /** As it stands now; null where nobody knows it, or who asks may not. */
  readonly alert: Alert | null;
  /** Null: it was done. */
  readonly problem: ProblemInput | null;
}

const SECOND_PERSON: ProblemInput = {
  status: 403,
  reason: 'second-person-required',
  detail:
    'A suspension that concerns a victim’s zone takes a second person: propose it by propose-suspension, and another one agrees by agree-suspension.',
};

/** It is closed, and might be done to what is: only not here any more. */
const LET_GO: ProblemInput = {
  status: 409,
  reason: 'let-go',
  detail:
    'This alert was closed too long ago to be acted on, or to be reopened: what is to be known is written down as a task of the wearer.',
};

async function takesSecond(
  { record }: AlertDeps,
  request: FastifyRequest,
  alert: Alert,
  { type }: Said,
): Promise<boolean> {
  if (type !== 'suspended') return false;
  const rules = rulesFor(principalOf(request), 'suspensions.write');
  if (rules.some(({ needsSecond }) => needsSecond === undefined)) return false;
  return concernsVictim(alert) || (await isOfVictimByNow(record, alert));
}

/** The zone may have become a victim's since the alert was told. Without the database what was told decides: acting needs the log alone. */
async function isOfVictimByNow(record: AlertDeps['record'], { finding }: Alert): Promise<boolean> {
  if (finding.conditionId === null) return false;
  try {
    return await record.isOfVictim(finding.conditionId);
  } catch (error) {
    if (error instanceof DatabaseUnavailable) return false;
    throw error;
  }
}

/** Only of what is known here: the fold judges it in log order. */
function whyNotAgree(request: FastifyRequest, { suspensionProposal, finding }: Alert, { type }: Said): string | null {
  if (type !== 'suspension-agreed' || suspensionProposal === undefined) return null;
  const about = { aboutWearerId: finding.wearerId, aboutSubjectId: null, movesTo: null };
  const proposed = { ...about, proposedBy: suspensionProposal.by, readOperation: 'suspensions.read' as const };
  return whyNotSecond(principalOf(request), proposed);
}

/** `etag`: the version of the alert that was seen; `key`: the same again, by the same person, is the same action. Rejects with `LogUnavailable`. */
export async function performAction(
  deps: AlertDeps,
  request: FastifyRequest,
  { alertId, etag, key, said }: { alertId: string; etag: string; key: string; said: Said },
): Promise<Performed> {
  const seen = parseEtag(etag);
  if (seen === null) {
    const detail = 'must be one ETag of the alert, as "2.0" with its quotes';
    const errors = [{ pointer: '/if-match', detail, in: 'headers' as const }];
    return { alert: null, problem: { status: 400, detail: 'If-Match cannot be read.', errors } };
  }
  assertCaughtUp(deps.alertLog);
  // What memory has let go of was closed long ago; the record knows whether it was there.
  const alert = deps.alertLog.get(alertId);
  const known = alert ?? (await readAlert(deps, alertId))?.alert ?? null;
  if (known === null || !sees(request, known.finding.wearerId))
    return { alert: null, problem: toRefusalProblem({ reason: 'unknown-alert' }) };
  if (alert === null)
    return { alert: null, problem: isForClosed(said.type) ? LET_GO : toRefusalProblem({ reason: 'closed' }) };
  if (await takesSecond(deps, request, alert, said)) return { alert, problem: SECOND_PERSON };
  const notSecond = whyNotAgree(request, alert, said);
  if (notSecond !== null)
    return { alert, problem: { status: 403, reason: 'second-person-required', detail: notSecond } };
  const principal = principalOf(request);
  const acted = await deps.alertLog.act({
    eventId: eventIdOf(principal.subjectId, key),
    alertId,
    wearerId: alert.finding.wearerId,
    actor: principal.subjectId,
    ...(principal.roles.length === 0 ? {} : { roles: principal.roles }),
    correlationId: writerOf(request).correlationId,
    at: new Date(deps.clock.nowMs()).toISOString(),
    seen,
    ...said,
    saidHash: hashSaid(said),
  });
  if (acted.refusal !== undefined) {
    const more = acted.alert === null ? {} : { alert: toAlertItem(acted.alert) };
    return { alert: acted.alert, problem: toRefusalProblem(acted.refusal, more) };
  }
  if (acted.alert === null) throw new Error(`an action on ${alertId} was accepted and left no alert`);
  return { alert: acted.alert, problem: null };
}

export const etagHeader = (alert: Alert | null): Record<string, string> =>
  alert === null ? {} : { etag: etagOf(alert) };
