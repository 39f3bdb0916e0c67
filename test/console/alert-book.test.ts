import { describe, expect, it } from 'vitest';
import { type Alert, type AlertItem, toAlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { CLOSED_LIMIT, createAlertBook, isUnacknowledged } from '../../src/console/model/alert-book.js';
import { passes, readFilter, writeFilter } from '../../src/console/model/board-filter.js';
import {
  arrange,
  arrangeCritical,
  emptyArrangement,
  nextDock,
  nextShown,
  type View,
} from '../../src/console/model/list-order.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { itemOf } from './items.js';

const life: readonly AlertEvent[] = [
  finding(),
  finding({ revision: 2 }),
  action('acknowledged', [2, 0]),
  finding({ revision: 3, type: 'ended', episode: { startedAt: instantAt(0), endedAt: instantAt(9) } }),
  action('disposed', [3, 1]),
  finding({ revision: 4, type: 'amended' }),
  action('acknowledged', [4, 2], { actor: 'other' }),
];

describe('the book', () => {
  it('what the feed has told of is counted as the server counts it, whatever answers told ahead of it', () => {
    const [raised, seen, closed] = [finding(), action('acknowledged', [1, 0]), action('disposed', [1, 1])];
    const book = createAlertBook([itemOf(raised), itemOf(finding({ alertId: 'A-2' }))]);
    expect(book.openByFeed()).toEqual({ least: 2, most: 2 });
    book.put(itemOf(raised, seen, closed));
    expect([book.view().open, book.openByFeed()]).toEqual([1, { least: 2, most: 2 }]);
    book.fold(seen, 2);
    expect(book.openByFeed()).toEqual({ least: 2, most: 2 });
    book.fold(closed, 3);
    expect(book.openByFeed()).toEqual({ least: 1, most: 1 });
    // Of one that only an answer has told, it is not known whether the feed's list has it.
    book.put(itemOf(finding({ alertId: 'A-3' })));
    expect(book.openByFeed()).toEqual({ least: 1, most: 2 });
  });

  it('says the same as the server after every event, from whichever snapshot it started', () => {
    for (let start = 0; start < life.length; start++) {
      let server: Alert | null = null;
      for (const [seq, event] of life.slice(0, start).entries()) server = applyEvent(server, event, seq).alert;
      const book = createAlertBook(server === null ? [] : [toAlertItem(server)]);
      for (const [index, event] of life.slice(start).entries()) {
        server = applyEvent(server, event, start + index).alert;
        book.fold(event, start + index);
        expect(book.get('A-1'), `from ${start}, event ${start + index}`).toEqual(toAlertItem(server!));
      }
    }
  });

  it('takes an answer of the server, and no older one over a newer event: a slow answer opens nothing that a colleague closed', () => {
    const book = createAlertBook([itemOf(finding())]);
    const taken = action('taken', [1, 0], { actor: 'alice' });
    const closed = action('disposed', [1, 1], { actor: 'bob' });
    const answer = itemOf(finding(), taken);
    book.fold(taken, 1);
    book.fold(closed, 2);
    book.put(answer);
    expect(book.get('A-1')).toEqual(itemOf(finding(), taken, closed));
    book.put(itemOf(finding()));
    expect(book.get('A-1')?.status).toBe('closed');
  });

  it('counts nothing twice where an answer is faster than the feed', () => {
    const others = action('noted', [1, 0], { actor: 'bob', note: 'b' });
    const mine = action('noted', [1, 0], { actor: 'alice', note: 'a', eventId: 'mine' });
    const later = action('acknowledged', [1, 2], { actor: 'bob' });
    const book = createAlertBook([itemOf(finding())]);
    book.put(itemOf(finding(), others, mine));
    for (const [seq, event] of [others, mine].entries()) {
      book.fold(event, seq + 1);
      expect(book.get('A-1')?.etag).toBe('"1.2"');
    }
    book.fold(later, 3);
    expect(book.get('A-1')).toEqual(itemOf(finding(), others, mine, later));
  });

  it('asks how an alert stands of which the feed has told only what came last, and shows a finding at once', () => {
    const book = createAlertBook();
    expect(book.fold(action('reopened', [1, 1], { reason: 'x' }), 5)).toBe('ask');
    expect(book.get('A-1')).toBeUndefined();
    expect(book.fold(finding({ revision: 3 }), 6)).toBe('ask');
    expect(book.get('A-1')?.status).toBe('open');
    const known = { ...itemOf(finding({ revision: 3 })), etag: '"3.4"' };
    book.put(known);
    expect(book.fold(action('noted', [3, 4], { note: 'x' }), 7)).toBe('ask');
    expect(book.get('A-1')).toEqual(known);
  });

  it('lets go of the oldest closed ones', () => {
    const book = createAlertBook();
    for (let index = 0; index < CLOSED_LIMIT + 5; index++) {
      const alertId = `A-${index}`;
      book.fold(finding({ alertId }), index);
      book.fold(action('disposed', [1, 0], { alertId, at: instantAt(index) }), index);
    }
    const { alerts } = book.view();
    expect(alerts.size).toBe(CLOSED_LIMIT);
    expect(alerts.has('A-4')).toBe(false);
    expect(alerts.has('A-5')).toBe(true);
  });

  it('counts what is open and what nobody has seen as it goes along, whatever happens', () => {
    const book = createAlertBook([itemOf(finding({ alertId: 'B' }))]);
    const until = instantAt(50);
    const acts = [
      action('suspended', [1, 0], { until, reason: 'x' }),
      action('resumed', [1, 1]),
      action('acknowledged', [1, 2]),
      action('disposed', [1, 3]),
      action('reopened', [1, 4], { reason: 'x' }),
    ];
    for (const [seq, event] of [finding(), ...acts].entries()) {
      book.fold(event, seq);
      const { alerts, open, unacknowledged } = book.view();
      const items = [...alerts.values()];
      expect(open, event.type).toBe(items.filter(({ status }) => status === 'open').length);
      expect(unacknowledged, event.type).toBe(items.filter(isUnacknowledged).length);
    }
    book.replace([]);
    expect(book.view()).toMatchObject({ open: 0, unacknowledged: 0 });
  });
});

describe('the order of the rows', () => {
  const filter = readFilter(new URLSearchParams());
  const bySeverity = ({ severity }: AlertItem) => ['low', 'medium', 'high', 'critical'].indexOf(severity);
  const view: View = { filter, mySubjectId: 'local', wearers: new Map(), rankOf: bySeverity };
  const item = (alertId: string, minute: number, acknowledged = false, fields: Parameters<typeof finding>[0] = {}) => {
    const found = finding({ alertId, raisedAt: instantAt(minute), ...fields });
    return acknowledged ? itemOf(found, action('acknowledged', [1, 0], { alertId })) : itemOf(found);
  };
  const known = (...items: ReturnType<typeof item>[]) => new Map(items.map((one) => [one.alertId, one]));
  const sure = { type: 'confirmed', strength: 'confirmed' } as const;

  it('confirmed apart from suspected, devices apart from both; the more severe first, then the newest', () => {
    const alerts = known(
      item('a', 1),
      item('b', 3),
      item('mild', 9, false, { severity: 'medium' }),
      item('sure', 2, false, sure),
      item('strap', 4, false, { kind: 'strap-tamper' }),
    );
    expect(arrange(alerts, view)).toEqual({
      confirmed: ['sure'],
      suspected: ['b', 'a', 'mild'],
      devices: ['strap'],
      closed: [],
    });
  });

  it('each tab has its own, and a critical one stands above them and is never filtered away', () => {
    const critical = item('c', 1, false, { severity: 'critical' });
    const seen = item('seen', 2, true);
    const alerts = known(critical, seen, item('new', 3));
    const idsIn = (query: string) =>
      Object.values(arrange(alerts, { ...view, filter: readFilter(new URLSearchParams(query)) })).flat();
    expect(idsIn('')).toEqual(['new']);
    expect(idsIn('tab=mine')).toEqual(['seen']);
    expect(idsIn('tab=acknowledged')).toEqual(['seen']);
    expect(arrange(alerts, { ...view, mySubjectId: 'other', filter: { ...filter, tab: 'mine' } }).suspected).toEqual(
      [],
    );
    expect(idsIn('kind=curfew')).toEqual([]);
    expect(arrangeCritical(alerts, bySeverity)).toEqual(['c']);
  });

  it('critical ones that nobody has seen come first, and none moves while one is pointed at', () => {
    const critical = { severity: 'critical' } as const;
    const alerts = known(item('old', 1, true, critical), item('a', 2, false, critical), item('b', 3, false, critical));
    expect(nextDock([], alerts, bySeverity, false)).toEqual(['b', 'a', 'old']);
    expect(nextDock(['a', 'old', 'gone'], alerts, bySeverity, true)).toEqual(['a', 'old', 'b']);
  });

  it('by priority before all, among critical ones too; one that nobody has seen still comes before those that are seen', () => {
    const ranks: Readonly<Record<string, number>> = { custody: -98, red: 4, plain: 2, seen: 9 };
    const rankOf = ({ alertId }: AlertItem) => ranks[alertId]!;
    const alerts = known(item('custody', 9), item('red', 1), item('plain', 5));
    expect(arrange(alerts, { ...view, rankOf }).suspected).toEqual(['red', 'plain', 'custody']);
    const critical = { severity: 'critical' } as const;
    const ids = ['custody', 'red', 'plain'];
    const docked = known(item('seen', 1, true, critical), ...ids.map((id, n) => item(id, 9 - n, false, critical)));
    expect(arrangeCritical(docked, rankOf)).toEqual(['red', 'plain', 'custody', 'seen']);
  });

  it('nothing moves while somebody reads, and what is new is counted', () => {
    const before = arrange(known(item('a', 1), item('b', 2)), view);
    const now = known(item('a', 1), item('b', 2, true), item('c', 3));
    expect(nextShown(before, now, view, true)).toEqual({ arrangement: before, waiting: ['c'] });
    expect(nextShown(before, now, view, false)).toEqual({
      arrangement: { confirmed: [], suspected: ['c', 'a'], devices: [], closed: [] },
      waiting: [],
    });
  });

  it('an empty list is filled at once', () => {
    expect(nextShown(emptyArrangement, known(item('a', 1)), view, true).waiting).toEqual([]);
  });
});

describe('the filter', () => {
  it('stands in the address, and what is not said there is not filtered', () => {
    const query = 'tab=mine&group=devices&division=East&rag=red&kind=no-gps';
    expect(writeFilter(readFilter(new URLSearchParams(query))).toString()).toBe(query);
    expect(writeFilter(readFilter(new URLSearchParams('tab=nonsense&group=x'))).toString()).toBe('');
  });

  it('lets through what it says', () => {
    const one = itemOf(finding({ kind: 'curfew' }));
    const wearer = { wearerId: 'W-1', name: 'A', division: 'East', schemes: ['IOM'], rag: 'red' } as const;
    const says = (query: string, who: typeof wearer | null = wearer) =>
      passes(one, readFilter(new URLSearchParams(query)), who);
    expect(says('group=conditions&kind=curfew&division=East&scheme=IOM&rag=red')).toBe(true);
    for (const query of ['group=devices', 'kind=buffer', 'division=West', 'scheme=HDC', 'rag=green'])
      expect(says(query), query).toBe(false);
    expect(says('rag=red', null)).toBe(false);
  });
});
