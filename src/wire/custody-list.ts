/** A list of who is in custody, as REST tells it: its rows, and whom of ours each may be. */

/** Somebody of the list; instants and dates as they are written, where they can be read. */
export interface CustodyRow {
  readonly line: number;
  readonly name?: string;
  readonly dateOfBirth?: string;
  readonly pncId?: string;
  readonly nomisId?: string;
  readonly crn?: string;
  readonly startsAt: string;
  readonly place?: string;
}

export const STRENGTHS = ['strong', 'likely', 'weak'] as const;
export type Strength = (typeof STRENGTHS)[number];

export interface CustodyMatch {
  /** Of the custody period that it would be: the same of the same row, whichever list it stands in. */
  readonly custodyPeriodId: string;
  readonly wearerId: string;
  readonly name: string;
  /** By a reference: strong; by name and date of birth: likely; by the name alone, or with something against it: weak. */
  readonly strength: Strength;
  /** `PNC`, `name`, `date of birth`. */
  readonly by: readonly string[];
  /** What is said of both and is not the same. */
  readonly against: readonly string[];
}

/** A match that somebody has refused: on record as a period that never was. */
export interface RefusedMatch {
  readonly custodyPeriodId: string;
  readonly wearerId: string;
  readonly name: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string | null;
}
