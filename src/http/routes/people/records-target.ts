/**
 * Zones and conditions that are to come into force together: all of them when a second person agrees, or none. Also those that one person
 * might write alone: whoever draws a zone may want another pair of eyes.
 */
import type { Queryable } from '../../../ports/database.js';
import type { Guard, RecordPut } from '../../../records/write-records.js';
import { writeRecords } from '../../../records/write-records.js';
import type { StoredProposal } from '../../../store/proposals.js';
import { readOwners } from '../../../store/record-owners.js';
import type { FieldError, ProblemInput } from '../../plugins/problems.js';
import { readRecord } from '../records/import-lines.js';
import { PUBLISH_WAIT_MS, type RecordDeps } from '../records/record-routes.js';
import { judgeWrites, NotAllowed, orNotAllowed, toWriteProblem } from '../records/write-scope.js';
import { NOT_INCLUDED, type ProposalTarget, toRefusalProblem, whyNotAgreed } from './proposal-targets.js';

const KINDS: readonly unknown[] = ['zone', 'condition'];
/** More than any form of the console makes. */
const MAX_RECORDS = 10;

/** A record of a proposal; `standingVersion`: what stood when it was proposed, null: nothing. */
interface ProposedRecord {
  readonly kind: string;
  readonly id: string;
  readonly body: object;
  readonly standingVersion?: number | null;
}

const wrong = (...errors: readonly FieldError[]): { readonly problem: ProblemInput } => ({
  problem: { status: 422, errors: [...errors] },
});

/** Of what is proposed, or why it is none. Whatever anybody sent may come. */
function readPuts(
  body: unknown,
  { serviceArea }: RecordDeps,
):
  | { readonly records: readonly ProposedRecord[]; readonly puts: readonly RecordPut[] }
  | { readonly problem: ProblemInput } {
  const { records } = (body ?? {}) as { readonly records?: unknown };
  if (!Array.isArray(records) || records.length === 0 || records.length > MAX_RECORDS)
    return wrong({ pointer: '/body/records', detail: `lists 1 to ${MAX_RECORDS} records` });
  const errors: FieldError[] = [];
  const puts: RecordPut[] = [];
  const names = new Set<string>();
  for (const [place, value] of records.entries()) {
    const at = (pointer: string) => `/body/records/${place}${pointer}`;
    const { standingVersion: _, ...said } = (value ?? {}) as ProposedRecord;
    if (!KINDS.includes(said.kind)) {
      errors.push({ pointer: at('/kind'), detail: 'is zone or condition' });
      continue;
    }
    const name = `${said.kind}:${said.id}`;
    if (names.has(name)) errors.push({ pointer: at('/id'), detail: 'is proposed twice' });
    names.add(name);
    const read = readRecord(place + 1, said, serviceArea);
    if ('put' in read) puts.push(read.put);
    else errors.push(...(read.errors ?? []).map((one) => ({ ...one, pointer: at(one.pointer) })));
  }
  return errors.length > 0 ? wrong(...errors) : { records: records as ProposedRecord[], puts };
}

const toWrite = ({ kind, id, said }: RecordPut) => ({ kind, id, content: said.content });

/** Whom the records are about; null: everybody. */
async function findWhom(
  tx: Queryable,
  deps: RecordDeps,
  puts: readonly RecordPut[],
): Promise<{ readonly wearerId: string | null } | { readonly problem: ProblemInput }> {
  const orderIds = puts.flatMap(({ said }) => (said.content as { readonly orderId?: string }).orderId ?? []);
  const idsOf = (kind: RecordPut['kind']) => puts.filter((put) => put.kind === kind).map(({ id }) => id);
  const standing = [
    ...(await readOwners(tx, 'zone', idsOf('zone'))).values(),
    ...(await readOwners(tx, 'condition', idsOf('condition'))).values(),
  ];
  if (puts.some(({ said }) => 'appliesTo' in said.content) || standing.some(({ isShared }) => isShared))
    return { wearerId: null };
  const owners = await deps.store.readWearers(tx, orderIds);
  const wearerIds = new Set([...owners.values(), ...standing.flatMap((each) => each.wearerIds)]);
  const [wearerId, ...others] = wearerIds;
  if (wearerId === undefined)
    return wrong({
      pointer: '/body/records',
      detail: 'is about nobody: no condition of an order that is there names it',
    });
  if (others.length > 0)
    return wrong({ pointer: '/body/records', detail: 'is about several wearers: propose each alone' });
  return { wearerId };
}

export function recordsTarget(deps: RecordDeps): ProposalTarget {
  const { db, store } = deps;
  return {
    async judge(asker, { body }) {
      const read = readPuts(body, deps);
      if ('problem' in read) return read;
      const writes = read.puts.map(toWrite);
      for (const [place, verdict] of (await judgeWrites(asker, db, writes)).entries()) {
        const problem = toWriteProblem(writes[place]!, verdict, true);
        if (problem === null) continue;
        const errors = problem.errors?.map((one) => ({ ...one, pointer: `/body/records/${place}/body${one.pointer}` }));
        return { problem: { ...problem, ...(errors && { errors }) } };
      }
      const whom = await findWhom(db, deps, read.puts);
      if ('problem' in whom) return whom;
      const records: ProposedRecord[] = [];
      for (const { kind, id, body: said } of read.records) {
        const standing = (await store.find(db, kind as 'zone', [id])).get(id);
        records.push({ kind, id, body: said, standingVersion: standing?.version ?? null });
      }
      return { standingVersion: null, aboutWearerId: whom.wearerId, body: { records } };
    },

    async carryOut(asker, proposal: StoredProposal, agree) {
      const read = readPuts(proposal.body, deps);
      if ('problem' in read) return read.problem;
      const writes = read.puts.map(toWrite);
      const guard: Guard = async (tx) => {
        const verdicts = await judgeWrites(asker, tx, writes);
        for (const [place, write] of writes.entries()) {
          const verdict = verdicts[place];
          const problem = verdict === undefined ? NOT_INCLUDED : whyNotAgreed(asker, write, verdict);
          if (problem !== null) throw new NotAllowed(new Map([[0, problem]]));
        }
        await agree(tx);
      };
      const agreed = read.puts.map((put, place) => {
        const { standingVersion = null } = read.records[place]!;
        return {
          ...put,
          changeReason: put.changeReason ?? proposal.reason,
          // What the second person agreed to is what was proposed, on top of what stood then.
          precondition: standingVersion === null ? ({ absent: true } as const) : { versions: [standingVersion] },
        };
      });
      const writer = { author: proposal.proposedBy, correlationId: proposal.proposalId };
      const outcome = await orNotAllowed(writeRecords(deps, agreed, writer, deps.clock.nowMs(), guard));
      if (outcome instanceof NotAllowed) return outcome.first;
      if (outcome.type === 'refused') {
        const [first] = outcome.refusals.values();
        return toRefusalProblem(first ?? outcome.general);
      }
      await deps.waiter.wait(outcome.outboxIds, PUBLISH_WAIT_MS);
      return null;
    },
  };
}
