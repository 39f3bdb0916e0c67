/** What of an alert speaks of a condition that was not kept, and what of it was more than a suspicion. */
import type { AlertKind } from '../engine/types.js';
import { type Alert, strengthOf } from './alert.js';
import { EXCUSED } from './excused.js';

/** A warning, a silence or a device's fault is none. */
export const VIOLATIONS: readonly AlertKind[] = ['exclusion', 'inclusion', 'restriction', 'curfew'];

/**
 * Confirmed by the evidence, not withdrawn, and by nobody excused or called a suspicion: what may stand under "breached". `no-action`,
 * `referred` and `already-dealt-with` say what was done about it, not that it was none: whoever finds that it was none has words that say
 * so ({@link EXCUSED}). A request to recall tells the decision beside it.
 */
export function isBreach({
  finding,
  confirmedAt,
  disposition,
}: Pick<Alert, 'finding' | 'confirmedAt' | 'disposition'>): boolean {
  if (!VIOLATIONS.includes(finding.kind) || finding.type === 'withdrawn') return false;
  if (strengthOf(finding, confirmedAt) !== 'confirmed') return false;
  return disposition === undefined || (disposition !== 'breach-suspected' && !EXCUSED.includes(disposition));
}
