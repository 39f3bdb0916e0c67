/**
 * The alerts that a fold of `tagwatch.alerts` holds in memory, and the newest accepted events for those who resume. Bounded:
 * closed alerts are let go of, unresolved ones never. No I/O and no clock.
 */

import type { AlertKind } from '../engine/types.js';
import type { Alert, AlertStatus, Applied } from './alert.js';
import { isCarried, type LoggedEvent, toAlertEvent } from './carried.js';
import { type AlertEvent, type FindingEvent, isFinding } from './event.js';
import { applyEvent, type KnownFinding } from './fold.js';

export interface AlertRegisterLimits {
  /** Closed alerts held; the one closed longest ago goes first. About 3 kB each. */
  readonly closedAlerts: number;
  /** Closed alerts that are held with all their events; of the others only the newest finding is. */
  readonly closedAlertsWithEvents: number;
  /** How long a closed alert is held, by the append time of the log. */
  readonly closedForMs: number;
  /** Events held of one alert; beyond it the oldest go. */
  readonly eventsPerAlert: number;
  /** Accepted events held for those who resume. */
  readonly recentEvents: number;
  /**
   * Alerts of which, once let go of, only what was last found is remembered: what is computed again stays a repeat, and the end of
   * what a person has closed opens nothing.
   */
  readonly forgottenAlerts: number;
}

export const DEFAULT_ALERT_REGISTER_LIMITS: AlertRegisterLimits = {
  closedAlerts: 20_000,
  closedAlertsWithEvents: 2_000,
  // Beyond the inputs' retention (14 days), out of which the engine might compute an alert again.
  closedForMs: 30 * 86_400_000,
  eventsPerAlert: 200,
  recentEvents: 10_000,
  forgottenAlerts: 200_000,
};

/** One event that changed an alert, and the alert after it. `prevSeq`: the accepted event before it, of any alert. */
export interface AcceptedEvent {
  readonly seq: number;
  readonly prevSeq: number;
  readonly event: AlertEvent;
  readonly alert: Alert;
}

export interface HeldEvent {
  readonly seq: number;
  readonly event: AlertEvent;
}

export interface AlertFilter {
  readonly status?: AlertStatus;
  readonly wearerId?: string;
  readonly kind?: AlertKind;
  /** Bounds of `raisedAt`, instants with milliseconds and `Z`; `to` is excluded. */
  readonly from?: string;
  readonly to?: string;
  /** Only what comes after this one in the order of the list. */
  readonly after?: { readonly raisedAt: string; readonly alertId: string };
  readonly limit: number;
}

/** The order of lists: raised last comes first, equal ones by id. */
export function compareNewestFirst(
  a: { readonly raisedAt: string; readonly alertId: string },
  b: { readonly raisedAt: string; readonly alertId: string },
): number {
  if (a.raisedAt !== b.raisedAt) return a.raisedAt < b.raisedAt ? 1 : -1;
  return a.alertId < b.alertId ? -1 : a.alertId > b.alertId ? 1 : 0;
}

/** Whether an alert belongs in a list, its place in it aside. */
export function matchesFilter(alert: Alert, filter: Omit<AlertFilter, 'limit' | 'after'>): boolean {
  return (
    (filter.status === undefined || alert.status === filter.status) &&
    (filter.wearerId === undefined || alert.finding.wearerId === filter.wearerId) &&
    (filter.kind === undefined || alert.finding.kind === filter.kind) &&
    (filter.from === undefined || alert.raisedAt >= filter.from) &&
    (filter.to === undefined || alert.raisedAt < filter.to)
  );
}

interface Held {
  alert: Alert;
  events: HeldEvent[];
  /** When the newest record was appended from which on the log alone tells all of it. */
  wholeSinceMs: number;
  /** Whether `events` is all there ever were. */
  complete: boolean;
}

