/** Crimes that are matched, as REST and the console have them: a batch is one file under one authority, matched in runs. */

/** Of one batch over REST; the command line takes more. */
export const MAX_BATCH_CRIMES = 5_000;
export const MAX_BATCH_FILE_LENGTH = 4 * 1_048_576;
/** Faults of rows that are told; beyond it they are counted. */
export const MAX_BATCH_FAULTS = 500;
export const LEAST_RADIUS_METRES = 10;
export const MOST_RADIUS_METRES = 5_000;

export const CRIME_RUN_STATES = ['queued', 'running', 'ready', 'failed'] as const;
export type CrimeRunState = (typeof CRIME_RUN_STATES)[number];

/** What a person made of a match. */
export const MATCH_DECISIONS = ['qualified', 'eliminated'] as const;
export type MatchDecision = (typeof MATCH_DECISIONS)[number];

export const MATCH_OUTCOMES = ['PRESENT', 'PASSED', 'POSSIBLE', 'ELIMINATED', 'CANNOT SAY'] as const;
export type MatchOutcome = (typeof MATCH_OUTCOMES)[number];

/** One go over the whole batch; the first is asked for with it. Instants are RFC 3339 in UTC. */
export interface CrimeRun {
  /** From 1. */
  readonly run: number;
  readonly state: CrimeRunState;
  readonly requestedBy: string;
  readonly requestedAt: string;
  /** How many were examined, or will be: of those whom who asks may see. */
  readonly wearers: number;
  /** While it runs: of those. */
  readonly wearersDone: number;
  readonly endedAt?: string;
  readonly failure?: string;
}

export interface CrimeBatch {
  readonly batchId: string;
  readonly name: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly purpose: string;
  /** After `until` nothing is matched by it any more. */
  readonly authority: { readonly reference: string; readonly scope: string; readonly until: string };
  readonly radiusMetres: number;
  readonly file: {
    readonly sha256: string;
    readonly crimes: number;
    /** Rows that say again what another one says. */
    readonly repeats: number;
    readonly faults: readonly { readonly line: number; readonly detail: string }[];
    /** Of all rows that could not be used. */
    readonly faultCount: number;
  };
  /** The newest first. */
  readonly runs: readonly CrimeRun[];
}

export interface CrimeFacts {
  readonly force: string;
  readonly reference: string;
  /** From 1: the same crime in a later batch, or in another row, that says otherwise is the next one. */
  readonly version: number;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly datum: string;
  readonly text: string;
}

/** What the fixes of one wearer say of one crime: `matching/judge.ts` says what is what. */
export interface MatchFacts {
  readonly outcome: MatchOutcome;
  /** Within the window. */
  readonly fixes: number;
  /** Of the fix with most of its error within the radius, how much, 0 to 1: of a position, not of guilt. */
  readonly probability: number;
  readonly closestMetres: number | null;
  readonly closestAt: string | null;
  readonly speedKmh: number | null;
  readonly dwellSeconds: number;
  readonly longestUnseenSeconds: number;
  /** What it would be within other radii, by metres. */
  readonly atRadius: Readonly<Record<string, MatchOutcome>>;
}

export interface CrimeMatch extends MatchFacts {
  readonly wearerId: string;
  /** Days of the 28 before on which the same person was there at that hour, of those on which anything was heard at it. */
  readonly daysThere: number;
  readonly daysKnown: number;
}

export interface MatchDecided {
  readonly wearerId: string;
  /** On which run it rests. */
  readonly run: number;
  readonly decision: MatchDecision;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/** One crime of a run, of those wearers whom who asks may see. */
export interface CrimeResultItem {
  /** In the batch, from 1. */
  readonly place: number;
  readonly crime: CrimeFacts;
  readonly examined: number;
  readonly eliminated: number;
  readonly matches: readonly CrimeMatch[];
  /** Wearers of whom nobody can say. */
  readonly cannotSay: readonly string[];
  /** Whether the run before had it otherwise; null: there is none before. */
  readonly isChanged: boolean | null;
  /** The newest first: nothing is taken back, the next one stands above it. */
  readonly decisions: readonly MatchDecided[];
}

/** What one wearer's fixes say of one crime, by what is on record now: with what it rests on, so that an elimination can be shown. */
export interface MatchShown extends MatchFacts {
  readonly batchId: string;
  readonly place: number;
  readonly crime: CrimeFacts;
  readonly wearerId: string;
  readonly radiusMetres: number;
  readonly fastestKmh: number;
  readonly readAt: string;
  /** What the last run that examined this wearer said. */
  readonly outcomeOfRun: { readonly run: number; readonly outcome: MatchOutcome };
  /** Good fixes around the window, and within: what an elimination rests on. */
  readonly coverage: {
    readonly goodFixes: number;
    readonly lastBefore: string | null;
    readonly firstAfter: string | null;
    /** The error in one direction (σ) of the good fixes within; null: there is none. */
    readonly errorMetres: { readonly median: number; readonly widest: number } | null;
    /** The time without a good fix in which it would have been easiest to have been there, and how fast that would have taken. */
    readonly easiest: {
      readonly from: string | null;
      readonly to: string | null;
      readonly neededKmh: number | null;
    } | null;
  };
}

/** Of whom a certificate of what is shown is, and who makes it for whom. */
export interface CertificateAsked {
  readonly certificateId: string;
  /** As the wearer is called on record. */
  readonly name: string;
  readonly authority: { readonly reference: string; readonly scope: string };
  readonly madeBy: string;
  readonly purpose: string;
  readonly recipient: string;
  readonly madeAtMs: number;
}
