/** What is said of evidence packs. Pure. */
import type { Edition, PackItem, PackStep } from '../../wire/pack.js';
import { dayAndTime } from './times.js';

export const EDITION_WORDS: Readonly<Record<Edition, readonly [name: string, what: string]>> = {
  full: ['Full', 'everything: for the recall team and for police'],
  court: ['Court', 'all but how the force manages the wearer'],
  'wearer-safe': ['Wearer-safe', 'no names, places, distances or evidence: what the wearer may see'],
};

const STEP_WORDS: Readonly<Record<PackStep, string>> = {
  gathering: 'the record is read',
  writing: 'it is written and signed',
};

/** `queued` and `building` say how far it is, `failed` why it is not made. */
export function packStateWords({ state, ahead = 0, step, failure }: PackItem): string {
  switch (state) {
    case 'queued':
      return ahead === 0
        ? 'Next to be made'
        : `Waiting: ${ahead === 1 ? 'one pack is' : `${ahead} packs are`} made before it`;
    case 'building':
      return step === undefined ? 'Being made' : `Being made: ${STEP_WORDS[step]}`;
    case 'ready':
      return 'Ready';
    case 'failed':
      return `Not made: ${failure ?? 'no reason is known'}`;
  }
}

export const isUnderWay = ({ state }: Pick<PackItem, 'state'>): boolean => state === 'queued' || state === 'building';

/** `alert P-1`, `3 alerts`, or from when to when. */
export function packSubjectWords({ alertIds, from, to }: PackItem): string {
  if (alertIds !== undefined) return alertIds.length === 1 ? 'one alert' : `${alertIds.length} alerts`;
  return from === undefined || to === undefined ? '' : periodWords(Date.parse(from), Date.parse(to));
}

const periodWords = (fromMs: number, toMs: number): string => `${dayAndTime(fromMs)} to ${dayAndTime(toMs)}`;

/** What it will not hold: said as soon as it is asked for. */
export function deletedWords({ deleted = [] }: Pick<PackItem, 'deleted'>): string[] {
  return deleted.map(
    ({ from, to }) =>
      `What the tag sent from ${dayAndTime(Date.parse(from))} to ${dayAndTime(Date.parse(to))} was deleted because of its age: the pack says so, and shows nothing of it.`,
  );
}

const KILO = 1_000;

/** `840 B`, `64 kB`, `1.4 MB`: as a form that takes 25 MB counts. */
export function sizeWords(bytes: number): string {
  if (bytes < KILO) return `${bytes} B`;
  if (bytes < KILO * KILO) return `${Math.round(bytes / KILO)} kB`;
  return `${(bytes / KILO / KILO).toFixed(1)} MB`;
}
