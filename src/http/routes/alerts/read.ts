/** `GET /api/v1/alerts/{alertId}`: an alert with all its events and their explanations. */
import { Type } from 'typebox';
import { type Alert, etagOf, toAlertItem } from '../../../alerts/alert.js';
import type { AlertEvent } from '../../../alerts/event.js';
import { alertWithoutVictimZone, wasOfVictim, withoutVictimZone } from '../../../alerts/victim.js';
import { DatabaseUnavailable } from '../../../ports/database.js';
import { AlertEventSchema, AlertItemSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { sees, seesVictims } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { type AlertDeps, assertCaughtUp } from './sources.js';

export const MAX_ALERT_ID_LENGTH = 128;
export const AlertParams = Type.Object({ alertId: Type.String({ minLength: 1, maxLength: MAX_ALERT_ID_LENGTH }) });

const Answer = Type.Interface([AlertItemSchema], {
  events: Type.Array(AlertEventSchema, { description: 'what changed it, in order' }),
  eventsComplete: Type.Boolean({ description: 'false: the database is away, so older events are not among them' }),
});

export function registerReadAlert(app: App, deps: AlertDeps): void {
  const schema = {
    summary: 'An alert with its events',
    tags: ['alerts'],
    params: AlertParams,
    response: { 200: Answer, ...problemResponses(404, 503) },
  };
  app.get(
    '/api/v1/alerts/:alertId',
    { schema, config: { operation: 'alerts.read', keepsToScope: true } },
    async (request, reply) => {
      assertCaughtUp(deps.alertLog);
      const found = await readAlert(deps, request.params.alertId);
      if (found === null || !sees(request, found.alert.finding.wearerId))
        return sendProblem(reply, { status: 404, detail: 'There is no such alert.' });
      reply.header('etag', etagOf(found.alert));
      const { alert, events, complete } = found;
      if (!wasOfVictim(alert, events) || seesVictims(request, alert.finding.wearerId))
        return { ...toAlertItem(alert), events: [...events], eventsComplete: complete };
      const told = toAlertItem(alertWithoutVictimZone(alert));
      return { ...told, events: events.map(withoutVictimZone), eventsComplete: complete };
    },
  );
}

interface Found {
  readonly alert: Alert;
  readonly events: readonly AlertEvent[];
  readonly complete: boolean;
}

/** Null: nobody knows it. Rejects with `DatabaseUnavailable` where only the record could tell. */
export async function readAlert({ alertLog, record }: AlertDeps, alertId: string): Promise<Found | null> {
  const held = alertLog.read(alertId);
  const events = held?.events.map(({ event }) => event) ?? [];
  if (held?.complete) return { alert: held.alert, events, complete: true };
  if (held === null && alertLog.isComplete()) return null;
  try {
    const recorded = await record.read(alertId);
    if (recorded === null) return held === null ? null : { alert: held.alert, events, complete: false };
    const accepted = recorded.events.filter(({ outcome }) => outcome === 'accepted').map(({ event }) => event);
    const known = new Set(accepted.map(({ eventId }) => eventId));
    // The record may be a little behind memory.
    const newer = events.filter(({ eventId }) => !known.has(eventId));
    return { alert: held?.alert ?? recorded.alert, events: [...accepted, ...newer], complete: true };
  } catch (error) {
    if (held === null || !(error instanceof DatabaseUnavailable)) throw error;
    return { alert: held.alert, events, complete: false };
  }
}
