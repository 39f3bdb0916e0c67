/** `GET /api/v1/audit` and `GET /api/v1/audit/checkpoints`: for the auditor alone, and put on record like any other look. */
import { type Static, Type } from 'typebox';
import { AUDIT_ACTS, AUDIT_OUTCOMES, type ChainLink, type SignedCheckpoint } from '../../../ports/audit.js';
import type { AuditFilter } from '../../../store/audit.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { readInstants } from '../../plugins/instants.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

export interface AuditRouteDeps {
  /** `store/audit.ts`; both reject with `DatabaseUnavailable`. */
  readonly listAudit: (filter: AuditFilter) => Promise<readonly ChainLink[]>;
  readonly listCheckpoints: (page: {
    readonly beforeMs?: number;
    readonly limit: number;
  }) => Promise<readonly SignedCheckpoint[]>;
}

const MAX_TEXT_CHARACTERS = 512;
const Text = Type.String({ minLength: 1, maxLength: MAX_TEXT_CHARACTERS });
const Query = Type.Interface([ListQuery], {
  who: Type.Optional(Text),
  wearerId: Type.Optional(Text),
  operation: Type.Optional(Text),
  from: Type.Optional(Type.String({ description: 'said at or after this instant' })),
  to: Type.Optional(Type.String({ description: 'said before this instant' })),
});

const Instant = Type.String({ format: 'date-time' });
const Position = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Item = Type.Object({
  position: Position,
  hash: Hash,
  what: Type.String({
    description: 'the operation of the table of rights, or sign-in, sign-out, alert-rules, retention',
  }),
  act: Type.Enum([...AUDIT_ACTS]),
  when: Instant,
  who: Type.Union([Type.String(), Type.Null()]),
  roles: Type.Optional(Type.Array(Type.String())),
  scope: Type.Optional(Type.Object({})),
  subjectId: Type.Optional(Type.String()),
  subjectType: Type.Optional(Type.String()),
  wearerIds: Type.Optional(Type.Array(Type.String())),
  wearerCount: Type.Optional(Type.Integer({ description: 'where there were more than are named' })),
  outcome: Type.Enum([...AUDIT_OUTCOMES]),
  rowCount: Type.Optional(Type.Integer()),
  purpose: Type.Optional(Type.String()),
  recipient: Type.Optional(Type.String()),
  operationId: Type.String({ description: 'which endpoint' }),
  correlationId: Type.String(),
  address: Type.Optional(Type.String()),
  repeats: Type.Optional(
    Type.Integer({ description: 'of a flood: how many the same were counted and have no entry of their own' }),
  ),
  changed: Type.Optional(
    Type.Array(
      Type.Object({
        place: Type.String({ description: 'JSON pointer' }),
        before: Type.Union([Type.String(), Type.Null()]),
        after: Type.Union([Type.String(), Type.Null()]),
      }),
      { description: 'of a configuration: each place that says something else than before' },
    ),
  ),
  fromSeq: Type.Optional(Type.Integer({ description: 'of the feed' })),
  toSeq: Type.Optional(Type.Integer({ description: 'of the feed' })),
  service: Type.String(),
  writer: Type.String(),
  n: Type.Integer(),
});
const CheckpointItem = Type.Object({
  size: Type.Integer({ description: 'how many entries the chain had' }),
  head: Type.Union([Type.Object({ epoch: Type.String(), offset: Type.Integer() }), Type.Null()]),
  root: Hash,
  at: Instant,
  keyId: Type.String({ description: 'SHA-256 of the public key (SPKI)' }),
  signature: Type.String({ description: 'Ed25519 over the other members by RFC 8785, base64url' }),
});
const Key = Type.Tuple([Position]);
const CheckpointKey = Type.Tuple([Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 })]);

const toItem = ({ position, hash, entry }: ChainLink) =>
  ({ position, hash: Buffer.from(hash).toString('hex'), ...entry }) as Static<typeof Item>;

export function registerAudit(app: App, deps: AuditRouteDeps): void {
  const config = { operation: 'audit.read' } as const;
  const schema = {
    summary: 'Who did, saw or disclosed what; chained last first',
    tags: ['audit'],
    querystring: Query,
    response: { 200: ListOf(Item), ...problemResponses(400, 503) },
  };
  app.get('/api/v1/audit', { schema, config }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor, who, wearerId, operation, from, to } = request.query;
    const { instants, errors } = readInstants({ from, to }, 'query');
    const key = cursor === undefined ? undefined : decodeCursor(cursor, Key);
    if (key === null) errors.push(FOREIGN_CURSOR);
    if (errors.length > 0) return sendProblem(reply, { status: 400, detail: 'The query cannot be read.', errors });
    if (who !== undefined) noteAudited(request, { subjectId: who, subjectType: 'subject' });
    const rows = await deps.listAudit({
      limit: limit + 1,
      ...(who === undefined ? {} : { who }),
      ...(wearerId === undefined ? {} : { wearerId }),
      ...(operation === undefined ? {} : { operation }),
      ...(instants.from === undefined ? {} : { fromMs: instants.from }),
      ...(instants.to === undefined ? {} : { toMs: instants.to }),
      ...(key ? { before: key[0] } : {}),
    });
    const page = toPage(rows, limit, ({ position }) => [position]);
    return reply.send({ ...page, items: page.items.map(toItem) });
  });

  const checkpointsSchema = {
    summary: 'Signed checkpoints of the audit, the newest first',
    tags: ['audit'],
    querystring: ListQuery,
    response: { 200: ListOf(CheckpointItem), ...problemResponses(400, 503) },
  };
  app.get('/api/v1/audit/checkpoints', { schema: checkpointsSchema, config }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor } = request.query;
    const key = cursor === undefined ? undefined : decodeCursor(cursor, CheckpointKey);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const rows = await deps.listCheckpoints({ limit: limit + 1, ...(key ? { beforeMs: key[0] } : {}) });
    return reply.send(toPage([...rows], limit, ({ at }) => [Date.parse(at)]));
  });
}
