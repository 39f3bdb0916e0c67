/**
 * The life of one alert as a fold of `tagwatch.alerts`: what the engine found about it and what people did, in log order. The
 * api and the recorder use this one function, so both come to the same answer about whose action was first. Pure; an `Alert` is
 * plain JSON and may be stored as it is.
 */
import type { Severity } from '../engine/types.js';
import {
  type ActionEvent,
  type AlertEvent,
  type Disposition,
  type FindingEvent,
  type Instant,
  isFinding,
} from './event.js';

export type AlertStatus = 'open' | 'closed';

/**
 * Why an action did not count. `too-late`: somebody acted since (`by`, `at`); `changed`: the engine found more since;
 * `already-acknowledged` and `closed`: there is nothing left to do (`by`, `at` where a person did it); `evidence-required`: a
 * strap tamper is disposed of with a note or an inspection; `disposition-required`; `key-reused`: the same eventId on another
 * action, or saying something else; `unknown-alert`.
 */
export type RefusalReason =
  | 'unknown-alert'
  | 'too-late'
  | 'changed'
  | 'already-acknowledged'
  | 'closed'
  | 'evidence-required'
  | 'disposition-required'
  | 'key-reused';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly by?: string;
  readonly at?: Instant;
}

/** An action that was judged before; kept so that the same one again gets the same answer. */
export interface SeenAction {
  readonly eventId: string;
  readonly type: ActionEvent['type'];
  readonly saidHash?: string;
  /** Null: it was accepted. */
  readonly refusal: Refusal | null;
}

