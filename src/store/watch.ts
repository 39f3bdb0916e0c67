/** What the publisher reads of the records, and what it remembers: `WatchStore` in SQL. */

import type { Zone } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type {
  ConditionFacts,
  ConditionVersionFacts,
  Schedule,
  TagFacts,
  WatchFacts,
  WatchSize,
  WatchStore,
  WatchTarget,
  ZoneVersionFacts,
} from '../ports/watch.js';
import { readAbsences } from './absences.js';
import { addOutboxRows, OUTBOX_CHANNEL, readOutbox, removeFromOutbox } from './outbox.js';
import { listUntagged, readWearerFacts } from './untagged.js';
import { readWearerPeriods } from './wearer-periods.js';
import { listWearerScopes, readWearerScopes } from './wearer-scopes.js';

const ms = (date: Date): number => date.getTime();
const msOrNull = (date: Date | null): number | null => (date === null ? null : date.getTime());
const idsOf = (targets: readonly WatchTarget[], kind: WatchTarget['kind']) =>
  targets.flatMap((target) => (target.kind === kind ? [target.id] : []));

async function resolveTargets(db: Queryable, targets: readonly WatchTarget[]) {
  const { rows } = await db.query<{ tag_id: string | null; condition_id: string | null; wearer_id: string | null }>(
    `with concerned as (
       select distinct c.order_id, c.condition_id
       from condition c left join condition_zone z using (condition_id)
       where z.zone_id = any($1) or c.condition_id = any($2)
     )
     select tag_id, null as condition_id, null as wearer_id from tag where tag_id = any($3) or model_id = any($4)
     union select tag_id, null, null from activation where wearer_id = any($5)
     union select tag_id, null, null from legal_order join activation using (wearer_id) where order_id = any($6)
     union select a.tag_id, null, null from concerned join legal_order using (order_id) join activation a using (wearer_id)
     union select null, condition_id, null from concerned where order_id is null
     union select null, null, wearer_id from activation where tag_id = any($3)
     union select null, null, unnest($5::text[])`,
    [
      idsOf(targets, 'zone'),
      idsOf(targets, 'condition'),
      idsOf(targets, 'tag'),
      idsOf(targets, 'tag-model'),
      idsOf(targets, 'wearer'),
      idsOf(targets, 'order'),
    ],
  );
  const known = (ids: readonly (string | null)[]) => ids.filter((id) => id !== null).sort();
  return {
    tagIds: known(rows.map(({ tag_id }) => tag_id)),
    conditionIds: known(rows.map(({ condition_id }) => condition_id)),
    wearerIds: known(rows.map(({ wearer_id }) => wearer_id)),
  };
}

interface TagRow {
  tag_id: string;
  accuracy_convention: 'r68' | 'r95' | null;
  default_accuracy_metres: number | null;
  interval_seconds: number | null;
  /** Infinite: no limit. */
  silent_after_seconds: number | null;
}

async function readTags(db: Queryable, tagIds: readonly string[]): Promise<TagFacts[]> {
  const tags = await db.query<TagRow>(
    `select tag_id, accuracy_convention, default_accuracy_metres, interval_seconds, silent_after_seconds
     from tag left join tag_model using (model_id) where tag_id = any($1) order by tag_id`,
    [tagIds],
  );
  const activations = await db.query<{
    activation_id: string;
    tag_id: string;
    wearer_id: string;
    fitted_at: Date;
    until_at: Date | null;
  }>(
    `select activation_id, tag_id, wearer_id, fitted_at, until_at from worn
     where tag_id = any($1) order by fitted_at, until_at nulls last, activation_id`,
    [tagIds],
  );
  const byTag = new Map<string, TagFacts['activations'][number][]>(tags.rows.map((row) => [row.tag_id, []]));
  for (const row of activations.rows) {
    byTag.get(row.tag_id)?.push({
      activationId: row.activation_id,
      wearerId: row.wearer_id,
      fittedAtMs: ms(row.fitted_at),
      removedAtMs: msOrNull(row.until_at),
    });
  }
  return tags.rows.map((row) => ({
    tagId: row.tag_id,
    model:
      row.accuracy_convention === null || row.interval_seconds === null
        ? null
        : {
            accuracyConvention: row.accuracy_convention,
            defaultAccuracyMetres: row.default_accuracy_metres,
            intervalSeconds: row.interval_seconds,
            ...(row.silent_after_seconds === null
              ? {}
              : { silentAfterSeconds: Number.isFinite(row.silent_after_seconds) ? row.silent_after_seconds : null }),
          },
    activations: byTag.get(row.tag_id) ?? [],
  }));
}

