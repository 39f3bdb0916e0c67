/** Every rule that reads of a message by itself what it says of the tag. A new kind is a file, and a line here. */
import { batteryCritical, batteryLow } from './battery.js';
import { caseTamper } from './case-tamper.js';
import { charging } from './charging.js';
import { jamming } from './jamming.js';
import type { MarkRule } from './mark-rule.js';
import { noGps } from './no-gps.js';
import { poweredOff } from './powered-off.js';
import { strapTamper } from './strap-tamper.js';

export const MARK_RULES: readonly MarkRule[] = [
  strapTamper,
  caseTamper,
  batteryLow,
  batteryCritical,
  charging,
  poweredOff,
  noGps,
  jamming,
];

/** What stays so until the tag says that it is over, and what it does not say again. */
export const TAMPER_RULES: readonly MarkRule[] = [strapTamper, caseTamper];
