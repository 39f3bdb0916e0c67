/** What may be proposed, and how it is carried out once a second person agrees: a record that takes one, and a grant. */
import { Check, Errors } from 'typebox/value';
import type { Grant } from '../../../access/grant.js';
import { mayDo } from '../../../access/may.js';
import type { Operation } from '../../../access/operations.js';
import { type Proposed, whyNotFirst } from '../../../access/second-person.js';
import type { Database } from '../../../ports/database.js';
import type { RecordKind } from '../../../ports/records.js';
import { isByWearer } from '../../../records/rule.js';
import { ruleOf } from '../../../records/rules.js';
import type { Guard, RecordPut } from '../../../records/write-records.js';
import { lockGrants, type Referred, readGrantVersion, type StoredProposal } from '../../../store/proposals.js';
import { readOwners } from '../../../store/record-owners.js';
import { type ProblemInput, toFieldErrors } from '../../plugins/problems.js';
import { readRecord } from '../records/import-lines.js';
import type { RecordDeps } from '../records/record-routes.js';
import type { Asker } from '../records/record-scope.js';
import { judgeWrites, NotAllowed, type RecordWrite, toWriteProblem } from '../records/write-scope.js';
import { carryOutRecords, changedSince, NOT_INCLUDED, readReferred, toWrite } from './carry-out-records.js';
import { GrantBody, toGrant } from './grant-body.js';
import { toTransferScope } from './transfer-body.js';

export const RECORD_TARGETS = [
  'zone',
  'condition',
  'order',
  'activation',
  'suspension',
  'absence',
  'rag-rating',
  'legal-hold',
] as const satisfies readonly RecordKind[];
export const TARGETS = [...RECORD_TARGETS, 'grant', 'records', 'transfer'] as const;
export type TargetKind = (typeof TARGETS)[number];

export interface Target {
  readonly id: string;
  readonly body: unknown;
}

/** What is kept of a proposal beside what it says. */
export interface Judged {
  readonly standingVersion: number | null;
  readonly aboutWearerId: string | null;
  readonly refersTo: readonly Referred[];
  /** What is kept in the place of the body, where it says more. */
  readonly body?: unknown;
}

/** A record as it stands, in the form in which it is written; null: there is none. */
export interface Standing {
  readonly kind: RecordKind | 'transfer';
  readonly id: string;
  readonly body: object | null;
}

export interface ProposalTarget {
  /** What stands in the place of what is proposed; empty: it is no record. */
  readStanding(proposal: StoredProposal): Promise<readonly Standing[]>;
  /** Whether who asks may propose it, and why not. */
  judge(asker: Asker, target: Target): Promise<Judged | { readonly problem: ProblemInput }>;
  /** Does it, with the decision in the same transaction; the answer is why not. `agree` rejects where it was decided before. */
  carryOut(asker: Asker, proposal: StoredProposal, agree: Guard): Promise<ProblemInput | null>;
}

/** What it takes to read a proposal; of others that of what concerns all wearers, and of records of the wearer whom they are about. */
const READ_OPERATIONS: Readonly<Record<string, Operation>> = {
  grant: 'grants.read',
  suspension: 'suspensions.read',
  // It takes a second person where it concerns a victim's zone alone: so not by whom those are kept from.
  absence: 'suspensions.read',
  'rag-rating': 'schemes.read',
  'legal-hold': 'holds.read',
  transfer: 'records.read',
};

/** What rights go by. */
export function toProposed({ targetKind, targetId, proposedBy, aboutWearerId, body }: StoredProposal): Proposed {
  const readOperation = READ_OPERATIONS[targetKind] ?? (aboutWearerId === null ? 'shared.read' : 'records.read');
  const movesTo = targetKind === 'transfer' ? toTransferScope(body) : null;
  const aboutSubjectId = targetKind === 'grant' ? targetId : null;
  return { proposedBy, readOperation, aboutWearerId, aboutSubjectId, movesTo };
}

const TAKES_NO_SECOND: ProblemInput = {
  status: 422,
  detail: 'This takes no second person: write it by PUT.',
};

function readPut(
  kind: RecordKind,
  { id, body }: Target,
  deps: RecordDeps,
): RecordPut | { readonly problem: ProblemInput } {
  const read = readRecord(1, { kind, id, body }, deps.serviceArea);
  return 'put' in read ? read.put : { problem: { status: 422, errors: [...(read.errors ?? [])] } };
}

