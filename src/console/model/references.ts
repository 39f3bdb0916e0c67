/** The numbers by which other systems know a wearer. */
import type { WearerInfo } from '../api.js';

const SYSTEMS = [
  ['PNC', 'pncId'],
  ['NOMIS', 'nomisId'],
  ['CRN', 'crn'],
  ['ViSOR', 'visorId'],
] as const;

/** Each with the system whose it is. */
export const listReferences = (wearer: WearerInfo | undefined): readonly string[] =>
  SYSTEMS.flatMap(([system, field]) => (wearer?.[field] === undefined ? [] : `${system} ${wearer[field]}`));
