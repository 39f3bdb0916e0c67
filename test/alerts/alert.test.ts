import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Alert, etagOf, parseEtag, toAlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { runs } from '../support/random.js';
import { action, finding, instantAt } from './events.js';

function fold(events: readonly AlertEvent[], from: Alert | null = null): Alert | null {
  return events.reduce<Alert | null>((alert, event, seq) => applyEvent(alert, event, seq).alert, from);
}

const ended = { startedAt: instantAt(0), endedAt: instantAt(10) };
const SUSPECTED = finding();
const CONFIRMED = finding({ revision: 2 });

/** Every status an alert can be in, with the events that bring it there. All stand at revision 2. */
const STATUSES = {
  suspected: [SUSPECTED, finding({ revision: 2, type: 'amended' })],
  confirmed: [SUSPECTED, CONFIRMED],
  ended: [finding({ type: 'confirmed' }), finding({ revision: 2, type: 'ended', episode: ended })],
  'suspected, acknowledged': [SUSPECTED, finding({ revision: 2, type: 'amended' }), action('acknowledged', [2, 0])],
  'confirmed, acknowledged': [SUSPECTED, CONFIRMED, action('acknowledged', [2, 0])],
  'confirmed, disposed': [SUSPECTED, CONFIRMED, action('disposed', [2, 0])],
  'suspected, disposed': [SUSPECTED, finding({ revision: 2, type: 'amended' }), action('disposed', [2, 0])],
  'ended, disposed': [
    finding({ type: 'confirmed' }),
    finding({ revision: 2, type: 'ended', episode: ended }),
    action('disposed', [2, 0]),
  ],
  withdrawn: [SUSPECTED, finding({ revision: 2, type: 'withdrawn' })],
} as const satisfies Record<string, readonly AlertEvent[]>;
type Status = keyof typeof STATUSES;

/** Every event that can come next, made for the version that the alert has. */
const EVENTS = {
  'lower revision': () => finding({ revision: 1 }),
  'same revision': () => finding({ revision: 2 }),
  suspected: () => finding({ revision: 3, type: 'suspected' }),
  confirmed: () => finding({ revision: 3, type: 'confirmed' }),
  'amended, going on': () => finding({ revision: 3, type: 'amended' }),
  'amended, ends later': () =>
    finding({ revision: 3, type: 'amended', episode: { startedAt: instantAt(0), endedAt: instantAt(12) } }),
  'amended, ends earlier': () =>
    finding({ revision: 3, type: 'amended', episode: { startedAt: instantAt(0), endedAt: instantAt(8) } }),
  'amended, began earlier': () =>
    finding({ revision: 3, type: 'amended', episode: { startedAt: instantAt(-5), endedAt: instantAt(8) } }),
  ended: () => finding({ revision: 3, type: 'ended', episode: ended }),
  withdrawn: () => finding({ revision: 3, type: 'withdrawn' }),
  'acknowledge, now': (alert: Alert) => action('acknowledged', [2, alert.actions], { actor: 'b' }),
  'acknowledge, older finding seen': (alert: Alert) => action('acknowledged', [1, alert.actions], { actor: 'b' }),
  'dispose, now': (alert: Alert) => action('disposed', [2, alert.actions], { actor: 'b' }),
  'dispose, older finding seen': (alert: Alert) => action('disposed', [1, alert.actions], { actor: 'b' }),
  'dispose, saying nothing': (alert: Alert) => ({
    ...action('acknowledged', [2, alert.actions], { actor: 'b' }),
    type: 'disposed' as const,
  }),
} satisfies Record<string, (alert: Alert) => AlertEvent>;
type EventName = keyof typeof EVENTS;

/** `open` and `closed` stand for accepted, with the status after it. */
type Expected =
  | 'open'
  | 'closed'
  | 'repeat'
  | 'changed'
  | 'already-acknowledged'
  | 'disposition-required'
  | 'refused-closed';

