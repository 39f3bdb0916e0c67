/** An order in force and no tag fitted: when that is, and what is told of it as records come and time passes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_TAG_AFTER_MS, NO_TAG_KNOWN_MS } from '../../src/engine/thresholds.js';
import type { CustodyPeriod, EngineEvent } from '../../src/engine/types.js';
import { tellUntagged } from '../../src/engine/wearers/tell-untagged.js';
import { findUntagged, isWithin, type OrderPeriod, type WornPeriod } from '../../src/engine/wearers/untagged.js';
import { hearWearer, nextDueMs, type WearerState } from '../../src/engine/wearers/wearer-state.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const order = (from: number, until: number | null = null): OrderPeriod => ({
  startsAtMs: from * HOUR,
  endsAtMs: until === null ? null : until * HOUR,
});
const worn = (from: number, until: number | null = null): WornPeriod => ({
  fittedAtMs: from * HOUR,
  removedAtMs: until === null ? null : until * HOUR,
});

describe('when an order is in force and no tag is fitted', () => {
  const cases: readonly [string, OrderPeriod[], WornPeriod[], string[]][] = [
    ['no order', [], [worn(1)], []],
    ['a tag all along', [order(1)], [worn(0)], []],
    ['never fitted', [order(1)], [], ['1-']],
    ['fitted later', [order(1)], [worn(3)], ['1-3 tag-fitted']],
    ['the order ends first', [order(1, 5)], [], ['1-5 order-ended']],
    ['the tag comes off', [order(1)], [worn(1, 4)], ['4-']],
    ['one tag after another, without a gap', [order(1)], [worn(1, 4), worn(4)], []],
    ['one tag after another, with one', [order(1, 9)], [worn(1, 4), worn(5, 7)], ['4-5 tag-fitted', '7-9 order-ended']],
    ['two orders that follow each other are one time', [order(1, 4), order(4, 8)], [], ['1-8 order-ended']],
    ['two orders with a gap', [order(1, 4), order(6, 8)], [], ['1-4 order-ended', '6-8 order-ended']],
    ['off before the order', [order(5)], [worn(1, 3)], ['5-']],
    ['off between orders', [order(1, 4), order(6)], [worn(0, 5)], ['6-']],
    ['a tag that never was', [order(1)], [worn(2, 2)], ['1-']],
    ['an order that never was', [order(2, 2)], [], []],
  ];
  it.each(cases)('%s', (_, orders, tags, expected) => {
    const told = findUntagged(orders, tags).map(
      ({ startsAtMs, endsAtMs, endsBecause }) =>
        `${startsAtMs / HOUR}-${endsAtMs === null ? '' : `${endsAtMs / HOUR} ${endsBecause}`}`,
    );
    expect(told).toEqual(expected);
  });

  it('is, at any instant, what one would see by looking at all of them', () => {
    const period = fc.record({ at: fc.integer({ min: 0, max: 30 }), lasts: fc.option(fc.integer({ min: 0, max: 9 })) });
    fc.assert(
      fc.property(fc.array(period, { maxLength: 6 }), fc.array(period, { maxLength: 6 }), (ordered, tagged) => {
        const orders = ordered.map(({ at, lasts }) => order(at, lasts === null ? null : at + lasts));
        const tags = tagged.map(({ at, lasts }) => worn(at, lasts === null ? null : at + lasts));
        const found = findUntagged(orders, tags);
        for (let half = 0; half < 90; half++) {
          const atMs = (half / 2) * HOUR;
          const isOrdered = orders.some((each) => isWithin(each, atMs));
          const isTagged = tags.some((each) => each.fittedAtMs <= atMs && atMs < (each.removedAtMs ?? Infinity));
          expect(found.filter((each) => isWithin(each, atMs)).length).toBe(isOrdered && !isTagged ? 1 : 0);
        }
      }),
    );
  });
});

/** One wearer, whose records are published as they are written, and ticks as the engine asks for them. */
class Watched {
  private state: WearerState | null = null;
  private sequence = 0;
  private readonly events: EngineEvent[] = [];

  publish(atMs: number, orders: OrderPeriod[], tags: WornPeriod[], custodyPeriods: CustodyPeriod[] = []): this {
    this.sequence += 1;
    const untagged = findUntagged(orders, tags);
    const watch = { wearerId: 'W-1', sequence: this.sequence, publishedAtMs: atMs, untagged, fromMs: -1e12 };
    this.take(hearWearer(this.state, { ...watch, custodyPeriods }), atMs);
    return this;
  }

  /** A tick whenever something is due, and one at the end. */
  pass(fromMs: number, untilMs: number): this {
    let atMs = fromMs;
    while (atMs < untilMs) {
      atMs = Math.min(nextDueMs(this.state!, atMs), untilMs);
      this.take(this.state!, atMs);
    }
    return this;
  }

