/** `/api/v1/sessions` and `/api/v1/grants`: who is signed in, what was granted; an administrator ends a session at once, alone. */
import Type from 'typebox';
import type { Grant } from '../../../access/grant.js';
import { ROLES } from '../../../access/roles.js';
import type { Session } from '../../../ports/access.js';
import type { App } from '../../app.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import type { Sessions } from '../../sign-in/sessions.js';
import { GrantBody, toGrantItem } from './grant-body.js';

export interface SessionsDeps {
  /** Null: nobody signs in. */
  readonly sessions: Pick<Sessions, 'list' | 'endWhere'> | null;
  readonly grants: () => Iterable<Grant>;
}

const MAX_ID_LENGTH = 1_000;
const Instant = Type.String({ format: 'date-time' });
const SessionItem = Type.Object({
  sessionId: Type.String({ description: 'Of use for nothing but to end it' }),
  subjectId: Type.String(),
  name: Type.String(),
  roles: Type.Array(Type.Enum([...ROLES])),
  startedAt: Instant,
  usedAt: Instant,
});
const GrantItem = Type.Interface([GrantBody], { subjectId: Type.String() });
const Key = Type.Tuple([Type.String({ maxLength: MAX_ID_LENGTH })]);

const toItem = ({ sessionId, principal, startedAtMs, usedAtMs }: Session) => ({
  sessionId,
  subjectId: principal.subjectId,
  name: principal.name,
  roles: [...principal.roles],
  startedAt: new Date(startedAtMs).toISOString(),
  usedAt: new Date(usedAtMs).toISOString(),
});

/** In the order of a key, after the one given, and one more than the page has. */
const pageOf = <T>(all: Iterable<T>, keyOf: (item: T) => string, after: string, limit: number): T[] =>
  [...all]
    .filter((item) => keyOf(item) > after)
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    .slice(0, limit + 1);

export function registerSessions(app: App, { sessions, grants }: SessionsDeps): void {
  const tags = ['people'];
  const config = { operation: 'grants.read' } as const;

  const listSchema = {
    summary: 'Who is signed in',
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(SessionItem), ...problemResponses(400, 503) },
  };
  app.get('/api/v1/sessions', { schema: listSchema, config }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query;
    const key = cursor === undefined ? ([''] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const idOf = ({ sessionId }: Session) => sessionId;
    const page = toPage(pageOf(sessions?.list() ?? [], idOf, key[0], limit), limit, (one) => [idOf(one)]);
    return reply.send({ ...page, items: page.items.map(toItem) });
  });

  const endSchema = {
    summary: 'End a session, wherever it is open',
    tags,
    params: Type.Object({ sessionId: Type.String({ maxLength: MAX_ID_LENGTH }) }),
    response: {
      204: { description: 'Ended: its requests are refused and its sockets closed' },
      ...problemResponses(404, 503),
    },
  };
  app.delete(
    '/api/v1/sessions/:sessionId',
    { schema: endSchema, config: { operation: 'sessions.end' } },
    async (request, reply) => {
      const { sessionId } = request.params;
      const ended = (await sessions?.endWhere((session) => session.sessionId === sessionId)) ?? 0;
      if (ended === 0) return sendProblem(reply, { status: 404, detail: 'There is no such session.' });
      return reply.code(204).send();
    },
  );

  const grantsSchema = {
    summary: 'What was granted, or taken away, beside what the provider says; changed by proposals of kind `grant`',
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(GrantItem), ...problemResponses(400, 503) },
  };
  app.get('/api/v1/grants', { schema: grantsSchema, config }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query;
    const key = cursor === undefined ? ([''] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const idOf = ({ subjectId }: Grant) => subjectId;
    const page = toPage(pageOf(grants(), idOf, key[0], limit), limit, (one) => [idOf(one)]);
    return reply.send({ ...page, items: page.items.map(toGrantItem) });
  });
}