export interface AlertRegister {
  /** Folds the record at offset `seq`, appended at `appendedAtMs`. `accepted` is null for repeats and refusals. */
  fold(event: LoggedEvent, seq: number, appendedAtMs: number): Applied & { readonly accepted: AcceptedEvent | null };
  /** The newest accepted event's offset; before the first, `startOffset - 1`. */
  headSeq(): number;
  /** Everything unresolved, raised last first. */
  open(): Alert[];
  get(alertId: string): Alert | null;
  /** Everything unresolved, in no order, with when the record was appended from which on the log alone tells all of it. */
  standing(): Iterable<{ readonly alert: Alert; readonly wholeSinceMs: number }>;
  /** An alert with its events in order; `complete` tells whether these are all. */
  read(
    alertId: string,
  ): { readonly alert: Alert; readonly events: readonly HeldEvent[]; readonly complete: boolean } | null;
  list(filter: AlertFilter): Alert[];
  /** Whether nothing is missing: the log was read from its very beginning and no alert was let go of. */
  isComplete(): boolean;
  /** Accepted events after `seq`, in order; null where older ones than are held would be needed. */
  acceptedAfter(seq: number): readonly AcceptedEvent[] | null;
}

const isFindingEvent = (event: LoggedEvent): event is FindingEvent => !isCarried(event) && isFinding(event);

/** What is left of an alert that was let go of. */
type Forgotten = KnownFinding & Pick<Alert, 'raisedAt' | 'actions' | 'wasConfirmed' | 'wasOfVictim'>;

function toForgotten({ finding, confirmedAt, raisedAt, actions, wasConfirmed, wasOfVictim }: Alert): Forgotten {
  const { revision, type, strength, severity, episode } = finding;
  const known = { revision, type, severity, episode, ...(strength === undefined ? {} : { strength }) };
  return {
    finding: known,
    raisedAt,
    actions,
    wasConfirmed,
    ...(wasOfVictim === undefined ? {} : { wasOfVictim }),
    ...(confirmedAt === undefined ? {} : { confirmedAt }),
  };
}

/** As it was closed, as far as that is remembered; the rest is what comes. */
const fromForgotten = (known: Forgotten, event: FindingEvent, seq: number): Alert => ({
  ...known,
  alertId: event.alertId,
  status: 'closed',
  finding: { ...event, ...known.finding },
  seenActions: [],
  firstSeq: seq,
  lastSeq: seq,
});

