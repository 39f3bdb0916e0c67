/** What is carried on changes nothing for who read all, and is everything for who began to read behind what expired. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { carry, type LoggedEvent } from '../../src/alerts/carried.js';
import { type AlertEvent, TAGWATCH } from '../../src/alerts/event.js';
import { readAlertEvent } from '../../src/alerts/read-event.js';
import { createAlertRegister } from '../../src/alerts/register.js';
import { runs } from '../support/random.js';
import { action, finding, instantAt } from './events.js';

const ACTIONS = [
  'acknowledged',
  'taken',
  'released',
  'noted',
  'suspended',
  'suspension-proposed',
  'suspension-agreed',
  'resumed',
  'disposed',
  'reopened',
] as const;
const SAID = { note: 'n', reason: 'r', until: instantAt(90), disposition: 'no-action' } as const;

/** Findings and actions of three alerts in any order, repeats and actions on old versions among them. */
const events = fc.array(
  fc.oneof(
    fc
      .record({ alert: fc.nat(2), revision: fc.integer({ min: 1, max: 6 }), withdrawn: fc.boolean() })
      .map(
        ({ alert, revision, withdrawn }): AlertEvent =>
          finding({ alertId: `A-${alert}`, revision, ...(withdrawn ? { type: 'withdrawn' } : {}) }),
      ),
    fc
      .record({
        alert: fc.nat(2),
        type: fc.constantFrom(...ACTIONS),
        by: fc.nat(2),
        seen: fc.tuple(fc.nat(6), fc.nat(8)),
      })
      .map(
        ({ alert, type, by, seen }): AlertEvent =>
          action(type, seen, { ...SAID, alertId: `A-${alert}`, actor: by === 0 ? TAGWATCH : `p${by}` }),
      ),
  ),
  { maxLength: 60 },
);

/** The log as an api writes it that carries on what stands wherever `at` says so. */
function carriedOn(said: readonly AlertEvent[], at: (index: number) => boolean): LoggedEvent[] {
  const log: LoggedEvent[] = [];
  const register = createAlertRegister(0);
  const append = (event: LoggedEvent) => {
    log.push(JSON.parse(JSON.stringify(event)));
    register.fold(event, log.length - 1, log.length);
  };
  said.forEach((event, index) => {
    append(event);
    if (at(index)) for (const { alert } of [...register.standing()]) append(carry(alert, instantAt(60)));
  });
  for (const { alert } of [...register.standing()]) append(carry(alert, instantAt(60)));
  return log;
}

function read(log: readonly LoggedEvent[], from: number) {
  const register = createAlertRegister(from);
  const outcomes = log.slice(from).map((event, i) => register.fold(event, from + i, from + i).outcome);
  return { open: register.open(), outcomes };
}

describe('an alert that is carried on', () => {
  test('changes nothing, wherever in the log it stands', () => {
    fc.assert(
      fc.property(events, fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }), (said, at) => {
        const log = carriedOn(said, (index) => at[index]!);
        const { open, outcomes } = read(log, 0);
        expect(outcomes.filter((outcome, i) => log[i]!.type === 'carried' && outcome !== 'repeat')).toEqual([]);
        // By what they say: the places of the log are others.
        const bare = (of: typeof open) => of.map(({ firstSeq, lastSeq, ...alert }) => alert);
        expect(bare(open)).toEqual(bare(read(said, 0).open));
      }),
      { numRuns: runs(300) },
    );
  });

  test('is all that is needed of what stands, from wherever before it one begins to read', () => {
    fc.assert(
      fc.property(events, fc.nat(60), (said, cut) => {
        const log = carriedOn(said, () => false);
        const whole = read(log, 0).open;
        const rebuilt = new Map(read(log, Math.min(cut, said.length)).open.map((alert) => [alert.alertId, alert]));
        // Never short. It may hold more: of what had closed by itself, only a hole may be left, and that stands.
        expect(whole.map(({ alertId }) => rebuilt.get(alertId))).toEqual(whole);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test('does not come back once it is disposed of, though somebody who was behind carries it on', () => {
    const register = createAlertRegister(0);
    register.fold(finding({ type: 'confirmed' }), 0, 0);
    const stale = carry(register.get('A-1')!, instantAt(60));
    register.fold(action('disposed', [1, 0]), 1, 0);
    expect(register.fold(stale, 2, 0).outcome).toBe('repeat');
    expect(register.open()).toEqual([]);
  });

  test('is read from the log as what it is, and only with the alert that it is about', () => {
    const register = createAlertRegister(0);
    register.fold(finding(), 0, 0);
    const carried = carry(register.get('A-1')!, instantAt(60));
    expect(readAlertEvent(JSON.parse(JSON.stringify(carried)))).toEqual(carried);
    expect(readAlertEvent({ ...carried, alertId: 'A-2' })).toBeNull();
    expect(readAlertEvent({ ...carried, alert: undefined })).toBeNull();
  });
});
