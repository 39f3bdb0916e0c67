/** What people do about an alert, judged in log order: the first wins, and the second is told who was. Pure. */
import { type Alert, type Applied, type Refusal, SEEN_ACTIONS_LIMIT, type SeenAction, tellAgain } from './alert.js';
import { type ActionEvent, type ActionType, TAGWATCH } from './event.js';

/** Longest suspension: until somebody else is on duty. What is to last is a suspension on the record. */
export const SUSPENSION_LIMIT_MS = 24 * 3_600_000;

/** Of an action: how it is judged beside the version that was seen, and what it makes of the alert. */
interface Act {
  /**
   * What must not have changed since: `all`: findings and actions; `actions`: any action; `decisions`: actions that decide something,
   * so that nobody's taking fails at another one's note; `nothing`: it adds and takes nothing away.
   */
  readonly compares: 'all' | 'actions' | 'decisions' | 'nothing';
  /** Whether what it decides makes versions of before it too old for others. */
  readonly decides: boolean;
  /** Whether it may be done to what is closed. */
  readonly onClosed?: true;
  readonly judge: (alert: Alert, action: ActionEvent) => Refusal | null;
  readonly evolve: (alert: Alert, action: ActionEvent) => Alert;
}

const isSaid = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';
const same = (alert: Alert): Alert => alert;

/** It has been seen: nothing waits any more, and it does not climb further. */
function acknowledge(alert: Alert, { actor, at }: ActionEvent): Alert {
  const { waitingSince, ...rest } = alert;
  return { ...rest, acknowledgedBy: actor, acknowledgedAt: at };
}

const owner = ({ ownedBy, ownedAt }: Alert): Partial<Refusal> =>
  ownedBy === undefined ? {} : { by: ownedBy, ...(ownedAt === undefined ? {} : { at: ownedAt }) };

const giveTo = (alert: Alert, { to, at }: ActionEvent): Alert => ({ ...alert, ownedBy: to ?? '', ownedAt: at });

function judgeGiving(alert: Alert, { to }: ActionEvent): Refusal | null {
  if (!isSaid(to)) return { reason: 'person-required' };
  return alert.ownedBy === to ? { reason: 'already-owned', ...owner(alert) } : null;
}

/** Whether the behaviour still holds at an instant, by what is known. */
function holdsAt({ finding }: Alert, atMs: number): boolean {
  const { endedAt } = finding.episode;
  return finding.type !== 'withdrawn' && (endedAt === null || Date.parse(endedAt) > atMs);
}

function judgeSuspending({ reason, until, at }: ActionEvent): Refusal | null {
  const lastsMs = until === undefined ? 0 : Date.parse(until) - Date.parse(at);
  if (!(lastsMs > 0 && lastsMs <= SUSPENSION_LIMIT_MS)) return { reason: 'end-required' };
  return isSaid(reason) ? null : { reason: 'reason-required' };
}

/** The suspension that waits for a second person; one whose own end is over waits no more. */
export function proposalAt({ suspensionProposal }: Alert, at: string): NonNullable<Alert['suspensionProposal']> | null {
  return suspensionProposal !== undefined && at < suspensionProposal.until ? suspensionProposal : null;
}

/** What a second person decides: there has to be a proposal still. */
function judgeDeciding(alert: Alert, { at }: ActionEvent): Refusal | null {
  return proposalAt(alert, at) === null ? { reason: 'not-proposed', ...whoActed(alert.lastAction) } : null;
}

