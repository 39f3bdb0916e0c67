/** What the rules of records ask: `RecordFacts` in SQL. Each question is about many, so that an import asks it once. */
import type { RecordFacts } from '../ports/records.js';
import { TABLES } from './record-heads.js';

/** How many activations in the way of one are named. */
const MAX_CONFLICTS = 10;

export const recordFacts: RecordFacts = {
  async findMissing(tx, kind, ids) {
    const [table, column] = TABLES[kind];
    const { rows } = await tx.query<{ id: string }>(
      `select id from unnest($1::text[]) as named (id) where not exists (select from ${table} where ${column} = id)`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  },
  async findOverlaps(tx, activationIds) {
    const { rows } = await tx.query<{
      own_id: string;
      activation_id: string;
      tag_id: string;
      wearer_id: string;
      fitted_at: Date;
      removed_at: Date | null;
    }>(
      `select own.activation_id as own_id, other.*
       from activation own cross join lateral (
         select activation_id, tag_id, wearer_id, fitted_at, removed_at from activation
         where activation_id <> own.activation_id and (tag_id = own.tag_id or wearer_id = own.wearer_id)
           and tstzrange(fitted_at, removed_at) && tstzrange(own.fitted_at, own.removed_at)
         order by fitted_at, activation_id limit $2::int
       ) other where own.activation_id = any($1)`,
      [activationIds, MAX_CONFLICTS],
    );
    return rows.map((row) => ({
      activationId: row.own_id,
      other: {
        activationId: row.activation_id,
        tagId: row.tag_id,
        wearerId: row.wearer_id,
        fittedAt: row.fitted_at.toISOString(),
        ...(row.removed_at === null ? {} : { removedAt: row.removed_at.toISOString() }),
      },
    }));
  },
  async findCrowded(tx, conditionIds, max, nowMs) {
    const { rows } = await tx.query<{ condition_id: string }>(
      `with concerned as (
         select distinct o.wearer_id from condition c join legal_order o using (order_id) where c.condition_id = any($1)
       ), crowded as (
         select o.wearer_id
         from concerned p join legal_order o on o.wearer_id = p.wearer_id join condition c on c.order_id = o.order_id
           join condition_version v on v.condition_id = c.condition_id and v.version = c.version
         where coalesce(least(v.ends_at, o.ends_at), 'infinity') > $3::timestamptz
         group by o.wearer_id having count(*) > $2::int
       )
       select condition_id from crowded join legal_order using (wearer_id) join condition using (order_id)
       where condition_id = any($1)`,
      [conditionIds, max, new Date(nowMs)],
    );
    return new Set(rows.map((row) => row.condition_id));
  },
  async listStandingConditions(tx, wearerIds, nowMs) {
    // One whose end is its beginning never was.
    const { rows } = await tx.query<{ wearer_id: string; condition_ids: string[] }>(
      `select o.wearer_id, array_agg(c.condition_id order by c.condition_id) as condition_ids
       from legal_order o join condition c using (order_id)
         join condition_version v on v.condition_id = c.condition_id and v.version = c.version
       where o.wearer_id = any($1) and coalesce(least(v.ends_at, o.ends_at), 'infinity') > greatest($2::timestamptz, v.starts_at)
       group by o.wearer_id`,
      [wearerIds, new Date(nowMs)],
    );
    return new Map(rows.map((row) => [row.wearer_id, row.condition_ids]));
  },
  async readBelonging(tx, conditionIds) {
    const { rows } = await tx.query<{ condition_id: string; order_id: string | null; wearer_id: string | null }>(
      `select condition_id, order_id, wearer_id from condition left join legal_order using (order_id)
       where condition_id = any($1)`,
      [conditionIds],
    );
    return new Map(rows.map((row) => [row.condition_id, { orderId: row.order_id, wearerId: row.wearer_id }]));
  },
  async readWearers(tx, orderIds) {
    const { rows } = await tx.query<{ order_id: string; wearer_id: string }>(
      'select order_id, wearer_id from legal_order where order_id = any($1)',
      [orderIds],
    );
    return new Map(rows.map((row) => [row.order_id, row.wearer_id]));
  },
  async readOrders(tx, orderIds) {
    const { rows } = await tx.query<{
      order_id: string;
      wearer_id: string;
      type: string;
      starts_at: Date;
      ends_at: Date | null;
    }>('select order_id, wearer_id, type, starts_at, ends_at from legal_order where order_id = any($1)', [orderIds]);
    return new Map(
      rows.map(({ order_id, wearer_id, type, starts_at, ends_at }) => [
        order_id,
        {
          wearerId: wearer_id,
          type,
          startsAt: starts_at.toISOString(),
          endsAt: ends_at?.toISOString() ?? null,
        },
      ]),
    );
  },
  async readAlertWearers(tx, alertIds) {
    const { rows } = await tx.query<{ alert_id: string; wearer_id: string }>(
      'select alert_id, wearer_id from alert where alert_id = any($1)',
      [alertIds],
    );
    return new Map(rows.map((row) => [row.alert_id, row.wearer_id]));
  },
};