/** `startOffset`: the log's first retained offset. */
export function createAlertRegister(
  startOffset: number,
  limits: AlertRegisterLimits = DEFAULT_ALERT_REGISTER_LIMITS,
): AlertRegister {
  const held = new Map<string, Held>();
  const open = new Set<string>();
  /** In the order in which they were closed. */
  const closed = new Set<string>();
  /** Closed ones whose events are still held, in the order in which they were closed. */
  const closedWithEvents = new Set<string>();
  const forgotten = new Map<string, Forgotten>();
  let recent: AcceptedEvent[] = [];
  let head = startOffset - 1;
  let complete = startOffset === 0;

  function forget(alertId: string): void {
    const alert = held.get(alertId)?.alert;
    if (alert !== undefined) forgotten.set(alertId, toForgotten(alert));
    held.delete(alertId);
    closed.delete(alertId);
    closedWithEvents.delete(alertId);
    complete = false;
    for (const oldest of forgotten.keys()) {
      if (forgotten.size <= limits.forgottenAlerts) break;
      forgotten.delete(oldest);
    }
  }

  /** Of an alert that was closed and let go of; what is unresolved is never let go of, and is carried on. */
  function foldForgotten(event: LoggedEvent, seq: number): Applied | 'unknown' {
    const repeat: Applied = { alert: null, outcome: 'repeat' };
    const known = forgotten.get(event.alertId);
    if (known === undefined) {
      // Of before this log. What ends there was resolved, or it would have been carried.
      const isEnd = event.type === 'ended' || event.type === 'withdrawn';
      return !complete && isFindingEvent(event) && event.revision > 1 && isEnd ? repeat : 'unknown';
    }
    if (isCarried(event)) return repeat;
    if (!isFindingEvent(event)) return 'unknown';
    const applied = applyEvent(fromForgotten(known, event, seq), event, seq);
    if (applied.alert?.status === 'open') return applied;
    if (applied.alert !== null) forgotten.set(event.alertId, toForgotten(applied.alert));
    return repeat;
  }

  function keepBounds(nowMs: number): void {
    for (const alertId of closed) {
      const closedAt = held.get(alertId)?.alert.closedAt;
      const over = closed.size > limits.closedAlerts;
      if (!over && closedAt !== undefined && nowMs - Date.parse(closedAt) <= limits.closedForMs) break;
      forget(alertId);
    }
    for (const alertId of closedWithEvents) {
      if (closedWithEvents.size <= limits.closedAlertsWithEvents) break;
      closedWithEvents.delete(alertId);
      const one = held.get(alertId);
      if (one !== undefined) Object.assign(one, { events: [], complete: false });
    }
  }

  function keep(alert: Alert, before: Held | undefined, event: HeldEvent, appendedAtMs: number): void {
    const one = before ?? {
      alert,
      events: [],
      wholeSinceMs: appendedAtMs,
      complete: alert.finding.revision === 1 && alert.firstSeq === event.seq,
    };
    one.alert = alert;
    one.events.push(event);
    if (one.events.length > limits.eventsPerAlert) {
      one.events.splice(0, one.events.length - limits.eventsPerAlert);
      one.complete = false;
    }
    held.set(alert.alertId, one);
    const isOpen = alert.status === 'open';
    const [into, outOf] = isOpen ? [open, closed] : [closed, open];
    into.add(alert.alertId);
    outOf.delete(alert.alertId);
    if (isOpen) closedWithEvents.delete(alert.alertId);
    else closedWithEvents.add(alert.alertId);
    keepBounds(appendedAtMs);
  }

  return {
    fold(event, seq, appendedAtMs) {
      const before = held.get(event.alertId);
      const ofForgotten = before === undefined ? foldForgotten(event, seq) : 'unknown';
      const applied = ofForgotten === 'unknown' ? applyEvent(before?.alert ?? null, event, seq) : ofForgotten;
      if (applied.alert === null) return { ...applied, accepted: null };
      if (before !== undefined && isCarried(event) && event.alert.lastSeq === applied.alert.lastSeq) {
        before.wholeSinceMs = appendedAtMs;
      }
      if (applied.outcome !== 'accepted') {
        if (before !== undefined) before.alert = applied.alert;
        return { ...applied, accepted: null };
      }
      forgotten.delete(event.alertId);
      const told = toAlertEvent(event);
      const accepted: AcceptedEvent = { seq, prevSeq: head, event: told, alert: applied.alert };
      head = seq;
      recent.push(accepted);
      // Cut in blocks, so that an event costs no copying of the others.
      if (recent.length >= 2 * limits.recentEvents) recent = recent.slice(-limits.recentEvents);
      keep(applied.alert, before, { seq, event: told }, appendedAtMs);
      return { ...applied, accepted };
    },
    headSeq: () => head,
    open: () => [...open].map((alertId) => held.get(alertId)!.alert).sort(compareNewestFirst),
    get: (alertId) => held.get(alertId)?.alert ?? null,
    *standing() {
      for (const alertId of open) {
        const { alert, wholeSinceMs } = held.get(alertId)!;
        yield { alert, wholeSinceMs };
      }
    },
    read(alertId) {
      const one = held.get(alertId);
      return one === undefined ? null : { alert: one.alert, events: [...one.events], complete: one.complete };
    },
    list(filter) {
      const ids = filter.status === 'open' ? open : filter.status === 'closed' ? closed : held.keys();
      const { after } = filter;
      const found: Alert[] = [];
      for (const alertId of ids) {
        const { alert } = held.get(alertId)!;
        if (matchesFilter(alert, filter) && (after === undefined || compareNewestFirst(after, alert) < 0))
          found.push(alert);
      }
      return found.sort(compareNewestFirst).slice(0, filter.limit);
    },
    isComplete: () => complete,
    acceptedAfter(seq) {
      if (seq >= head) return [];
      if (seq < (recent[0]?.prevSeq ?? head)) return null;
      return recent.slice(recent.findIndex((accepted) => accepted.seq > seq));
    },
  };
}