const ACTS: Readonly<Record<ActionType, Act>> = {
  acknowledged: {
    compares: 'decisions',
    decides: true,
    judge: (alert) =>
      alert.acknowledgedBy === undefined ? null : { reason: 'already-acknowledged', ...whoActed(alert.lastAction) },
    evolve: acknowledge,
  },
  taken: {
    compares: 'decisions',
    decides: true,
    judge: (alert, { actor }) => {
      const isOwners = alert.ownedBy === undefined || (alert.ownedBy === actor && alert.acknowledgedBy === undefined);
      return isOwners ? null : { reason: 'already-owned', ...owner(alert) };
    },
    evolve: (alert, action) => ({
      ...(alert.acknowledgedBy === undefined ? acknowledge(alert, action) : alert),
      ownedBy: action.actor,
      ownedAt: action.at,
    }),
  },
  released: {
    compares: 'decisions',
    decides: true,
    judge: (alert, { actor }) => (alert.ownedBy === actor ? null : { reason: 'not-owner', ...owner(alert) }),
    // It waits for somebody anew, and climbs where nobody comes.
    evolve: (alert, { at }) => tellAgain(alert, at),
  },
  assigned: { compares: 'decisions', decides: true, judge: judgeGiving, evolve: giveTo },
  'handed-over': {
    compares: 'decisions',
    decides: true,
    judge: (alert, action) => {
      if (alert.ownedBy !== action.actor) return { reason: 'not-owner', ...owner(alert) };
      return isSaid(action.note) ? judgeGiving(alert, action) : { reason: 'reason-required' };
    },
    evolve: giveTo,
  },
  noted: {
    compares: 'nothing',
    decides: false,
    onClosed: true,
    judge: (_alert, { note }) => (isSaid(note) ? null : { reason: 'reason-required' }),
    evolve: same,
  },
  'victim-contacted': {
    compares: 'nothing',
    decides: false,
    onClosed: true,
    judge: (_alert, { outcome }) => (outcome === undefined ? { reason: 'disposition-required' } : null),
    evolve: (alert, { actor, at, contactedAt = at, outcome = 'not-reached' }) => ({
      ...alert,
      victimContact: { by: actor, at, outcome, contactedAt },
    }),
  },
  'review-requested': {
    compares: 'decisions',
    decides: false,
    judge: (_alert, { reason }) => (isSaid(reason) ? null : { reason: 'reason-required' }),
    evolve: (alert, { actor, at, reason = '' }) => ({ ...alert, review: { by: actor, at, reason } }),
  },
  reopened: {
    compares: 'decisions',
    decides: true,
    onClosed: true,
    judge: (alert, { reason }) => {
      if (alert.status === 'open') return { reason: 'not-closed', ...whoActed(alert.lastAction) };
      return isSaid(reason) ? null : { reason: 'reason-required' };
    },
    evolve: (alert, { at }) => ({ ...tellAgain(alert, at), status: 'open', reopenedAt: at }),
  },
  suspended: {
    compares: 'all',
    decides: true,
    judge: (_alert, action) => judgeSuspending(action),
    evolve: ({ suspensionProposal, ...alert }, { actor, at, reason = '', until = at }) => ({
      ...alert,
      suspension: { by: actor, at, until, reason },
    }),
  },
  'suspension-proposed': {
    compares: 'all',
    decides: false,
    judge: (alert, action) => {
      const before = proposalAt(alert, action.at);
      if (before !== null) return { reason: 'already-proposed', by: before.by, at: before.at };
      return judgeSuspending(action);
    },
    evolve: (alert, { actor, at, reason = '', until = at }) => ({
      ...alert,
      suspensionProposal: { by: actor, at, until, reason },
    }),
  },
  'suspension-agreed': {
    compares: 'all',
    decides: true,
    judge: (alert, action) => {
      const refusal = judgeDeciding(alert, action);
      if (refusal !== null) return refusal;
      return alert.suspensionProposal?.by === action.actor ? { reason: 'second-person-required' } : null;
    },
    evolve: ({ suspensionProposal, ...alert }, { actor, at }) => {
      const { by, until, reason } = suspensionProposal!;
      return { ...alert, suspension: { by, at, until, reason, approvedBy: actor } };
    },
  },
  // By whoever proposed it, too: it is withdrawn.
  'suspension-refused': {
    compares: 'decisions',
    decides: true,
    judge: judgeDeciding,
    evolve: ({ suspensionProposal, ...alert }) => alert,
  },
  resumed: {
    compares: 'nothing',
    decides: true,
    judge: ({ suspension }, { actor, at }) => {
      if (suspension === undefined) return { reason: 'not-suspended' };
      return actor === TAGWATCH && at < suspension.until ? { reason: 'not-due' } : null;
    },
    // By the time of the behaviour, not of this program: what ended within the suspension is not told again, however late it ends.
    evolve: (alert, { at }) => {
      const { suspension, ...rest } = alert;
      const endMs = Date.parse(suspension === undefined || at < suspension.until ? at : suspension.until);
      return holdsAt(alert, endMs) ? tellAgain(alert, at) : rest;
    },
  },
  escalated: {
    compares: 'nothing',
    decides: false,
    judge: (alert, { level = 0 }) => {
      const isDue = waitsForSomebody(alert) && level > (alert.escalation?.level ?? 0);
      return isDue ? null : { reason: 'not-due', ...whoActed(alert.lastAction) };
    },
    evolve: (alert, { level = 1, to = '', at }) => ({ ...alert, escalation: { level, to, at } }),
  },
  disposed: {
    compares: 'all',
    decides: true,
    judge: (alert, { disposition, tagInspectedAt, note }) => {
      if (disposition === undefined) return { reason: 'disposition-required' };
      const evidence = tagInspectedAt !== undefined || isSaid(note);
      return alert.finding.kind === 'strap-tamper' && !evidence ? { reason: 'evidence-required' } : null;
    },
    evolve: (alert, { actor, at, disposition }) => {
      const { waitingSince, suspension, suspensionProposal, review, escalation, ...rest } = alert;
      return {
        ...rest,
        status: 'closed',
        disposedBy: actor,
        disposedAt: at,
        closedAt: at,
        ...(disposition === undefined ? {} : { disposition }),
      };
    },
  },
};