const OPEN_ROW: Record<EventName, Expected> = {
  'lower revision': 'repeat',
  'same revision': 'repeat',
  suspected: 'open',
  confirmed: 'open',
  'amended, going on': 'open',
  'amended, ends later': 'open',
  'amended, ends earlier': 'open',
  'amended, began earlier': 'open',
  ended: 'open',
  withdrawn: 'open',
  'acknowledge, now': 'open',
  'acknowledge, older finding seen': 'open',
  'dispose, now': 'closed',
  'dispose, older finding seen': 'changed',
  'dispose, saying nothing': 'disposition-required',
};
const ACKNOWLEDGED_ROW: Record<EventName, Expected> = {
  ...OPEN_ROW,
  'acknowledge, now': 'already-acknowledged',
  'acknowledge, older finding seen': 'already-acknowledged',
};
const CLOSED_ROW: Record<EventName, Expected> = {
  ...OPEN_ROW,
  suspected: 'closed',
  confirmed: 'closed',
  'amended, going on': 'closed',
  'amended, ends later': 'closed',
  'amended, ends earlier': 'closed',
  ended: 'closed',
  withdrawn: 'closed',
  'acknowledge, now': 'refused-closed',
  'acknowledge, older finding seen': 'refused-closed',
  'dispose, now': 'refused-closed',
  'dispose, older finding seen': 'refused-closed',
  'dispose, saying nothing': 'refused-closed',
};
const TABLE: Record<Status, Record<EventName, Expected>> = {
  suspected: { ...OPEN_ROW, withdrawn: 'closed' },
  confirmed: OPEN_ROW,
  ended: OPEN_ROW,
  'suspected, acknowledged': ACKNOWLEDGED_ROW,
  'confirmed, acknowledged': ACKNOWLEDGED_ROW,
  'confirmed, disposed': CLOSED_ROW,
  'suspected, disposed': { ...CLOSED_ROW, confirmed: 'open' },
  // What comes without an end says that the episode goes on after all.
  'ended, disposed': {
    ...CLOSED_ROW,
    suspected: 'open',
    confirmed: 'open',
    'amended, going on': 'open',
    'amended, ends later': 'open',
  },
  // Anything but another withdrawal takes the withdrawal back.
  withdrawn: {
    ...CLOSED_ROW,
    suspected: 'open',
    confirmed: 'open',
    'amended, going on': 'open',
    'amended, ends later': 'open',
    'amended, ends earlier': 'open',
    ended: 'open',
  },
};

describe('every status and every event', () => {
  for (const status of Object.keys(TABLE) as Status[]) {
    for (const name of Object.keys(TABLE[status]) as EventName[]) {
      const expected = TABLE[status][name];
      test(`${status} + ${name} → ${expected}`, () => {
        const before = fold(STATUSES[status])!;
        const applied = applyEvent(before, EVENTS[name](before), 99);
        const after = applied.alert!;
        if (expected === 'repeat') {
          expect(applied).toEqual({ alert: before, outcome: 'repeat' });
        } else if (expected === 'open' || expected === 'closed') {
          expect(applied.outcome).toBe('accepted');
          expect(after.status).toBe(expected);
          expect(after.lastSeq).toBe(99);
        } else {
          expect(applied.outcome).toBe('refused');
          expect(applied.refusal?.reason).toBe(expected === 'refused-closed' ? 'closed' : expected);
          expect({ ...after, seenActions: before.seenActions }).toEqual(before);
        }
      });
    }
  }
});

