/** Crimes and results between the record and REST. Pure. */
import type { Crime } from '../../../formats/crimes/crime-file.js';
import type { StoredBatch, StoredCrime, StoredResult } from '../../../store/crime-batches.js';
import type { CrimeFacts, CrimeResultItem } from '../../../wire/crime-batch.js';

const toIso = (atMs: number): string => new Date(atMs).toISOString();

export function toCrimeFacts({ version, content }: StoredCrime): CrimeFacts {
  const { placeErrorMetres: _, ...facts } = content;
  return { ...facts, version };
}

export const toContent = (crime: Crime) => ({
  force: crime.force,
  reference: crime.reference,
  type: crime.type,
  from: toIso(crime.fromMs),
  to: toIso(crime.toMs),
  latitude: crime.latitude,
  longitude: crime.longitude,
  datum: crime.datum,
  text: crime.text,
  placeErrorMetres: crime.placeErrorMetres,
});

/** `examined`: of whom who asks may see; whoever is not named among them is eliminated. */
export function toResult(result: StoredResult, examined: number): CrimeResultItem {
  const { place, matches, cannotSay, isChanged, decisions } = result;
  const eliminated = examined - matches.length - cannotSay.length;
  return { place, crime: toCrimeFacts(result), examined, eliminated, matches, cannotSay, isChanged, decisions };
}

export const purposeOf = ({ purpose, authority }: StoredBatch): string =>
  `${purpose} (authority ${authority.reference})`;

/** Before the first window and behind the last: whoever wore a tag then is examined. */
const AROUND_MS = 86_400_000;

/** Of a file, its empty ones with them. */
export function countLines(text: string): number {
  let lines = 1;
  for (let at = text.search(/[\r\n]/); at >= 0 && at < text.length; at++)
    if (text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n')) lines++;
  return lines;
}

/** When its windows are, with the days around. */
export function spanOf(crimes: readonly { readonly fromMs: number; readonly toMs: number }[]) {
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const crime of crimes) {
    fromMs = Math.min(fromMs, crime.fromMs);
    toMs = Math.max(toMs, crime.toMs);
  }
  return { fromMs: fromMs - AROUND_MS, toMs: toMs + AROUND_MS };
}
