/** The rule of now as data: what an episode does at each thing that can happen to it, and what is said of the difference. */
import type { EventType } from './types.js';

export const EPISODE_STATES = ['clear', 'suspected', 'confirmed'] as const;
export type EpisodeState = (typeof EPISODE_STATES)[number];

/** `lone`: it does not suffice. Sufficing is the second consecutive violating fix, or the first where the condition says so. */
export type EpisodeEvent =
  | 'complying-fix'
  | 'lone-violating-fix'
  | 'sufficing-violating-fix'
  | 'opening-edge-lone'
  | 'opening-edge-sufficing'
  | 'closing-edge';

/** What becomes of the episode that was open; `none` also where there was none. */
export type Outcome = 'none' | 'started' | 'confirmed' | 'ended' | 'withdrawn';

export interface Transition {
  readonly next: EpisodeState;
  readonly outcome: Outcome;
}

const stay = (next: EpisodeState): Transition => ({ next, outcome: 'none' });

export const TRANSITIONS: Readonly<Record<EpisodeState, Readonly<Record<EpisodeEvent, Transition>>>> = {
  clear: {
    'complying-fix': stay('clear'),
    'lone-violating-fix': { next: 'suspected', outcome: 'started' },
    'sufficing-violating-fix': { next: 'confirmed', outcome: 'started' },
    'opening-edge-lone': { next: 'suspected', outcome: 'started' },
    'opening-edge-sufficing': { next: 'confirmed', outcome: 'started' },
    'closing-edge': stay('clear'),
  },
  suspected: {
    'complying-fix': { next: 'clear', outcome: 'withdrawn' },
    'lone-violating-fix': stay('suspected'),
    'sufficing-violating-fix': { next: 'confirmed', outcome: 'confirmed' },
    // A term published while its episode is open: the episode goes on.
    'opening-edge-lone': stay('suspected'),
    'opening-edge-sufficing': stay('suspected'),
    // Silence is never compliance: what was suspected until the end stays on record and waits for a person.
    'closing-edge': { next: 'clear', outcome: 'ended' },
  },
  confirmed: {
    'complying-fix': { next: 'clear', outcome: 'ended' },
    'lone-violating-fix': stay('confirmed'),
    'sufficing-violating-fix': stay('confirmed'),
    'opening-edge-lone': stay('confirmed'),
    'opening-edge-sufficing': stay('confirmed'),
    'closing-edge': { next: 'clear', outcome: 'ended' },
  },
};

/** How an alert stands: as it was told, and as it is found now. */
export type Standing = 'nothing' | 'suspected' | 'confirmed' | 'suspected-ended' | 'confirmed-ended';

/** What is said where an alert was told as the row and is found as the column. Where nothing is, but it moved: `amended`. */
export const SAYINGS: Readonly<Record<Standing, Readonly<Record<Standing, readonly EventType[]>>>> = {
  nothing: {
    nothing: [],
    suspected: ['suspected'],
    confirmed: ['confirmed'],
    'suspected-ended': ['suspected', 'ended'],
    'confirmed-ended': ['confirmed', 'ended'],
  },
  suspected: {
    nothing: ['withdrawn'],
    suspected: [],
    confirmed: ['confirmed'],
    'suspected-ended': ['ended'],
    'confirmed-ended': ['confirmed', 'ended'],
  },
  confirmed: {
    nothing: ['withdrawn'],
    suspected: ['amended'],
    confirmed: [],
    'suspected-ended': ['amended', 'ended'],
    'confirmed-ended': ['ended'],
  },
  'suspected-ended': {
    nothing: ['withdrawn'],
    suspected: ['amended'],
    confirmed: ['confirmed'],
    'suspected-ended': [],
    'confirmed-ended': ['confirmed'],
  },
  'confirmed-ended': {
    nothing: ['withdrawn'],
    suspected: ['amended'],
    confirmed: ['amended'],
    'suspected-ended': ['amended'],
    'confirmed-ended': [],
  },
};
