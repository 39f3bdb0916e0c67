/** `/api/v1/pattern-authorities`: by what authority patterns are looked for; and whether one allows what is asked. */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parseInstant } from '../../../formats/instant.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import {
  addPatternAuthority,
  findPatternAuthority,
  listPatternAuthorities,
  type StoredPatternAuthority,
} from '../../../store/pattern-authorities.js';
import type { PatternAuthority } from '../../../wire/patterns.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { principalOf, sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { writerOf } from '../records/record-routes.js';
import { Authority, AuthorityBody } from './pattern-schemas.js';

const toIso = (atMs: number): string => new Date(atMs).toISOString();
const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);
export const CONFIG = { operation: 'patterns.read', keepsToScope: true } as const;

export const tellAuthority = (request: FastifyRequest, authority: StoredPatternAuthority): PatternAuthority => ({
  authorityId: authority.authorityId,
  reference: authority.reference,
  purpose: authority.purpose,
  scope: authority.scope,
  wearerIds: authority.wearerIds.filter((wearerId) => sees(request, wearerId)),
  until: toIso(authority.untilMs),
  requestedBy: authority.requestedBy,
  requestedAt: toIso(authority.requestedAtMs),
});

/** The authority, where it is one's own, has not run out and covers them all; where it does not, it has been answered why. */
export async function admitByAuthority(
  request: FastifyRequest,
  reply: FastifyReply,
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  authorityId: string,
  wearerIds: readonly string[],
): Promise<StoredPatternAuthority | null> {
  const authority = await findPatternAuthority(db, authorityId);
  if (authority === null) {
    sendProblem(reply, { status: 404, detail: `There is no authority ${authorityId}.` });
    return null;
  }
  const { reference, purpose, untilMs } = authority;
  const refuse = (detail: string): null => {
    sendProblem(reply, { status: 403, detail });
    return null;
  };
  if (authority.requestedBy !== principalOf(request).subjectId)
    return refuse('It is the authority of another: patterns are looked for by whom it was given to.');
  noteAudited(request, { purpose: `${purpose} (authority ${reference})` });
  if (untilMs <= clock.nowMs())
    return refuse(`The authority ${reference} ran out at ${toIso(untilMs)}: no pattern is looked for by it any more.`);
  const others = wearerIds.filter((wearerId) => !authority.wearerIds.includes(wearerId));
  if (others.length > 0) return refuse(`The authority ${reference} does not cover ${others.join(' and ')}.`);
  return authority;
}

export function registerPatternAuthorities(app: App, { db, clock }: { readonly db: Database; readonly clock: Clock }) {
  const tags = ['patterns'];
  const postSchema = {
    summary:
      'Put on record by what authority patterns are looked for: its reference, what for, of whom, and until when',
    description: 'It is of who puts it there alone. Nothing of it is changed: another one takes its place.',
    tags,
    body: AuthorityBody,
    response: { 201: Authority, ...problemResponses(400, 403, 404, 413, 415, 422, 503) },
  };
  app.post('/api/v1/pattern-authorities', { schema: postSchema, config: CONFIG }, async (request, reply) => {
    const { reference, purpose, scope, wearerIds, until } = request.body;
    noteAudited(request, { purpose: `${purpose} (authority ${reference})`, wearerIds });
    const nowMs = clock.nowMs();
    const untilMs = parseInstant(until);
    if (untilMs === null || untilMs <= nowMs) {
      const detail =
        untilMs === null ? 'is no instant such as 2026-12-31T00:00:00Z' : 'has passed: nothing is looked for by it';
      return sendProblem(reply, { status: 422, errors: [{ pointer: '/until', detail }] });
    }
    const hidden = wearerIds.find((wearerId) => !sees(request, wearerId));
    if (hidden !== undefined) return sendProblem(reply, { status: 404, detail: `There is no wearer ${hidden}.` });
    const authorityId = randomUUID();
    const { author: requestedBy, correlationId } = writerOf(request);
    const given = { authorityId, reference, purpose, scope, wearerIds, untilMs, requestedBy };
    await addPatternAuthority(db, { ...given, requestedAtMs: nowMs, correlationId });
    noteAudited(request, { subjectId: authorityId, subjectType: 'pattern-authority' });
    return reply.code(201).send(tellAuthority(request, (await findPatternAuthority(db, authorityId))!));
  });

  const listSchema = {
    summary: 'One’s own authorities to look for patterns, the newest first; those that have run out, too',
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(Authority), ...problemResponses(400, 403, 503) },
  };
  app.get('/api/v1/pattern-authorities', { schema: listSchema, config: CONFIG }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([Number.MAX_SAFE_INTEGER] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const requestedBy = principalOf(request).subjectId;
    const rows = await listPatternAuthorities(db, { requestedBy, before: key[0], limit: limit + 1 });
    const page = toPage(rows, limit, ({ n }) => [n]);
    const items = page.items.map((authority) => tellAuthority(request, authority));
    noteAudited(request, { wearerIds: items.flatMap(({ wearerIds }) => wearerIds) });
    return { ...page, items };
  });
}
