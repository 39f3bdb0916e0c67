/**
 * The alerts as this console knows them: the server's snapshot, then its events, folded by the same function as the server's. Kept
 * in one map that changes, with its counts, so that an event of a flood costs the same as one of a quiet night; what is shown is a
 * view of it, a new one for each time that the page is painted.
 */
import { type AlertItem, fromAlertItem, parseEtag, toAlertItem } from '../../alerts/alert.js';
import { type AlertEvent, isFinding } from '../../alerts/event.js';
import { applyEvent } from '../../alerts/fold.js';

/** Closed alerts that stay on the page until they are the oldest of so many: people look back at what they have just closed. */
export const CLOSED_LIMIT = 50;

/** The map is the book's own and changes with it; another view is another object. */
export interface AlertBook {
  readonly alerts: ReadonlyMap<string, AlertItem>;
  readonly open: number;
  readonly unacknowledged: number;
}

export interface AlertBookKeeper {
  view(): AlertBook;
  get(alertId: string): AlertItem | undefined;
  /** Takes everything unresolved as the server told it; what was seen closed here stays. */
  replace(items: readonly AlertItem[]): void;
  /** `ask`: it is about an alert that the feed has not told (closed long ago), so only the server can say how it stands. */
  fold(event: AlertEvent, seq: number): 'folded' | 'ask';
  /** How many are open as far as the feed has told; of some it is not known here. */
  openByFeed(): { readonly least: number; readonly most: number };
  /**
   * Takes an alert as the server told it in an answer; an older version than the known one changes nothing. An answer may be ahead of the
   * feed: it is shown, and the feed's events go on from where the feed was, so that none counts twice.
   */
  put(item: AlertItem): void;
}

/** Open, and nobody has seen it: it waits. What is suspended waits for its time. */
export const isUnacknowledged = ({ status, acknowledgedBy, suspension }: AlertItem): boolean =>
  status === 'open' && acknowledgedBy === undefined && suspension === undefined;

/** Whether the one version is of before the other: the log put either a finding or an action between them. */
function isOlder(one: AlertItem, other: AlertItem): boolean {
  const actions = (item: AlertItem): number => parseEtag(item.etag)?.actions ?? 0;
  return one.revision < other.revision || (one.revision === other.revision && actions(one) < actions(other));
}

const closedAt = (item: AlertItem): string => item.closedAt ?? item.raisedAt;

export function createAlertBook(items: readonly AlertItem[] = []): AlertBookKeeper {
  const alerts = new Map<string, AlertItem>();
  const closed = new Set<string>();
  /** Of those that were told by an answer and are ahead of it: how the feed has them; null: it has not told of them. */
  const byFeed = new Map<string, AlertItem | null>();
  let open = 0;
  let unacknowledged = 0;

  function count(item: AlertItem | undefined, by: 1 | -1): void {
    if (item?.status === 'open') open += by;
    if (item !== undefined && isUnacknowledged(item)) unacknowledged += by;
  }

  function drop(alertId: string): void {
    count(alerts.get(alertId), -1);
    alerts.delete(alertId);
    closed.delete(alertId);
    byFeed.delete(alertId);
  }

  function set(item: AlertItem): void {
    count(alerts.get(item.alertId), -1);
    count(item, 1);
    alerts.set(item.alertId, item);
    if (item.status === 'open') {
      closed.delete(item.alertId);
      return;
    }
    closed.add(item.alertId);
    if (closed.size <= CLOSED_LIMIT) return;
    drop([...closed].reduce((a, b) => (closedAt(alerts.get(b)!) < closedAt(alerts.get(a)!) ? b : a)));
  }

  function replace(snapshot: readonly AlertItem[]): void {
    for (const [alertId, { status }] of alerts) if (status === 'open') drop(alertId);
    for (const item of snapshot) {
      byFeed.delete(item.alertId);
      set(item);
    }
  }

  replace(items);
  return {
    view: () => ({ alerts, open, unacknowledged }),
    get: (alertId) => alerts.get(alertId),
    replace,
    fold(event, seq) {
      const { alertId } = event;
      const shown = alerts.get(alertId);
      const isPartlyKnown =
        byFeed.get(alertId) === null || (shown === undefined && !(isFinding(event) && event.revision === 1));
      // A finding counts once wherever it is folded; of an action that cannot be known.
      if (isPartlyKnown && !isFinding(event)) return 'ask';
      const known = byFeed.get(alertId) ?? shown;
      const { alert, outcome } = applyEvent(known === undefined ? null : fromAlertItem(known), event, seq);
      if (alert === null || outcome !== 'accepted') return 'folded';
      const item = toAlertItem(alert);
      if (isPartlyKnown) {
        // Shown at once, as far as it is known.
        byFeed.set(alertId, null);
        set(item);
        return 'ask';
      }
      if (byFeed.has(alertId) && shown !== undefined && isOlder(item, shown)) byFeed.set(alertId, item);
      else {
        byFeed.delete(alertId);
        set(item);
      }
      return 'folded';
    },
    openByFeed() {
      let least = open;
      let unknown = 0;
      for (const [alertId, told] of byFeed) {
        if (alerts.get(alertId)?.status === 'open') least -= 1;
        if (told === null) unknown += 1;
        else if (told.status === 'open') least += 1;
      }
      return { least, most: least + unknown };
    },
    put(item) {
      const { alertId } = item;
      const known = alerts.get(alertId);
      if (known !== undefined && !isOlder(known, item)) return;
      if (!byFeed.has(alertId)) byFeed.set(alertId, known ?? null);
      set(item);
    },
  };
}
