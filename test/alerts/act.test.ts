import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.js';
import { ACTION_TYPES, type ActionEvent, type AlertEvent, TAGWATCH } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { whyItStands } from '../../src/alerts/standing.js';
import { action, finding, instantAt } from './events.js';

function fold(events: readonly AlertEvent[], from: Alert | null = null): Alert {
  return events.reduce<Alert | null>((alert, event, seq) => applyEvent(alert, event, seq).alert, from)!;
}

/** What each action has to say to be one. */
const SAID: Readonly<Record<ActionEvent['type'], Partial<ActionEvent>>> = {
  acknowledged: {},
  disposed: { disposition: 'no-action' },
  taken: {},
  released: {},
  assigned: { to: 'c' },
  'handed-over': { to: 'c', note: 'rang twice' },
  noted: { note: 'rang' },
  'victim-contacted': { outcome: 'informed' },
  'review-requested': { reason: 'is this drift?' },
  reopened: { reason: 'a mistake' },
  suspended: { until: instantAt(90), reason: 'patrol on the way' },
  'suspension-proposed': { until: instantAt(90), reason: 'the victim has moved' },
  'suspension-agreed': {},
  'suspension-refused': {},
  resumed: {},
  escalated: { level: 1, to: 'sergeant' },
};
let n = 0;
function does(actor: string, type: ActionEvent['type'], alert: Alert, more: Partial<ActionEvent> = {}): ActionEvent {
  const seen = { revision: alert.finding.revision, actions: alert.actions };
  return { ...action(type, [seen.revision, seen.actions], { actor, eventId: `e${n++}` }), ...SAID[type], ...more };
}
const act = (alert: Alert, actor: string, type: ActionEvent['type'], more: Partial<ActionEvent> = {}) =>
  applyEvent(alert, does(actor, type, alert, more), 50 + n);
function done(alert: Alert, actor: string, type: ActionEvent['type'], more: Partial<ActionEvent> = {}): Alert {
  const applied = act(alert, actor, type, more);
  expect(applied, type).toMatchObject({ outcome: 'accepted' });
  return applied.alert!;
}

const RAISED = fold([finding({ type: 'confirmed' })]);
const OWNED = done(RAISED, 'a', 'taken');
const CLOSED = done(RAISED, 'a', 'disposed');
const SUSPENDED = done(RAISED, 'a', 'suspended');
const PROPOSED = done(RAISED, 'a', 'suspension-proposed');

