/** The letter of each act; none is that of another one, or of the board (`keys.ts`). */
import type { Verb } from '../api.js';

export const VERB_KEYS: Readonly<Record<Verb, string>> = {
  acknowledge: 'a',
  take: 't',
  dispose: 'd',
  note: 'w',
  'victim-contact': 'v',
  assign: 'i',
  'hand-over': 'h',
  release: 'g',
  suspend: 's',
  'propose-suspension': 'p',
  'agree-suspension': 'y',
  'refuse-suspension': 'q',
  resume: 'e',
  'request-review': 'r',
  reopen: 'u',
};
