/** Whose records are: what scope goes by. */
import type { Queryable } from '../ports/database.js';
import type { RecordKind } from '../ports/records.js';

export interface Owners {
  /** A zone's: of every wearer whose condition names it. */
  readonly wearerIds: readonly string[];
  /** A condition of all wearers, and a zone of one. */
  readonly isShared: boolean;
  /** A zone that is, was or is to be a victim's, whenever its versions take effect; a condition with one; an absence that names that. */
  readonly isOfVictim: boolean;
  /** Of a zone that no condition names: who wrote it; of others nobody is told. */
  readonly authors: readonly string[];
}

const NO_AUTHORS = `'{}'::text[] as authors`;
const OF_WEARER = `array[wearer_id] as wearer_ids, false as is_shared, false as is_of_victim, ${NO_AUTHORS}`;
/** Of a condition `c`. */
const VICTIM_ZONE = `exists (select from condition_zone cz join zone_version v using (zone_id)
  where cz.condition_id = c.condition_id and v.priority = 'victim')`;

const QUERIES: Readonly<Record<Exclude<RecordKind, 'tag' | 'tag-model'>, string>> = {
  wearer: `select wearer_id as id, ${OF_WEARER} from wearer where wearer_id = any($1)`,
  activation: `select activation_id as id, ${OF_WEARER} from activation where activation_id = any($1)`,
  order: `select order_id as id, ${OF_WEARER} from legal_order where order_id = any($1)`,
  suspension: `select suspension_id as id, ${OF_WEARER} from suspension where suspension_id = any($1)`,
  'custody-period': `select custody_period_id as id, ${OF_WEARER} from custody_period where custody_period_id = any($1)`,
  'rag-rating': `select wearer_id as id, ${OF_WEARER} from rag_rating where wearer_id = any($1)`,
  mappa: `select wearer_id as id, ${OF_WEARER} from mappa where wearer_id = any($1)`,
  membership: `select wearer_id as id, ${OF_WEARER} from membership where wearer_id = any($1)`,
  'wearer-flags': `select wearer_id as id, ${OF_WEARER} from wearer_flags where wearer_id = any($1)`,
  'risk-plan': `select wearer_id as id, ${OF_WEARER} from risk_plan where wearer_id = any($1)`,
  task: `select task_id as id, ${OF_WEARER} from task where task_id = any($1)`,
  intelligence: `select intelligence_id as id, ${OF_WEARER} from intelligence where intelligence_id = any($1)`,
  recall: `select recall_id as id, ${OF_WEARER} from recall where recall_id = any($1)`,
  consent: `select consent_id as id, ${OF_WEARER} from consent where consent_id = any($1)`,
  'legal-hold': `select legal_hold_id as id, ${OF_WEARER} from legal_hold where legal_hold_id = any($1)`,
  note: `select note_id as id, ${OF_WEARER} from note where note_id = any($1)`,
  absence: `select absence_id as id, array[wearer_id] as wearer_ids, false as is_shared,
      exists (select from record_version r
        cross join jsonb_array_elements_text(coalesce(r.content -> 'conditionIds', '[]')) named (condition_id)
        join condition c using (condition_id)
        where r.record_kind = 'absence' and r.record_id = absence_id and ${VICTIM_ZONE}) as is_of_victim, ${NO_AUTHORS}
    from absence join legal_order using (order_id) where absence_id = any($1)`,
  condition: `select condition_id as id, array_remove(array[wearer_id], null) as wearer_ids, order_id is null as is_shared,
      ${VICTIM_ZONE} as is_of_victim, ${NO_AUTHORS}
    from condition c left join legal_order using (order_id) where condition_id = any($1)`,
  zone: `select z.zone_id as id, coalesce(array_agg(distinct o.wearer_id) filter (where o.wearer_id is not null), '{}') as wearer_ids,
      coalesce(bool_or(c.condition_id is not null and c.order_id is null), false) as is_shared,
      exists (select from zone_version v where v.zone_id = z.zone_id and v.priority = 'victim') as is_of_victim,
      case when count(c.condition_id) > 0 then '{}' else array(
        select distinct author from record_version where record_kind = 'zone' and record_id = z.zone_id) end as authors
    from zone z left join condition_zone cz on cz.zone_id = z.zone_id left join condition c using (condition_id)
      left join legal_order o using (order_id)
    where z.zone_id = any($1) group by z.zone_id`,
};

/** By id; those who are not on record are left out. Tags and their models are nobody's. */
export async function readOwners(
  db: Queryable,
  kind: RecordKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Owners>> {
  if (kind === 'tag' || kind === 'tag-model') return new Map();
  const { rows } = await db.query<{
    id: string;
    wearer_ids: string[];
    is_shared: boolean;
    is_of_victim: boolean;
    authors: string[];
  }>(QUERIES[kind], [ids]);
  return new Map(
    rows.map((row) => [
      row.id,
      { wearerIds: row.wearer_ids, isShared: row.is_shared, isOfVictim: row.is_of_victim, authors: row.authors },
    ]),
  );
}

/** Which of some wearers have a condition with a zone of a victim, those of all wearers with them. */
export async function findWithVictimZone(db: Queryable, wearerIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (wearerIds.length === 0) return NOBODY;
  const { rows } = await db.query<{ id: string }>(
    `with shared as (select exists (select from condition c where c.order_id is null and ${VICTIM_ZONE}) as found)
     select id from unnest($1::text[]) as wearer (id), shared
     where found or exists (
       select from legal_order o join condition c using (order_id) where o.wearer_id = wearer.id and ${VICTIM_ZONE})`,
    [wearerIds],
  );
  return new Set(rows.map(({ id }) => id));
}

const NOBODY: ReadonlySet<string> = new Set();

/** Which of some orders demand presence at a zone of a victim, by any version: what an absence excuses that names no condition. */
export async function findDemandingPresenceAtVictims(
  db: Queryable,
  orderIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (orderIds.length === 0) return NOBODY;
  const { rows } = await db.query<{ order_id: string }>(
    `select distinct c.order_id from condition c join condition_version v using (condition_id)
     where c.order_id = any($1) and v.kind <> 'exclusion' and ${VICTIM_ZONE}`,
    [orderIds],
  );
  return new Set(rows.map(({ order_id }) => order_id));
}

/** Which of some orders have a condition with a zone of a victim, by any version. */
export async function findWatchingVictims(db: Queryable, orderIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (orderIds.length === 0) return NOBODY;
  const { rows } = await db.query<{ order_id: string }>(
    `select distinct c.order_id from condition c where c.order_id = any($1) and ${VICTIM_ZONE}`,
    [orderIds],
  );
  return new Set(rows.map(({ order_id }) => order_id));
}