describe('what may be done to what stands how, by another one', () => {
  const STANDS = {
    raised: RAISED,
    'owned by a': OWNED,
    closed: CLOSED,
    suspended: SUSPENDED,
    proposed: PROPOSED,
  } as const;
  const yes = 'accepted';
  const TABLE: Record<ActionEvent['type'], Record<keyof typeof STANDS, string>> = {
    acknowledged: {
      raised: yes,
      'owned by a': 'already-acknowledged',
      closed: 'closed',
      suspended: yes,
      proposed: yes,
    },
    disposed: { raised: yes, 'owned by a': yes, closed: 'closed', suspended: yes, proposed: yes },
    taken: { raised: yes, 'owned by a': 'already-owned', closed: 'closed', suspended: yes, proposed: yes },
    released: {
      raised: 'not-owner',
      'owned by a': 'not-owner',
      closed: 'closed',
      suspended: 'not-owner',
      proposed: 'not-owner',
    },
    assigned: { raised: yes, 'owned by a': yes, closed: 'closed', suspended: yes, proposed: yes },
    'handed-over': {
      raised: 'not-owner',
      'owned by a': 'not-owner',
      closed: 'closed',
      suspended: 'not-owner',
      proposed: 'not-owner',
    },
    noted: { raised: yes, 'owned by a': yes, closed: yes, suspended: yes, proposed: yes },
    'victim-contacted': { raised: yes, 'owned by a': yes, closed: yes, suspended: yes, proposed: yes },
    'review-requested': { raised: yes, 'owned by a': yes, closed: 'closed', suspended: yes, proposed: yes },
    reopened: {
      raised: 'not-closed',
      'owned by a': 'not-closed',
      closed: yes,
      suspended: 'not-closed',
      proposed: 'not-closed',
    },
    suspended: { raised: yes, 'owned by a': yes, closed: 'closed', suspended: yes, proposed: yes },
    'suspension-proposed': {
      raised: yes,
      'owned by a': yes,
      closed: 'closed',
      suspended: yes,
      proposed: 'already-proposed',
    },
    'suspension-agreed': {
      raised: 'not-proposed',
      'owned by a': 'not-proposed',
      closed: 'closed',
      suspended: 'not-proposed',
      proposed: yes,
    },
    'suspension-refused': {
      raised: 'not-proposed',
      'owned by a': 'not-proposed',
      closed: 'closed',
      suspended: 'not-proposed',
      proposed: yes,
    },
    resumed: {
      raised: 'not-suspended',
      'owned by a': 'not-suspended',
      closed: 'closed',
      suspended: yes,
      proposed: 'not-suspended',
    },
    escalated: { raised: yes, 'owned by a': 'not-due', closed: 'closed', suspended: 'not-due', proposed: yes },
  };
  for (const type of ACTION_TYPES) {
    test(type, () => {
      for (const stands of Object.keys(STANDS) as (keyof typeof STANDS)[]) {
        const { outcome, refusal } = act(STANDS[stands], 'b', type);
        expect(`${stands}: ${refusal?.reason ?? outcome}`).toBe(`${stands}: ${TABLE[type][stands]}`);
      }
    });
  }
});

describe('the first wins, and the second is told who was', () => {
  const FIRST = ['acknowledged', 'taken', 'assigned', 'disposed', 'suspended', 'review-requested'] as const;
  test.each(FIRST)('two at once: %s', (type) => {
    const [one, two] = [does('a', type, RAISED), does('b', type, RAISED)];
    const after = fold([one], RAISED);
    const second = applyEvent(after, two, 9);
    if (type === 'review-requested') expect(second.outcome).toBe('accepted');
    else expect(second).toMatchObject({ outcome: 'refused', refusal: { reason: 'too-late', by: 'a' } });
  });

  test("a note or a contact is in nobody's way, but no disposal passes over it unseen; that it climbed is in nobody's", () => {
    for (const type of ['noted', 'victim-contacted'] as const) {
      const after = fold([does('x', type, RAISED)], RAISED);
      expect(applyEvent(after, does('b', 'taken', RAISED), 9).outcome).toBe('accepted');
      expect(applyEvent(after, does('b', 'disposed', RAISED), 9).refusal).toMatchObject({ reason: 'too-late' });
    }
    const climbed = fold([does('x', 'escalated', RAISED)], RAISED);
    expect(applyEvent(climbed, does('b', 'disposed', RAISED), 9).outcome).toBe('accepted');
  });

  test("nobody's note is lost, however old the version they had seen", () => {
    const later = done(done(OWNED, 'a', 'noted'), 'a', 'disposed');
    expect(applyEvent(later, does('b', 'noted', RAISED), 9).outcome).toBe('accepted');
  });

  test('in a fold of before decisions were kept, every action was one', () => {
    const { lastDecision, ...old } = OWNED;
    const noted = done(old, 'x', 'noted');
    expect(applyEvent(noted, does('b', 'assigned', RAISED), 9).refusal).toMatchObject({ reason: 'too-late', by: 'a' });
    expect(applyEvent(noted, does('b', 'assigned', old), 9).outcome).toBe('accepted');
  });
});

