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
}

type Alerts = ReadonlyMap<string, AlertItem>;

export function sectionOf(item: AlertItem): Section {
  if (item.status === 'closed') return 'closed';
  if (groupOf(item) === 'devices') return 'devices';
  return strengthOf(item, item.confirmedAt) === 'suspected' ? 'suspected' : 'confirmed';
}

const SEVERITY_ORDER: Readonly<Record<AlertItem['severity'], number>> = { critical: 0, high: 1, medium: 2, low: 3 };

/** More severe first, then newest first by when it was first raised (or raised again); then by id, so that it is always the same. */
function compare(a: AlertItem, b: AlertItem): number {
  const severity = SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity];
  if (severity !== 0) return severity;
  // Instants of one form, so that their texts are in the order of time: a flood sorts a thousand of them at every paint.
  const [atA, atB] = [a.reopenedAt ?? a.raisedAt, b.reopenedAt ?? b.raisedAt];
  if (atA !== atB) return atA < atB ? 1 : -1;
  return a.alertId < b.alertId ? -1 : 1;
}

/** Open, critical: above the list, whatever is filtered. Those that nobody has seen come first. */
export function arrangeCritical(alerts: Alerts): string[] {
  const critical = [...alerts.values()].filter((item) => item.status === 'open' && item.severity === 'critical');
  const isSeen = (item: AlertItem) => (isUnacknowledged(item) ? 0 : 1);
  return critical.sort((a, b) => isSeen(a) - isSeen(b) || compare(a, b)).map(({ alertId }) => alertId);
}

/** Every alert of the view in its section. Critical ones stand above the list and not in it, but in the tabs that are not of new ones. */
export function arrange(alerts: Alerts, { filter, mySubjectId, wearers }: View): Arrangement {
  const shown = [...alerts.values()]
    .filter((item) => isInTab(item, filter.tab, mySubjectId))
    .filter((item) => passes(item, filter, wearers.get(item.wearerId) ?? null))
    .filter((item) => filter.tab !== 'new' || item.severity !== 'critical')
    .sort(compare);
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
export function nextDock(shown: readonly string[], alerts: Alerts, isReading: boolean): readonly string[] {
  const ideal = arrangeCritical(alerts);
  if (!isReading) return ideal;
  const kept = shown.filter((id) => alerts.has(id));
  return [...kept, ...ideal.filter((id) => !kept.includes(id))];
}
