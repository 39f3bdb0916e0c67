/** The alerts as this console knows them: the server's snapshot, then its events, folded by the same function as the server's. */
import { type AlertItem, fromAlertItem, toAlertItem } from '../../alerts/alert.js';
import type { AlertEvent } from '../../alerts/event.js';
import { applyEvent } from '../../alerts/fold.js';

/** Closed alerts that stay on the page until they are the oldest of so many: people look back at what they have just closed. */
export const CLOSED_LIMIT = 50;

export interface AlertBook {
  readonly alerts: ReadonlyMap<string, AlertItem>;
}

export const emptyBook: AlertBook = { alerts: new Map() };

export function bookOf(items: readonly AlertItem[]): AlertBook {
  return { alerts: new Map(items.map((item) => [item.alertId, item])) };
}

/** The book after an event. A person's action on an alert that is not in the book (closed long ago) changes nothing. */
export function fold(book: AlertBook, event: AlertEvent, seq: number): AlertBook {
  const known = book.alerts.get(event.alertId);
  const { alert } = applyEvent(known === undefined ? null : fromAlertItem(known), event, seq);
  return alert === null ? book : put(book, toAlertItem(alert));
}

/** The book with an alert as the server told it in an answer; an older version than the known one changes nothing. */
export function put(book: AlertBook, item: AlertItem): AlertBook {
  const known = book.alerts.get(item.alertId);
  if (known !== undefined && known.revision > item.revision) return book;
  const alerts = new Map(book.alerts).set(item.alertId, item);
  const closed = [...alerts.values()].filter(({ status }) => status === 'closed');
  if (closed.length > CLOSED_LIMIT) {
    closed.sort((a, b) => closedMs(a) - closedMs(b));
    for (const old of closed.slice(0, closed.length - CLOSED_LIMIT)) alerts.delete(old.alertId);
  }
  return { alerts };
}

const closedMs = (item: AlertItem) => Date.parse(item.closedAt ?? item.raisedAt);

export const isUnacknowledged = (item: AlertItem) => item.status === 'open' && item.acknowledgedBy === undefined;
