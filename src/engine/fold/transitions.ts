/** The rule as data: what an episode does at each thing that can happen to it, and what is said of the difference. */
import type { EventType } from '../types.js';

export const EPISODE_STATES = ['clear', 'suspected', 'confirmed'] as const;
export type EpisodeState = (typeof EPISODE_STATES)[number];

/**
 * What a fix makes of the belief in a violation, by `thresholds.ts`: `high` confirms (also one fix that is enough for a first-fix
 * condition), `likely` is over one half, `unlikely` is far enough below it to take a suspicion back, `low` ends. At an opening
 * edge it is the belief after the last fix before it.
 */
export type EpisodeEvent =
  | 'belief-high'
  | 'belief-likely'
  | 'belief-doubtful'
  | 'belief-unlikely'
  | 'belief-low'
  | 'opening-edge-likely'
  | 'opening-edge-high'
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
    'belief-high': { next: 'confirmed', outcome: 'started' },
    'belief-likely': { next: 'suspected', outcome: 'started' },
    'belief-doubtful': stay('clear'),
    'belief-unlikely': stay('clear'),
    'belief-low': stay('clear'),
    'opening-edge-likely': { next: 'suspected', outcome: 'started' },
    'opening-edge-high': { next: 'confirmed', outcome: 'started' },
    'closing-edge': stay('clear'),
  },
  suspected: {
    'belief-high': { next: 'confirmed', outcome: 'confirmed' },
    'belief-likely': stay('suspected'),
    'belief-doubtful': stay('suspected'),
    'belief-unlikely': { next: 'clear', outcome: 'withdrawn' },
    'belief-low': { next: 'clear', outcome: 'withdrawn' },
    // A term published while its episode is open: the episode goes on.
    'opening-edge-likely': stay('suspected'),
    'opening-edge-high': stay('suspected'),
    // Silence is never compliance: what was suspected until the end stays on record and waits for a person.
    'closing-edge': { next: 'clear', outcome: 'ended' },
  },
  confirmed: {
    'belief-high': stay('confirmed'),
    'belief-likely': stay('confirmed'),
    'belief-doubtful': stay('confirmed'),
    // One fix outside may be the outlier.
    'belief-unlikely': stay('confirmed'),
    'belief-low': { next: 'clear', outcome: 'ended' },
    'opening-edge-likely': stay('confirmed'),
    'opening-edge-high': stay('confirmed'),
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
