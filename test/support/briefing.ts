/** A briefing for tests, with a row of everything. */
import type { Briefing } from '../../src/wire/briefing.js';

const at = '2026-03-16T08:00:00.000Z';
const about = (wearerId: string, name = `Name of ${wearerId}`) => ({ wearerId, name });

export function makeBriefingOf(name: string, rows = 1): Briefing {
  const many = <T>(make: (n: number) => T): T[] => Array.from({ length: rows }, (_, n) => make(n + 1));
  return {
    briefingId: 7,
    period: 'daily',
    division: 'East',
    from: '2026-03-15T08:00:00.000Z',
    to: at,
    madeBy: 'https://idp.example#hart',
    madeAt: at,
    hidden: 1,
    content: {
      wearers: rows + 1,
      tonight: { fromAt: '2026-03-16T18:00:00.000Z', untilAt: '2026-03-17T08:00:00.000Z' },
      alerts: many((n) => ({
        ...about(`W-${n}`, name),
        alertId: `AL-${n}`,
        kind: 'curfew',
        severity: 'high',
        strength: 'confirmed',
        raisedAt: at,
        startedAt: at,
        status: n % 2 === 0 ? 'open' : 'closed',
        disposition: n % 2 === 0 ? null : 'reasonable-excuse',
      })),
      ragChanges: many((n) => ({ ...about(`W-${n}`, name), before: 'amber', now: 'red', since: at, by: 'local' })),
      membershipChanges: [{ ...about('W-1', name), before: 'FLEX', now: null, since: null, by: null }],
      panels: [{ ...about('W-1', name), taskId: 'K-1', decision: 'deselect', at }],
      silentTags: [{ ...about('W-1', name), alertId: 'AL-9', tagId: 'T-1', kind: 'unmonitored', since: at }],
      conditionsTonight: many((n) => ({
        ...about(`W-${n}`, name),
        conditionId: `C-${n}`,
        kind: n % 2 === 0 ? 'exclusion' : 'curfew',
        zoneId: n % 2 === 0 ? null : `Z-${n}`,
        zone: n % 2 === 0 ? null : 'Home, 1 Mill Lane',
        fromAt: '2026-03-16T19:00:00.000Z',
        untilAt: '2026-03-17T07:00:00.000Z',
      })),
      releases: [{ ...about('W-1', name), what: 'release', taskId: 'K-2', at, subject: name }],
      dealtWith: [
        {
          ...about('W-1', name),
          recallId: 'R-1',
          type: 'recall',
          alertIds: ['AL-1'],
          state: 'sent',
          stateAt: '2026-03-15T22:30:00.000Z',
        },
      ],
      reviewsDue: [{ ...about('W-1', name), dueAt: '2026-03-15T20:00:00.000Z', taskId: null }],
    },
  };
}
