/**
 * Zones and conditions that are to come into force together: all of them when a second person agrees, or none. Also those that one person
 * might write alone: whoever draws a zone may want another pair of eyes.
 */
import type { Queryable } from '../../../ports/database.js';
import type { RecordKind } from '../../../ports/records.js';
import { type ConditionContent, condition } from '../../../records/kinds/condition.js';
import type { Guard, RecordPut } from '../../../records/write-records.js';
import type { StoredProposal } from '../../../store/proposals.js';
import { readOwners } from '../../../store/record-owners.js';
import type { FieldError, ProblemInput } from '../../plugins/problems.js';
import { readRecord } from '../records/import-lines.js';
import type { RecordDeps } from '../records/record-routes.js';
import { judgeWrites, NotAllowed, type RecordWrite, toWriteProblem } from '../records/write-scope.js';
import { carryOutRecords, changedSince, readReferred, toWrite } from './carry-out-records.js';
import { type ProposalTarget, readStanding } from './proposal-targets.js';

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

/** Whom the records are about; null: everybody. */
async function findWhom(
  tx: Queryable,
  { store }: RecordDeps,
  puts: readonly RecordPut[],
): Promise<{ readonly wearerId: string | null } | { readonly problem: ProblemInput }> {
  const orderIds = puts.flatMap(({ said }) => (said.content as Partial<ConditionContent>).orderId ?? []);
  const zones = await readOwners(tx, 'zone', idsOf('zone', puts));
  const standing = [...zones.values(), ...(await readOwners(tx, 'condition', idsOf('condition', puts))).values()];
  const ownWearerIds = standing.flatMap(({ isShared, wearerIds }) => (isShared ? [] : wearerIds));
  const isOfAll = puts.some(isOfAllWearers) || standing.some(({ isShared }) => isShared);
  if (isOfAll) {
    if (orderIds.length > 0 || ownWearerIds.length > 0)
      return wrong({ pointer: '/body/records', detail: 'is about all wearers and about one: propose each alone' });
    const named = new Set(puts.filter(isOfAllWearers).flatMap(namedBy));
    const place = puts.findIndex(({ kind, id }) => kind === 'zone' && !named.has(id) && !zones.get(id)?.isShared);
    if (place < 0) return { wearerId: null };
    return wrong({ pointer: `/body/records/${place}`, detail: 'no condition of all wearers names it: leave it out' });
  }
  const owners = await store.readWearers(tx, orderIds);
  const [wearerId, ...others] = new Set([...owners.values(), ...ownWearerIds]);
  if (wearerId === undefined)
    return wrong({
      pointer: '/body/records',
      detail: 'is about nobody: no condition of an order that is there names it',
    });
  if (others.length > 0)
    return wrong({ pointer: '/body/records', detail: 'is about several wearers: propose each alone' });
  return { wearerId };
}

const idsOf = (kind: RecordKind, puts: readonly RecordPut[]): string[] =>
  puts.filter((put) => put.kind === kind).map(({ id }) => id);

const isOfAllWearers = ({ said }: RecordPut): boolean => 'appliesTo' in said.content;

/** The zones that a condition names. */
const namedBy = ({ id, said }: RecordPut): string[] =>
  (condition.references?.(said.content as ConditionContent, id) ?? []).flatMap((reference) =>
    reference.kind === 'zone' ? [reference.id] : [],
  );

/** What is proposed about all wearers is of all of them, one and all. */
const toWrites = (puts: readonly RecordPut[], wearerId: string | null): RecordWrite[] =>
  puts.map((put) => ({ ...toWrite(put), becomesShared: wearerId === null }));

export function recordsTarget(deps: RecordDeps): ProposalTarget {
  const { db, store } = deps;
  return {
    async readStanding({ body }) {
      const read = readPuts(body, deps);
      return 'problem' in read ? [] : await readStanding(deps, read.puts);
    },

    async judge(asker, { body }) {
      const read = readPuts(body, deps);
      if ('problem' in read) return read;
      const whom = await findWhom(db, deps, read.puts);
      // Whose they are is told to nobody who may not write them.
      const writes = 'problem' in whom ? read.puts.map(toWrite) : toWrites(read.puts, whom.wearerId);
      for (const [place, verdict] of (await judgeWrites(asker, db, writes)).entries()) {
        const problem = toWriteProblem(writes[place]!, verdict, true);
        if (problem === null) continue;
        const errors = problem.errors?.map((one) => ({ ...one, pointer: `/body/records/${place}/body${one.pointer}` }));
        return { problem: { ...problem, ...(errors && { errors }) } };
      }
      if ('problem' in whom) return whom;
      const records: ProposedRecord[] = [];
      for (const { kind, id, body: said } of read.records) {
        const standing = (await store.find(db, kind as 'zone', [id])).get(id);
        records.push({ kind, id, body: said, standingVersion: standing?.version ?? null });
      }
      const refersTo = await readReferred(db, store, writes);
      return { standingVersion: null, aboutWearerId: whom.wearerId, refersTo, body: { records } };
    },

    async carryOut(asker, proposal: StoredProposal, agree) {
      const read = readPuts(proposal.body, deps);
      if ('problem' in read) return read.problem;
      const { puts, records } = read;
      const standingVersions = records.map(({ standingVersion = null }) => standingVersion);
      const writes = toWrites(puts, proposal.aboutWearerId);
      const check: Guard = async (tx) => {
        const whom = await findWhom(tx, deps, puts);
        if ('problem' in whom || whom.wearerId !== proposal.aboutWearerId)
          throw new NotAllowed(new Map([[0, changedSince('Whom it is about')]]));
      };
      return await carryOutRecords(deps, asker, proposal, { puts, standingVersions, writes, check }, agree);
    },
  };
}
