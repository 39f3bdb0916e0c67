/** What happened to an alert, a line an event. Pure. */
import { type ActionEvent, type AlertEvent, isFinding } from '../../alerts/event.js';
import { DISPOSITION_WORDS, SEVERITY_WORDS } from './words.js';

const FOUND = {
  suspected: 'suspected it',
  confirmed: 'confirmed it',
  amended: 'found more about it',
  ended: 'found that it has ended',
  withdrawn: 'withdrew it',
} as const;

export interface HistoryLine {
  readonly eventId: string;
  readonly at: string;
  readonly who: string;
  readonly what: string;
  /** What somebody wrote. */
  readonly note: string | null;
}

export function historyLine(event: AlertEvent): HistoryLine {
  const { eventId } = event;
  if (isFinding(event)) {
    const severity = event.revision === 1 ? `, ${SEVERITY_WORDS[event.severity].toLowerCase()} severity` : '';
    return { eventId, at: event.raisedAt, who: 'Tagwatch', what: `${FOUND[event.type]}${severity}`, note: null };
  }
  return { eventId, at: event.at, who: event.actor, what: actionWords(event), note: event.note ?? null };
}

/** What a person did; an action that has no words here is told by its name, as it stands in the log. */
function actionWords(event: ActionEvent): string {
  if (event.type === 'acknowledged') return 'acknowledged it';
  if (event.type !== 'disposed') return String(event.type);
  const how = event.disposition === undefined ? '' : `: ${DISPOSITION_WORDS[event.disposition].toLowerCase()}`;
  return `closed it${how}`;
}