export interface Alert {
  readonly alertId: string;
  readonly status: AlertStatus;
  /** The engine's newest event about it; its `raisedAt` is of that event. */
  readonly finding: FindingEvent;
  /** When its first event was raised. */
  readonly raisedAt: Instant;
  readonly confirmedAt?: Instant;
  /** It was confirmed, or may have been, in revisions that nobody saw (a hole in the revisions). */
  readonly wasConfirmed: boolean;
  /** People's actions that were accepted, ever. */
  readonly actions: number;
  /** The newest accepted action: who was first. */
  readonly lastAction?: { readonly type: ActionEvent['type']; readonly by: string; readonly at: Instant };
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: Instant;
  readonly disposedBy?: string;
  readonly disposedAt?: Instant;
  readonly disposition?: Disposition;
  /** When it was closed: by disposal, or by the withdrawal of what nobody had touched. */
  readonly closedAt?: Instant;
  /** When news made it unresolved again after it had been closed. */
  readonly reopenedAt?: Instant;
  /** In log order, the newest `SEEN_ACTIONS_LIMIT`. */
  readonly seenActions: readonly SeenAction[];
  /** Log offsets of its first event and of the newest one that changed it. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Actions remembered per alert; an older one repeated is judged anew, and refused because the count has moved on. */
export const SEEN_ACTIONS_LIMIT = 100;

export interface Applied {
  readonly alert: Alert | null;
  readonly outcome: 'accepted' | 'repeat' | 'refused';
  /** With `refused`; with `repeat` where the first one had been refused. */
  readonly refusal?: Refusal;
}

/**
 * Folds one event into the alert it is about (`current`: null where there is none yet). `seq` is its offset in the log. A
 * repeat returns `current` itself. Throws only where the event is about another alert.
 */
export function applyEvent(current: Alert | null, event: AlertEvent, seq: number): Applied {
  if (current !== null && current.alertId !== event.alertId) {
    throw new Error(`event of alert ${event.alertId} folded into ${current.alertId}`);
  }
  return isFinding(event) ? applyFinding(current, event, seq) : applyAction(current, event, seq);
}

function applyFinding(current: Alert | null, finding: FindingEvent, seq: number): Applied {
  if (current !== null && finding.revision <= current.finding.revision) return { alert: current, outcome: 'repeat' };
  const confirmed = finding.type === 'confirmed' || (finding.type === 'ended' && finding.strength !== 'suspected');
  // What stood in a hole may have been a confirmation, and only what surely never was one may close by itself.
  const hole = finding.revision > (current?.finding.revision ?? 0) + 1;
  const wasConfirmed = (current?.wasConfirmed ?? false) || confirmed || hole;
  const confirmedAt = current?.confirmedAt ?? (finding.type === 'confirmed' ? finding.raisedAt : undefined);
  const base: Alert = {
    ...(current ?? {
      alertId: finding.alertId,
      status: 'open',
      raisedAt: finding.raisedAt,
      actions: 0,
      seenActions: [],
      firstSeq: seq,
    }),
    finding,
    wasConfirmed,
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    lastSeq: seq,
  };
  if (base.status === 'open') {
    const closes = finding.type === 'withdrawn' && !wasConfirmed && base.actions === 0;
    return { alert: closes ? { ...base, status: 'closed', closedAt: finding.raisedAt } : base, outcome: 'accepted' };
  }
  return {
    alert: current !== null && strengthens(current, finding) ? reopen(base, finding.raisedAt) : base,
    outcome: 'accepted',
  };
}

const SEVERITY_ORDER: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** Whether a finding says more than what was known when the alert was closed: confirmed, more severe, longer, going on. */
function strengthens(closed: Alert, finding: FindingEvent): boolean {
  if (finding.type === 'withdrawn') return false;
  if (finding.strengthened !== undefined) return true;
  const before = closed.finding;
  if (before.type === 'withdrawn') return true;
  if (finding.type === 'confirmed' && strengthOf(before, closed.confirmedAt) === 'suspected') return true;
  if (SEVERITY_ORDER[finding.severity] > SEVERITY_ORDER[before.severity]) return true;
  if (Date.parse(finding.episode.startedAt) < Date.parse(before.episode.startedAt)) return true;
  if (before.episode.endedAt === null) return false;
  return finding.episode.endedAt === null || Date.parse(finding.episode.endedAt) > Date.parse(before.episode.endedAt);
}

/** Unresolved again: it wants acknowledging and disposing anew. What people did before stands in its events. */
function reopen(alert: Alert, at: Instant): Alert {
  const { acknowledgedBy: _by, acknowledgedAt: _at, disposedBy, disposedAt, disposition, closedAt, ...rest } = alert;
  return { ...rest, status: 'open', reopenedAt: at };
}

/** Whether an action with the same eventId is the same one; of those that told no hash, the type is all that can be compared. */
function isSameAction(first: SeenAction, { type, saidHash }: ActionEvent): boolean {
  return first.type === type && (first.saidHash === undefined || saidHash === undefined || first.saidHash === saidHash);
}

function applyAction(current: Alert | null, action: ActionEvent, seq: number): Applied {
  if (current === null) return { alert: null, outcome: 'refused', refusal: { reason: 'unknown-alert' } };
  const first = current.seenActions.find((seen) => seen.eventId === action.eventId);
  if (first !== undefined) {
    if (!isSameAction(first, action)) return { alert: current, outcome: 'refused', refusal: { reason: 'key-reused' } };
    return { alert: current, outcome: 'repeat', ...(first.refusal === null ? {} : { refusal: first.refusal }) };
  }
  const refusal = judgeAction(current, action);
  const { eventId, type, saidHash } = action;
  const seen: SeenAction = { eventId, type, ...(saidHash === undefined ? {} : { saidHash }), refusal };
  const judged: Alert = { ...current, seenActions: [...current.seenActions, seen].slice(-SEEN_ACTIONS_LIMIT) };
  if (refusal !== null) return { alert: judged, outcome: 'refused', refusal };
  const acted: Alert = {
    ...judged,
    actions: current.actions + 1,
    lastAction: { type: action.type, by: action.actor, at: action.at },
    lastSeq: seq,
  };
  if (action.type === 'acknowledged') {
    return { alert: { ...acted, acknowledgedBy: action.actor, acknowledgedAt: action.at }, outcome: 'accepted' };
  }
  const disposed: Alert = {
    ...acted,
    status: 'closed',
    disposedBy: action.actor,
    disposedAt: action.at,
    closedAt: action.at,
    ...(action.disposition === undefined ? {} : { disposition: action.disposition }),
  };
  return { alert: disposed, outcome: 'accepted' };
}

/**
 * Whether an action may be done to the alert as it stands; null: it may. Acknowledging compares the count of actions, because
 * more findings do not make it wrong to say that one has seen it; disposing compares the findings too.
 */
export function judgeAction(alert: Alert, action: ActionEvent): Refusal | null {
  const who = alert.lastAction === undefined ? {} : { by: alert.lastAction.by, at: alert.lastAction.at };
  if (action.seen.actions !== alert.actions) return { reason: 'too-late', ...who };
  if (alert.status === 'closed') return { reason: 'closed', ...who };
  if (action.type === 'acknowledged') {
    return alert.acknowledgedBy === undefined ? null : { reason: 'already-acknowledged', ...who };
  }
  if (action.seen.revision !== alert.finding.revision) return { reason: 'changed', at: alert.finding.raisedAt };
  if (action.disposition === undefined) return { reason: 'disposition-required' };
  const evidence = action.tagInspectedAt !== undefined || (action.note !== undefined && action.note.trim() !== '');
  return alert.finding.kind === 'strap-tamper' && !evidence ? { reason: 'evidence-required' } : null;
}

/** How sure the engine is of it now. Events of before that was told leave it at what it once was. */
export function strengthOf(finding: FindingEvent, confirmedAt: Instant | undefined): 'suspected' | 'confirmed' {
  return finding.strength ?? (confirmedAt === undefined ? 'suspected' : 'confirmed');
}

/** The version of an alert that a person sees, as an HTTP entity tag: `"REVISION.ACTIONS"`, quotes included. */
export function etagOf(alert: Alert): string {
  return `"${alert.finding.revision}.${alert.actions}"`;
}

/** Reads what `etagOf` wrote; null for anything else (weak tags, lists and `*` too: an action is about one known version). */
export function parseEtag(etag: string): ActionEvent['seen'] | null {
  const match = /^"(\d{1,9})\.(\d{1,9})"$/.exec(etag.trim());
  return match === null ? null : { revision: Number(match[1]), actions: Number(match[2]) };
}

/** An alert in lists and snapshots (`wire.md`): the fields of its newest finding, `raisedAt` of its first, and its life. */
export type AlertItem = FindingEvent &
  Pick<
    Alert,
    | 'status'
    | 'confirmedAt'
    | 'acknowledgedBy'
    | 'acknowledgedAt'
    | 'disposedBy'
    | 'disposedAt'
    | 'disposition'
    | 'closedAt'
    | 'reopenedAt'
  > & { readonly etag: string };

export function toAlertItem(alert: Alert): AlertItem {
  const { confirmedAt, acknowledgedBy, acknowledgedAt, disposedBy, disposedAt, disposition, closedAt, reopenedAt } =
    alert;
  return {
    ...alert.finding,
    raisedAt: alert.raisedAt,
    status: alert.status,
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
    ...(acknowledgedBy === undefined ? {} : { acknowledgedBy }),
    ...(acknowledgedAt === undefined ? {} : { acknowledgedAt }),
    ...(disposedBy === undefined ? {} : { disposedBy }),
    ...(disposedAt === undefined ? {} : { disposedAt }),
    ...(disposition === undefined ? {} : { disposition }),
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(reopenedAt === undefined ? {} : { reopenedAt }),
    etag: etagOf(alert),
  };
}
