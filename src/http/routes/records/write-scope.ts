/**
 * Who may write which records. Asked in the transaction that writes them, of one or of thousands: whose they are with one question of the
 * database a kind, and as many again for what would pause or end the watch of a victim, of who needs a second person for it alone. What
 * may not be seen answers as if it were not there; whoever is `local` is asked nothing.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { mayDo, mayKnowVictims, maySee, maySeeVictims, rulesFor, type WearerScope } from '../../../access/may.js';
import type { Operation } from '../../../access/operations.js';
import type { Principal } from '../../../access/principal.js';
import type { Queryable } from '../../../ports/database.js';
import type { RecordKind } from '../../../ports/records.js';
import { isByWearer } from '../../../records/rule.js';
import { ruleOf } from '../../../records/rules.js';
import type { Guard } from '../../../records/write-records.js';
import { type Owners, readOwners } from '../../../store/record-owners.js';
import type { ProblemInput } from '../../plugins/problems.js';
import { type Asker, isOfNobody, mayReadRecord } from './record-scope.js';
import { type FindOwners, findVictimWrites, type RecordWrite } from './victim-writes.js';

export type { RecordWrite } from './victim-writes.js';

/** What is said of one write. `second`: another person has to agree, who may do this operation. */
export type Verdict =
  | { readonly type: 'free' }
  | { readonly type: 'second'; readonly operation: Operation }
  | { readonly type: 'missing' }
  /** `hidden`: it names what who asks may not see, or would be it; of whom that is. */
  | { readonly type: 'refused'; readonly problem: ProblemInput; readonly hidden?: readonly string[] };

const FREE: Verdict = { type: 'free' };
const MISSING: Verdict = { type: 'missing' };
const NOT_INCLUDED: ProblemInput = { status: 403, detail: 'Your roles do not include this.' };
const NEEDS_SECOND: ProblemInput = {
  status: 403,
  detail: 'This takes the agreement of a second person: propose it by POST /api/v1/proposals.',
};

/** What writing it is in the table of rights. */
function writeOperationOf({ kind, content }: RecordWrite): Operation {
  const rule = ruleOf(kind);
  return rule.writeOperation?.(content) ?? rule.operations?.write ?? 'records.write';
}

/** By the write's place. The audit is told of whom they are, and of whom those are that may not be made. */
export async function judgeWrites(
  asker: Asker,
  tx: Queryable,
  writes: readonly RecordWrite[],
): Promise<readonly Verdict[]> {
  const owners = await readAllOwners(tx, writes);
  const verdicts = await judgeAll(asker, tx, writes, owners);
  for (const [place, write] of writes.entries()) {
    const verdict = verdicts[place]!;
    const whom = listWhom(write, owners);
    const hidden = verdict.type === 'missing' ? whom : verdict.type === 'refused' ? verdict.hidden : undefined;
    asker.note(hidden === undefined ? { wearerIds: whom } : { hidden: [...hidden, ...whom] });
  }
  return verdicts;
}

async function judgeAll(
  asker: Asker,
  tx: Queryable,
  writes: readonly RecordWrite[],
  owners: FindOwners,
): Promise<readonly Verdict[]> {
  const { principal } = asker;
  if (principal.kind === 'local') return writes.map(() => FREE);
  const alone = writes.map((write) => judgeWrite(asker, write, owners));
  const needSecond = writes.filter(
    (write, place) =>
      alone[place]!.type === 'free' && !isOfNobody(write.kind) && takesSecond(principal, writeOperationOf(write)),
  );
  const ofVictims = await findVictimWrites(tx, needSecond, owners);
  return writes.map((write, place) =>
    ofVictims.has(write) ? { type: 'second', operation: writeOperationOf(write) } : alone[place]!,
  );
}

/** Of whom it is by what it says, by its order, and as it stands. */
function listWhom({ kind, id, content }: RecordWrite, findOwners: FindOwners): readonly string[] {
  const { wearerId, orderId } = content as { readonly wearerId?: string; readonly orderId?: string };
  return [
    ...(isByWearer(ruleOf(kind)) ? [id] : []),
    ...(wearerId === undefined ? [] : [wearerId]),
    ...((orderId !== undefined && findOwners('order', orderId)?.wearerIds) || []),
    ...(findOwners(kind, id)?.wearerIds ?? []),
  ];
}