/** As they stand, in the form in which they are written. */
export async function readStanding(
  { db, store }: Pick<RecordDeps, 'db' | 'store'>,
  named: readonly { readonly kind: RecordKind; readonly id: string }[],
): Promise<Standing[]> {
  const standing: Standing[] = [];
  for (const { kind, id } of named) {
    const record = (await store.find(db, kind, [id])).get(id);
    const effectiveAt = record?.effectiveAt ?? null;
    const body = record && (ruleOf(kind).toWire?.(record.content, id) ?? record.content);
    const said = body === undefined || effectiveAt === null ? body : { ...body, effectiveAt };
    standing.push({ kind, id, body: said ?? null });
  }
  return standing;
}

/** The wearer that a write is about, by itself, by its order or as it stands, one of several; null: it is of all. */
async function readWhom({ db, store }: RecordDeps, { kind, id, content }: RecordWrite): Promise<string | null> {
  if (isByWearer(ruleOf(kind))) return id;
  const { wearerId, orderId } = content as { readonly wearerId?: string; readonly orderId?: string };
  if (wearerId !== undefined) return wearerId;
  if (orderId !== undefined) return (await store.readWearers(db, [orderId])).get(orderId) ?? null;
  const standing = (await readOwners(db, kind, [id])).get(id);
  return standing?.isShared ? null : (standing?.wearerIds[0] ?? null);
}

function recordTarget(kind: RecordKind, deps: RecordDeps): ProposalTarget {
  const { db, store } = deps;

  return {
    readStanding: ({ targetId }) => readStanding(deps, [{ kind, id: targetId }]),

    async judge(asker, target) {
      const put = readPut(kind, target, deps);
      if ('problem' in put) return put;
      const write = toWrite(put);
      const [verdict] = await judgeWrites(asker, db, [write]);
      const problem = verdict === undefined ? NOT_INCLUDED : toWriteProblem(write, verdict, true);
      if (problem !== null) return { problem };
      if (verdict?.type !== 'second') return { problem: TAKES_NO_SECOND };
      const standing = (await store.find(db, kind, [target.id])).get(target.id);
      const aboutWearerId = await readWhom(deps, write);
      const refersTo = await readReferred(db, store, [write]);
      return { standingVersion: standing?.version ?? null, aboutWearerId, refersTo };
    },

    async carryOut(asker, proposal, agree) {
      const put = readPut(kind, { id: proposal.targetId, body: proposal.body }, deps);
      if ('problem' in put) return put.problem;
      const agreed = { puts: [put], standingVersions: [proposal.standingVersion], writes: [toWrite(put)] };
      return await carryOutRecords(deps, asker, proposal, agreed, agree);
    },
  };
}

/** Of every kind of record that may take a second person. */
export const recordTargets = (deps: RecordDeps): Readonly<Record<(typeof RECORD_TARGETS)[number], ProposalTarget>> =>
  Object.fromEntries(RECORD_TARGETS.map((kind) => [kind, recordTarget(kind, deps)])) as never;

export function grantTarget(deps: {
  readonly db: Database;
  /** Resolves when every later request here is judged by it. Rejects with `LogUnavailable`. */
  readonly putGrant: (grant: Grant) => Promise<void>;
}): ProposalTarget {
  return {
    readStanding: async () => [],

    async judge({ principal, note }, { id, body }) {
      if (!mayDo(principal, 'grants.write')) return { problem: NOT_INCLUDED };
      const why = whyNotFirst(principal, id);
      if (why !== null) return { problem: { status: 403, detail: why } };
      if (!Check(GrantBody, body)) {
        const errors = toFieldErrors([...Errors(GrantBody, body)]);
        return { problem: { status: 422, errors: errors.map((one) => ({ ...one, pointer: `/body${one.pointer}` })) } };
      }
      note({ wearerIds: body.wearerIds ?? [] });
      return { standingVersion: await readGrantVersion(deps.db, id), aboutWearerId: null, refersTo: [] };
    },

    async carryOut({ principal }, { targetId, body, standingVersion, proposedAtMs }, agree) {
      if (!mayDo(principal, 'grants.write')) return NOT_INCLUDED;
      if (!Check(GrantBody, body)) return { status: 422, detail: 'This grant is none of this program.' };
      await deps.db.transaction(async (tx) => {
        await lockGrants(tx, targetId);
        // Of before versions were kept: as it was when it was proposed.
        const stood = standingVersion ?? (await readGrantVersion(tx, targetId, proposedAtMs));
        if ((await readGrantVersion(tx, targetId)) !== stood)
          throw new NotAllowed(new Map([[0, changedSince('What was granted')]]));
        await agree(tx);
        // Before the commit: a decision without its grant would be told as done. The other way round the grant is given again.
        await deps.putGrant(toGrant(targetId, body));
      });
      return null;
    },
  };
}
