/**
 * The order of the rows on the page. Nothing may move under the eyes of somebody who reads: while they read, rows stay where they
 * are and only their contents change; what is new waits and is counted.
 */
import type { AlertItem } from '../../alerts/alert.js';
import { isUnacknowledged } from './alert-book.js';

export const SECTIONS = ['unacknowledged', 'acknowledged', 'closed'] as const;
export type Section = (typeof SECTIONS)[number];

export type Arrangement = Readonly<Record<Section, readonly string[]>>;

export const emptyArrangement: Arrangement = { unacknowledged: [], acknowledged: [], closed: [] };

export function sectionOf(item: AlertItem): Section {
  if (item.status === 'closed') return 'closed';
  return isUnacknowledged(item) ? 'unacknowledged' : 'acknowledged';
}

/** Newest first by when it was first raised (or raised again); equal times by id, so that the order is always the same. */
function isBefore(a: AlertItem, b: AlertItem): number {
  const at = (item: AlertItem) => Date.parse(item.reopenedAt ?? item.raisedAt);
  return at(b) - at(a) || (a.alertId < b.alertId ? -1 : 1);
}

/** Every alert in its section, newest first. */
export function arrange(alerts: ReadonlyMap<string, AlertItem>): Arrangement {
  const sorted = [...alerts.values()].sort(isBefore);
  const idsOf = (section: Section) =>
    sorted.filter((item) => sectionOf(item) === section).map(({ alertId }) => alertId);
  return { unacknowledged: idsOf('unacknowledged'), acknowledged: idsOf('acknowledged'), closed: idsOf('closed') };
}

export interface Shown {
  readonly arrangement: Arrangement;
  /** Alerts that are known and not on the page yet. */
  readonly waiting: readonly string[];
}

/**
 * What is on the page next. While somebody reads, what is shown stays, less what is no longer known; otherwise everything goes to
 * its place.
 */
export function nextShown(shown: Arrangement, alerts: ReadonlyMap<string, AlertItem>, isReading: boolean): Shown {
  const ideal = arrange(alerts);
  const before = new Set(SECTIONS.flatMap((section) => shown[section]));
  if (!isReading || before.size === 0) return { arrangement: ideal, waiting: [] };
  const keep = (ids: readonly string[]) => ids.filter((id) => alerts.has(id));
  return {
    arrangement: {
      unacknowledged: keep(shown.unacknowledged),
      acknowledged: keep(shown.acknowledged),
      closed: keep(shown.closed),
    },
    waiting: SECTIONS.flatMap((section) => ideal[section]).filter((id) => !before.has(id)),
  };
}