interface ConditionRow {
  condition_id: string;
  order_id: string | null;
  wearer_id: string | null;
  order_starts_at: Date | null;
  order_ends_at: Date | null;
  version: number;
  effective_at: Date;
  kind: ConditionVersionFacts['kind'];
  zone_id: string;
  schedule: Schedule | null;
  confirm_on: 'belief' | 'first-fix' | null;
  grace_minutes: number;
  starts_at: Date;
  ends_at: Date | null;
}

/** Conditions by a clause over `condition c` and its order `o`. */
async function readConditions(db: Queryable, where: string, ids: readonly string[]): Promise<ConditionFacts[]> {
  const { rows } = await db.query<ConditionRow>(
    `select c.condition_id, order_id, o.wearer_id, o.starts_at as order_starts_at, o.ends_at as order_ends_at,
            coalesce(v.judged_as, v.version) as version,
            v.effective_at, v.kind, v.zone_id, v.schedule, v.confirm_on, v.grace_minutes, v.starts_at, v.ends_at
     from condition c join condition_version v using (condition_id) left join legal_order o using (order_id)
     where ${where} order by c.condition_id, v.version`,
    [ids],
  );
  const conditions = new Map<string, ConditionFacts & { versions: ConditionVersionFacts[] }>();
  for (const row of rows) {
    const { condition_id: conditionId, wearer_id: wearerId, order_starts_at: startsAt, order_ends_at: endsAt } = row;
    let condition = conditions.get(conditionId);
    if (condition === undefined) {
      const order =
        row.order_id === null || wearerId === null || startsAt === null
          ? null
          : { orderId: row.order_id, wearerId, startsAtMs: ms(startsAt), endsAtMs: msOrNull(endsAt) };
      condition = { conditionId, order, versions: [] };
      conditions.set(conditionId, condition);
    }
    condition.versions.push({
      version: row.version,
      effectiveAtMs: ms(row.effective_at),
      kind: row.kind,
      zoneId: row.zone_id,
      schedule: row.schedule,
      confirmOn: row.confirm_on,
      graceMinutes: row.grace_minutes,
      startsAtMs: ms(row.starts_at),
      endsAtMs: msOrNull(row.ends_at),
    });
  }
  return [...conditions.values()];
}

async function readZones(db: Queryable, conditions: readonly ConditionFacts[]): Promise<WatchFacts['zones']> {
  const { rows } = await db.query<{
    zone_id: string;
    version: number;
    effective_at: Date | null;
    priority: Zone['priority'];
    buffer_metres: number | null;
    shape: Zone['shape'];
  }>(
    `select zone_id, version, effective_at, priority, buffer_metres, shape from zone_version
     where zone_id in (select zone_id from condition_zone where condition_id = any($1)) order by zone_id, version`,
    [conditions.map(({ conditionId }) => conditionId)],
  );
  const zones = new Map<string, ZoneVersionFacts[]>();
  for (const row of rows) {
    const versions = zones.get(row.zone_id) ?? [];
    zones.set(row.zone_id, versions);
    versions.push({
      effectiveAtMs: msOrNull(row.effective_at),
      zone: {
        zoneId: row.zone_id,
        version: row.version,
        priority: row.priority,
        bufferMetres: row.buffer_metres,
        shape: row.shape,
      },
    });
  }
  return zones;
}

