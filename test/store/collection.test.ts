/** Until when what a tag tells is its wearer's: orders, consents, withdrawals and activations against what one sees by looking at each hour. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConsentSaid, consentEndsMs } from '../../src/console/model/consent-state.js';
import type { NewVersion, RecordKind } from '../../src/ports/records.js';
import { readCohort } from '../../src/store/cohort.js';
import { writeHeads } from '../../src/store/record-heads.js';
import { readWearerFacts } from '../../src/store/untagged.js';
import { untaggedOf } from '../../src/watchlist/wearer-watch.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';

const HOUR = 3_600_000;
const START_MS = Date.UTC(2026, 8, 1);
const HOURS = 40;
/** When nothing of a world has an end any more. */
const FAR = 60;
/** When it is asked whether anything covers the tag that is on. */
const ASKED_HOUR = 25;
const instantOf = (hour: number) => new Date(START_MS + hour * HOUR).toISOString();
const endsAt = (hour: number | null, name: string) => (hour === null ? {} : { [name]: instantOf(hour) });

interface Order {
  readonly from: number;
  readonly until: number | null;
  readonly isVoluntary: boolean;
}
interface Consent {
  readonly from: number;
  readonly until: number | null;
  readonly withdrawn: number | null;
}
interface Worn {
  readonly from: number;
  readonly until: number | null;
}
interface World {
  readonly orders: readonly Order[];
  readonly consents: readonly Consent[];
  readonly worn: readonly Worn[];
}

/** The plain oracle: every hour is looked at by itself. */
function look({ orders, consents, worn }: World) {
  const isOrdered = (order: Order, hour: number) => order.from <= hour && hour < (order.until ?? Infinity);
  const isHeld = (consent: Consent, hour: number) =>
    consent.from <= hour &&
    hour < (consent.until ?? Infinity) &&
    !consents.some(({ withdrawn }) => withdrawn !== null && consent.from <= withdrawn && withdrawn <= hour);
  const isCovered = (hour: number) =>
    orders.some((order) => !order.isVoluntary && isOrdered(order, hour)) || consents.some((one) => isHeld(one, hour));
  const collectsUntil = ({ from }: Worn): number | null => {
    const held = new Set<Consent>();
    for (let hour = from; hour <= HOURS; hour++) {
      const isOver = [...held].some((consent) => !isHeld(consent, hour));
      if (isOver && !isCovered(hour)) return hour;
      for (const consent of consents) if (isHeld(consent, hour)) held.add(consent);
    }
    return null;
  };
  const heldUntil = (consent: Consent): number => {
    let hour = consent.from;
    while (isHeld(consent, hour) && hour < FAR) hour++;
    return hour;
  };
  const isDemanded = (hour: number) =>
    orders.some(
      (order) => isOrdered(order, hour) && (!order.isVoluntary || consents.some((consent) => isHeld(consent, hour))),
    );
  const isWorn = (hour: number) =>
    worn.some((one) => one.from <= hour && hour < Math.min(one.until ?? Infinity, collectsUntil(one) ?? Infinity));
  const isOn = (one: Worn) =>
    one.from <= ASKED_HOUR && ASKED_HOUR < Math.min(one.until ?? Infinity, collectsUntil(one) ?? Infinity);
  const uncoveredFrom = ({ from }: Worn): number => {
    let hour = ASKED_HOUR;
    while (hour > from && !isCovered(hour - 1)) hour--;
    return hour;
  };
  return {
    collectsUntil: worn.map(collectsUntil),
    held: consents.map(heldUntil),
    uncoveredSince: isCovered(ASKED_HOUR)
      ? []
      : worn
          .filter(isOn)
          .map(uncoveredFrom)
          .sort((a, b) => a - b)
          .slice(0, 1),
    untagged: Array.from({ length: HOURS }, (_, hour) => isDemanded(hour) && !isWorn(hour)),
  };
}

let database: TestDatabase;
let worlds = 0;
beforeAll(async () => {
  database = await openTestPglite();
});
afterAll(async () => await database?.stop());

