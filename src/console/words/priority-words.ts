/** Why an alert is looked at before or after others, in words. Total: a new fact wants its words. Pure. */
import type { Priority, PriorityReason, Wanted, WantedWearer } from '../../wire/priority.js';
import type { FlagsRecord } from '../wanted-api.js';
import { personWords } from './people-words.js';
import { dayAndTime } from './times.js';
import { SEVERITY_WORDS } from './words.js';

export const WANTED_WORDS: Readonly<Record<Wanted, string>> = {
  wanted: 'wanted',
  'unlawfully-at-large': 'unlawfully at large',
};

export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** `Unlawfully at large, since Sun 22 Nov 18:03:11`. */
export const wantedWords = ({ wanted, since }: WantedWearer): string =>
  `${capital(WANTED_WORDS[wanted])}, since ${dayAndTime(Date.parse(since))}`;

/** `Not in force yet. From Sun 22 Nov 18:03:11 on: wanted`. */
export const toComeWords = (wanted: Wanted | undefined, effectiveAt: string): string =>
  `Not in force yet. From ${dayAndTime(Date.parse(effectiveAt))} on: ${wanted === undefined ? 'neither wanted nor unlawfully at large' : WANTED_WORDS[wanted]}`;

/** `Recorded by sam, Sun 22 Nov 18:05:00: recalled`. */
export const flagsRecordedWords = ({ author, recordedAt, changeReason }: FlagsRecord): string =>
  `Recorded by ${personWords(author)}, ${dayAndTime(Date.parse(recordedAt))}${changeReason === undefined ? '' : `: ${changeReason}`}`;

function factWords(reason: PriorityReason): string {
  if (reason.fact === 'in-custody') return 'in custody';
  if (reason.fact === 'dealt-with') return 'already dealt with';
  return reason.fact === 'rag' ? `${reason.rag} RAG` : WANTED_WORDS[reason.fact];
}

const all = (reasons: readonly PriorityReason[]): string => reasons.map(factWords).join(' and ');

/** `Last: in custody` · `As critical: raised for red RAG`; null: nothing moved it. */
export function priorityWords({ taken, because }: Priority): string | null {
  const last = because.filter(({ moved }) => moved === 'last');
  if (last.length > 0) return `Last: ${all(last)}`;
  const raised = because.filter(({ moved }) => moved !== 'last' && moved > 0);
  const lowered = because.filter(({ moved }) => moved !== 'last' && moved < 0);
  const moves = [
    ...(raised.length > 0 ? [`raised for ${all(raised)}`] : []),
    ...(lowered.length > 0 ? [`lowered for ${all(lowered)}`] : []),
  ];
  return moves.length === 0 ? null : `As ${SEVERITY_WORDS[taken].toLowerCase()}: ${moves.join(', ')}`;
}
