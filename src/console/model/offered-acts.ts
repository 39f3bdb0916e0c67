/** What may be done to an alert as it stands: asked of the very judge that the server asks, so that nothing is offered in vain. Pure. */
import type { Operation } from '../../access/operations.js';
import { judgeAction } from '../../alerts/act.js';
import { type AlertItem, fromAlertItem, parseEtag } from '../../alerts/alert.js';
import type { ActionEvent } from '../../alerts/event.js';
import { concernsVictim } from '../../alerts/victim.js';
import type { Verb } from '../api.js';

/** In the order in which they are offered. Total: an action without a place does not compile. */
const TYPES: Readonly<Record<Verb, ActionEvent['type']>> = {
  acknowledge: 'acknowledged',
  take: 'taken',
  dispose: 'disposed',
  note: 'noted',
  'victim-contact': 'victim-contacted',
  assign: 'assigned',
  'hand-over': 'handed-over',
  release: 'released',
  suspend: 'suspended',
  'propose-suspension': 'suspension-proposed',
  'agree-suspension': 'suspension-agreed',
  'refuse-suspension': 'suspension-refused',
  resume: 'resumed',
  'request-review': 'review-requested',
  reopen: 'reopened',
};
export const VERBS = Object.keys(TYPES) as readonly Verb[];

const SUSPENDING: readonly Verb[] = [
  'suspend',
  'propose-suspension',
  'agree-suspension',
  'refuse-suspension',
  'resume',
];
export const operationOf = (verb: Verb): Operation => (SUSPENDING.includes(verb) ? 'suspensions.write' : 'alerts.act');

/** Says all that an action may have to say: what is judged is whether it is the time for it. */
const SAID = { note: '-', reason: '-', to: '-', disposition: 'no-action', outcome: 'informed' } as const;
const HOUR_MS = 3_600_000;

export interface Asker {
  readonly subjectId: string;
  /** Nobody signs in, so there is no second person. */
  readonly isAlone: boolean;
  may(operation: Operation): boolean;
}

export function mayStillBeDone(
  item: AlertItem,
  verb: Verb,
  { subjectId, isAlone, may }: Asker,
  nowMs: number,
): boolean {
  if (!may(operationOf(verb))) return false;
  // Giving to somebody else what is one's own is handing over, with what the next one has to know.
  if (verb === 'assign' && item.ownedBy === subjectId) return false;
  const alert = fromAlertItem(item);
  const takesSecond = !isAlone && concernsVictim(alert);
  if (verb === 'suspend' && (item.suspension !== undefined || takesSecond)) return false;
  if (verb === 'propose-suspension' && (item.suspension !== undefined || !takesSecond)) return false;
  if (verb === 'victim-contact' && !concernsVictim(alert)) return false;
  const { alertId, wearerId } = item;
  const at = new Date(nowMs).toISOString();
  const until = new Date(nowMs + HOUR_MS).toISOString();
  const seen = parseEtag(item.etag) ?? { revision: item.revision, actions: 0 };
  const action: ActionEvent = {
    eventId: '-',
    alertId,
    wearerId,
    type: TYPES[verb],
    actor: subjectId,
    at,
    until,
    seen,
    ...SAID,
  };
  return judgeAction(alert, action) === null;
}

export const listOffered = (item: AlertItem, asker: Asker, nowMs: number): Verb[] =>
  VERBS.filter((verb) => mayStillBeDone(item, verb, asker, nowMs));