/** Of what is written and of what it refers to. */
async function readAllOwners(tx: Queryable, writes: readonly RecordWrite[]): Promise<FindOwners> {
  const idsOf = new Map<RecordKind, Set<string>>();
  const add = (kind: RecordKind, id: string) => {
    const ids = idsOf.get(kind);
    if (ids === undefined) idsOf.set(kind, new Set([id]));
    else ids.add(id);
  };
  for (const { kind, id, content } of writes) {
    add(kind, id);
    for (const reference of ruleOf(kind).references?.(content, id) ?? []) add(reference.kind, reference.id);
  }
  const found = new Map<RecordKind, ReadonlyMap<string, Owners>>();
  for (const [kind, ids] of idsOf) found.set(kind, await readOwners(tx, kind, [...ids]));
  return (kind, id) => found.get(kind)?.get(id);
}

/** By what it is and whose; what it means for a victim is asked of all of them at once. */
function judgeWrite(asker: Asker, write: RecordWrite, findOwners: FindOwners): Verdict {
  const { kind, id, content } = write;
  const { principal, findWearer } = asker;
  const operation = writeOperationOf(write);
  if (isOfNobody(kind)) return mayDo(principal, operation) ? FREE : refused(NOT_INCLUDED);
  const standing = findOwners(kind, id);
  const isShared = standing?.isShared === true || 'appliesTo' in content;
  const becomesShared = write.becomesShared === true;
  const verdict = isShared || becomesShared ? judgeShared(principal, standing) : judgeOperation(principal, operation);
  if (verdict.type === 'missing' || verdict.type === 'refused') return verdict;
  // A change of what several wearers share concerns each of them.
  const isOutside = (wearerId: string) => !maySee(principal, operation, findWearer(wearerId));
  if (!isShared && standing?.wearerIds.some(isOutside)) return MISSING;
  if (standing !== undefined && isHiddenVictims(asker, kind, standing)) return MISSING;
  if (standing?.wearerIds.length === 0 && !isShared) {
    const maySeeIt = becomesShared ? mayRefer : mayReadRecord;
    if (!maySeeIt(asker, operation, standing)) return MISSING;
  }
  const foreign = findForeignReference(asker, operation, write, findOwners);
  if (foreign !== null) return foreign;
  if (kind === 'wearer' && !maySee(principal, operation, scopeOf(id, content))) {
    const detail = 'would be outside your scope: see force, division and schemes';
    return refused({ status: 422, errors: [{ pointer: '', detail }] }, [id]);
  }
  return verdict;
}

const refused = (problem: ProblemInput, hidden?: readonly string[]): Verdict => ({
  type: 'refused',
  problem,
  ...(hidden !== undefined && { hidden }),
});

function judgeOperation(principal: Principal, operation: Operation): Verdict {
  const rules = rulesFor(principal, operation);
  if (rules.length === 0) return refused(NOT_INCLUDED);
  return rules.some(({ needsSecond }) => needsSecond !== 'always') ? FREE : { type: 'second', operation };
}

/** What concerns all wearers; who may only propose it, proposes it. */
function judgeShared(principal: Principal, standing: Owners | undefined): Verdict {
  if (standing !== undefined && !mayDo(principal, 'shared.read')) return MISSING;
  const isFree = rulesFor(principal, 'shared.write').some(({ needsSecond }) => needsSecond === undefined);
  if (isFree) return FREE;
  const mayPropose = mayDo(principal, 'shared.write') || mayDo(principal, 'shared.propose');
  return mayPropose ? { type: 'second', operation: 'shared.write' } : refused(NOT_INCLUDED);
}

/** A reference to what may not be seen, told as one to what is not there. */
function findForeignReference(
  asker: Asker,
  operation: Operation,
  write: RecordWrite,
  findOwners: FindOwners,
): Verdict | null {
  for (const { kind, id, pointer } of ruleOf(write.kind).references?.(write.content, write.id) ?? []) {
    const owners = isOfNobody(kind) ? undefined : findOwners(kind, id);
    if (owners === undefined) continue;
    if (mayRefer(asker, operation, owners) && !isHiddenVictims(asker, kind, owners)) continue;
    return refused({ status: 422, errors: [{ pointer, detail: `there is no ${kind} ${id}` }] }, owners.wearerIds);
  }
  return null;
}