async function write(kind: RecordKind, id: string, content: object): Promise<void> {
  const version = { id, version: 1, content, recordedAt: instantOf(0) } as NewVersion;
  await database.db.transaction((tx) => writeHeads(tx, kind, [version]));
}

/** Writes a world; `turns` says in which order. What has an end was written without it before. */
async function record({ orders, consents, worn }: World, turns: readonly number[]) {
  const wearerId = `W-${worlds++}`;
  await write('wearer', wearerId, { name: wearerId });
  await write('tag', `T-${wearerId}`, {});
  const writings = [
    ...orders.map(({ from, until, isVoluntary }, i) => {
      const content = { wearerId, type: isVoluntary ? 'voluntary' : 'licence', startsAt: instantOf(from) };
      return ['order', `O-${wearerId}-${i}`, content, endsAt(until, 'endsAt')] as const;
    }),
    ...consents.map(({ from, until, withdrawn }, i) => {
      const content = { wearerId, givenAt: instantOf(from), ...endsAt(until, 'expiresAt') };
      return ['consent', `CS-${wearerId}-${i}`, content, endsAt(withdrawn, 'withdrawnAt')] as const;
    }),
    ...worn.map(({ from, until }, i) => {
      const content = { wearerId, tagId: `T-${wearerId}`, fittedAt: instantOf(from) };
      return ['activation', `A-${wearerId}-${i}`, content, endsAt(until, 'removedAt')] as const;
    }),
  ];
  const turnOf = (i: number) => turns[i % Math.max(1, turns.length)] ?? 0;
  const steps = writings.flatMap(([kind, id, content, end], i) => [
    { turn: Math.min(turnOf(2 * i), turnOf(2 * i + 1)), kind, id, content },
    { turn: Math.max(turnOf(2 * i), turnOf(2 * i + 1)), kind, id, content: { ...content, ...end } },
  ]);
  for (const { kind, id, content } of steps.sort((a, b) => a.turn - b.turn)) await write(kind, id, content);
  const { rows } = await database.db.query<{ collects_until: Date | null }>(
    'select collects_until from activation where wearer_id = $1 order by activation_id',
    [wearerId],
  );
  const { rows: held } = await database.db.query<{ ends_at: Date | null }>(
    'select ends_at from consent_held where wearer_id = $1 order by consent_id',
    [wearerId],
  );
  // As the page of the wearer tells it.
  const told = writings.flatMap(([kind, , content, end]) =>
    kind === 'consent' ? [{ ...content, ...end } as ConsentSaid] : [],
  );
  expect(held.map(({ ends_at: at }) => at?.getTime() ?? null)).toEqual(told.map((one) => consentEndsMs(one, told)));
  const [facts] = await readWearerFacts(database.db, [wearerId]);
  const untagged = untaggedOf(facts!, START_MS + HOURS * HOUR);
  const asked = { nowMs: START_MS + ASKED_HOUR * HOUR, fromMs: START_MS };
  const [{ uncoveredSinceMs } = { uncoveredSinceMs: null }] = await readCohort(database.db, [wearerId], asked);
  return {
    collectsUntil: rows.map(({ collects_until: at }) => (at === null ? null : (at.getTime() - START_MS) / HOUR)),
    held: held.map(({ ends_at: at }) => (at === null ? FAR : (at.getTime() - START_MS) / HOUR)),
    uncoveredSince: uncoveredSinceMs === null ? [] : [(uncoveredSinceMs - START_MS) / HOUR],
    untagged: Array.from({ length: HOURS }, (_, hour) => {
      const atMs = START_MS + hour * HOUR;
      return untagged.some((each) => each.startsAtMs <= atMs && atMs < (each.endsAtMs ?? Infinity));
    }),
  };
}

