/** What the fold of `tagwatch.alerts` (`fold.ts`) knows of one alert. Plain JSON: it may be stored as it is. */
import type { Strengthening } from '../engine/types.js';
import type { ActionEvent, ActionType, ContactOutcome, Disposition, FindingEvent, Instant } from './event.js';

export type AlertStatus = 'open' | 'closed';

/**
 * Why an action did not count. `too-late`: somebody acted since (`by`, `at`); `changed`: the engine found more since;
 * `already-acknowledged`, `already-owned`, `closed`, `not-closed`, `not-suspended`: there is nothing left to do (`by`, `at` where a
 * person did it); `not-owner`: it is another one's to give away (`by`), or nobody's; `not-due`: what the clock does, and it is not
 * time, or somebody has acted; `already-proposed`, `not-proposed`, `second-person-required`: of what takes a second person (`by`, `at`); `evidence-required`: a strap tamper is disposed of with a note or an inspection;
 * `disposition-required`, `reason-required`, `person-required`, `end-required`: it does not say enough; `key-reused`: the same
 * eventId on another action, or saying something else; `unknown-alert`.
 */
export type RefusalReason =
  | 'unknown-alert'
  | 'too-late'
  | 'changed'
  | 'already-acknowledged'
  | 'already-owned'
  | 'not-owner'
  | 'closed'
  | 'not-closed'
  | 'not-suspended'
  | 'already-proposed'
  | 'not-proposed'
  | 'second-person-required'
  | 'not-due'
  | 'evidence-required'
  | 'disposition-required'
  | 'reason-required'
  | 'person-required'
  | 'end-required'
  | 'key-reused';

export interface Refusal {
  readonly reason: RefusalReason;
  readonly by?: string;
  readonly at?: Instant;
}

/** An action that was judged before; kept so that the same one again gets the same answer. */
export interface SeenAction {
  readonly eventId: string;
  readonly type: ActionType;
  readonly saidHash?: string;
  /** Null: it was accepted. */
  readonly refusal: Refusal | null;
}

export interface DoneBy {
  readonly by: string;
  readonly at: Instant;
}

/**
 * In which way a finding says more than what was known: was withdrawn, confirmed, severer, began earlier, goes on, ended later; or as
 * the engine tells it: `again` by the device, for another `reason`.
 */
export type MoreFound =
  | Strengthening
  | 'found-again'
  | 'confirmed'
  | 'more-severe'
  | 'began-earlier'
  | 'goes-on'
  | 'ended-later';

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
  /** It was about the zone of a victim by one of its findings: that the zone is a victim's no more makes nothing of it known. */
  readonly wasOfVictim?: true;
  /** Actions that were accepted, ever; that it climbed is none, so that nobody's action fails at it. */
  readonly actions: number;
  /** The newest accepted action of a person: who was first. */
  readonly lastAction?: DoneBy & { readonly type: ActionType };
  /** The newest one that decided something, with the count of actions after it; null: none yet; absent in folds of before it was kept. */
  readonly lastDecision?: (DoneBy & { readonly type: ActionType; readonly actions: number }) | null;
  /** Since when it waits for somebody to see it: raised, told again, or given back. */
  readonly waitingSince?: Instant;
  readonly ownedBy?: string;
  readonly ownedAt?: Instant;
  readonly acknowledgedBy?: string;
  readonly acknowledgedAt?: Instant;
  readonly disposedBy?: string;
  readonly disposedAt?: Instant;
  readonly disposition?: Disposition;
  /** When it was closed: by disposal, or by the withdrawal of what nobody had touched. */
  readonly closedAt?: Instant;
  /** When it was made unresolved again after it had been closed. */
  readonly reopenedAt?: Instant;
  /** What the engine found more of it that made it unresolved, or told, again. */
  readonly moreFound?: { readonly at: Instant; readonly by: MoreFound };
  readonly suspension?: DoneBy & { readonly until: Instant; readonly reason: string; readonly approvedBy?: string };
  /** Waits for a second person until its own end. */
  readonly suspensionProposal?: DoneBy & { readonly until: Instant; readonly reason: string };
  readonly review?: DoneBy & { readonly reason: string };
  readonly victimContact?: DoneBy & { readonly outcome: ContactOutcome; readonly contactedAt: Instant };
  readonly escalation?: { readonly level: number; readonly to: string; readonly at: Instant };
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

/** Told anew: it wants acknowledging, an owner and disposing again. What people did before stands in its events. */
export function tellAgain(alert: Alert, at: Instant): Alert {
  const { acknowledgedBy, acknowledgedAt, ownedBy, ownedAt, suspension, suspensionProposal, escalation, ...more } =
    alert;
  const { disposedBy, disposedAt, disposition, closedAt, ...rest } = more;
  return { ...rest, waitingSince: at };
}

/** How sure the engine is of it now. Events of before that was told leave it at what it once was. */
export function strengthOf(
  finding: Pick<FindingEvent, 'strength'>,
  confirmedAt: Instant | undefined,
): 'suspected' | 'confirmed' {
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

const LIFE = [
  'wasOfVictim',
  'confirmedAt',
  'waitingSince',
  'acknowledgedBy',
  'acknowledgedAt',
  'ownedBy',
  'ownedAt',
  'disposedBy',
  'disposedAt',
  'disposition',
  'closedAt',
  'reopenedAt',
  'moreFound',
  'suspension',
  'suspensionProposal',
  'review',
  'victimContact',
  'escalation',
] as const satisfies readonly (keyof Alert)[];

/** An alert in lists and snapshots (`wire.md`): the fields of its newest finding, `raisedAt` of its first, and its life. */
export type AlertItem = FindingEvent & Pick<Alert, 'status' | (typeof LIFE)[number]> & { readonly etag: string };

export function toAlertItem(alert: Alert): AlertItem {
  const life = Object.fromEntries(LIFE.flatMap((key) => (alert[key] === undefined ? [] : [[key, alert[key]]])));
  return { ...alert.finding, raisedAt: alert.raisedAt, status: alert.status, ...life, etag: etagOf(alert) };
}

/** An item as the fold wants it, for who knows no more. What it does not tell (who else tried) is not needed to fold what comes next. */
export function fromAlertItem(item: AlertItem): Alert {
  const { alertId, status, raisedAt, etag, ...rest } = item;
  const isLife = (key: string) => (LIFE as readonly string[]).includes(key);
  const life = Object.entries(rest).filter(([key]) => isLife(key));
  const finding = Object.entries({ alertId, raisedAt, ...rest }).filter(([key]) => !isLife(key));
  return {
    alertId,
    status,
    finding: Object.fromEntries(finding) as unknown as FindingEvent,
    raisedAt,
    wasConfirmed: item.confirmedAt !== undefined,
    actions: parseEtag(etag)?.actions ?? 0,
    seenActions: [],
    firstSeq: 0,
    lastSeq: 0,
    ...Object.fromEntries(life),
  };
}
