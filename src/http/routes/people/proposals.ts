/** `/api/v1/proposals`: what takes a second person is proposed by one and decided by another, and stays as it was said. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Grant } from '../../../access/grant.js';
import { mayReadProposal, whyNotSecond } from '../../../access/second-person.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import { Line, MAX_REASON_LENGTH } from '../../../records/rule.js';
import type { Guard } from '../../../records/write-records.js';
import {
  addProposal,
  type Decision,
  decideProposal,
  findProposal,
  listProposals,
  type StoredProposal,
} from '../../../store/proposals.js';
import type { App } from '../../app.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { principalOf } from '../../plugins/principal.js';
import { type ProblemInput, problemResponses, sendProblem } from '../../plugins/problems.js';
import { writerOf } from '../records/record-routes.js';
import { askerOf } from '../records/record-scope.js';
import { NotAllowed, orNotAllowed } from '../records/write-scope.js';
import { type ProposalTarget, TARGETS, type TargetKind, toProposed } from './proposal-targets.js';

export interface ProposalsDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** What was granted to a subject beside their sign-in, or taken from them. */
  readonly findGrant: (subjectId: string) => Grant | undefined;
  readonly targets: Readonly<Record<TargetKind, ProposalTarget>>;
}

const PROPOSER_BLOCKED: ProblemInput = {
  status: 403,
  detail: 'Whoever proposed this is blocked: refuse it, and propose it anew.',
};
const BODY_LIMIT_BYTES = 1_048_576;
const MAX_ID_LENGTH = 1_000;

const Reason = Line(MAX_REASON_LENGTH);
const Body = Type.Object(
  {
    proposalId: Type.Optional({
      ...Type.String({ pattern: '^[0-9A-Za-z-]{16,64}$' }),
      description: 'Made by who asks: the same request once more is then the same proposal',
    }),
    kind: Type.Enum([...TARGETS]),
    id: { ...Line(MAX_ID_LENGTH), description: 'Of the record; of a grant: whose rights it changes' },
    body: Type.Object(
      {},
      {
        description:
          'As PUT of the kind takes it; of a grant: roles, areas, wearerIds, isBlocked; of a transfer: force, division, schemes; of `records`: records, each kind, id, body',
      },
    ),
    reason: Reason,
  },
  { additionalProperties: false },
);
const Decided = Type.Object({ reason: Type.Optional(Reason) }, { additionalProperties: false });
const Refused = Type.Object({ reason: Reason }, { additionalProperties: false });
const Instant = Type.String({ format: 'date-time' });
const Item = Type.Object({
  proposalId: Type.String(),
  kind: Type.String(),
  id: Type.String(),
  body: Type.Unknown(),
  reason: Type.String(),
  proposedBy: Type.String(),
  proposedAt: Instant,
  status: Type.Enum(['open', 'approved', 'refused', 'withdrawn']),
  decidedBy: Type.Optional(Type.String()),
  decidedAt: Type.Optional(Instant),
  decisionReason: Type.Optional(Type.String()),
});
const Whole = Type.Interface([Item], {
  standing: Type.Array(Type.Object({ kind: Type.String(), id: Type.String(), body: Type.Unknown() }), {
    description: 'The records that it writes as they stand now; body null: there is none yet',
  }),
});
const Query = Type.Interface([ListQuery], {
  status: Type.Optional(Type.Enum(['open', 'all'], { description: 'open unless said' })),
});
const Key = Type.Tuple([Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })]);
const params = Type.Object({ proposalId: Type.String({ maxLength: 64 }) });

const ID_TAKEN = { status: 409, detail: 'Something else was proposed by this id.' };

const toIso = (atMs: number): string => new Date(atMs).toISOString();

function toItem(proposal: StoredProposal): Static<typeof Item> {
  const { decision } = proposal;
  return {
    proposalId: proposal.proposalId,
    kind: proposal.targetKind,
    id: proposal.targetId,
    body: proposal.body,
    reason: proposal.reason,
    proposedBy: proposal.proposedBy,
    proposedAt: toIso(proposal.proposedAtMs),
    status: decision?.decision ?? 'open',
    ...(decision === null ? {} : { decidedBy: decision.decidedBy, decidedAt: toIso(decision.decidedAtMs) }),
    ...(decision === null || decision.reason === null ? {} : { decisionReason: decision.reason }),
  };
}

