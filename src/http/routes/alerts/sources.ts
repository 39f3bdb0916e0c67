/** Where the alert endpoints get alerts: the api's fold in memory first, and the record where that is not enough. */
import type { FastifyRequest } from 'fastify';
import { type Alert, type AlertItem, type Refusal, toAlertItem } from '../../../alerts/alert.js';
import type { ActionEvent, AlertEvent } from '../../../alerts/event.js';
import type { AlertFilter, AlertRegister } from '../../../alerts/register.js';
import type { FailingHandoff } from '../../../alerts/standing.js';
import { alertWithoutVictimZone, concernsVictim } from '../../../alerts/victim.js';
import type { Clock } from '../../../ports/clock.js';
import type { KnownConsoles } from '../../../ports/console-sounds.js';
import { LogUnavailable } from '../../../ports/event-log.js';
import type { Log } from '../../../ports/log.js';
import type { PriorityTable, WearersPriorityFacts } from '../../../wire/priority.js';
import { seesVictims } from '../../plugins/principal.js';

/** What is needed of the alert log (`views/alert-log.ts`). */
export interface AlertsInMemory extends Pick<AlertRegister, 'get' | 'read' | 'list' | 'open' | 'isComplete'> {
  isCaughtUp(): boolean;
  act(action: ActionEvent): Promise<{
    readonly outcome: 'accepted' | 'repeat' | 'refused';
    readonly alert: Alert | null;
    readonly refusal?: Refusal;
  }>;
}

/** What is needed of the record (`store/alerts.ts`). Rejects with `DatabaseUnavailable` where the database is away. */
export interface AlertsOnRecord {
  list(filter: AlertFilter): Promise<readonly Alert[]>;
  /** Whether the zone of a condition is a victim's, was or is to be. */
  isOfVictim(conditionId: string): Promise<boolean>;
  read(alertId: string): Promise<{
    readonly alert: Alert;
    readonly events: readonly { readonly event: AlertEvent; readonly outcome: 'accepted' | 'refused' }[];
  } | null>;
}

export interface AlertDeps {
  readonly alertLog: AlertsInMemory;
  readonly record: AlertsOnRecord;
  readonly failingHandoffs: () => readonly FailingHandoff[];
  /** By which open alerts are ordered, and what is on record of wearers; rejects with `DatabaseUnavailable`. */
  readonly priority: {
    readonly table: PriorityTable;
    readonly readFacts: (wearerIds: readonly string[], nowMs: number) => Promise<WearersPriorityFacts>;
  };
  /** Which consoles can be heard; null, or not given: not known. */
  readonly sounds?: () => KnownConsoles | null;
  readonly clock: Clock;
  readonly logger: Log;
}

/** Throws `LogUnavailable` (503) while the fold would give a past state for the present one. */
export function assertCaughtUp(alertLog: AlertsInMemory): void {
  if (!alertLog.isCaughtUp()) throw new LogUnavailable('the alert log is still being read');
}

/** An alert as far as it is for the one who asks, who sees its wearer. */
export function alertAsSeen(request: FastifyRequest, alert: Alert): Alert {
  const isWhole = !concernsVictim(alert) || seesVictims(request, alert.finding.wearerId);
  return isWhole ? alert : alertWithoutVictimZone(alert);
}

export const tellAlert = (request: FastifyRequest, alert: Alert): AlertItem => toAlertItem(alertAsSeen(request, alert));