function mayRefer(asker: Asker, operation: Operation, owners: Owners): boolean {
  const { principal, findWearer } = asker;
  if (owners.wearerIds.length === 0 && !owners.isOfVictim && mayDo(principal, 'shared.write')) return true;
  if (owners.isShared || owners.wearerIds.length === 0) return mayReadRecord(asker, operation, owners);
  return owners.wearerIds.some((wearerId) => maySee(principal, operation, findWearer(wearerId)));
}

function scopeOf(wearerId: string, content: object): WearerScope {
  const { force, division, schemes, restrictedTo } = content as {
    readonly force?: string;
    readonly division?: string;
    readonly schemes?: readonly string[];
    readonly restrictedTo?: readonly string[] | null;
  };
  return {
    wearerId,
    force: force ?? null,
    division: division ?? null,
    schemes: schemes ?? [],
    restrictedTo: restrictedTo ?? null,
  };
}

/** Whether it is a victim's and kept from whoever reads that kind by their roles. Who reads none of it is not asked. */
function isHiddenVictims({ principal, findWearer }: Asker, kind: RecordKind, owners: Owners): boolean {
  const operation = ruleOf(kind).operations?.read ?? 'records.read';
  const { isOfVictim, isShared, wearerIds } = owners;
  if (!isOfVictim || !mayDo(principal, operation)) return false;
  if (isShared || wearerIds.length === 0) return !mayKnowVictims(principal, operation);
  const own = wearerIds.map(findWearer).filter((wearer) => maySee(principal, operation, wearer));
  return own.length > 0 && !own.some((wearer) => maySeeVictims(principal, operation, wearer));
}

/** Watching a victim's zone is neither paused nor ended by one person alone. */
const takesSecond = (principal: Principal, operation: Operation): boolean =>
  rulesFor(principal, operation).every(({ needsSecond }) => needsSecond !== undefined);

/** Undoes a transaction: why some of what it writes may not be written by who asks, by place. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
  readonly first: ProblemInput;
  constructor(readonly problems: ReadonlyMap<number, ProblemInput>) {
    super('not allowed');
    const [first] = problems.values();
    if (first === undefined) throw new Error('not allowed without a reason');
    this.first = first;
  }
}

/** The same outcome; what may not be written is one more. */
export async function orNotAllowed<T>(work: Promise<T>): Promise<T | NotAllowed> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotAllowed) return error;
    throw error;
  }
}

/** What is answered for a verdict; null: nothing stands in the way. `agreed`: the second person is who asks. */
export function toWriteProblem(write: RecordWrite, verdict: Verdict, agreed = false): ProblemInput | null {
  switch (verdict.type) {
    case 'free':
      return null;
    case 'second':
      return agreed ? null : NEEDS_SECOND;
    case 'missing':
      return { status: 404, detail: `There is no ${ruleOf(write.kind).name} ${write.id}.` };
    case 'refused':
      return verdict.problem;
  }
}

/** For {@link writeRecords}: rejects with {@link NotAllowed} unless who asks may write all of it alone. */
export const guardWrites =
  (asker: Asker, writes: readonly RecordWrite[]): Guard =>
  async (tx) => {
    const verdicts = await judgeWrites(asker, tx, writes);
    const problems = new Map<number, ProblemInput>();
    for (const [place, verdict] of verdicts.entries()) {
      const problem = toWriteProblem(writes[place]!, verdict);
      if (problem !== null) problems.set(place, problem);
    }
    if (problems.size > 0) throw new NotAllowed(problems);
  };

/** How often it is looked whether a scope has come by, ms. */
const SCOPE_CHECK_MS = 10;

/**
 * Waits until what was written of wearers is what scope goes by here: it comes through the log, and whoever has written a wearer writes
 * their order next. It takes a moment after the publication; `limitMs` is for a log that is slow.
 */
export async function untilScopesKnown(
  { principal, findWearer }: Asker,
  writes: readonly RecordWrite[],
  limitMs: number,
): Promise<void> {
  if (principal.kind === 'local') return;
  const scopes = writes.flatMap(({ kind, id, content }) => (kind === 'wearer' ? [scopeOf(id, content)] : []));
  const isKnown = (scope: WearerScope) => isDeepStrictEqual(findWearer(scope.wearerId), scope);
  for (let waitedMs = 0; waitedMs < limitMs && !scopes.every(isKnown); waitedMs += SCOPE_CHECK_MS)
    await delay(SCOPE_CHECK_MS);
}
