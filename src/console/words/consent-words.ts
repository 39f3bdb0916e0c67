/** What the page of a wearer says of consents. */
import type { ConsentRecord } from '../consent-api.js';
import { type ConsentSaid, consentEndsMs, isHeld } from '../model/consent-state.js';
import { personWords } from './people-words.js';
import { dayAndTime } from './times.js';

const at = (instant: string): string => dayAndTime(Date.parse(instant));

/** `Held since Mon 23 Nov 10:00:00, until …`, `Withdrawn …`, `Over since …`. */
export function consentStateWords(consent: ConsentSaid, all: readonly ConsentSaid[], atMs: number): string {
  const { givenAt, expiresAt, withdrawnAt } = consent;
  const endsMs = consentEndsMs(consent, all);
  if (isHeld(consent, all, atMs))
    return `Held since ${at(givenAt)}${endsMs === null ? '' : `, until ${dayAndTime(endsMs)}`}`;
  if (endsMs === null || Date.parse(givenAt) > atMs) return `Given from ${at(givenAt)} on`;
  if (expiresAt !== undefined && endsMs === Date.parse(expiresAt))
    return `Expired ${at(expiresAt)}, given ${at(givenAt)}`;
  const by = withdrawnAt === undefined ? ' with another one' : '';
  return `Withdrawn${by} ${dayAndTime(endsMs)}, given ${at(givenAt)}`;
}

/** `Recorded by sam, Mon 23 Nov 10:05:00: he said so on the phone`. */
export function consentRecordedWords({ author, recordedAt, changeReason }: ConsentRecord): string {
  return `Recorded by ${personWords(author)}, ${at(recordedAt)}${changeReason === undefined ? '' : `: ${changeReason}`}`;
}
