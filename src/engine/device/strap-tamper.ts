/** The strap was opened, cut or stretched, as the tag says. Four minutes of it are an episode that a person has to look at. */
import type { MarkRule } from './mark-rule.js';

export const strapTamper: MarkRule = {
  kind: 'strap-tamper',
  read: ({ deviceEvents }) =>
    deviceEvents.includes('strap-tamper') ? 'on' : deviceEvents.includes('strap-restored') ? 'off' : null,
};
