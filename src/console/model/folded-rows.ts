/** Which rows of a section are one: repeats, and what a flood tells of one cause. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import { type AlertGroup, FLOOD_WINDOW_MS, type FloodSpan, floodsOf, groupAlerts } from '../../alerts/grouping.js';

export type Row =
  | { readonly type: 'alert'; readonly alertId: string }
  | { readonly type: 'group'; readonly groupId: string; readonly group: AlertGroup };

/** By alert. */
export type Groups = ReadonlyMap<string, AlertGroup>;

const DAY_MS = 86_400_000;

/**
 * The flood that goes on. `serverSince`: since when the server says so, who knows also what is closed; by what is known here it is seen
 * at once, and need not be asked for.
 */
export function floodOf(items: Iterable<AlertItem>, serverSince: string | null, nowMs: number): FloodSpan | null {
  if (serverSince !== null) return { fromMs: Date.parse(serverSince), toMs: null };
  const raised: number[] = [];
  for (const { raisedAt } of items) {
    const atMs = Date.parse(raisedAt);
    if (nowMs - atMs < DAY_MS) raised.push(Math.min(atMs, nowMs));
  }
  const last = floodsOf(raised, nowMs).at(-1);
  return last === undefined || last.toMs !== null ? null : last;
}

export function groupsOf(items: readonly AlertItem[], flood: FloodSpan | null): Groups {
  const groups = new Map<string, AlertGroup>();
  for (const group of groupAlerts(items, flood)) for (const alertId of group.alertIds) groups.set(alertId, group);
  return groups;
}

/** The rows of a section: a group stands where the first of its alerts stood, with those of them that the section has. */
export function foldRows(section: string, ids: readonly string[], groups: Groups): Row[] {
  const members = new Map<AlertGroup, string[]>();
  for (const alertId of ids) {
    const group = groups.get(alertId);
    if (group === undefined) continue;
    const known = members.get(group);
    if (known === undefined) members.set(group, [alertId]);
    else known.push(alertId);
  }
  const told = new Set<AlertGroup>();
  return ids.flatMap((alertId): Row[] => {
    const group = groups.get(alertId);
    const alertIds = group === undefined ? [] : (members.get(group) ?? []);
    if (group === undefined || alertIds.length < 2) return [{ type: 'alert', alertId }];
    if (told.has(group)) return [];
    told.add(group);
    return [
      {
        type: 'group',
        groupId: `${section}|${group.type}|${group.key}|${group.firstRaisedAt}`,
        group: { ...group, alertIds },
      },
    ];
  });
}

/** How many were raised in the last ten minutes, of what is known. */
export function countRecent(items: Iterable<AlertItem>, nowMs: number): number {
  let recent = 0;
  for (const { raisedAt } of items) if (nowMs - Date.parse(raisedAt) < FLOOD_WINDOW_MS) recent += 1;
  return recent;
}
