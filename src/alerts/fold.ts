/**
 * The life of one alert as a fold of `tagwatch.alerts`: what the engine found about it and what people did, in log order. The
 * api, the recorder and the console use this one function, so all come to the same answer about whose action was first. Pure.
 */
import type { Severity } from '../engine/types.js';
import { applyAction } from './act.js';
import { type Alert, type Applied, type MoreFound, strengthOf, tellAgain } from './alert.js';
import { type CarriedEvent, isCarried, type LoggedEvent } from './carried.js';
import { type FindingEvent, isFinding } from './event.js';
import { concernsVictim, isOfVictim } from './victim.js';

/**
 * Folds one event into the alert it is about (`current`: null where there is none yet). `seq` is its offset in the log. A
 * repeat returns `current` itself. Throws only where the event is about another alert.
 */
export function applyEvent(current: Alert | null, event: LoggedEvent, seq: number): Applied {
  if (current !== null && current.alertId !== event.alertId) {
    throw new Error(`event of alert ${event.alertId} folded into ${current.alertId}`);
  }
  if (isCarried(event)) return applyCarried(current, event);
  return isFinding(event) ? applyFinding(current, event, seq) : applyAction(current, event, seq);
}

/**
 * Changes nothing for whoever has read all that it sums up. Whoever began to read behind that takes it over: it tells what has
 * expired. One made by somebody who had read no more is a repeat.
 */
function applyCarried(current: Alert | null, { alert }: CarriedEvent): Applied {
  if (current === null) return { alert, outcome: 'accepted' };
  const hasReadMore =
    alert.firstSeq < current.firstSeq || (alert.firstSeq === current.firstSeq && alert.lastSeq > current.lastSeq);
  if (!hasReadMore) return { alert: current, outcome: 'repeat' };
  // A program from before the fold said so carries it on without.
  const wasOfVictim = concernsVictim(current) || concernsVictim(alert);
  return { alert: wasOfVictim ? { ...alert, wasOfVictim } : alert, outcome: 'accepted' };
}

function applyFinding(current: Alert | null, finding: FindingEvent, seq: number): Applied {
  if (current !== null && finding.revision <= current.finding.revision) return { alert: current, outcome: 'repeat' };
  const confirmed = finding.type === 'confirmed' || (finding.type === 'ended' && finding.strength !== 'suspected');
  // What stood in a hole may have been a confirmation, and only what surely never was one may close by itself.
  const hole = finding.revision > (current?.finding.revision ?? 0) + 1;
  const wasConfirmed = (current?.wasConfirmed ?? false) || confirmed || hole;
  const confirmedAt = current?.confirmedAt ?? (finding.type === 'confirmed' ? finding.raisedAt : undefined);
  const wasOfVictim = (current !== null && concernsVictim(current)) || isOfVictim(finding);
  const base: Alert = {
    ...(current ?? {
      alertId: finding.alertId,
      status: 'open',
      raisedAt: finding.raisedAt,
      waitingSince: finding.raisedAt,
      actions: 0,
      seenActions: [],
      firstSeq: seq,
    }),
    finding,
    wasConfirmed,
    ...(wasOfVictim ? { wasOfVictim } : {}),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    lastSeq: seq,
  };
  if (current === null || (base.status === 'open' && base.suspension === undefined)) {
    return { alert: closesByItself(base) ? close(base) : base, outcome: 'accepted' };
  }
  const by = moreFoundBy(current, finding);
  if (by === null) return { alert: base, outcome: 'accepted' };
  if (base.status === 'closed') {
    const again = tellAgain(base, finding.raisedAt);
    const reopened = { ...again, status: 'open' as const, reopenedAt: finding.raisedAt };
    return { alert: { ...reopened, moreFound: { at: finding.raisedAt, by } }, outcome: 'accepted' };
  }
  // A suspension covers what was known; that it began earlier, goes on or ends was.
  if (by === 'began-earlier' || by === 'goes-on' || by === 'ended-later') return { alert: base, outcome: 'accepted' };
  return {
    alert: { ...tellAgain(base, finding.raisedAt), moreFound: { at: finding.raisedAt, by } },
    outcome: 'accepted',
  };
}

/** It was never confirmed, and nobody touched it. */
const closesByItself = ({ finding, wasConfirmed, actions }: Alert): boolean =>
  finding.type === 'withdrawn' && !wasConfirmed && actions === 0;

function close(alert: Alert): Alert {
  const { waitingSince, ...rest } = alert;
  return { ...rest, status: 'closed', closedAt: alert.finding.raisedAt };
}

export const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** What has to be known of an alert to say whether a later finding says more. */
export interface KnownFinding {
  readonly finding: Pick<FindingEvent, 'revision' | 'type' | 'strength' | 'severity' | 'episode'>;
  readonly confirmedAt?: string;
}

/** How a finding says more than what was known before it; null: it does not. */
function moreFoundBy(known: KnownFinding, finding: FindingEvent): MoreFound | null {
  if (finding.type === 'withdrawn') return null;
  if (finding.strengthened !== undefined) return finding.strengthened;
  const before = known.finding;
  if (before.type === 'withdrawn') return 'found-again';
  if (finding.type === 'confirmed' && strengthOf(before, known.confirmedAt) === 'suspected') return 'confirmed';
  if (SEVERITY_ORDER[finding.severity] > SEVERITY_ORDER[before.severity]) return 'more-severe';
  if (Date.parse(finding.episode.startedAt) < Date.parse(before.episode.startedAt)) return 'began-earlier';
  if (before.episode.endedAt === null) return null;
  if (finding.episode.endedAt === null) return 'goes-on';
  return Date.parse(finding.episode.endedAt) > Date.parse(before.episode.endedAt) ? 'ended-later' : null;
}
