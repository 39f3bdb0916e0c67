/** Patterns in words: the same as the strip and the map show. Pure. */
import type {
  HomeMinutes,
  HourTold,
  MeetingTold,
  PatternAuthority,
  SilenceReason,
  StopEndTold,
  StopTold,
  Together,
} from '../../wire/patterns.js';
import type { PatternRow } from '../model/pattern-rows.js';
import { dayAndTime, duration, hourAndMinute } from './times.js';

export const END_WORDS: Readonly<Record<StopEndTold, string>> = {
  moved: 'they moved',
  gap: 'nothing was heard after it',
  deleted: 'what came after it was deleted under retention',
  'not-fitted': 'the tag was taken off',
  open: 'open: they were there at the end of the time',
};

export const SILENCE_WORDS: Readonly<Record<SilenceReason, string>> = {
  gap: 'nothing heard that is good enough',
  deleted: 'deleted under retention',
  'not-fitted': 'no tag fitted',
};

const MINUTE_MS = 60_000;
export const minutesWords = (minutes: number): string => duration(minutes * MINUTE_MS);

export const placeWords = ({
  latitude,
  longitude,
}: {
  readonly latitude: number;
  readonly longitude: number;
}): string => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** `Mon 4 May 09:58:12 to 11:02`. */
export function spanWords(fromAt: string, untilAt: string): string {
  const [fromMs, untilMs] = [Date.parse(fromAt), Date.parse(untilAt)];
  return `${dayAndTime(fromMs)} to ${hourAndMinute(untilMs, fromMs)}`;
}

export const stopPlaceWords = ({ place }: Pick<StopTold, 'place'>): string =>
  place === null ? 'no usual place' : `usual place ${place}`;

export const authorityWords = ({ reference, purpose, scope, until }: PatternAuthority): string =>
  `${reference}: ${purpose}; ${scope}; until ${dayAndTime(Date.parse(until))}`;

/** `3 of 5`, with the days of which nobody knows: `3 of 5, 2 unknown`. */
export const hourWords = ({ there, observed, days }: HourTold): string =>
  `${there} of ${observed} days observed${days > observed ? `, ${days - observed} unknown` : ''}`;

/** `at home 7 h 40 min, unknown 20 min`. */
export function homeWords(minutes: HomeMinutes): string {
  const told: readonly (readonly [string, number])[] = [
    ['at home', minutes.home],
    ['out', minutes.out],
    ['heard, no address on record', minutes.heard],
    ['unknown', minutes.unknown],
    ['deleted', minutes.deleted],
    ['no tag', minutes.notFitted],
  ];
  return told
    .filter(([, many]) => many > 0)
    .map(([words, many]) => `${words} ${minutesWords(many)}`)
    .join(', ');
}

/** `31 m, give or take 18 m`. */
export const closestWords = ({ closest }: MeetingTold): string =>
  `${Math.round(closest.metres)} m, give or take ${closest.errorMetres} m`;

export function notComparedWords({ comparedMinutes, unseenMinutes }: Together, first: string, second: string): string {
  const parts: readonly (readonly [string, number])[] = [
    [`${first} was not seen`, unseenMinutes.first],
    [`${second} was not seen`, unseenMinutes.second],
    ['neither was seen', unseenMinutes.both],
  ];
  const missing = parts.filter(([, many]) => many > 0).map(([words, many]) => `${minutesWords(many)} ${words}`);
  return `Compared over ${minutesWords(comparedMinutes)}${missing.length === 0 ? '' : `; not over the rest: ${missing.join(', ')}`}.`;
}

/** One sentence a day, for who hears the strip. */
export function rowWords({ stops, silences, fromMs }: PatternRow, day: string): string {
  const at = (atMs: number) => hourAndMinute(atMs, fromMs);
  const told = [
    ...stops.map((piece) => ({ piece, words: `stop at ${stopPlaceWords(piece.stop)}` })),
    ...silences.map((piece) => ({ piece, words: SILENCE_WORDS[piece.why] })),
  ].sort((a, b) => a.piece.fromMs - b.piece.fromMs);
  if (told.length === 0) return `${day}: no stop, no silence.`;
  return `${day}: ${told.map(({ piece, words }) => `${at(piece.fromMs)} to ${at(piece.untilMs)} ${words}`).join('; ')}.`;
}
