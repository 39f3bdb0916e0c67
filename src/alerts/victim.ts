/** Whether an alert is about the zone of a victim, by which it takes a second person; and what of it is told to whom that zone is kept from. */
import type { Alert } from './alert.js';
import { type AlertEvent, type FindingEvent, isFinding } from './event.js';

/** By its newest finding or any before it. */
export const concernsVictim = ({ finding, wasOfVictim }: Pick<Alert, 'finding' | 'wasOfVictim'>): boolean =>
  wasOfVictim === true || isOfVictim(finding);

/**
 * Of events of before the zone's priority was told, by their severity, which nothing but a victim's zone made critical. What is about no
 * zone is critical where a table in configuration says so.
 */
export function isOfVictim({ zonePriority, zoneId, severity }: FindingEvent): boolean {
  return zonePriority === undefined ? zoneId !== null && severity === 'critical' : zonePriority === 'victim';
}

/** In the place of what somebody wrote: a note may say where the victim is. */
export const KEPT_FROM_YOU = 'not told to you: it is about a zone that is kept from you';

/** What happened, when, how surely and how severely: nothing of the zone, of the condition or absence that names it, or of how far it was. */
function withoutZone(finding: FindingEvent): FindingEvent {
  const { zonePriority: _, severityBecause, absenceId: __, explanation, ...rest } = finding;
  const { rule, edgeAt, newestFixAt } = explanation;
  const because = severityBecause?.filter((fact) => fact !== 'victim-zone') ?? [];
  return {
    ...rest,
    ...(because.length === 0 ? {} : { severityBecause: because }),
    conditionId: null,
    conditionVersion: null,
    zoneId: null,
    zoneVersion: null,
    explanation: {
      rule,
      fixes: [],
      ...(edgeAt === undefined ? {} : { edgeAt }),
      ...(newestFixAt === undefined ? {} : { newestFixAt }),
      thresholds: {},
    },
  };
}

/** An event of an alert that {@link concernsVictim}. */
export function withoutVictimZone(event: AlertEvent): AlertEvent {
  if (isFinding(event)) return withoutZone(event);
  const { note, reason, saidHash: _, ...rest } = event;
  return {
    ...rest,
    ...(note === undefined ? {} : { note: KEPT_FROM_YOU }),
    ...(reason === undefined ? {} : { reason: KEPT_FROM_YOU }),
  };
}

/** Such an alert. */
export function alertWithoutVictimZone(alert: Alert): Alert {
  const { wasOfVictim: _, ...rest } = alert;
  const { suspension, suspensionProposal, review } = rest;
  const kept = { reason: KEPT_FROM_YOU };
  return {
    ...rest,
    finding: withoutZone(alert.finding),
    ...(suspension === undefined ? {} : { suspension: { ...suspension, ...kept } }),
    ...(suspensionProposal === undefined ? {} : { suspensionProposal: { ...suspensionProposal, ...kept } }),
    ...(review === undefined ? {} : { review: { ...review, ...kept } }),
  };
}

/** Whether it was one by any of its events, too: a fold that a program from before carried on does not say so itself. */
export const wasOfVictim = (alert: Alert, events: readonly AlertEvent[]): boolean =>
  concernsVictim(alert) || events.some((event) => isFinding(event) && isOfVictim(event));
