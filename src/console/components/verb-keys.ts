/** The letter of each act; none is that of another one, or of the pages. */
import type { Verb } from '../api.js';

/** What the pages hear beside acts: what each does stands in `keys.ts`. */
export const PAGE_KEYS = ['j', 'ArrowDown', 'k', 'ArrowUp', 'm', 'o', 'x', 'Escape', 'p', 'n', 'b', '?'] as const;
export type PageKey = (typeof PAGE_KEYS)[number];

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
  'propose-suspension': 'c',
  'agree-suspension': 'y',
  'refuse-suspension': 'q',
  resume: 'e',
  'request-review': 'r',
  reopen: 'u',
};
