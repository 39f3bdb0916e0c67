/** Conditions and their versions: one clause of an order, or of all. */
import type { ConditionKind } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { Schedule } from '../ports/watch.js';
import { checkEffectiveAt, isSameVersion, readEffectiveAt, type VersionPut } from './record-versions.js';
import { checkReferences, lockNames, type RecordFault, type RecordTable, type StoredRecord } from './records.js';

/** Either `orderId` or `appliesTo` is there. */
export interface ConditionContent {
  readonly orderId?: string;
  readonly appliesTo?: 'all-wearers';
  readonly kind: ConditionKind;
  readonly zoneId: string;
  readonly schedule?: Schedule;
  readonly confirmOn?: 'belief' | 'first-fix';
  readonly graceMinutes?: number;
  readonly startsAt: string;
  readonly endsAt?: string;
}

/** Conditions of a wearer that have not ended (`wire.md`). */
export const MAX_CONDITIONS_PER_WEARER = 100;

interface ConditionRow {
  condition_id: string;
  version: number;
  effective_at: Date;
  effective_at_given: boolean;
  recorded_at: Date;
  content: ConditionContent;
}

function toRecord(row: ConditionRow): StoredRecord<ConditionContent> {
  return {
    id: row.condition_id,
    content: row.content,
    version: row.version,
    effectiveAt: row.effective_at.toISOString(),
    effectiveAtGiven: row.effective_at_given,
    recordedAt: row.recorded_at.toISOString(),
  };
}

async function read(
  db: Queryable,
  from: string,
  params: readonly unknown[],
): Promise<StoredRecord<ConditionContent>[]> {
  const { rows } = await db.query<ConditionRow>(
    `select condition_id, version, effective_at, effective_at_given, recorded_at, content from ${from}`,
    params,
  );
  return rows.map(toRecord);
}

/** Every zone that a condition names, with the place at which it does. */
function zonesOf({ zoneId, schedule }: ConditionContent): { pointer: string; id: string }[] {
  const named: { pointer: string; id: string }[] = [{ pointer: '/zoneId', id: zoneId }];
  schedule?.windows.forEach((window, i) => {
    if (window.zoneId !== undefined) named.push({ pointer: `/schedule/windows/${i}/zoneId`, id: window.zoneId });
  });
  schedule?.exceptions.forEach(({ windows }, i) => {
    windows.forEach((window, j) => {
      const pointer = `/schedule/exceptions/${i}/windows/${j}/zoneId`;
      if (window.zoneId !== undefined) named.push({ pointer, id: window.zoneId });
    });
  });
  return named;
}

/** Counts under a lock on the wearer, so that two that are written at once do not both find room. */
async function checkRoom(tx: Queryable, orderId: string, conditionId: string, nowMs: number): Promise<RecordFault[]> {
  const { rows } = await tx.query<{ wearer_id: string }>('select wearer_id from legal_order where order_id = $1', [
    orderId,
  ]);
  const wearerId = rows[0]?.wearer_id;
  if (wearerId === undefined) return [];
  await lockNames(tx, `wearer:${wearerId}`);
  const counted = await tx.query<{ others: number }>(
    `select count(*) as others
     from condition join condition_version v using (condition_id, version) join legal_order o using (order_id)
     where o.wearer_id = $1 and condition_id <> $2 and coalesce(least(v.ends_at, o.ends_at), 'infinity') > $3::timestamptz`,
    [wearerId, conditionId, new Date(nowMs)],
  );
  if ((counted.rows[0]?.others ?? 0) < MAX_CONDITIONS_PER_WEARER) return [];
  return [{ pointer: '', detail: `a wearer has at most ${MAX_CONDITIONS_PER_WEARER} conditions that have not ended` }];
}

export const conditions: RecordTable<VersionPut<ConditionContent>, ConditionContent> = {
  kind: 'condition',
  async find(db, id) {
    const from = 'condition_version join condition using (condition_id, version) where condition_id = $1';
    return (await read(db, from, [id]))[0] ?? null;
  },
  list: (db, after, limit) =>
    read(
      db,
      `condition join condition_version using (condition_id, version) where condition_id > $1 collate "C"
       order by condition_id collate "C" limit $2::int`,
      [after ?? '', limit],
    ),
  versions: (db, id, after, limit) =>
    read(db, 'condition_version where condition_id = $1 and version > $2::int order by version limit $3::int', [
      id,
      after,
      limit,
    ]),
  isSame: isSameVersion,
  async check(tx, put, { id, current, nowMs }) {
    const { content } = put;
    const errors = checkEffectiveAt(put, current, nowMs, '/effectiveAt');
    for (const field of ['orderId', 'appliesTo'] as const) {
      if (current === null || current.content[field] === content[field]) continue;
      errors.push({ pointer: `/${field}`, detail: 'a condition stays with what it belongs to: write another' });
    }
    const references = zonesOf(content).map((zone) => ({ ...zone, kind: 'zone' as const }));
    errors.push(...(await checkReferences(tx, references)));
    if (content.orderId !== undefined) {
      errors.push(...(await checkReferences(tx, [{ pointer: '/orderId', kind: 'order', id: content.orderId }])));
      errors.push(...(await checkRoom(tx, content.orderId, id, nowMs)));
    }
    return errors.length === 0 ? null : { type: 'invalid', errors };
  },
  async write(tx, put, version, { id, current, nowMs }) {
    const { content } = put;
    const given = readEffectiveAt(put, current, nowMs);
    const effectiveAt = given ?? (current === null ? content.startsAt : new Date(nowMs).toISOString());
    await tx.query(
      `insert into condition (condition_id, order_id, applies_to, version) values ($1, $2, $3, $4::int)
       on conflict (condition_id) do update set version = excluded.version`,
      [id, content.orderId ?? null, content.appliesTo ?? null, version],
    );
    await tx.query(
      `insert into condition_version (condition_id, version, effective_at, effective_at_given, recorded_at, kind, zone_id,
                                      schedule, confirm_on, grace_minutes, starts_at, ends_at, content, tzdb_version)
       values ($1, $2::int, $3::timestamptz, $4::boolean, $5::timestamptz, $6, $7, $8::jsonb, $9, $10::float8,
               $11::timestamptz, $12::timestamptz, $13::jsonb, $14)`,
      [
        id,
        version,
        effectiveAt,
        given !== null,
        new Date(nowMs),
        content.kind,
        content.zoneId,
        content.schedule ?? null,
        content.confirmOn ?? null,
        content.graceMinutes ?? 0,
        content.startsAt,
        content.endsAt ?? null,
        content,
        process.versions['tz'] ?? null,
      ],
    );
    await tx.query(
      `insert into condition_zone (zone_id, condition_id, version)
       select distinct zone_id, $2, $3::int from unnest($1::text[]) as named (zone_id)`,
      [zonesOf(content).map((zone) => zone.id), id, version],
    );
  },
  targets: (_put, { id }) => [{ kind: 'condition', id }],
};