describe('owners', () => {
  test('taking acknowledges', () => {
    expect(OWNED).toMatchObject({ ownedBy: 'a', acknowledgedBy: 'a' });
    expect(OWNED.waitingSince).toBeUndefined();
  });
  test('what is given back waits anew', () => {
    const released = done(OWNED, 'a', 'released');
    expect(released.ownedBy).toBeUndefined();
    expect(released.acknowledgedBy).toBeUndefined();
    expect(released.waitingSince).toBe(instantAt(30));
    expect(act(released, TAGWATCH, 'escalated').outcome).toBe('accepted');
  });
  test('handing over takes a note; who is given it acknowledges by taking', () => {
    expect(act(OWNED, 'a', 'handed-over', { note: ' ' }).refusal?.reason).toBe('reason-required');
    expect(done(OWNED, 'a', 'handed-over').ownedBy).toBe('c');
    const given = done(RAISED, 'a', 'assigned');
    expect(given.acknowledgedBy).toBeUndefined();
    expect(act(given, 'b', 'taken').refusal).toMatchObject({ reason: 'already-owned', by: 'c' });
    expect(done(given, 'c', 'taken')).toMatchObject({ ownedBy: 'c', acknowledgedBy: 'c' });
  });
});

describe('suspensions, by the time of the behaviour', () => {
  const due = { at: instantAt(90) };
  test('what goes on is told again at its end', () => {
    const again = done(done(SUSPENDED, 'b', 'acknowledged'), TAGWATCH, 'resumed', due);
    expect(again).toMatchObject({ status: 'open', waitingSince: instantAt(90) });
    expect(again.suspension).toBeUndefined();
    expect(again.acknowledgedBy).toBeUndefined();
  });
  test('what ended within it is not, and stays unresolved; whenever it is looked at', () => {
    const episode = { startedAt: instantAt(0), endedAt: instantAt(80) };
    const ended = fold([finding({ revision: 2, type: 'ended', episode })], done(SUSPENDED, 'b', 'acknowledged'));
    for (const at of [instantAt(90), instantAt(400)]) {
      const over = done(ended, TAGWATCH, 'resumed', { at });
      expect(over).toMatchObject({ status: 'open', acknowledgedBy: 'b' });
      expect(over.suspension).toBeUndefined();
    }
  });
  test('what ended after it is told again', () => {
    const episode = { startedAt: instantAt(0), endedAt: instantAt(95) };
    const ended = fold([finding({ revision: 2, type: 'ended', episode })], done(SUSPENDED, 'b', 'acknowledged'));
    expect(done(ended, TAGWATCH, 'resumed', { at: instantAt(400) }).acknowledgedBy).toBeUndefined();
  });
  test('not before its time, unless a person ends it', () => {
    expect(act(SUSPENDED, TAGWATCH, 'resumed', { at: instantAt(89) }).refusal?.reason).toBe('not-due');
    expect(act(SUSPENDED, 'b', 'resumed', { at: instantAt(40) }).outcome).toBe('accepted');
  });
  test('what turns out to be worse is told at once', () => {
    const worse = fold([finding({ revision: 2, type: 'amended', severity: 'critical' })], SUSPENDED);
    expect(worse.suspension).toBeUndefined();
    expect(worse.moreFound).toEqual({ at: instantAt(2), by: 'more-severe' });
  });
  test('it has an end, a day away at most, and a reason', () => {
    expect(act(RAISED, 'a', 'suspended', { until: instantAt(30) }).refusal?.reason).toBe('end-required');
    expect(act(RAISED, 'a', 'suspended', { until: instantAt(30 + 24 * 60 + 1) }).refusal?.reason).toBe('end-required');
    expect(act(RAISED, 'a', 'suspended', { reason: '' }).refusal?.reason).toBe('reason-required');
  });
});

