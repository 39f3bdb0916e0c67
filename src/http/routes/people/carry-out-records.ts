/** Proposed records are written once a second person agrees: on top of what stood when they were proposed, and naming what stood then. */
import { mayDo } from '../../../access/may.js';
import type { Queryable } from '../../../ports/database.js';
import type { RecordStore } from '../../../ports/records.js';
import type { Refusal } from '../../../records/rule.js';
import { ruleOf } from '../../../records/rules.js';
import { type Guard, type RecordPut, writeRecords } from '../../../records/write-records.js';
import type { Referred, StoredProposal } from '../../../store/proposals.js';
import type { ProblemInput } from '../../plugins/problems.js';
import { PUBLISH_WAIT_MS, type RecordDeps } from '../records/record-routes.js';
import type { Asker } from '../records/record-scope.js';
import { judgeWrites, NotAllowed, orNotAllowed, type RecordWrite, toWriteProblem } from '../records/write-scope.js';

export const NOT_INCLUDED: ProblemInput = { status: 403, detail: 'Your roles do not include this.' };

/** What comes into force otherwise where it is swapped for another version. */
const REFERRED_KINDS = ['zone', 'condition'] as const satisfies readonly Referred['kind'][];

export const changedSince = (what: string): ProblemInput => ({
  status: 412,
  detail: `${what} was changed since this was proposed: refuse it, and propose it anew.`,
});

export const toWrite = ({ kind, id, said }: RecordPut): RecordWrite => ({ kind, id, ...said });

const nameOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind}:${id}`;

/** What some writes name and do not write themselves, as it stands. */
export async function readReferred(
  db: Queryable,
  store: Pick<RecordStore, 'find'>,
  writes: readonly RecordWrite[],
): Promise<Referred[]> {
  const own = new Set(writes.map(nameOf));
  const references = writes.flatMap(({ kind, id, content }) => ruleOf(kind).references?.(content, id) ?? []);
  const outside = references.filter((reference) => !own.has(nameOf(reference)));
  const referred: Referred[] = [];
  for (const kind of REFERRED_KINDS) {
    const ids = new Set(outside.flatMap((reference) => (reference.kind === kind ? [reference.id] : [])));
    referred.push(...(await readVersions(db, store, kind, [...ids].sort())));
  }
  return referred;
}

async function readVersions(
  db: Queryable,
  store: Pick<RecordStore, 'find'>,
  kind: Referred['kind'],
  ids: readonly string[],
): Promise<Referred[]> {
  if (ids.length === 0) return [];
  const standing = await store.find(db, kind, ids);
  return ids.map((id) => ({ kind, id, version: standing.get(id)?.version ?? null }));
}

/** Rejects where something that the proposal names is not what it was; until the end of the transaction it stays so. */
async function checkReferred(tx: Queryable, store: RecordStore, referred: readonly Referred[]): Promise<void> {
  if (referred.length === 0) return;
  await store.lock(tx, referred.map(nameOf).sort());
  for (const kind of REFERRED_KINDS) {
    const then = referred.filter((each) => each.kind === kind);
    const now = await readVersions(
      tx,
      store,
      kind,
      then.map(({ id }) => id),
    );
    const changed = then.find(({ version }, place) => now[place]?.version !== version);
    if (changed !== undefined)
      throw new NotAllowed(new Map([[0, changedSince(`The ${ruleOf(kind).name} ${changed.id}, which it names,`)]]));
  }
}

export interface AgreedRecords {
  readonly puts: readonly RecordPut[];
  /** By the put's place; null: nothing stood. */
  readonly standingVersions: readonly (number | null)[];
  readonly writes: readonly RecordWrite[];
  /** Rejects where they are not any more what they were proposed as. */
  readonly check?: Guard;
  /** Who may agree, where that is not who may write them as they stand. */
  readonly judge?: () => ProblemInput | null;
}

/** Writes them with the decision in the same transaction; the answer is why not. `agree` rejects where it may not be, or was decided before. */
export async function carryOutRecords(
  deps: RecordDeps,
  asker: Asker,
  proposal: StoredProposal,
  { puts, standingVersions, writes, check, judge }: AgreedRecords,
  agree: Guard,
): Promise<ProblemInput | null> {
  const guard: Guard = async (tx) => {
    await check?.(tx);
    const refusal = judge?.() ?? null;
    if (refusal !== null) throw new NotAllowed(new Map([[0, refusal]]));
    const verdicts = judge === undefined ? await judgeWrites(asker, tx, writes) : [];
    for (const [place, write] of judge === undefined ? writes.entries() : []) {
      const verdict = verdicts[place];
      const problem = verdict === undefined ? NOT_INCLUDED : whyNotAgreed(asker, write, verdict);
      if (problem !== null) throw new NotAllowed(new Map([[0, problem]]));
    }
    await checkReferred(tx, deps.store, proposal.refersTo);
    await agree(tx);
  };
  const agreed = puts.map((put, place) => {
    const standingVersion = standingVersions[place] ?? null;
    return {
      ...put,
      changeReason: put.changeReason ?? proposal.reason,
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
}

function whyNotAgreed(
  { principal }: Asker,
  write: RecordWrite,
  verdict: Parameters<typeof toWriteProblem>[1],
): ProblemInput | null {
  const problem = toWriteProblem(write, verdict, true);
  if (problem !== null || verdict.type !== 'second') return problem;
  // Who may only propose it may not agree to it.
  return mayDo(principal, verdict.operation) ? null : NOT_INCLUDED;
}

function toRefusalProblem(refusal: Refusal | null): ProblemInput {
  switch (refusal?.type) {
    case 'invalid':
      return { status: 422, errors: [...refusal.errors] };
    case 'conflict':
      return { status: 409, detail: refusal.detail, conflicts: refusal.conflicts };
    case 'precondition':
      return changedSince('The record');
    default:
      throw new Error('refused without a reason');
  }
}
