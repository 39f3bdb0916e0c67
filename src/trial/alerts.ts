/** Alerts as the trial judges them, whoever raised them. */
import type { AlertKind, EngineEvent } from '../engine/types.js';

export interface TrialAlert {
  readonly conditionId: string;
  readonly kind: AlertKind;
  readonly startedAtMs: number;
  /** Null: it goes on. */
  readonly endedAtMs: number | null;
  /** It ended because fixes showed that the condition was met again. */
  readonly endedByFixes: boolean;
  /** When it was first told that it is confirmed; null: never. In the time of receipt, and in that of the tag. */
  readonly confirmedAtMs: number | null;
  readonly confirmedFixAtMs: number | null;
  readonly withdrawn: boolean;
}

/** What becomes of each alert of the engine in the course of its events. */
export function alertsOf(events: readonly EngineEvent[]): TrialAlert[] {
  const alerts = new Map<string, TrialAlert>();
  for (const event of events) {
    if (event.conditionId === null) continue;
    const before = alerts.get(event.alertId);
    const confirms = event.type === 'confirmed' || (event.type === 'amended' && event.strength === 'confirmed');
    const isFirst = confirms && (before === undefined || before.confirmedAtMs === null);
    alerts.set(event.alertId, {
      conditionId: event.conditionId,
      kind: event.kind,
      startedAtMs: event.episode.startedAtMs,
      endedAtMs: event.episode.endedAtMs,
      endedByFixes: event.episode.endedAtMs !== null && event.endedBecause === 'complied',
      confirmedAtMs: isFirst ? event.raisedAtMs : (before?.confirmedAtMs ?? null),
      confirmedFixAtMs: isFirst ? event.foundAtMs : (before?.confirmedFixAtMs ?? null),
      withdrawn: event.type === 'withdrawn',
    });
  }
  return [...alerts.values()];
}
