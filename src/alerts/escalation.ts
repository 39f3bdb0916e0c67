/** To whom an alert climbs that nobody takes, and after how long: a table in configuration. Pure. */
import type { Severity } from '../engine/types.js';
import { waitsForSomebody } from './act.js';
import type { Alert } from './alert.js';

/** Roles of the control room, in the order in which it climbs. */
export type EscalationRole = 'supervisor' | 'sergeant';

export interface EscalationStep {
  /** Since when it waits: raised, told again, or given back. */
  readonly afterSeconds: number;
  readonly to: EscalationRole;
}
export type EscalationTable = Readonly<Record<Severity, readonly EscalationStep[]>>;

export const DEFAULT_ESCALATION: EscalationTable = {
  critical: [
    { afterSeconds: 120, to: 'supervisor' },
    { afterSeconds: 300, to: 'sergeant' },
  ],
  high: [
    { afterSeconds: 600, to: 'supervisor' },
    { afterSeconds: 1_800, to: 'sergeant' },
  ],
  medium: [{ afterSeconds: 7_200, to: 'sergeant' }],
  low: [{ afterSeconds: 86_400, to: 'sergeant' }],
};

/** To whom an alert goes next and when, ms, unless somebody sees it; null: to nobody further. */
export function nextEscalation(
  alert: Alert,
  table: EscalationTable,
): { readonly to: EscalationRole; readonly atMs: number } | null {
  if (!waitsForSomebody(alert)) return null;
  const step = table[alert.finding.severity][alert.escalation?.level ?? 0];
  return step === undefined ? null : { to: step.to, atMs: waitsSinceMs(alert) + step.afterSeconds * 1_000 };
}

const waitsSinceMs = ({ waitingSince, raisedAt }: Alert): number => Date.parse(waitingSince ?? raisedAt);

/** The step that an alert is due for now; `level` counts from 1. Null: it is where it belongs. */
export function dueEscalation(
  alert: Alert,
  table: EscalationTable,
  nowMs: number,
): { readonly level: number; readonly to: EscalationRole } | null {
  if (!waitsForSomebody(alert)) return null;
  const waitsMs = nowMs - waitsSinceMs(alert);
  const steps = table[alert.finding.severity];
  const level = steps.filter(({ afterSeconds }) => waitsMs >= afterSeconds * 1_000).length;
  const step = steps[level - 1];
  return step === undefined || level <= (alert.escalation?.level ?? 0) ? null : { level, to: step.to };
}
