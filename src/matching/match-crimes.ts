/**
 * A run: every crime against every wearer, wearer by wearer, so that one track at a time is held. For each crime who was there, who passed,
 * who may have been; how many are eliminated; how many nobody can say anything of, and why.
 */
import { type BaseRate, baseRateOf } from './base-rate.js';
import {
  type Judgement,
  judge,
  type MatchOptions,
  type Outcome,
  outcomeAlone,
  type PreparedScene,
  prepareScene,
  type Scene,
} from './judge.js';
import type { MatchTrack } from './match-track.js';

/** Besides the radius of the run: what is left of a match where there is nearer or farther. */
export const OTHER_RADII_METRES = [50, 200] as const;

export interface Match extends Judgement {
  readonly wearerId: string;
  readonly baseRate: BaseRate;
  /** What it would be within other radii, metres. */
  readonly atRadius: Readonly<Record<number, Outcome>>;
}

export interface CrimeResult<S extends Scene = Scene> {
  readonly crime: S;
  /** Wearers whose tracks were looked at. */
  readonly examined: number;
  readonly eliminated: number;
  /** PRESENT, PASSED, POSSIBLE. */
  readonly matches: readonly Match[];
  /** Wearers of whom nobody can say; `judge` says why of each. */
  readonly cannotSay: readonly string[];
}

export interface Matching<S extends Scene> {
  /** Looks at one more wearer; a wearer is given once. */
  examine(track: MatchTrack): void;
  /** In the order of the crimes; of each the likeliest first. */
  results(): readonly CrimeResult<S>[];
}

interface Growing<S extends Scene> {
  readonly crime: S;
  readonly scene: PreparedScene;
  readonly others: readonly PreparedScene[];
  readonly matches: Match[];
  readonly cannotSay: string[];
  eliminated: number;
}

const RANK: Readonly<Record<Outcome, number>> = { PRESENT: 0, PASSED: 1, POSSIBLE: 2, 'CANNOT SAY': 3, ELIMINATED: 4 };

export function startMatching<S extends Scene>(crimes: readonly S[], options: MatchOptions): Matching<S> {
  const growing = crimes.map((crime): Growing<S> => {
    const others = OTHER_RADII_METRES.filter((radius) => radius !== options.radiusMetres);
    return {
      crime,
      scene: prepareScene(crime, options),
      others: others.map((radiusMetres) => prepareScene(crime, { ...options, radiusMetres })),
      matches: [],
      cannotSay: [],
      eliminated: 0,
    };
  });
  // In order of time one crime's fixes lie beside those of the next.
  const inTime = growing.toSorted((a, b) => a.crime.fromMs - b.crime.fromMs);
  let examined = 0;
  const examineOne = (track: MatchTrack, one: Growing<S>): void => {
    const { scene, others } = one;
    const { wearerId } = track;
    const outcome = outcomeAlone(track, scene);
    if (outcome === 'ELIMINATED') one.eliminated++;
    else if (outcome === 'CANNOT SAY') one.cannotSay.push(wearerId);
    else {
      const atRadius = Object.fromEntries(
        others.map((other) => [other.options.radiusMetres, outcomeAlone(track, other)]),
      );
      one.matches.push({ wearerId, ...judge(track, scene), baseRate: baseRateOf(track, scene), atRadius });
    }
  };
  return {
    examine(track) {
      examined++;
      for (const one of inTime) examineOne(track, one);
    },
    results: () =>
      growing.map(({ crime, matches, cannotSay, eliminated }) => ({
        crime,
        examined,
        eliminated,
        matches: matches.toSorted((a, b) => RANK[a.outcome] - RANK[b.outcome] || b.probability - a.probability),
        cannotSay,
      })),
  };
}
