/** What a person said of an alert that takes its minutes out of a sum: it was no violation, or not an unreasonable one. */
import type { Disposition } from './event.js';

export const EXCUSED: readonly Disposition[] = [
  'reasonable-excuse',
  'authorised-absence',
  'gps-drift',
  'equipment-fault',
  'in-custody',
  'duplicate',
];
