/** The tag was switched off, as its last message says; whatever it says later, it is on again. */
import type { MarkRule } from './mark-rule.js';

export const poweredOff: MarkRule = {
  kind: 'powered-off',
  read: ({ deviceEvents }) =>
    deviceEvents.includes('powered-off') ? 'on' : deviceEvents.includes('powered-on') ? 'off' : null,
  isOverWith: 'message',
};