describe('findings', () => {
  test('a hole in the revisions is accepted, and a withdrawal after it does not close: it may have been confirmed', () => {
    const alert = fold([
      SUSPECTED,
      finding({ revision: 5, type: 'amended' }),
      finding({ revision: 6, type: 'withdrawn' }),
    ])!;
    expect(alert.status).toBe('open');
    expect(alert.finding.revision).toBe(6);
    expect(alert.confirmedAt).toBeUndefined();
  });

  test('keeps when it was first raised and first confirmed', () => {
    const alert = fold([SUSPECTED, CONFIRMED, finding({ revision: 3, type: 'amended' })])!;
    expect(toAlertItem(alert)).toMatchObject({
      revision: 3,
      type: 'amended',
      raisedAt: instantAt(1),
      confirmedAt: instantAt(2),
      etag: '"3.0"',
    });
  });

  test('reopened, it wants acknowledging anew; its actions go on counting', () => {
    const alert = fold([
      SUSPECTED,
      action('acknowledged', [1, 0]),
      action('disposed', [1, 1], { disposition: 'gps-drift' }),
      CONFIRMED,
    ])!;
    expect(alert).toMatchObject({ status: 'open', actions: 2, reopenedAt: instantAt(2) });
    expect(alert.acknowledgedBy).toBeUndefined();
    expect(alert.disposition).toBeUndefined();
    const again = fold([action('acknowledged', [2, 2], { actor: 'b' }), action('disposed', [2, 3])], alert)!;
    expect(again).toMatchObject({ status: 'closed', actions: 4, acknowledgedBy: 'b', disposition: 'no-action' });
  });

  test('an event of another alert is a broken invariant', () => {
    expect(() => applyEvent(fold([SUSPECTED]), finding({ alertId: 'A-2' }), 1)).toThrow('A-2');
  });
});

describe('actions', () => {
  test('on an alert that nobody knows is refused', () => {
    expect(applyEvent(null, action('acknowledged', [1, 0]), 0)).toEqual({
      alert: null,
      outcome: 'refused',
      refusal: { reason: 'unknown-alert' },
    });
  });

  test('too late tells who was first', () => {
    const alert = fold([SUSPECTED, action('acknowledged', [1, 0], { actor: 'anna' })]);
    expect(applyEvent(alert, action('acknowledged', [1, 0], { actor: 'ben' }), 2).refusal).toEqual({
      reason: 'too-late',
      by: 'anna',
      at: instantAt(30),
    });
  });

  test('an acknowledgement holds although the engine found more meanwhile; a disposal does not', () => {
    const alert = fold([SUSPECTED, CONFIRMED]);
    expect(applyEvent(alert, action('acknowledged', [1, 0]), 2).outcome).toBe('accepted');
    expect(applyEvent(alert, action('disposed', [1, 0]), 2).refusal?.reason).toBe('changed');
  });

  test.each([
    ['nothing', {}, 'refused'],
    ['an empty note', { note: ' ' }, 'refused'],
    ['a note', { note: 'strap replaced' }, 'accepted'],
    ['an inspection', { tagInspectedAt: instantAt(20) }, 'accepted'],
  ] as const)('a strap tamper disposed of with %s is %s', (_name, fields, outcome) => {
    const alert = fold([finding({ kind: 'strap-tamper', type: 'confirmed' })]);
    expect(applyEvent(alert, action('disposed', [1, 0], fields), 1).outcome).toBe(outcome);
  });

  test('the same eventId again is a repeat with the first outcome; on another action it is refused', () => {
    const alert = fold([SUSPECTED, action('acknowledged', [1, 0]), action('acknowledged', [1, 0], { actor: 'b' })]);
    const accepted = applyEvent(alert, action('acknowledged', [1, 0]), 3);
    expect(accepted).toEqual({ alert, outcome: 'repeat' });
    const refused = applyEvent(alert, action('acknowledged', [1, 0], { actor: 'b' }), 3);
    expect(refused).toMatchObject({ alert, outcome: 'repeat', refusal: { reason: 'too-late', by: 'local' } });
    const other = action('disposed', [1, 1], { eventId: 'local-acknowledged-1.0' });
    expect(applyEvent(alert, other, 3)).toMatchObject({ alert, outcome: 'refused', refusal: { reason: 'key-reused' } });
  });

  test('the same eventId that says something else is refused; where the first told no hash it is a repeat', () => {
    const said = (saidHash?: string) => action('acknowledged', [1, 0], saidHash === undefined ? {} : { saidHash });
    const alert = fold([SUSPECTED, said('one')]);
    expect(applyEvent(alert, said('one'), 3).outcome).toBe('repeat');
    expect(applyEvent(alert, said('two'), 3)).toMatchObject({ outcome: 'refused', refusal: { reason: 'key-reused' } });
    expect(applyEvent(fold([SUSPECTED, said()]), said('two'), 3).outcome).toBe('repeat');
  });
});

