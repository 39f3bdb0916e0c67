import { describe, expect, it } from 'vitest';
import { type Alert, toAlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { bookOf, CLOSED_LIMIT, emptyBook, fold, put } from '../../src/console/model/alert-book.js';
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
  it('says the same as the server after every event, from whichever snapshot it started', () => {
    for (let start = 0; start < life.length; start++) {
      let server: Alert | null = null;
      for (const [seq, event] of life.slice(0, start).entries()) server = applyEvent(server, event, seq).alert;
      let book = server === null ? emptyBook : bookOf([toAlertItem(server)]);
      for (const [index, event] of life.slice(start).entries()) {
        server = applyEvent(server, event, start + index).alert;
        book = fold(book, event, start + index);
        expect(book.alerts.get('A-1'), `from ${start}, event ${start + index}`).toEqual(toAlertItem(server!));
      }
    }
  });

  it('takes an answer of the server, and no older one over a newer event', () => {
    const newer = fold(fold(emptyBook, finding(), 0), finding({ revision: 2 }), 1);
    const older = fold(emptyBook, finding(), 0).alerts.get('A-1')!;
    expect(put(newer, older)).toBe(newer);
  });

  it('lets go of the oldest closed ones', () => {
    let book = emptyBook;
    for (let index = 0; index < CLOSED_LIMIT + 5; index++) {
      const alertId = `A-${index}`;
      book = fold(book, finding({ alertId }), index);
      book = fold(book, action('disposed', [1, 0], { alertId, at: instantAt(index) }), index);
    }
    expect(book.alerts.size).toBe(CLOSED_LIMIT);
    expect(book.alerts.has('A-4')).toBe(false);
    expect(book.alerts.has('A-5')).toBe(true);
  });
});

describe('the order of the rows', () => {
  const filter = readFilter(new URLSearchParams());
  const view: View = { filter, mySubjectId: 'local', wearers: new Map() };
  const item = (alertId: string, minute: number, acknowledged = false, fields: Parameters<typeof finding>[0] = {}) => {
    const found = finding({ alertId, raisedAt: instantAt(minute), ...fields });
    let book = fold(emptyBook, found, 0);
    if (acknowledged) book = fold(book, action('acknowledged', [1, 0], { alertId }), 1);
    return book.alerts.get(alertId)!;
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
    expect(arrangeCritical(alerts)).toEqual(['c']);
  });

  it('critical ones that nobody has seen come first, and none moves while one is pointed at', () => {
    const critical = { severity: 'critical' } as const;
    const alerts = known(item('old', 1, true, critical), item('a', 2, false, critical), item('b', 3, false, critical));
    expect(nextDock([], alerts, false)).toEqual(['b', 'a', 'old']);
    expect(nextDock(['a', 'old', 'gone'], alerts, true)).toEqual(['a', 'old', 'b']);
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
    const one = [...fold(emptyBook, finding({ kind: 'curfew' }), 0).alerts.values()][0]!;
    const wearer = { wearerId: 'W-1', name: 'A', division: 'East', schemes: ['IOM'], rag: 'red' } as const;
    const says = (query: string, who: typeof wearer | null = wearer) =>
      passes(one, readFilter(new URLSearchParams(query)), who);
    expect(says('group=conditions&kind=curfew&division=East&scheme=IOM&rag=red')).toBe(true);
    for (const query of ['group=devices', 'kind=buffer', 'division=West', 'scheme=HDC', 'rag=green'])
      expect(says(query), query).toBe(false);
    expect(says('rag=red', null)).toBe(false);
  });
});
