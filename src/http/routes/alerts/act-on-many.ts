/** `POST /api/v1/alerts/actions`: one action on many alerts, answered one by one. Each is judged by itself: some may be done, others not. */
import { randomUUID } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { toAlertItem } from '../../../alerts/alert.js';
import { DatabaseUnavailable } from '../../../ports/database.js';
import { LogUnavailable } from '../../../ports/event-log.js';
import { AlertItemSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { Problem, problemResponses, sendProblem, toProblem } from '../../plugins/problems.js';
import { ACTION_NAMES, ACTIONS_TOLD, readSaid } from './action-bodies.js';
import { performAction } from './perform.js';
import { MAX_ALERT_ID_LENGTH } from './read.js';
import { type AlertDeps, assertCaughtUp } from './sources.js';

export const ACTED_ON_LIMIT = 200;
const BODY_LIMIT_BYTES = 262_144;
/** With the alert's id behind it, still shorter than what a row of the record takes. */
const KEY_PATTERN = '^[\\x21-\\x7e]{1,128}$';

/** What has a route of its own right takes it there: one request is one right. */
const NAMES = ACTION_NAMES.filter((name) => ACTIONS_TOLD[name].operation === 'alerts.act');

const Body = Type.Object(
  {
    action: Type.Enum([...NAMES], { description: 'the last part of the path of the action on one alert' }),
    body: Type.Optional(Type.Unsafe<unknown>({ type: 'object', description: 'what the action on one alert takes' })),
    alerts: Type.Array(
      Type.Object(
        {
          alertId: Type.String({ minLength: 1, maxLength: MAX_ALERT_ID_LENGTH }),
          etag: Type.String({ maxLength: 64, description: 'the ETag of the alert as it was seen' }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: ACTED_ON_LIMIT },
    ),
  },
  { additionalProperties: false },
);
const Headers = Type.Object({ 'idempotency-key': Type.Optional(Type.String({ pattern: KEY_PATTERN })) });
const Answer = Type.Object({
  items: Type.Array(
    Type.Object({
      alertId: Type.String(),
      wearerId: Type.Optional(Type.String()),
      status: Type.Integer({ description: 'as the action on this alert alone would be answered' }),
      alert: Type.Optional(AlertItemSchema),
      problem: Type.Optional(Type.Unsafe<Static<typeof Problem>>({ ...Problem, additionalProperties: true })),
    }),
  ),
});

export function registerActOnMany(app: App, deps: AlertDeps): void {
  const schema = {
    summary: 'One action on many alerts, answered one by one in the order in which they were named',
    tags: ['alerts'],
    headers: Headers,
    body: Body,
    response: { 200: Answer, ...problemResponses(400, 403, 413, 422, 503) },
  };
  app.post(
    '/api/v1/alerts/actions',
    { schema, config: { operation: 'alerts.act', keepsToScope: true }, bodyLimit: BODY_LIMIT_BYTES },
    async (request, reply) => {
      const { action, body, alerts } = request.body;
      const read = readSaid(action, body, deps.clock.nowMs(), '/body');
      if ('errors' in read) {
        return sendProblem(reply, { status: 422, detail: 'The action is not valid.', errors: [...read.errors] });
      }
      assertCaughtUp(deps.alertLog);
      const key = request.headers['idempotency-key'] ?? randomUUID();
      reply.header('idempotency-key', key);
      const one = async ({ alertId, etag }: (typeof alerts)[number]) => {
        const asked = { alertId, etag, key: `${key}:${alertId}`, said: read.said };
        try {
          const { alert, problem } = await performAction(deps, request, asked);
          const told = alert === null ? {} : { wearerId: alert.finding.wearerId, alert: toAlertItem(alert) };
          return problem === null
            ? { alertId, status: 200, ...told }
            : { alertId, status: problem.status, problem: toProblem(problem), ...told };
        } catch (error) {
          if (!(error instanceof LogUnavailable || error instanceof DatabaseUnavailable)) throw error;
          // Some may be in: the same request again gives those their first answer.
          return { alertId, status: 503, problem: toProblem({ status: 503, detail: error.message }) };
        }
      };
      return { items: await Promise.all(alerts.map(one)) };
    },
  );
}
