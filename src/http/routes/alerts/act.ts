/**
 * `POST /api/v1/alerts/{alertId}/acknowledge`, `/take`, `/dispose` and the others: one append each, judged in log order. The first
 * of two people wins, the other is told who was first; the same `Idempotency-Key` again gets the first answer.
 */
import { randomUUID } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { toAlertItem } from '../../../alerts/alert.js';
import { AlertItemSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { ACTION_NAMES, ACTIONS_TOLD, type ActionName, readSaid } from './action-bodies.js';
import { etagHeader, performAction } from './perform.js';
import { AlertParams } from './read.js';
import type { AlertDeps } from './sources.js';

const Headers = Type.Object({
  'if-match': Type.Optional(Type.String({ description: "the alert's ETag as it was seen" })),
  'idempotency-key': Type.Optional(
    Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$', description: 'made up where absent; the answer repeats it' }),
  ),
});

export function registerActOnAlert(app: App, deps: AlertDeps): void {
  for (const name of ACTION_NAMES) registerAction(app, deps, name);
}

function registerAction(app: App, deps: AlertDeps, name: ActionName): void {
  const { operation, summary, body, bodyMayBeAbsent } = ACTIONS_TOLD[name];
  const schema = {
    tags: ['alerts'],
    summary,
    params: AlertParams,
    headers: Headers,
    body: Type.Unsafe<unknown>(bodyMayBeAbsent ? { ...body, type: ['object', 'null'] } : body),
    response: { 200: AlertItemSchema, ...problemResponses(400, 403, 404, 409, 412, 422, 428, 503) },
  };
  app.post(
    `/api/v1/alerts/:alertId/${name}`,
    { config: { operation, keepsToScope: true }, schema },
    async (request, reply) => {
      const read = readSaid(name, request.body, deps.clock.nowMs());
      if ('errors' in read) {
        sendProblem(reply, { status: 422, detail: 'The action is not valid.', errors: [...read.errors] });
        return reply;
      }
      const headers = request.headers as Static<typeof Headers>;
      const etag = headers['if-match'];
      if (etag === undefined) {
        const detail = 'Say which version was seen: If-Match with the ETag of the alert.';
        return sendProblem(reply, { status: 428, detail });
      }
      const key = headers['idempotency-key'] ?? randomUUID();
      reply.header('idempotency-key', key);
      const { alertId } = request.params as Static<typeof AlertParams>;
      const { alert, problem } = await performAction(deps, request, { alertId, etag, key, said: read.said });
      reply.headers(etagHeader(alert));
      if (problem !== null) return sendProblem(reply, problem);
      return reply.send(toAlertItem(alert!));
    },
  );
}