test('entity tags are read as they are written, and nothing else is', () => {
  const alert = fold([SUSPECTED, CONFIRMED, action('acknowledged', [2, 0])])!;
  expect(etagOf(alert)).toBe('"2.1"');
  expect(parseEtag('"2.1"')).toEqual({ revision: 2, actions: 1 });
  for (const bad of ['2.1', 'W/"2.1"', '*', '"2"', '"a.b"', '"2.1", "3.1"', '']) expect(parseEtag(bad)).toBeNull();
});

describe('properties', () => {
  const seed = Date.now() & 0x7fffffff;
  const check = (property: fc.IRawProperty<unknown>) =>
    fc.assert(property as fc.IProperty<unknown>, { seed, numRuns: runs(300) });

  /** A plausible log of one alert: revisions rise, with holes; people act on any version, several on the same. */
  const logs = fc
    .array(
      fc.oneof(
        fc.record({
          what: fc.constant('finding' as const),
          step: fc.integer({ min: 1, max: 2 }),
          type: fc.constantFrom('suspected', 'confirmed', 'amended', 'ended', 'withdrawn'),
          endedMinute: fc.option(fc.integer({ min: 1, max: 20 })),
        }),
        fc.record({
          what: fc.constantFrom('acknowledged' as const, 'disposed' as const),
          seenRevision: fc.integer({ min: 1, max: 6 }),
          seenActions: fc.integer({ min: 0, max: 3 }),
          actor: fc.constantFrom('anna', 'ben'),
        }),
      ),
      { maxLength: 25 },
    )
    .map((steps) => {
      let revision = 0;
      return steps.map((step): AlertEvent => {
        if (step.what !== 'finding') {
          return action(step.what, [step.seenRevision, step.seenActions], { actor: step.actor });
        }
        revision += step.step;
        const endedAt = step.endedMinute === null ? null : instantAt(step.endedMinute);
        return finding({ revision, type: step.type, episode: { startedAt: instantAt(0), endedAt } });
      });
    });

  test(`delivering again what was delivered changes nothing (seed ${seed})`, () => {
    check(
      fc.property(logs, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }), (events, again) => {
        const once = events.map((event, seq) => ({ event, seq }));
        // An action on an alert that is not there yet leaves nothing behind that could know it again.
        const known = once.slice(once.findIndex(({ event }) => 'revision' in event));
        const log = known.length > 0 && 'revision' in known[0]!.event ? known : [];
        const delivered = [...log];
        for (const [at, from] of again) {
          if (log.length === 0) break;
          const end = at % (delivered.length + 1);
          const start = end === 0 ? 0 : from % end;
          delivered.splice(end, 0, ...delivered.slice(start, end));
        }
        const run = (entries: typeof log) =>
          entries.reduce<Alert | null>((alert, { event, seq }) => applyEvent(alert, event, seq).alert, null);
        expect(run(delivered)).toEqual(run(log));
      }),
    );
  });

  test(`revisions and actions never go down, and an accepted event is never accepted again (seed ${seed})`, () => {
    check(
      fc.property(logs, (events) => {
        let alert: Alert | null = null;
        events.forEach((event, seq) => {
          const applied = applyEvent(alert, event, seq);
          expect(applied.alert?.finding.revision ?? 0).toBeGreaterThanOrEqual(alert?.finding.revision ?? 0);
          expect(applied.alert?.actions ?? 0).toBeGreaterThanOrEqual(alert?.actions ?? 0);
          if (applied.outcome === 'accepted') expect(applyEvent(applied.alert, event, seq).outcome).toBe('repeat');
          alert = applied.alert;
        });
      }),
    );
  });

  test(`of two people who act on the same version exactly one wins (seed ${seed})`, () => {
    const kinds = fc.constantFrom('acknowledged' as const, 'disposed' as const);
    check(
      fc.property(logs, kinds, kinds, (events, first, second) => {
        const alert = fold([SUSPECTED, ...events]);
        if (alert === null || alert.status === 'closed' || alert.acknowledgedBy !== undefined) return;
        const seen = [alert.finding.revision, alert.actions] as const;
        const anna = applyEvent(alert, action(first, seen, { actor: 'anna', eventId: 'first' }), 100);
        const ben = applyEvent(anna.alert, action(second, seen, { actor: 'ben', eventId: 'second' }), 101);
        expect([anna.outcome, ben.outcome]).toEqual(['accepted', 'refused']);
        expect(ben.refusal).toMatchObject({ reason: 'too-late', by: 'anna' });
      }),
    );
  });

  test(`an alert that a confirmation reached closes by a person alone (seed ${seed})`, () => {
    check(
      fc.property(logs, (events) => {
        let alert: Alert | null = fold([SUSPECTED, CONFIRMED]);
        events.forEach((event, seq) => {
          const before = alert;
          alert = applyEvent(alert, event, seq).alert;
          if (before?.status === 'open' && alert?.status === 'closed') expect(event.type).toBe('disposed');
        });
      }),
    );
  });

  test('a suspicion that ended and is withdrawn closes by itself, one that was confirmed does not', () => {
    const withdrawn = finding({ revision: 3, type: 'withdrawn', episode: ended });
    const over = finding({ revision: 2, type: 'ended', episode: ended, strength: 'suspected' });
    expect(fold([SUSPECTED, over, withdrawn])).toMatchObject({ status: 'closed', wasConfirmed: false });
    expect(fold([SUSPECTED, { ...over, strength: 'confirmed' }, withdrawn])).toMatchObject({ status: 'open' });
  });

  test('a confirmation taken back by an amendment and made again reopens a closed alert', () => {
    const amended = finding({ revision: 3, type: 'amended', strength: 'suspected' });
    const closed = fold([SUSPECTED, CONFIRMED, amended, action('disposed', [3, 0])]);
    expect(closed).toMatchObject({ status: 'closed' });
    const again = finding({ revision: 4, type: 'confirmed', strength: 'confirmed' });
    expect(fold([again], closed)).toMatchObject({ status: 'open' });
  });

  test.each(['again', 'reason'] as const)(
    'an amendment that strengthens (%s) reopens a closed alert, another does not',
    (strengthened) => {
      const tamper = finding({ type: 'confirmed', kind: 'unmonitored' });
      const closed = fold([tamper, action('disposed', [1, 0])]);
      const amended = finding({ revision: 2, type: 'amended', kind: 'unmonitored' });
      expect(fold([amended], closed)).toMatchObject({ status: 'closed' });
      expect(fold([{ ...amended, strengthened }], closed)).toMatchObject({
        status: 'open',
        finding: { strengthened },
      });
    },
  );

  test('what was found when the past was judged again is like any other: open, reopened by news, closed by people alone', () => {
    const past = { historic: true, episode: ended } as const;
    const confirmed = finding({ ...past, type: 'confirmed', episode: { ...ended, endedAt: null } });
    const over = finding({ ...past, revision: 2, type: 'ended' });
    expect(fold([confirmed, over])).toMatchObject({ status: 'open', finding: { historic: true } });
    const closed = fold([confirmed, over, action('disposed', [2, 0])]);
    const earlier = { ...ended, startedAt: instantAt(-60) };
    const moved = finding({ ...past, revision: 3, type: 'amended', episode: earlier });
    expect(fold([moved], closed)).toMatchObject({ status: 'open', reopenedAt: moved.raisedAt });
    const withdrawn = finding({ ...past, revision: 3, type: 'withdrawn' });
    expect(fold([confirmed, over, withdrawn])).toMatchObject({ status: 'open', wasConfirmed: true });
  });

  test(`an alert survives JSON (seed ${seed})`, () => {
    check(
      fc.property(logs, fc.nat({ max: 25 }), (events, cut) => {
        const stored = JSON.parse(JSON.stringify(fold(events.slice(0, cut))));
        expect(fold(events.slice(cut), stored)).toEqual(fold(events.slice(cut), fold(events.slice(0, cut))));
      }),
    );
  });
});
