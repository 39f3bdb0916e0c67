/** Whether the tag is on charge, as it says. No finding by itself. */
import type { MarkRule } from './mark-rule.js';

export const charging: MarkRule = {
  kind: 'charging',
  read: ({ deviceEvents }) =>
    deviceEvents.includes('charging-started') ? 'on' : deviceEvents.includes('charging-stopped') ? 'off' : null,
};
