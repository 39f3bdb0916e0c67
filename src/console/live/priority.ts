/**
 * In which order alerts are looked at, for every page that shows one: by the table of configuration and what is known of the wearer to the
 * one who looks. Who is wanted is read from the record: while that is away, as it was last known.
 */
import { signal } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';
import type { EscalationTable } from '../../alerts/escalation.js';
import {
  DEFAULT_PRIORITY,
  judgePriority,
  type Priority,
  type PriorityTable,
  type WantedWearer,
} from '../../wire/priority.js';
import { askAlertRules, askWanted } from '../api.js';
import { dealtWithOf } from './dealt-with.js';
import { seesAlerts, wearers } from './live.js';

const REFRESH_MS = 20_000;

const table = signal<PriorityTable>(DEFAULT_PRIORITY);
/** Null: not known yet. */
export const escalationTable = signal<EscalationTable | null>(null);
const wanted = signal<ReadonlyMap<string, WantedWearer>>(new Map());

/** Null: not, or nobody has said so. */
export const wantedOf = (wearerId: string): WantedWearer | null => wanted.value.get(wearerId) ?? null;

export function priorityOf(item: AlertItem): Priority {
  const { severity, wearerId } = item;
  const facts = {
    severity,
    inCustody: item.inCustody === true,
    dealtWith: dealtWithOf(item) !== null,
    wanted: wantedOf(wearerId)?.wanted ?? null,
    rag: wearers.value.get(wearerId)?.rag ?? null,
  };
  return judgePriority(facts, table.value);
}

export async function refreshPriority(): Promise<void> {
  if (!seesAlerts.peek()) return;
  const [rules, found] = await Promise.all([askAlertRules(), askWanted()]);
  // Rows are drawn again only where something changed.
  if (rules.ok && JSON.stringify(rules.body.escalation) !== JSON.stringify(escalationTable.peek()))
    escalationTable.value = rules.body.escalation;
  if (rules.ok && JSON.stringify(rules.body.priority) !== JSON.stringify(table.peek()))
    table.value = rules.body.priority;
  if (found.ok && JSON.stringify(found.body) !== JSON.stringify([...wanted.peek().values()]))
    wanted.value = new Map(found.body.map((each) => [each.wearerId, each]));
}

/** Once a page. */
export function watchPriority(): void {
  setInterval(() => void refreshPriority(), REFRESH_MS);
  void refreshPriority();
}