const CASES: Record<string, World & { readonly until: readonly (number | null)[] }> = {
  'withdrawn, and nothing else': {
    orders: [],
    consents: [{ from: 0, until: null, withdrawn: 5 }],
    worn: [{ from: 1, until: null }],
    until: [5],
  },
  'fitted under a court order after a consent that was over by then': {
    orders: [{ from: 8, until: 20, isVoluntary: false }],
    consents: [{ from: 0, until: null, withdrawn: 5 }],
    worn: [
      { from: 1, until: 6 },
      { from: 9, until: null },
    ],
    until: [5, null],
  },
  'fitted after a consent that was over by then, hours before the court order': {
    orders: [{ from: 12, until: 20, isVoluntary: false }],
    consents: [{ from: 0, until: null, withdrawn: 5 }],
    worn: [{ from: 9, until: null }],
    until: [null],
  },
  'fitted by a newer consent': {
    orders: [],
    consents: [
      { from: 0, until: 5, withdrawn: null },
      { from: 8, until: null, withdrawn: null },
    ],
    worn: [{ from: 9, until: null }],
    until: [null],
  },
  'the order that went on beside a withdrawn consent ends as well': {
    orders: [{ from: 0, until: 20, isVoluntary: false }],
    consents: [{ from: 0, until: null, withdrawn: 5 }],
    worn: [{ from: 1, until: null }],
    until: [20],
  },
  'an order alone ends': {
    orders: [{ from: 0, until: 20, isVoluntary: false }],
    consents: [],
    worn: [{ from: 1, until: null }],
    until: [null],
  },
  'another consent, given before the withdrawal': {
    orders: [],
    consents: [
      { from: 0, until: null, withdrawn: 5 },
      { from: 3, until: null, withdrawn: null },
    ],
    worn: [{ from: 1, until: null }],
    until: [5],
  },
  'another consent, given before the withdrawal of one that had expired': {
    orders: [],
    consents: [
      { from: 0, until: 4, withdrawn: 5 },
      { from: 3, until: null, withdrawn: null },
    ],
    worn: [{ from: 1, until: null }],
    until: [5],
  },
};

describe('until when collection goes on, what covers a tag, and when nobody may be without one', () => {
  it.each(Object.entries(CASES))('%s', async (_, { until, ...world }) => {
    expect(look(world).collectsUntil).toEqual(until);
    expect(await record(world, [])).toEqual(look(world));
    // The other way round.
    expect(await record(world, [6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1])).toEqual(look(world));
  });

  it.each([
    ['consent was not given', []],
    ['it was withdrawn', [{ from: 0, until: null, withdrawn: 3 }]],
  ])('a voluntary order asks for no tag where %s', async (_, consents) => {
    const world = { orders: [{ from: 0, until: null, isVoluntary: true }], consents, worn: [{ from: 0, until: 5 }] };
    expect((await record(world, [])).untagged).not.toContain(true);
  });

  it('is what one sees by looking at each hour, in whatever order it is recorded', async () => {
    const from = fc.integer({ min: 0, max: 25 });
    const lasts = fc.option(fc.integer({ min: 0, max: 12 }));
    const toEnd = (start: number, length: number | null) => (length === null ? null : start + length);
    const order = fc.record({ from, lasts, isVoluntary: fc.boolean() }).map((each) => ({
      ...each,
      until: toEnd(each.from, each.lasts),
    }));
    const consent = fc.record({ from, lasts, withdrawnAfter: lasts }).map((each) => ({
      from: each.from,
      until: toEnd(each.from, each.lasts),
      withdrawn: toEnd(each.from, each.withdrawnAfter),
    }));
    const worn = fc.record({ from, lasts }).map((each) => ({ from: each.from, until: toEnd(each.from, each.lasts) }));
    const world = fc.record({
      orders: fc.array(order, { maxLength: 3 }),
      consents: fc.array(consent, { maxLength: 3 }),
      worn: fc.array(worn, { maxLength: 2 }),
    });
    const turns = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(world, turns, async (one, order) => {
        expect(await record(one, order)).toEqual(look(one));
      }),
    );
  });
});