/** Whether it says what an earlier one says; what stood when that was proposed is no part of it. */
function saysSame(
  { targetKind, targetId, reason, body }: StoredProposal,
  said: Omit<Static<typeof Body>, 'proposalId'>,
): boolean {
  const { records } = body as { readonly records?: readonly object[] };
  const bare = (one: object) => ({ ...one, standingVersion: undefined });
  const told = targetKind === 'records' && records !== undefined ? { records: records.map(bare) } : body;
  return (
    targetKind === said.kind &&
    targetId === said.id &&
    reason === said.reason &&
    isDeepStrictEqual(JSON.parse(JSON.stringify(told)), said.body)
  );
}

export function registerProposals(app: App, { db, clock, targets, findGrant }: ProposalsDeps): void {
  const mayRead = (request: FastifyRequest, proposal: StoredProposal): boolean => {
    const { principal, findWearer, note } = askerOf(request);
    const isReadable = mayReadProposal(principal, toProposed(proposal), findWearer);
    const whom = proposal.aboutWearerId === null ? [] : [proposal.aboutWearerId];
    note(isReadable ? { wearerIds: whom } : { hidden: whom });
    return isReadable;
  };
  const findReadable = async (request: FastifyRequest, proposalId: string) => {
    const found = await findProposal(db, proposalId);
    return found !== null && mayRead(request, found) ? found : null;
  };
  const missing = (reply: FastifyReply, proposalId: string) =>
    sendProblem(reply, { status: 404, detail: `There is no proposal ${proposalId}.` });
  const reading = { operation: 'proposals.read', keepsToScope: true } as const;
  const writing = { operation: 'proposals.write', keepsToScope: true } as const;
  const tags = ['people'];

  const postSchema = {
    summary: 'Propose what takes a second person',
    description:
      'A zone or a condition of all wearers; a suspension or an absence that concerns the zone of a victim, and what ends or changes the watch of one; a RAG rating, a grant; a transfer of a wearer to another force, which who would have them accepts; or zones and conditions of one wearer, or of all, together (`records`). It takes effect when another ' +
      'person agrees; until then it can be refused by those and withdrawn by who proposed it.',
    tags,
    body: Body,
    response: { 200: Item, 201: Item, ...problemResponses(400, 403, 404, 409, 413, 415, 422, 503) },
  };
  app.post(
    '/api/v1/proposals',
    { schema: postSchema, config: writing, bodyLimit: BODY_LIMIT_BYTES },
    async (request, reply) => {
      const { kind, id, body, reason, proposalId = randomUUID() } = request.body;
      const { author, correlationId } = writerOf(request);
      const isSame = (one: StoredProposal) => one.proposedBy === author && saysSame(one, request.body);
      const earlier = await findProposal(db, proposalId);
      if (earlier !== null)
        return isSame(earlier) && mayRead(request, earlier)
          ? reply.send(toItem(earlier))
          : sendProblem(reply, ID_TAKEN);
      const judged = await targets[kind].judge(askerOf(request), { id, body });
      if ('problem' in judged) return sendProblem(reply, judged.problem);
      await addProposal(db, {
        body,
        ...judged,
        proposalId,
        targetKind: kind,
        targetId: id,
        reason,
        proposedBy: author,
        proposedAtMs: clock.nowMs(),
        correlationId,
      });
      const proposal = await findProposal(db, proposalId);
      if (proposal === null) throw new Error('a proposal that was added is not there');
      // Another try may have been first by a moment.
      if (!isSame(proposal)) return sendProblem(reply, ID_TAKEN);
      return reply.code(201).header('location', `/api/v1/proposals/${proposalId}`).send(toItem(proposal));
    },
  );

  const listSchema = {
    summary: 'What waits for a second person, the first first',
    tags,
    querystring: Query,
    response: { 200: ListOf(Item), ...problemResponses(400, 503) },
  };
  app.get('/api/v1/proposals', { schema: listSchema, config: reading }, async (request, reply) => {
    const { limit = DEFAULT_LIST_LIMIT, cursor, status = 'open' } = request.query;
    const key = cursor === undefined ? ([0] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const found: StoredProposal[] = [];
    for (let after = key[0]; found.length <= limit; ) {
      const rows = await listProposals(db, { after, limit: limit + 1, isOpen: status === 'open' });
      found.push(...rows.filter((row) => mayRead(request, row)));
      const last = rows.at(-1);
      if (rows.length <= limit || last === undefined) break;
      after = last.n;
    }
    const page = toPage(found, limit, ({ n }) => [n]);
    return reply.send({ ...page, items: page.items.map(toItem) });
  });

  const getSchema = {
    summary: 'One proposal, and what stands in its place',
    tags,
    params,
    response: { 200: Whole, ...problemResponses(404, 503) },
  };
  app.get('/api/v1/proposals/:proposalId', { schema: getSchema, config: reading }, async (request, reply) => {
    const { proposalId } = request.params;
    const proposal = await findReadable(request, proposalId);
    if (proposal === null) return missing(reply, proposalId);
    const standing = await targets[proposal.targetKind as TargetKind].readStanding(proposal);
    return reply.send({ ...toItem(proposal), standing: [...standing] });
  });

  /** For a transaction: rejects where somebody has decided meanwhile. */
  const deciding =
    (proposal: StoredProposal, decision: Decision): Guard =>
    async (tx) => {
      if (await decideProposal(tx, proposal.proposalId, decision)) return;
      throw new NotAllowed(new Map([[0, { status: 409, detail: 'This proposal was decided meanwhile.' }]]));
    };

  async function answerDecided(request: FastifyRequest, reply: FastifyReply, proposalId: string) {
    const proposal = await findReadable(request, proposalId);
    return proposal === null ? missing(reply, proposalId) : reply.send(toItem(proposal));
  }

  const approveSchema = {
    summary: 'Agree to a proposal, as the second person',
    description: 'It is carried out in the same go. Whoever proposed it, or is granted something by it, cannot.',
    tags,
    params,
    body: Decided,
    response: { 200: Item, ...problemResponses(403, 404, 409, 412, 422, 503) },
  };
  app.post(
    '/api/v1/proposals/:proposalId/approve',
    { schema: approveSchema, config: writing },
    async (request, reply) => {
      const { proposalId } = request.params;
      const proposal = await findReadable(request, proposalId);
      if (proposal === null) return missing(reply, proposalId);
      const principal = principalOf(request);
      const why = whyNotSecond(principal, toProposed(proposal));
      if (why !== null) return sendProblem(reply, { status: 403, detail: why });
      if (findGrant(proposal.proposedBy)?.isBlocked) return sendProblem(reply, PROPOSER_BLOCKED);
      const { reason = null } = request.body;
      const agree = deciding(proposal, {
        decision: 'approved',
        decidedBy: principal.subjectId,
        decidedAtMs: clock.nowMs(),
        reason,
      });
      const target = targets[proposal.targetKind as TargetKind];
      const problem = await orNotAllowed(target.carryOut(askerOf(request), proposal, agree));
      if (problem instanceof NotAllowed) return sendProblem(reply, problem.first);
      return problem === null ? answerDecided(request, reply, proposalId) : sendProblem(reply, problem);
    },
  );

  const refuseSchema = {
    summary: 'Refuse a proposal, or withdraw one’s own',
    tags,
    params,
    body: Refused,
    response: { 200: Item, ...problemResponses(404, 409, 422, 503) },
  };
  app.post(
    '/api/v1/proposals/:proposalId/refuse',
    { schema: refuseSchema, config: writing },
    async (request, reply) => {
      const { proposalId } = request.params;
      const proposal = await findReadable(request, proposalId);
      if (proposal === null) return missing(reply, proposalId);
      const { subjectId } = principalOf(request);
      const decision = subjectId === proposal.proposedBy ? 'withdrawn' : 'refused';
      const decided = {
        decision,
        decidedBy: subjectId,
        decidedAtMs: clock.nowMs(),
        reason: request.body.reason,
      } as const;
      const outcome = await orNotAllowed(deciding(proposal, decided)(db));
      if (outcome instanceof NotAllowed) return sendProblem(reply, outcome.first);
      return answerDecided(request, reply, proposalId);
    },
  );
}