async function readTagFacts(db: Queryable, tagIds: readonly string[]): Promise<WatchFacts> {
  const tags = await readTags(db, tagIds);
  const wearerIds = [...new Set(tags.flatMap(({ activations }) => activations.map(({ wearerId }) => wearerId)))];
  const conditions = await readConditions(db, 'o.wearer_id = any($1)', wearerIds);
  const orderIds = [...new Set(conditions.flatMap(({ order }) => order?.orderId ?? []))];
  return {
    tags,
    conditions,
    zones: await readZones(db, conditions),
    absences: await readAbsences(db, orderIds),
    ...(await readWearerPeriods(db, wearerIds)),
  };
}

async function readSharedFacts(db: Queryable, conditionIds: readonly string[]): Promise<WatchFacts> {
  const conditions = await readConditions(db, 'c.condition_id = any($1) and c.order_id is null', conditionIds);
  return { tags: [], conditions, zones: await readZones(db, conditions) };
}

/**
 * Counted where it stands. A zone counts as often as it is named, each version of everything as if it lay in the way, a week of a schedule
 * whole and two more on top: what is found small is small.
 */
const countSizes: WatchStore['countSizes'] = async (db, { tagIds, conditionIds }, horizonMs) => {
  const { rows } = await db.query<WatchSize>(
    `with own as (
       select a.tag_id, a.wearer_id, a.fitted_at, (select count(*) from record_version p
         where p.about_wearer_id = a.wearer_id and p.record_kind in ('suspension', 'custody-period')) as periods
       from activation a where a.tag_id = any($1)
     ), concerned as (
       select 'tag' as kind, own.tag_id as id, c.condition_id, own.fitted_at, (select count(*) from absence f
         join record_version r on r.record_kind = 'absence' and r.record_id = f.absence_id where f.order_id = o.order_id) as absences
       from own join legal_order o on o.wearer_id = own.wearer_id join condition c on c.order_id = o.order_id
       union all
       select 'condition', c.condition_id, c.condition_id, '-infinity', 0 from condition c
       where c.condition_id = any($2) and c.order_id is null
     ), counted as (
       select p.kind, p.id, 2 + p.absences as named, st_npoints(z.geometry) as points, st_nrings(z.geometry) as rings,
              case when v.schedule is null then 0 else 2 * (
                (select coalesce(sum(jsonb_array_length(w -> 'days')), 0) from jsonb_array_elements(v.schedule -> 'windows') w)
                  * (2 + greatest(0, ceil(extract(epoch from $3::timestamptz - greatest(v.starts_at, p.fitted_at)) / 604800)))
                + (select coalesce(sum(jsonb_array_length(e -> 'windows')), 0)
                   from jsonb_array_elements(v.schedule -> 'exceptions') e)
              ) end as edges
       from concerned p join condition_version v on v.condition_id = p.condition_id
         join condition_zone n on n.condition_id = v.condition_id and n.version = v.version
         join zone_version z on z.zone_id = n.zone_id
       union all select 'tag', own.tag_id, 1 + own.periods, 0, 0, 0 from own
     )
     select kind, id, 1 + sum(named) as named, sum(points) as points, sum(rings) as rings, sum(edges) as edges
     from counted group by kind, id`,
    [tagIds, conditionIds, new Date(horizonMs)],
  );
  return rows;
};

const recordTerms: WatchStore['recordTerms'] = async (tx, terms, nowMs) => {
  if (terms.length === 0) return [];
  const columns = [
    terms.map(({ activationId }) => activationId),
    terms.map(({ conditionId }) => conditionId),
    terms.map(({ conditionVersion }) => conditionVersion),
    terms.map(({ zoneId }) => zoneId),
    terms.map(({ zoneVersion }) => zoneVersion),
  ];
  await tx.query(
    `insert into term_publication
     select *, $6::timestamptz from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::int[])
     on conflict do nothing`,
    [...columns, new Date(nowMs)],
  );
  const { rows } = await tx.query<{ published_at: Date }>(
    `select published_at
     from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::int[]) with ordinality
       as term (activation_id, condition_id, condition_version, zone_id, zone_version, place)
     join term_publication using (activation_id, condition_id, condition_version, zone_id, zone_version)
     order by place`,
    columns,
  );
  return rows.map((row) => ms(row.published_at));
};

