/** The case was opened, as the tag says. */
import type { MarkRule } from './mark-rule.js';

export const caseTamper: MarkRule = {
  kind: 'case-tamper',
  read: ({ deviceEvents }) =>
    deviceEvents.includes('case-tamper') ? 'on' : deviceEvents.includes('case-restored') ? 'off' : null,
};
