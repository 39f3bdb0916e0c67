/** Briefings that were made, and what is on record for the next one. */
import type { Area } from '../access/principal.js';
import type { Queryable } from '../ports/database.js';
import type { BriefedPanel, BriefedRelease, BriefingContent, BriefingHead, BriefingPeriod } from '../wire/briefing.js';

/** How a wearer stood when a briefing told of them. */
export interface Standing {
  readonly rag: string | null;
  readonly cohort: string | null;
}

/** Whose briefings follow one another. */
export interface BriefingChain {
  readonly period: BriefingPeriod;
  readonly division: string | null;
  /** Null: where nobody signs in. */
  readonly areas: readonly Area[] | null;
}

export interface NewBriefing extends BriefingChain {
  readonly fromMs: number;
  readonly toMs: number;
  readonly madeBy: string;
  readonly correlationId: string | null;
  readonly wearerIds: readonly string[];
  readonly content: BriefingContent;
  readonly standing: Readonly<Record<string, Standing>>;
}

export interface StoredBriefingHead extends BriefingHead {
  readonly areas: readonly Area[] | null;
}

export interface StoredBriefing extends StoredBriefingHead {
  readonly wearerIds: readonly string[];
  readonly content: BriefingContent;
  readonly standing: Readonly<Record<string, Standing>>;
}

interface HeadRow {
  briefing_id: number;
  period: BriefingPeriod;
  division: string | null;
  areas: string | null;
  from_at: Date;
  to_at: Date;
  made_by: string;
}
interface Row extends HeadRow {
  wearer_ids: string[];
  content: string;
  standing: string;
}
const HEAD_COLUMNS = 'briefing_id, period, division, areas, from_at, to_at, made_by';
const COLUMNS = `${HEAD_COLUMNS}, wearer_ids, content, standing`;

const toHead = (row: HeadRow): StoredBriefingHead => ({
  briefingId: row.briefing_id,
  period: row.period,
  division: row.division,
  areas: row.areas === null ? null : (JSON.parse(row.areas) as Area[]),
  from: row.from_at.toISOString(),
  to: row.to_at.toISOString(),
  madeBy: row.made_by,
  madeAt: row.to_at.toISOString(),
});

const toBriefing = (row: Row): StoredBriefing => ({
  ...toHead(row),
  wearerIds: row.wearer_ids,
  content: JSON.parse(row.content) as BriefingContent,
  standing: JSON.parse(row.standing) as Record<string, Standing>,
});

const areasText = (areas: readonly Area[] | null): string | null => areas && JSON.stringify(areas);

/** Null: somebody was first with the same. */
export async function addBriefing(db: Queryable, given: NewBriefing): Promise<StoredBriefing | null> {
  const { rows } = await db.query<Row>(
    `insert into briefing (period, division, areas, from_at, to_at, made_by, correlation_id, wearer_ids, content, standing)
     values ($1, $2, $3, $4::timestamptz, $5::timestamptz, $6, $7, $8::text[], $9, $10)
     on conflict do nothing returning ${COLUMNS}`,
    [
      given.period,
      given.division,
      areasText(given.areas),
      new Date(given.fromMs),
      new Date(given.toMs),
      given.madeBy,
      given.correlationId,
      given.wearerIds,
      JSON.stringify(given.content),
      JSON.stringify(given.standing),
    ],
  );
  return rows[0] === undefined ? null : toBriefing(rows[0]);
}

/** The last one, where the next begins. */
export async function findLastBriefing(
  db: Queryable,
  { period, division, areas }: BriefingChain,
): Promise<StoredBriefing | null> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from briefing
     where period = $1 and division is not distinct from $2 and areas is not distinct from $3 order by to_at desc limit 1`,
    [period, division, areasText(areas)],
  );
  return rows[0] === undefined ? null : toBriefing(rows[0]);
}

export async function findBriefing(db: Queryable, briefingId: number): Promise<StoredBriefing | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from briefing where briefing_id = $1::bigint`, [briefingId]);
  return rows[0] === undefined ? null : toBriefing(rows[0]);
}

