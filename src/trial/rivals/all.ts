/** The rules that the engine is held against on the same observations. */
import { AS_IT_WAS } from './as-it-was.js';
import { FIVE_POINTS, OVERLAP, POINT_IN_POLYGON } from './plain-rules.js';
import type { RivalKind } from './rival.js';

export const PLAIN_RULES: readonly RivalKind[] = [POINT_IN_POLYGON, FIVE_POINTS, OVERLAP];
export const RIVALS: readonly RivalKind[] = [...PLAIN_RULES, AS_IT_WAS];
