/** What of all alerts the board shows, as it stands in the address. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import type { AlertKind } from '../../engine/types.js';
import type { WearerInfo } from '../api.js';
import { isUnacknowledged } from './alert-book.js';

export const TABS = ['new', 'mine', 'acknowledged', 'in-hand', 'suspended', 'closed'] as const;
export type Tab = (typeof TABS)[number];

export const GROUPS = ['conditions', 'devices'] as const;
export type Group = (typeof GROUPS)[number];

export interface BoardFilter {
  readonly tab: Tab;
  /** Empty: any. */
  readonly group: Group | '';
  readonly division: string;
  readonly scheme: string;
  readonly rag: string;
  readonly kind: string;
}

const NAMES = ['group', 'division', 'scheme', 'rag', 'kind'] as const;

export function readFilter(query: URLSearchParams): BoardFilter {
  const tab = TABS.find((one) => one === query.get('tab')) ?? 'new';
  const group = GROUPS.find((one) => one === query.get('group')) ?? '';
  const text = (name: string) => query.get(name) ?? '';
  return { tab, group, division: text('division'), scheme: text('scheme'), rag: text('rag'), kind: text('kind') };
}

export function writeFilter(filter: BoardFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (filter.tab !== 'new') query.set('tab', filter.tab);
  for (const name of NAMES) if (filter[name] !== '') query.set(name, filter[name]);
  return query;
}

export const isNarrowed = (filter: BoardFilter): boolean => NAMES.some((name) => filter[name] !== '');

/** What the tag says about itself, and what is not heard of it; everything else is about where somebody is. Total: a new kind wants a place. */
const GROUP_OF: Readonly<Record<AlertKind, Group>> = {
  exclusion: 'conditions',
  inclusion: 'conditions',
  restriction: 'conditions',
  curfew: 'conditions',
  buffer: 'conditions',
  'unknown-at-edge': 'conditions',
  'strap-tamper': 'devices',
  'case-tamper': 'devices',
  'battery-low': 'devices',
  'battery-critical': 'devices',
  'charging-overdue': 'devices',
  'powered-off': 'devices',
  'no-gps': 'devices',
  jamming: 'devices',
  'never-moves': 'devices',
  unmonitored: 'devices',
  'supplier-silent': 'devices',
  'clock-ahead': 'devices',
  'clock-behind': 'devices',
  'schedule-ran-out': 'devices',
};

export const groupOf = ({ kind }: Pick<AlertItem, 'kind'>): Group => GROUP_OF[kind];

/** Each unresolved alert is in one of new, acknowledged, in hand and suspended at least: none is nowhere. */
export function isInTab(item: AlertItem, tab: Tab, mySubjectId: string): boolean {
  if (tab === 'closed' || item.status === 'closed') return tab === 'closed' && item.status === 'closed';
  const { acknowledgedBy, ownedBy, suspension } = item;
  switch (tab) {
    case 'new':
      return isUnacknowledged(item);
    case 'mine':
      return (ownedBy ?? acknowledgedBy) === mySubjectId;
    case 'acknowledged':
      return acknowledgedBy !== undefined && ownedBy === undefined && suspension === undefined;
    case 'in-hand':
      return ownedBy !== undefined && suspension === undefined;
    case 'suspended':
      return suspension !== undefined;
  }
}

/** Whether the rest of the filter lets it through: everything but the tab. */
export function passes(item: AlertItem, filter: BoardFilter, wearer: WearerInfo | null): boolean {
  if (filter.group !== '' && groupOf(item) !== filter.group) return false;
  if (filter.kind !== '' && item.kind !== filter.kind) return false;
  if (filter.division !== '' && wearer?.division !== filter.division) return false;
  if (filter.scheme !== '' && wearer?.schemes?.includes(filter.scheme) !== true) return false;
  return filter.rag === '' || wearer?.rag === filter.rag;
}