export interface BriefingFilter {
  readonly period: BriefingPeriod | null;
  readonly division: string | null;
  /** Those that tell of some of this time. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** The newest first, without what they tell: a page of it would be read whole to be left out. */
export async function listBriefings(
  db: Queryable,
  { period, division, fromMs, toMs }: BriefingFilter,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<StoredBriefingHead[]> {
  const { rows } = await db.query<HeadRow>(
    `select ${HEAD_COLUMNS} from briefing
     where briefing_id < $1::bigint and ($2::text is null or period = $2::text) and ($3::text is null or division = $3::text)
       and ($4::timestamptz is null or to_at > $4::timestamptz) and ($5::timestamptz is null or from_at < $5::timestamptz)
     order by briefing_id desc limit $6::int`,
    [before, period, division, fromMs && new Date(fromMs), toMs && new Date(toMs), limit],
  );
  return rows.map(toHead);
}

/** Who may stand in a briefing, in the order of their ids: nobody of whom only some named persons may know. */
export async function listBriefable(
  db: Queryable,
  division: string | null,
): Promise<{ wearerId: string; name: string }[]> {
  const { rows } = await db.query<{ wearer_id: string; name: string }>(
    `select wearer_id, name from wearer where restricted_to is null and ($1::text is null or division = $1::text)
     order by wearer_id collate "C"`,
    [division],
  );
  return rows.map(({ wearer_id: wearerId, name }) => ({ wearerId, name }));
}

interface Time {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What panels have decided about who is of the cohort. */
export async function listPanelDecisions(
  db: Queryable,
  wearerIds: readonly string[],
  { fromMs, untilMs }: Time,
): Promise<Omit<BriefedPanel, 'name'>[]> {
  const { rows } = await db.query<{ task_id: string; wearer_id: string; decision: string; recorded_at: Date }>(
    `select t.task_id, t.wearer_id, v.content #>> '{outcome,decision}' as decision, t.recorded_at
     from task t join record_version v on v.record_kind = 'task' and v.record_id = t.task_id and v.version = t.version
     where t.wearer_id = any($1) and t.kind = 'panel' and t.status = 'done'
       and t.recorded_at >= $2::timestamptz and t.recorded_at < $3::timestamptz
     order by t.recorded_at, t.task_id`,
    [wearerIds, new Date(fromMs), new Date(untilMs)],
  );
  return rows.map((row) => ({
    taskId: row.task_id,
    wearerId: row.wearer_id,
    decision: row.decision,
    at: row.recorded_at.toISOString(),
  }));
}

/** Whose time in custody ends within a time; one that ends where it begins never was. */
export async function listCustodyEnds(
  db: Queryable,
  wearerIds: readonly string[],
  { fromMs, untilMs }: Time,
): Promise<Omit<BriefedRelease, 'name'>[]> {
  const { rows } = await db.query<{ wearer_id: string; ends_at: Date }>(
    `select wearer_id, ends_at from custody_period
     where wearer_id = any($1) and ends_at > starts_at and ends_at >= $2::timestamptz and ends_at < $3::timestamptz
     order by ends_at, custody_period_id`,
    [wearerIds, new Date(fromMs), new Date(untilMs)],
  );
  return rows.map(({ wearer_id: wearerId, ends_at }) => ({
    wearerId,
    what: 'custody-ends',
    taskId: null,
    at: ends_at.toISOString(),
    subject: null,
  }));
}

/** The tags that some wearers wear at some instant of a time. */
export async function listTagsWornBy(
  db: Queryable,
  wearerIds: readonly string[],
  { fromMs, untilMs }: Time,
): Promise<string[]> {
  const { rows } = await db.query<{ tag_id: string }>(
    `select distinct tag_id from worn
     where wearer_id = any($1) and fitted_at < $3::timestamptz and coalesce(until_at, 'infinity') > $2::timestamptz order by tag_id`,
    [wearerIds, new Date(fromMs), new Date(untilMs)],
  );
  return rows.map(({ tag_id }) => tag_id);
}

/** Names of some zones as they stand now; null: it is, was or is to be a victim's. */
export async function readZoneNames(
  db: Queryable,
  zoneIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await db.query<{ zone_id: string; name: string | null }>(
    `select z.zone_id, case when bool_or(v.priority = 'victim') then null else min(v.name) filter (where v.version = z.version) end as name
     from zone z join zone_version v using (zone_id) where z.zone_id = any($1) group by z.zone_id`,
    [zoneIds],
  );
  return new Map(rows.map(({ zone_id, name }) => [zone_id, name]));
}