describe('a suspension that takes a second person', () => {
  test('holds from when another one agrees, as it was proposed', () => {
    expect(PROPOSED.suspension).toBeUndefined();
    expect(act(PROPOSED, 'a', 'suspension-agreed').refusal?.reason).toBe('second-person-required');
    const agreed = done(PROPOSED, 'b', 'suspension-agreed', { at: instantAt(40) });
    const { until, reason } = SAID['suspension-proposed'];
    expect(agreed.suspension).toEqual({ by: 'a', at: instantAt(40), until, reason, approvedBy: 'b' });
    expect(agreed.suspensionProposal).toBeUndefined();
  });
  test('of two who decide at once the first wins, and the second is told who was', () => {
    for (const first of ['suspension-agreed', 'suspension-refused'] as const)
      for (const second of ['suspension-agreed', 'suspension-refused'] as const) {
        const [one, two] = [does('b', first, PROPOSED), does('c', second, PROPOSED)];
        const late = applyEvent(fold([one], PROPOSED), two, 9);
        expect(late, `${first}, ${second}`).toMatchObject({ outcome: 'refused', refusal: { by: 'b' } });
      }
    const late = applyEvent(PROPOSED, does('b', 'suspension-proposed', RAISED), 9);
    expect(late).toMatchObject({ outcome: 'refused', refusal: { reason: 'too-late', by: 'a' } });
  });
  test('nobody agrees to what they have not seen: a note, or more that was found, is in the way', () => {
    const noted = fold([does('x', 'noted', PROPOSED)], PROPOSED);
    expect(applyEvent(noted, does('b', 'suspension-agreed', PROPOSED), 9).refusal?.reason).toBe('too-late');
    const worse = fold([finding({ revision: 2, type: 'amended', severity: 'critical' })], PROPOSED);
    expect(applyEvent(worse, does('b', 'suspension-agreed', PROPOSED), 9).refusal?.reason).toBe('changed');
    expect(act(worse, 'b', 'suspension-agreed').outcome).toBe('accepted');
  });
  test('is over at its own end, and may be proposed anew; whoever proposed it may withdraw it', () => {
    const at = instantAt(90);
    expect(act(PROPOSED, 'b', 'suspension-agreed', { at }).refusal?.reason).toBe('not-proposed');
    expect(act(PROPOSED, 'b', 'suspension-proposed', { at, until: instantAt(120) }).outcome).toBe('accepted');
    expect(done(PROPOSED, 'a', 'suspension-refused').suspensionProposal).toBeUndefined();
    expect(whyItStands(PROPOSED, instantAt(89))).toContain('suspension-proposed');
    expect(whyItStands(PROPOSED, at)).not.toContain('suspension-proposed');
  });
  test('goes with what it was about: closed, or suspended meanwhile', () => {
    expect(done(PROPOSED, 'b', 'disposed').suspensionProposal).toBeUndefined();
    expect(done(PROPOSED, 'b', 'suspended').suspensionProposal).toBeUndefined();
  });
});

describe('unresolved again', () => {
  test('by a person, with a reason; it wants an owner anew', () => {
    expect(act(CLOSED, 'b', 'reopened', { reason: ' ' }).refusal?.reason).toBe('reason-required');
    const again = done(CLOSED, 'b', 'reopened');
    expect(again).toMatchObject({ status: 'open', reopenedAt: instantAt(30), waitingSince: instantAt(30) });
    expect(again.disposition).toBeUndefined();
  });
  test('by what is found more of it, saying what', () => {
    const again = fold([finding({ revision: 2, type: 'amended', severity: 'critical' })], CLOSED);
    expect(again).toMatchObject({ status: 'open', moreFound: { by: 'more-severe' } });
  });
});

test('a machine that escalates is nobody who touched it: what was never confirmed still closes by itself', () => {
  const suspected = fold([finding()]);
  const escalated = done(suspected, TAGWATCH, 'escalated');
  expect(escalated.escalation).toEqual({ level: 1, to: 'sergeant', at: instantAt(30) });
  expect(act(escalated, TAGWATCH, 'escalated').refusal?.reason).toBe('not-due');
  expect(fold([finding({ revision: 2, type: 'withdrawn' })], escalated).status).toBe('closed');
});