  private take(state: WearerState, atMs: number): void {
    const told = tellUntagged(state, atMs);
    this.state = told.state;
    this.events.push(...told.events);
  }

  told(): string[] {
    return this.events.map(({ type, revision, episode, raisedAtMs, endedBecause, inCustody }) => {
      const { startedAtMs, endedAtMs } = episode;
      const ends = endedAtMs === null ? '' : endedAtMs / MINUTE;
      const why = [endedBecause, inCustody === true ? 'in-custody' : undefined].filter((word) => word !== undefined);
      return [`${raisedAtMs / MINUTE} ${type} ${revision}: ${startedAtMs / MINUTE}-${ends}`, ...why].join(' ');
    });
  }

  get alertIds(): string[] {
    return [...new Set(this.events.map(({ alertId }) => alertId))];
  }
}

describe('what is told of it', () => {
  it('after an hour of it, with since when, and its end when a tag is fitted', () => {
    const one = new Watched().publish(0, [order(1)], []).pass(0, 5 * HOUR);
    expect(one.told()).toEqual(['120 confirmed 1: 60-']);
    one.publish(5 * HOUR, [order(1)], [worn(5)]).pass(5 * HOUR, 9 * HOUR);
    expect(one.told().slice(1)).toEqual(['300 ended 2: 60-300 tag-fitted']);
    expect(one.alertIds).toHaveLength(1);
  });

  it('its end when the order ends, by the clock alone', () => {
    const one = new Watched().publish(0, [order(1, 8)], []).pass(0, 20 * HOUR);
    expect(one.told()).toEqual(['120 confirmed 1: 60-', '480 ended 2: 60-480 order-ended']);
  });

  it('nothing of a tag that is changed, nor of records that are written one after the other', () => {
    expect(
      new Watched()
        .publish(10 * HOUR, [order(1)], [])
        .publish(10 * HOUR + NO_TAG_KNOWN_MS - 1, [order(1)], [worn(1)])
        .pass(10 * HOUR, 20 * HOUR)
        .told(),
    ).toEqual([]);
    const soon = (4 * HOUR + NO_TAG_AFTER_MS - 1) / HOUR;
    const swapped = new Watched().publish(0, [order(1)], [worn(1, 4)]).publish(5, [order(1)], [worn(1, 4), worn(soon)]);
    expect(swapped.pass(5, 20 * HOUR).told()).toEqual([]);
  });

  it('of what is recorded late: five minutes after, since when it was', () => {
    const one = new Watched().publish(50 * HOUR, [order(1)], []).pass(50 * HOUR, 60 * HOUR);
    expect(one.told()).toEqual(['3005 confirmed 1: 60-']);
  });

  it('a tag that was on all along, recorded late, takes it back; taken off again it is the same alert', () => {
    const one = new Watched().publish(0, [order(1)], []).pass(0, 5 * HOUR);
    one.publish(5 * HOUR, [order(1)], [worn(1)]).pass(5 * HOUR, 6 * HOUR);
    expect(one.told().at(-1)).toBe('300 withdrawn 2: 60-60');
    one.publish(6 * HOUR, [order(1)], [worn(1, 1)]).pass(6 * HOUR, 9 * HOUR);
    expect(one.told().at(-1)).toBe('365 confirmed 3: 60-');
    expect(one.alertIds).toHaveLength(1);
  });

  it('a second time is a second alert; an end that was none is amended away', () => {
    const one = new Watched().publish(0, [order(1)], [worn(3)]).pass(0, 4 * HOUR);
    expect(one.told()).toEqual(['120 confirmed 1: 60-', '180 ended 2: 60-180 tag-fitted']);
    one.publish(5 * HOUR, [order(1)], [worn(3, 5)]).pass(5 * HOUR, 9 * HOUR);
    expect(one.told().slice(2)).toEqual(['360 confirmed 1: 300-']);
    one.publish(9 * HOUR, [order(1)], [worn(3, 3)]).pass(9 * HOUR, 10 * HOUR);
    expect(one.told().slice(3)).toEqual(['540 amended 3: 60-', '540 withdrawn 2: 300-300']);
    expect(one.alertIds).toHaveLength(2);
  });

  it('whether the wearer is in custody, and when that changes', () => {
    const custody = {
      custodyPeriodId: 'C',
      startsAtMs: 3 * HOUR,
      endsAtMs: 4 * HOUR,
      knownFromMs: 0,
      knownUntilMs: null,
    };
    const one = new Watched().publish(0, [order(1)], [], [custody]).pass(0, 9 * HOUR);
    expect(one.told()).toEqual(['120 confirmed 1: 60-', '180 amended 2: 60- in-custody', '240 amended 3: 60-']);
  });
});
