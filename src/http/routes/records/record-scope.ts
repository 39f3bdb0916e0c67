/**
 * Records within a scope: what may not be seen answers as if it were not there, and what may not be written is refused before it is.
 * Whoever is `local` is asked nothing.
 */
import type { FastifyRequest } from 'fastify';
import { hidesVictimZones, mayDo, maySee, rulesFor } from '../../../access/may.js';
import type { Operation } from '../../../access/operations.js';
import type { Database } from '../../../ports/database.js';
import type { RecordKind } from '../../../ports/records.js';
import type { RecordRule } from '../../../records/rule.js';
import { hasVictimZone, type Owners, readOwners } from '../../../store/record-owners.js';
import { principalOf, sees } from '../../plugins/principal.js';
import type { ProblemInput } from '../../plugins/problems.js';

const NEEDS_SECOND: ProblemInput = {
  status: 403,
  detail: 'This takes the agreement of a second person, which this Tagwatch cannot ask for yet.',
};

const isLocal = (request: FastifyRequest): boolean => principalOf(request).kind === 'local';
const isOfNobody = (kind: RecordKind): boolean => kind === 'tag' || kind === 'tag-model';

function mayRead(request: FastifyRequest, operation: Operation, owners: Owners | undefined): boolean {
  const principal = principalOf(request);
  if (owners === undefined) return false;
  if (owners.isOfVictim && hidesVictimZones(principal, operation)) return false;
  if (owners.isShared) return mayDo(principal, 'shared.read');
  // A zone that no condition names is its author's next step.
  if (owners.wearerIds.length === 0) return mayDo(principal, 'records.write');
  return owners.wearerIds.some((wearerId) => sees(request, wearerId, operation));
}

/** Those of some records of a kind that may be read. */
export async function keepReadable<R extends { readonly id: string }>(
  request: FastifyRequest,
  db: Database,
  kind: RecordKind,
  records: readonly R[],
): Promise<readonly R[]> {
  const { operation } = request.routeOptions.config;
  if (isLocal(request) || isOfNobody(kind) || operation === undefined || records.length === 0) return records;
  const owners = await readOwners(
    db,
    kind,
    records.map(({ id }) => id),
  );
  return records.filter(({ id }) => mayRead(request, operation, owners.get(id)));
}

/** A version that was about somebody else. */
export function isOfHidden(request: FastifyRequest, content: object): boolean {
  const { wearerId } = content as { readonly wearerId?: unknown };
  return !isLocal(request) && typeof wearerId === 'string' && !sees(request, wearerId);
}

/**
 * A page of those that may be read. What is passed over leaves no trace: no id of it stands in a cursor, and there is none where
 * nothing follows.
 */
export async function listReadable<R extends { readonly id: string }>(
  request: FastifyRequest,
  db: Database,
  kind: RecordKind,
  after: string | null,
  wanted: number,
  readPage: (after: string | null, limit: number) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (let from = after; ; ) {
    const rows = await readPage(from, wanted);
    found.push(...(await keepReadable(request, db, kind, rows)));
    const last = rows.at(-1);
    if (found.length >= wanted || rows.length < wanted || last === undefined) return found.slice(0, wanted);
    from = last.id;
  }
}

/** Why a record may not be written by who asks; null: it may. `'missing'`: as if there were no such record. */
export async function whyNotWritable(
  request: FastifyRequest,
  db: Database,
  rule: RecordRule,
  id: string,
  content: object,
): Promise<ProblemInput | 'missing' | null> {
  const { operation } = request.routeOptions.config;
  if (isLocal(request) || isOfNobody(rule.kind) || operation === undefined) return null;
  const principal = principalOf(request);
  const standing = (await readOwners(db, rule.kind, [id])).get(id);
  const isShared = standing?.isShared === true || 'appliesTo' in content;
  if (isShared) {
    if (standing !== undefined && !mayDo(principal, 'shared.read')) return 'missing';
    const rules = rulesFor(principal, 'shared.write');
    if (rules.length === 0) return { status: 403, detail: 'Your roles do not include this.' };
    if (rules.every(({ needsSecond }) => needsSecond !== undefined)) return NEEDS_SECOND;
  }
  // A change of what several wearers share concerns each of them.
  if (standing?.wearerIds.some((wearerId) => !sees(request, wearerId))) return 'missing';
  for (const reference of rule.references?.(content as never) ?? []) {
    const kind = reference.kind;
    if (isOfNobody(kind)) continue;
    const owners = (await readOwners(db, kind, [reference.id])).get(reference.id);
    const isReadable = owners !== undefined && mayRefer(request, operation, owners);
    if (owners !== undefined && !isReadable) {
      // As for one that is not there.
      const detail = `there is no ${kind} ${reference.id}`;
      return { status: 422, errors: [{ pointer: reference.pointer, detail }] };
    }
  }
  if (rule.kind === 'wearer' && !maySee(principal, operation, scopeOf(id, content))) {
    return {
      status: 422,
      errors: [{ pointer: '', detail: 'would be outside your scope: see force, division and schemes' }],
    };
  }
  return rule.kind === 'suspension' ? whyNotSuspended(request, db, content) : null;
}

function mayRefer(request: FastifyRequest, operation: Operation, owners: Owners): boolean {
  if (owners.isShared || owners.wearerIds.length === 0) return mayRead(request, operation, owners);
  return owners.wearerIds.some((wearerId) => sees(request, wearerId, operation));
}

function scopeOf(wearerId: string, content: object) {
  const { force, division, schemes, restrictedTo } = content as {
    readonly force?: string;
    readonly division?: string;
    readonly schemes?: readonly string[];
    readonly restrictedTo?: readonly string[];
  };
  return {
    wearerId,
    force: force ?? null,
    division: division ?? null,
    schemes: schemes ?? [],
    restrictedTo: restrictedTo ?? null,
  };
}

/** Alerting about a victim's zone is not paused by one person alone. */
async function whyNotSuspended(request: FastifyRequest, db: Database, content: object): Promise<ProblemInput | null> {
  const rules = rulesFor(principalOf(request), 'suspensions.write');
  if (rules.some(({ needsSecond }) => needsSecond === undefined)) return null;
  const { wearerId, conditionId } = content as { readonly wearerId: string; readonly conditionId?: string };
  const isOfVictim =
    conditionId === undefined
      ? await hasVictimZone(db, wearerId)
      : (await readOwners(db, 'condition', [conditionId])).get(conditionId)?.isOfVictim === true;
  return isOfVictim ? NEEDS_SECOND : null;
}
