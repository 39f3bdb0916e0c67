/** Intelligence in words: what each part of a grade means, and who has it. Pure. */
import type { IntelligenceContent, Recipient } from '../../wire/intelligence.js';
import { dayAndTime } from './times.js';

export const SOURCE_WORDS: Readonly<Record<IntelligenceContent['source'], string>> = {
  1: 'reliable',
  2: 'untested',
  3: 'not reliable',
};
export const ASSESSMENT_WORDS: Readonly<Record<IntelligenceContent['assessment'], string>> = {
  A: 'known directly',
  B: 'known indirectly but corroborated',
  C: 'known indirectly',
  D: 'not known',
  E: 'suspected to be false',
};
export const HANDLING_WORDS: Readonly<Record<IntelligenceContent['handling'], string>> = {
  P: 'may be passed on lawfully',
  C: 'on conditions alone',
};

type Graded = Pick<IntelligenceContent, 'source' | 'assessment' | 'handling'>;

/** `1-A-P`, as it is written and said. */
export const gradeOf = ({ source, assessment, handling }: Graded): string => `${source}-${assessment}-${handling}`;

/** `source reliable, known directly, may be passed on lawfully`. */
export const gradeWords = ({ source, assessment, handling }: Graded): string =>
  `source ${SOURCE_WORDS[source]}, ${ASSESSMENT_WORDS[assessment]}, ${HANDLING_WORDS[handling]}`;

export const recipientWords = ({ to, at, purpose }: Recipient): string =>
  `${to}, ${dayAndTime(Date.parse(at))}: ${purpose}`;
