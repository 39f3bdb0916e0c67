/**
 * What is due for alerts by the clock alone, so that nothing depends on anybody remembering: what nobody takes climbs, a suspension
 * ends, and what still stands is carried on before the log drops what it is made of. Every api runs it: each thing has an id by what it
 * is about, so that of two that do the same one is a repeat.
 */
import type { Alert } from '../alerts/alert.js';
import { dueEscalation, type EscalationTable } from '../alerts/escalation.js';
import { type ActionEvent, TAGWATCH } from '../alerts/event.js';
import type { AlertRegister } from '../alerts/register.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';

const DAY_MS = 86_400_000;
/** Half of what the topic keeps: a month and a half in which it may fail. */
export const CARRY_AFTER_MS = 45 * DAY_MS;
/** Of one look; what is left comes with the next. */
const CARRIED_LIMIT = 500;
const ACTED_LIMIT = 200;

/** What is needed of the alert log (`views/alert-log.ts`). */
export interface StandingAlerts extends Pick<AlertRegister, 'standing'> {
  isCaughtUp(): boolean;
  act(action: ActionEvent): Promise<unknown>;
  carryOn(alerts: readonly Alert[], at: string): Promise<void>;
}

export interface StandingKeeperDeps {
  readonly alertLog: StandingAlerts;
  readonly clock: Clock;
  readonly logger: Log;
  readonly escalation: EscalationTable;
  readonly everyMs: number;
}

export interface StandingKeeper {
  /** Does what is due now; resolves when it is done. Rejects with `LogUnavailable`. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

export function startStandingKeeper(deps: StandingKeeperDeps): StandingKeeper {
  const { alertLog, clock, logger, escalation, everyMs } = deps;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;

  async function look(): Promise<void> {
    if (!alertLog.isCaughtUp()) return;
    const nowMs = clock.nowMs();
    const toCarry: Alert[] = [];
    const due: ActionEvent[] = [];
    for (const { alert, wholeSinceMs } of alertLog.standing()) {
      const action = dueAction(alert, escalation, nowMs);
      if (action !== null && due.length < ACTED_LIMIT) due.push(action);
      // What is about to change is carried on as it is then.
      else if (nowMs - wholeSinceMs > CARRY_AFTER_MS && toCarry.length < CARRIED_LIMIT) toCarry.push(alert);
    }
    await Promise.all(due.map((action) => alertLog.act(action)));
    if (toCarry.length > 0) await alertLog.carryOn(toCarry, new Date(nowMs).toISOString());
  }

  function later(): void {
    timer = setTimeout(() => {
      looking = look()
        .catch((error: unknown) => logger.warn({ err: error }, 'what is due for alerts waits for the log'))
        .finally(() => {
          if (!stopped) later();
        });
    }, everyMs);
  }
  later();

  return {
    look,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Null: nothing is. */
function dueAction(alert: Alert, table: EscalationTable, nowMs: number): ActionEvent | null {
  const { alertId, finding, actions, suspension } = alert;
  const base = {
    alertId,
    wearerId: finding.wearerId,
    actor: TAGWATCH,
    at: new Date(nowMs).toISOString(),
    seen: { revision: finding.revision, actions },
  };
  if (suspension !== undefined) {
    if (Date.parse(suspension.until) > nowMs) return null;
    return { ...base, type: 'resumed', eventId: `resumed:${suspension.at}:${suspension.until}` };
  }
  const step = dueEscalation(alert, table, nowMs);
  if (step === null) return null;
  const eventId = `escalated:${alert.waitingSince ?? alert.raisedAt}:${step.level}`;
  return { ...base, type: 'escalated', eventId, level: step.level, to: step.to };
}
