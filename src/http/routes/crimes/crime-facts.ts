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