const recordPublished: WatchStore['recordPublished'] = async (db, published, nowMs) => {
  await db.query(
    `insert into watch_publication (target_kind, target_id, content_hash, sequence, published_at)
     select *, $5::timestamptz from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
     on conflict (target_kind, target_id) do update
     set content_hash = excluded.content_hash, sequence = excluded.sequence, published_at = excluded.published_at
     where watch_publication.sequence < excluded.sequence`,
    [
      published.map(({ kind }) => kind),
      published.map(({ id }) => id),
      published.map(({ contentHash }) => contentHash),
      published.map(({ sequence }) => sequence),
      new Date(nowMs),
    ],
  );
};

export const watchStore: WatchStore = {
  outboxChannel: OUTBOX_CHANNEL,
  readOutbox,
  removeFromOutbox,
  async addToOutbox(db, targets, nowMs) {
    await addOutboxRows(db, { kind: 'publisher', id: '' }, targets, nowMs);
  },
  resolveTargets,
  readWearerScopes,
  listWearerScopes,
  async beginPublication(tx) {
    // LOCK takes no snapshot: the one of the next statement is taken when the lock is held.
    await tx.query('lock table publication_state in exclusive mode');
    const { rows } = await tx.query<{ sequence: number }>(`select nextval('publication_sequence') as sequence`);
    return rows[0]!.sequence;
  },
  countSizes,
  readTagFacts,
  readSharedFacts,
  readWearerFacts,
  async readCustody(db, wearerIds) {
    return (await readWearerPeriods(db, wearerIds)).custodyPeriods;
  },
  listUntagged,
  recordTerms,
  async readPublished(db, kind, ids) {
    const { rows } = await db.query<{ target_id: string; content_hash: string }>(
      'select target_id, content_hash from watch_publication where target_kind = $1 and target_id = any($2)',
      [kind, ids],
    );
    return new Map(rows.map((row) => [row.target_id, row.content_hash]));
  },
  recordPublished,
  async readPublicationState(db) {
    const { rows } = await db.query<{ epoch: string | null; expanded_until: Date | null; sequence: number }>(
      `select epoch, expanded_until, (case when is_called then last_value else 0 end) as sequence
       from publication_state, publication_sequence`,
    );
    const { epoch, expanded_until, sequence } = rows[0]!;
    return { epoch, expandedUntilMs: msOrNull(expanded_until), sequence };
  },
  async writePublicationState(db, { epoch, expandedUntilMs }) {
    await db.query('update publication_state set epoch = $1, expanded_until = $2', [epoch, new Date(expandedUntilMs)]);
  },
  async forgetPublished(db) {
    await db.query('delete from watch_publication');
  },
  async raiseSequence(db, sequence) {
    await db.query(
      `select setval('publication_sequence', greatest($1::bigint, last_value)) from publication_sequence`,
      [sequence],
    );
  },
  async listAllTargets(db) {
    const { rows } = await db.query<WatchTarget>(
      `select 'tag' as kind, tag_id as id from tag
       union all select 'condition', condition_id from condition where order_id is null`,
    );
    return rows;
  },
  async listScheduledTargets(db, atMs) {
    const { rows } = await db.query<WatchTarget>(
      `select distinct case when o.order_id is null then 'condition' else 'wearer' end as kind,
              coalesce(o.wearer_id, c.condition_id) as id
       from condition_version v join condition c using (condition_id) left join legal_order o using (order_id)
       where v.schedule is not null and coalesce(v.ends_at, 'infinity') > $1 and coalesce(o.ends_at, 'infinity') > $1`,
      [new Date(atMs)],
    );
    return rows;
  },
};
