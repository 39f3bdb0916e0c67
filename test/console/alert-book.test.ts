import { describe, expect, it } from 'vitest';
import { type Alert, toAlertItem } from '../../src/alerts/alert.js';
import type { AlertEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import { bookOf, CLOSED_LIMIT, emptyBook, fold, put } from '../../src/console/model/alert-book.js';
import { arrange, emptyArrangement, nextShown } from '../../src/console/model/list-order.js';
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
  const item = (alertId: string, minute: number, acknowledged = false) => {
    const found = finding({ alertId, raisedAt: instantAt(minute) });
    let book = fold(emptyBook, found, 0);
    if (acknowledged) book = fold(book, action('acknowledged', [1, 0], { alertId }), 1);
    return book.alerts.get(alertId)!;
  };
  const known = (...items: ReturnType<typeof item>[]) => new Map(items.map((one) => [one.alertId, one]));

  it('unacknowledged first, newest first', () => {
    expect(arrange(known(item('a', 1), item('b', 3), item('c', 2, true)))).toEqual({
      unacknowledged: ['b', 'a'],
      acknowledged: ['c'],
      closed: [],
    });
  });

  it('nothing moves while somebody reads, and what is new is counted', () => {
    const before = arrange(known(item('a', 1), item('b', 2)));
    const now = known(item('a', 1), item('b', 2, true), item('c', 3));
    expect(nextShown(before, now, true)).toEqual({ arrangement: before, waiting: ['c'] });
    expect(nextShown(before, now, false)).toEqual({
      arrangement: { unacknowledged: ['c', 'a'], acknowledged: ['b'], closed: [] },
      waiting: [],
    });
  });

  it('an empty list is filled at once', () => {
    expect(nextShown(emptyArrangement, known(item('a', 1)), true).waiting).toEqual([]);
  });
});
