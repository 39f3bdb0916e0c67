/** What happened to an alert, a line an event. Pure. */
import { type ActionEvent, type AlertEvent, isFinding, TAGWATCH } from '../../alerts/event.js';
import { personWords } from './people-words.js';
import { dayAndTime } from './times.js';
import { CONTACT_WORDS, DISPOSITION_WORDS, SEVERITY_WORDS } from './words.js';

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
  const said = [event.reason, event.note].filter((text) => text !== undefined && text !== '');
  return {
    eventId,
    at: event.at,
    who: event.actor === TAGWATCH ? 'Tagwatch' : personWords(event.actor),
    what: actionWords(event),
    note: said.length === 0 ? null : said.join('\n'),
  };
}

const untilWords = ({ until }: ActionEvent): string =>
  until === undefined ? '' : ` until ${dayAndTime(Date.parse(until))}`;

/** What a person did, or the clock. Total: a new action wants its words. */
function actionWords(event: ActionEvent): string {
  const to = personWords(event.to ?? 'somebody');
  switch (event.type) {
    case 'acknowledged':
      return 'acknowledged it';
    case 'taken':
      return 'took it';
    case 'released':
      return 'gave it back';
    case 'assigned':
      return `assigned it to ${to}`;
    case 'handed-over':
      return `handed it over to ${to}`;
    case 'noted':
      return 'added a note';
    case 'victim-contacted': {
      const outcome = event.outcome === undefined ? '' : `: ${CONTACT_WORDS[event.outcome].toLowerCase()}`;
      return `contacted the victim${outcome}`;
    }
    case 'review-requested':
      return 'asked for a review';
    case 'reopened':
      return 'reopened it';
    case 'suspended':
      return `suspended it${untilWords(event)}`;
    case 'suspension-proposed':
      return `proposed to suspend it${untilWords(event)}`;
    case 'suspension-agreed':
      return 'agreed to the suspension';
    case 'suspension-refused':
      return 'refused the suspension';
    case 'resumed':
      return 'ended the suspension';
    case 'escalated':
      return `told the ${event.to ?? 'next'}: nobody had seen it`;
    case 'disposed': {
      const how = event.disposition === undefined ? '' : `: ${DISPOSITION_WORDS[event.disposition].toLowerCase()}`;
      return `closed it${how}`;
    }
  }
}
