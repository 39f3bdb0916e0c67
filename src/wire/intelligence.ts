/** Intelligence about a wearer, graded 3x5x2, as `PUT /intelligence/{intelligenceId}` takes it: server and console have it from here. */
/** 1: reliable, 2: untested, 3: not reliable. */
export const SOURCES = [1, 2, 3] as const;
/** A: known directly, B: known indirectly but corroborated, C: known indirectly, D: not known, E: suspected to be false. */
export const ASSESSMENTS = ['A', 'B', 'C', 'D', 'E'] as const;
/** P: may be passed on lawfully; C: on the conditions alone. */
export const HANDLINGS = ['P', 'C'] as const;

/** Who has it. */
export interface Recipient {
  readonly to: string;
  readonly at: string;
  readonly purpose: string;
}

export interface IntelligenceContent {
  readonly wearerId: string;
  readonly receivedAt: string;
  readonly source: (typeof SOURCES)[number];
  readonly assessment: (typeof ASSESSMENTS)[number];
  readonly handling: (typeof HANDLINGS)[number];
  readonly handlingConditions?: string;
  readonly text: string;
  readonly recipients?: readonly Recipient[];
}
