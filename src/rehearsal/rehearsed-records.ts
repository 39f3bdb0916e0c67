/** What a rehearsal tries: the drafts, and of what is on record the conditions that name a drafted zone and the zones that are named. */
import type { Queryable } from '../ports/database.js';
import type { RecordStore } from '../ports/records.js';
import { type ConditionContent, condition } from '../records/kinds/condition.js';
import type { ZoneContent } from '../records/kinds/zone-feature.js';
import { findConditionsOf, type StoredDraft } from '../store/rehearsals.js';
import type { Rehearsed, RehearsedRecords } from './rehearsed-watch.js';

export type FoundRecords =
  | { readonly type: 'found'; readonly records: RehearsedRecords }
  /** A zone that a condition names and nobody has drafted. */
  | { readonly type: 'zone-missing'; readonly conditionId: string; readonly zoneId: string };

/** Records that are not drafted are taken as they stand. */
export async function findRehearsedRecords(
  db: Queryable,
  store: Pick<RecordStore, 'find'>,
  drafts: readonly StoredDraft[],
): Promise<FoundRecords> {
  const draftedOf = <C>(kind: StoredDraft['kind']): Rehearsed<C>[] =>
    drafts
      .filter((draft) => draft.kind === kind)
      .map(({ id, version, content }) => ({ id, version, content: content as C }));
  const zones = new Map(draftedOf<ZoneContent>('zone').map((zone) => [zone.id, zone]));
  const conditions = new Map(draftedOf<ConditionContent>('condition').map((each) => [each.id, each]));
  const naming = zones.size === 0 ? [] : await findConditionsOf(db, [...zones.keys()]);
  const standing = await store.find(
    db,
    'condition',
    naming.filter((id) => !conditions.has(id)),
  );
  for (const { id, version, content } of standing.values())
    conditions.set(id, { id, version, content: content as ConditionContent });
  const named = [...conditions.values()].flatMap(({ id, content }) =>
    (condition.references?.(content, id) ?? []).flatMap((reference) =>
      reference.kind === 'zone' ? [{ conditionId: id, zoneId: reference.id }] : [],
    ),
  );
  const others = [...new Set(named.map(({ zoneId }) => zoneId))].filter((zoneId) => !zones.has(zoneId));
  for (const { id, version, content } of (await store.find(db, 'zone', others)).values())
    zones.set(id, { id, version, content: content as ZoneContent });
  const missing = named.find(({ zoneId }) => !zones.has(zoneId));
  if (missing !== undefined) return { type: 'zone-missing', ...missing };
  return { type: 'found', records: { conditions: [...conditions.values()], zones: [...zones.values()] } };
}
