/**
 * `POST /api/v1/alerts/{alertId}/acknowledge` and `…/dispose`: one append, judged in log order. The first of two people wins,
 * the other is told who was first; the same `Idempotency-Key` again gets the first answer.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { etagOf, parseEtag, type Refusal, toAlertItem } from '../../../alerts/alert.js';
import type { ActionEvent } from '../../../alerts/event.js';
import { AlertItemSchema, DispositionSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { readInstants } from '../../plugins/instants.js';
import { principalOf, sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { AlertParams, readAlert } from './read.js';
import { type AlertDeps, assertCaughtUp } from './sources.js';

const NOTE_CHARACTERS_LIMIT = 4_000;
/** An inspection is not in the future; clocks differ by less than this. */
const CLOCK_TOLERANCE_MS = 60_000;

const Note = Type.String({ maxLength: NOTE_CHARACTERS_LIMIT });
const AcknowledgeObject = Type.Object({ note: Type.Optional(Note) }, { additionalProperties: false });
/** An acknowledgement says nothing that needs a body, so it may come without one. */
const AcknowledgeBody = Type.Unsafe<Static<typeof AcknowledgeObject> | null>({
  ...AcknowledgeObject,
  type: ['object', 'null'],
});
const DisposeBody = Type.Object(
  { disposition: DispositionSchema, note: Type.Optional(Note), tagInspectedAt: Type.Optional(Type.String()) },
  { additionalProperties: false },
);
const Headers = Type.Object({
  'if-match': Type.Optional(Type.String({ description: "the alert's ETag as it was seen" })),
  'idempotency-key': Type.Optional(
    Type.String({ pattern: '^[\\x21-\\x7e]{1,128}$', description: 'made up where absent; the answer repeats it' }),
  ),
});

const common = {
  tags: ['alerts'],
  params: AlertParams,
  headers: Headers,
  response: { 200: AlertItemSchema, ...problemResponses(400, 404, 409, 412, 422, 428, 503) },
};

export function registerActOnAlert(app: App, deps: AlertDeps): void {
  app.post(
    '/api/v1/alerts/:alertId/acknowledge',
    {
      config: { operation: 'alerts.act', keepsToScope: true },
      schema: { ...common, summary: 'Tell that an alert has been seen', body: AcknowledgeBody },
    },
    async (request, reply) => {
      const note = request.body?.note;
      const said = { type: 'acknowledged' as const, ...(note === undefined ? {} : { note }) };
      await act(deps, request, reply, said);
      return reply;
    },
  );
  app.post(
    '/api/v1/alerts/:alertId/dispose',
    {
      config: { operation: 'alerts.act', keepsToScope: true },
      schema: { ...common, summary: 'Resolve an alert', body: DisposeBody },
    },
    async (request, reply) => {
      const { disposition, note, tagInspectedAt } = request.body;
      const { instants, errors } = readInstants({ tagInspectedAt });
      const inspectedAtMs = instants.tagInspectedAt;
      if (inspectedAtMs !== undefined && inspectedAtMs > deps.clock.nowMs() + CLOCK_TOLERANCE_MS) {
        errors.push({ pointer: '/tagInspectedAt', detail: 'lies in the future' });
      }
      if (errors.length > 0) {
        sendProblem(reply, { status: 422, detail: 'The disposal is not valid.', errors });
        return reply;
      }
      await act(deps, request, reply, {
        type: 'disposed',
        disposition,
        ...(note === undefined ? {} : { note }),
        ...(inspectedAtMs === undefined ? {} : { tagInspectedAt: new Date(inspectedAtMs).toISOString() }),
      });
      return reply;
    },
  );
}

type Said = Pick<ActionEvent, 'type' | 'note' | 'disposition' | 'tagInspectedAt'>;

function hashSaid({ type, note, disposition, tagInspectedAt }: Said): string {
  return createHash('sha256')
    .update(JSON.stringify([type, note, disposition, tagInspectedAt]))
    .digest('base64url');
}

async function act(
  deps: AlertDeps,
  request: FastifyRequest<{ Params: Static<typeof AlertParams>; Headers: Static<typeof Headers> }>,
  reply: FastifyReply,
  said: Said,
): Promise<FastifyReply> {
  const { headers } = request;
  const { alertId } = request.params;
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) {
    return sendProblem(reply, {
      status: 428,
      detail: 'Say which version was seen: If-Match with the ETag of the alert.',
    });
  }
  const seen = parseEtag(ifMatch);
  if (seen === null) {
    const detail = 'must be one ETag of the alert, as "2.0" with its quotes';
    return sendProblem(reply, {
      status: 400,
      detail: 'If-Match cannot be read.',
      errors: [{ pointer: '/if-match', detail, in: 'headers' }],
    });
  }
  assertCaughtUp(deps.alertLog);
  // What memory has let go of was closed long ago; the record knows whether it was there.
  const alert = deps.alertLog.get(alertId);
  const known = alert ?? (await readAlert(deps, alertId))?.alert ?? null;
  if (known === null || !sees(request, known.finding.wearerId)) return refuse(reply, 'unknown-alert');
  if (alert === null) return refuse(reply, 'closed');
  const eventId = headers['idempotency-key'] ?? randomUUID();
  reply.header('idempotency-key', eventId);
  const at = new Date(deps.clock.nowMs()).toISOString();
  const { wearerId } = alert.finding;
  const acted = await deps.alertLog.act({
    eventId,
    alertId,
    wearerId,
    actor: principalOf(request).subjectId,
    at,
    seen,
    ...said,
    saidHash: hashSaid(said),
  });
  if (acted.alert !== null) reply.header('etag', etagOf(acted.alert));
  if (acted.refusal !== undefined) {
    return refuse(
      reply,
      acted.refusal.reason,
      acted.refusal,
      acted.alert === null ? {} : { alert: toAlertItem(acted.alert) },
    );
  }
  if (acted.alert === null) throw new Error(`an action on ${alertId} was accepted and left no alert`);
  return reply.send(toAlertItem(acted.alert));
}

const REFUSALS: Readonly<
  Record<Refusal['reason'], { readonly status: number; readonly detail: string; readonly pointer?: string }>
> = {
  'unknown-alert': { status: 404, detail: 'There is no such alert.' },
  'too-late': { status: 412, detail: 'Somebody acted on this alert since it was seen.' },
  changed: { status: 412, detail: 'More was found about this alert since it was seen.' },
  'already-acknowledged': { status: 409, detail: 'The alert is acknowledged already.' },
  closed: { status: 409, detail: 'The alert is closed already.' },
  'evidence-required': {
    status: 422,
    detail: 'A strap tamper is disposed of with a note, or with the time at which the tag was inspected.',
    pointer: '/note',
  },
  'disposition-required': { status: 422, detail: 'Say how the alert was resolved.', pointer: '/disposition' },
  'key-reused': {
    status: 409,
    detail: 'This Idempotency-Key was used for another action, or one that said something else.',
  },
};

/** Members beyond RFC 9457's: `reason`, `by` and `at` of who was first, and the alert as it stands. */
function refuse(
  reply: FastifyReply,
  reason: Refusal['reason'],
  refusal: Partial<Refusal> = {},
  more: object = {},
): FastifyReply {
  const { status, detail, pointer } = REFUSALS[reason];
  const errors = pointer === undefined ? {} : { errors: [{ pointer, detail: 'is required here' }] };
  return sendProblem(reply, { status, detail, ...errors, ...refusal, reason, ...more });
}
