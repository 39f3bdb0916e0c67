/** Records within a scope: what may not be seen answers as if it were not there. Whoever is `local` is asked nothing. */
import type { FastifyRequest } from 'fastify';
import { mayDo, mayKnowVictims, maySee, maySeeVictims, type WearerScope } from '../../../access/may.js';
import type { Operation } from '../../../access/operations.js';
import type { Principal } from '../../../access/principal.js';
import type { Database } from '../../../ports/database.js';
import type { RecordKind, StoredRecord } from '../../../ports/records.js';
import type { RecordRule } from '../../../records/rule.js';
import { type Owners, readOwners } from '../../../store/record-owners.js';
import { type AuditNotes, noteAudited } from '../../plugins/audit.js';
import { principalOf, sees } from '../../plugins/principal.js';

/** Who asks, and what scope knows of wearers. */
export interface Asker {
  readonly principal: Principal;
  readonly findWearer: (wearerId: string) => WearerScope | undefined;
  /** Tells the audit whom it is about. */
  readonly note: (about: Pick<AuditNotes, 'wearerIds' | 'hidden'>) => void;
}

export const askerOf = (request: FastifyRequest): Asker => ({
  principal: principalOf(request),
  findWearer: (wearerId) => request.server.access.findWearer(wearerId),
  note: (about) => noteAudited(request, about),
});

const isLocal = (request: FastifyRequest): boolean => principalOf(request).kind === 'local';
export const isOfNobody = (kind: RecordKind): boolean => kind === 'tag' || kind === 'tag-model';

export function mayReadRecord(asker: Asker, operation: Operation, owners: Owners | undefined): boolean {
  const { principal, findWearer } = asker;
  if (owners === undefined) return false;
  if (owners.isShared)
    return mayDo(principal, 'shared.read') && (!owners.isOfVictim || mayKnowVictims(principal, operation));
  // Nobody's scope says anything of a zone that no condition names: it is the next step of whoever writes records, and a victim's
  // address that of its author alone.
  if (owners.wearerIds.length === 0)
    return mayDo(principal, 'records.write') && (!owners.isOfVictim || owners.authors.includes(principal.subjectId));
  const may = owners.isOfVictim ? maySeeVictims : maySee;
  return owners.wearerIds.some((wearerId) => may(principal, operation, findWearer(wearerId)));
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
  const asker = askerOf(request);
  return records.filter(({ id }) => {
    const own = owners.get(id);
    const isReadable = mayReadRecord(asker, operation, own);
    // What is for all wearers is about none of them.
    const wearerIds = own === undefined || own.isShared ? [] : own.wearerIds;
    noteAudited(request, isReadable ? { wearerIds } : { hidden: wearerIds });
    return isReadable;
  });
}

/** Records of a kind as who asks may read them: without what is of victims, where that is kept from them. Why they were written may tell it, too. */
export async function hideVictims(
  request: FastifyRequest,
  db: Database,
  rule: RecordRule,
  records: readonly StoredRecord[],
): Promise<readonly StoredRecord[]> {
  const { operation } = request.routeOptions.config;
  const { withoutVictims } = rule;
  if (withoutVictims === undefined || isLocal(request) || operation === undefined) return records;
  const { principal, findWearer } = askerOf(request);
  const isHidden = ({ id }: StoredRecord) => !maySeeVictims(principal, operation, findWearer(id));
  const hidden = new Set(records.filter(isHidden));
  if (hidden.size === 0) return records;
  const named = [...hidden].flatMap(({ content, id }) =>
    (rule.references?.(content, id) ?? []).flatMap((one) => (one.kind === 'condition' ? one.id : [])),
  );
  const owners = await readOwners(db, 'condition', [...new Set(named)]);
  const isOfVictim = (conditionId: string) => owners.get(conditionId)?.isOfVictim === true;
  return records.map((record) =>
    hidden.has(record)
      ? { ...record, content: withoutVictims(record.content, isOfVictim), changeReason: null }
      : record,
  );
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
