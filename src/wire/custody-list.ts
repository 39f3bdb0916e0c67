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
  readonly wearerId: string;
  readonly name: string;
  /** By a reference: strong; by name and date of birth: likely; by the name alone, or with something against it: weak. */
  readonly strength: Strength;
  /** `PNC`, `name`, `date of birth`. */
  readonly by: readonly string[];
  /** What is said of both and is not the same. */
  readonly against: readonly string[];
}
