/** An event of a finding that is neither about a place nor about a condition. */
import type { EngineEvent, NoticeKind } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import { isInCustody } from '../watch/wearer-periods.js';
import { eventIdOf } from './ids.js';
import { NOTICE_SEVERITIES } from './severity.js';

export interface NoticeSaying
  extends Pick<
    EngineEvent,
    | 'type'
    | 'alertId'
    | 'revision'
    | 'strength'
    | 'foundAtMs'
    | 'delayedByMs'
    | 'reason'
    | 'strengthened'
    | 'endedBecause'
    | 'explanation'
  > {
  readonly kind: NoticeKind;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** Whom it is about. */
export type NoticeSubject = Pick<CompiledOwn, 'wearerId' | 'tagId' | 'activationId' | 'custodyPeriods'>;

/** Keys stand in the order in which they are told; what is absent is never written. */
export function noticeEvent(saying: NoticeSaying, nowMs: number, own: NoticeSubject): EngineEvent {
  const { alertId, revision, kind, reason, strengthened, endedBecause } = saying;
  return {
    eventId: eventIdOf(alertId, revision),
    alertId,
    revision,
    type: saying.type,
    kind,
    severity: NOTICE_SEVERITIES[kind],
    strength: saying.strength,
    wearerId: own.wearerId,
    tagId: own.tagId,
    activationId: own.activationId,
    conditionId: null,
    conditionVersion: null,
    zoneId: null,
    zoneVersion: null,
    episode: { startedAtMs: saying.startedAtMs, endedAtMs: saying.endedAtMs },
    foundAtMs: saying.foundAtMs,
    raisedAtMs: nowMs,
    delayedByMs: saying.delayedByMs,
    historic: false,
    ...(reason === undefined ? {} : { reason }),
    ...(strengthened === undefined ? {} : { strengthened }),
    ...(endedBecause === undefined ? {} : { endedBecause }),
    ...(isInCustody(own, nowMs, nowMs) ? { inCustody: true as const } : {}),
    explanation: saying.explanation,
  };
}
