/**
 * The order of the rows on the board. Nothing may move under the eyes of somebody who reads: while they read, rows stay where they
 * are and only their contents change; what is new waits and is counted. Critical ones have a place of their own and never wait.
 */
import { type AlertItem, strengthOf } from '../../alerts/alert.js';
import type { WearerInfo } from '../api.js';
import { isUnacknowledged } from './alert-book.js';
import { type BoardFilter, groupOf, isInTab, passes } from './board-filter.js';

/** Of the list; `closed` is the one of what is resolved. */
export const SECTIONS = ['confirmed', 'suspected', 'devices', 'closed'] as const;
export type Section = (typeof SECTIONS)[number];
export type Arrangement = Readonly<Record<Section, readonly string[]>>;

export const emptyArrangement: Arrangement = { confirmed: [], suspected: [], devices: [], closed: [] };

/** Whose list it is, and what they want to see. */
export interface View {
  readonly filter: BoardFilter;
  readonly mySubjectId: string;
  readonly wearers: ReadonlyMap<string, WearerInfo>;
  readonly rankOf: RankOf;
}

/** Greater comes first: the rank of an alert's priority. */
export type RankOf = (item: AlertItem) => number;

type Alerts = ReadonlyMap<string, AlertItem>;

export function sectionOf(item: AlertItem): Section {
  if (item.status === 'closed') return 'closed';
  if (groupOf(item) === 'devices') return 'devices';
  return strengthOf(item, item.confirmedAt) === 'suspected' ? 'suspected' : 'confirmed';
}

/** First by priority, then newest first by when it was first raised (or raised again); then by id, so that it is always the same. */
function sortRows(items: readonly AlertItem[], rankOf: RankOf): AlertItem[] {
  // A flood sorts a thousand of them at every paint: each is judged once, not at every comparison.
  const rows = items.map((item) => ({ item, rank: rankOf(item), at: item.reopenedAt ?? item.raisedAt }));
  rows.sort((a, b) => {
    if (a.rank !== b.rank) return b.rank - a.rank;
    // Instants of one form, so that their texts are in the order of time.
    if (a.at !== b.at) return a.at < b.at ? 1 : -1;
    return a.item.alertId < b.item.alertId ? -1 : 1;
  });
  return rows.map(({ item }) => item);
}

/** Open, critical by severity: above the list, whatever is filtered. Those that nobody has seen come first, whatever their priority. */
export function arrangeCritical(alerts: Alerts, rankOf: RankOf): string[] {
  const critical = [...alerts.values()].filter((item) => item.status === 'open' && item.severity === 'critical');
  const isSeen = (item: AlertItem) => (isUnacknowledged(item) ? 0 : 1);
  // The sort is stable: what is alike in this stays in its order.
  return sortRows(critical, rankOf)
    .sort((a, b) => isSeen(a) - isSeen(b))
    .map(({ alertId }) => alertId);
}

/** Every alert of the view in its section. Critical ones stand above the list and not in it, but in the tabs that are not of new ones. */
export function arrange(alerts: Alerts, { filter, mySubjectId, wearers, rankOf }: View): Arrangement {
  const found = [...alerts.values()]
    .filter((item) => isInTab(item, filter.tab, mySubjectId))
    .filter((item) => passes(item, filter, wearers.get(item.wearerId) ?? null))
    .filter((item) => filter.tab !== 'new' || item.severity !== 'critical');
  const shown = sortRows(found, rankOf);
  const idsOf = (section: Section) => shown.filter((item) => sectionOf(item) === section).map(({ alertId }) => alertId);
  return {
    confirmed: idsOf('confirmed'),
    suspected: idsOf('suspected'),
    devices: idsOf('devices'),
    closed: idsOf('closed'),
  };
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
export function nextShown(shown: Arrangement, alerts: Alerts, view: View, isReading: boolean): Shown {
  const ideal = arrange(alerts, view);
  const before = new Set(SECTIONS.flatMap((section) => shown[section]));
  if (!isReading || before.size === 0) return { arrangement: ideal, waiting: [] };
  const keep = (ids: readonly string[]) => ids.filter((id) => alerts.has(id));
  return {
    arrangement: {
      confirmed: keep(shown.confirmed),
      suspected: keep(shown.suspected),
      devices: keep(shown.devices),
      closed: keep(shown.closed),
    },
    waiting: SECTIONS.flatMap((section) => ideal[section]).filter((id) => !before.has(id)),
  };
}

/** The dock while somebody points at it: what was there stays in its place, what is new stands behind. */
export function nextDock(
  shown: readonly string[],
  alerts: Alerts,
  rankOf: RankOf,
  isReading: boolean,
): readonly string[] {
  const ideal = arrangeCritical(alerts, rankOf);
  if (!isReading) return ideal;
  const kept = shown.filter((id) => alerts.has(id));
  return [...kept, ...ideal.filter((id) => !kept.includes(id))];
}