/** Whether it may be done to what is closed. */
export const isForClosed = (type: ActionType): boolean => ACTS[type].onClosed === true;

/** Whether nobody has seen it, or who had gave it back: then it climbs. */
export function waitsForSomebody({ status, acknowledgedBy, suspension }: Alert): boolean {
  return status === 'open' && acknowledgedBy === undefined && suspension === undefined;
}

function whoActed(last: { readonly by: string; readonly at: string } | null | undefined): Partial<Refusal> {
  return last ? { by: last.by, at: last.at } : {};
}

/** The newest decision; every action of folds of before it was kept was one. */
function lastDecisionOf({ lastDecision, lastAction, actions }: Alert): NonNullable<Alert['lastDecision']> | null {
  if (lastDecision !== undefined) return lastDecision;
  return lastAction === undefined ? null : { ...lastAction, actions };
}

/** Whether the action may be done to the alert as it stands; null: it may. */
export function judgeAction(alert: Alert, action: ActionEvent): Refusal | null {
  const { compares, onClosed, judge } = ACTS[action.type];
  const decision = lastDecisionOf(alert);
  const { seen } = action;
  if (compares === 'decisions' && (seen.actions < (decision?.actions ?? 0) || seen.actions > alert.actions))
    return { reason: 'too-late', ...whoActed(decision) };
  if (compares === 'all' && seen.actions !== alert.actions)
    return { reason: 'too-late', ...whoActed(alert.lastAction) };
  if (alert.status === 'closed' && !onClosed) return { reason: 'closed', ...whoActed(alert.lastAction) };
  if (compares === 'all' && seen.revision !== alert.finding.revision)
    return { reason: 'changed', at: alert.finding.raisedAt };
  return judge(alert, action);
}

/** Whether an action with the same eventId is the same one; of those that told no hash, the type is all that can be compared. */
function isSameAction(first: SeenAction, { type, saidHash }: ActionEvent): boolean {
  return first.type === type && (first.saidHash === undefined || saidHash === undefined || first.saidHash === saidHash);
}

export function applyAction(current: Alert | null, action: ActionEvent, seq: number): Applied {
  if (current === null) return { alert: null, outcome: 'refused', refusal: { reason: 'unknown-alert' } };
  const first = current.seenActions.find((seen) => seen.eventId === action.eventId);
  if (first !== undefined) {
    if (!isSameAction(first, action)) return { alert: current, outcome: 'refused', refusal: { reason: 'key-reused' } };
    return { alert: current, outcome: 'repeat', ...(first.refusal === null ? {} : { refusal: first.refusal }) };
  }
  const refusal = judgeAction(current, action);
  const { eventId, type, saidHash, actor, at } = action;
  const seen: SeenAction = { eventId, type, ...(saidHash === undefined ? {} : { saidHash }), refusal };
  const judged: Alert = { ...current, seenActions: [...current.seenActions, seen].slice(-SEEN_ACTIONS_LIMIT) };
  if (refusal !== null) return { alert: judged, outcome: 'refused', refusal };
  const actions = current.actions + (type === 'escalated' ? 0 : 1);
  const done = { type, by: actor, at };
  const decision = ACTS[type].decides ? { ...done, actions } : lastDecisionOf(current);
  const acted = ACTS[type].evolve(judged, action);
  return {
    alert: {
      ...acted,
      actions,
      ...(actor === TAGWATCH ? {} : { lastAction: done }),
      lastDecision: decision,
      lastSeq: seq,
    },
    outcome: 'accepted',
  };
}
