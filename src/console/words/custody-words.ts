/** What the page of the custody list says of a row and whom it may be. Pure. */
import type { CustodyMatch, CustodyRow, RefusedMatch } from '../../wire/custody-list.js';
import { personWords } from './people-words.js';
import { dayAndTime } from './times.js';

export const STRENGTH_WORDS: Readonly<Record<CustodyMatch['strength'], string>> = {
  strong: 'Strong',
  likely: 'Likely',
  weak: 'Weak',
};

/** `by PNC and name; date of birth differs`. */
export function matchWords({ by, against }: CustodyMatch): string {
  const differs =
    against.length === 0 ? '' : `; ${against.join(' and ')} ${against.length === 1 ? 'differs' : 'differ'}`;
  return `${by.length === 0 ? 'by nothing' : `by ${by.join(' and ')}`}${differs}`;
}

/** `KERR, Adam, born 1990-02-01, PNC 01/123456A, in custody from Mon 23 Nov 10:00:00 at HMP Elmley`. */
export function custodyRowWords({ name, dateOfBirth, pncId, nomisId, crn, startsAt, place }: CustodyRow): string {
  const parts = [
    name ?? 'No name',
    dateOfBirth === undefined ? '' : `born ${dateOfBirth}`,
    pncId === undefined ? '' : `PNC ${pncId}`,
    nomisId === undefined ? '' : `NOMIS ${nomisId}`,
    crn === undefined ? '' : `CRN ${crn}`,
    `in custody from ${dayAndTime(Date.parse(startsAt))}${place === undefined ? '' : ` at ${place}`}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const MAX_REASON_LENGTH = 500;

/** Why a period is written: which list, which line, where, and by what it was matched. */
export const custodyReason = (file: string, row: CustodyRow, match: CustodyMatch): string =>
  `${listWords(file, row)}: confirmed, ${match.strength} match ${matchWords(match)}`.slice(0, MAX_REASON_LENGTH);

/** Why a match is refused comes first: which list it was may be cut off. */
export const refusalReason = (file: string, row: CustodyRow, why: string): string =>
  `${why} (refused; ${listWords(file, row)})`.slice(0, MAX_REASON_LENGTH);

const listWords = (file: string, { line, place }: CustodyRow): string =>
  `custody list ${file}, line ${line}${place === undefined ? '' : `, ${place}`}`;

/** `Not Adam Kerr (W-1), said sergeant-anna, Mon 23 Nov 10:00:00: another date of birth`. */
export const refusedWords = ({ name, wearerId, by, at, reason }: RefusedMatch): string =>
  `Not ${name} (${wearerId}), said ${personWords(by)}, ${dayAndTime(Date.parse(at))}${reason === null ? '' : `: ${reason}`}`;
