/**
 * Where each kind of record stands beside its versions: a row as it is now, by columns, which others join; of zones and conditions
 * also what the publisher reads of each version. Written in batches.
 */
import type { Zone } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { NewVersion, RecordKind } from '../ports/records.js';
import type { Schedule } from '../ports/watch.js';
import { toEwkb } from './wkb.js';

/** A field of the content and its column. Instants are ISO in the content. */
interface FieldColumn {
  readonly field: string;
  readonly column: string;
  /** A `limit` that is null in the content is none, which is infinite; one that is not said is null. An array of `texts` travels as its text, because arrays of arrays would be flattened. */
  readonly type: 'text' | 'texts' | 'number' | 'limit' | 'instant';
}

const SQL_TYPES = {
  text: 'text',
  texts: 'text',
  number: 'double precision',
  limit: 'double precision',
  instant: 'timestamptz',
} as const;

/** Table and id column of each kind. */
export const TABLES: Readonly<Record<RecordKind, readonly [table: string, idColumn: string]>> = {
  wearer: ['wearer', 'wearer_id'],
  'tag-model': ['tag_model', 'model_id'],
  tag: ['tag', 'tag_id'],
  activation: ['activation', 'activation_id'],
  order: ['legal_order', 'order_id'],
  zone: ['zone', 'zone_id'],
  condition: ['condition', 'condition_id'],
  absence: ['absence', 'absence_id'],
  suspension: ['suspension', 'suspension_id'],
  'custody-period': ['custody_period', 'custody_period_id'],
  'rag-rating': ['rag_rating', 'wearer_id'],
  mappa: ['mappa', 'wearer_id'],
  membership: ['membership', 'wearer_id'],
  'wearer-flags': ['wearer_flags', 'wearer_id'],
  'risk-plan': ['risk_plan', 'wearer_id'],
  task: ['task', 'task_id'],
  intelligence: ['intelligence', 'intelligence_id'],
  recall: ['recall', 'recall_id'],
  consent: ['consent', 'consent_id'],
  'legal-hold': ['legal_hold', 'legal_hold_id'],
  note: ['note', 'note_id'],
};

const text = (field: string, column: string): FieldColumn => ({ field, column, type: 'text' });
const texts = (field: string, column: string): FieldColumn => ({ field, column, type: 'texts' });
const number = (field: string, column: string): FieldColumn => ({ field, column, type: 'number' });
const limit = (field: string, column: string): FieldColumn => ({ field, column, type: 'limit' });
const instant = (field: string, column: string): FieldColumn => ({ field, column, type: 'instant' });
const PERIOD = [instant('startsAt', 'starts_at'), instant('endsAt', 'ends_at')];

const COLUMNS: Readonly<Record<Exclude<RecordKind, 'zone' | 'condition'>, readonly FieldColumn[]>> = {
  wearer: [
    text('name', 'name'),
    text('force', 'force'),
    text('division', 'division'),
    texts('schemes', 'schemes'),
    texts('restrictedTo', 'restricted_to'),
  ],
  'tag-model': [
    text('name', 'name'),
    text('supplier', 'supplier'),
    text('accuracyConvention', 'accuracy_convention'),
    number('defaultAccuracyMetres', 'default_accuracy_metres'),
    number('intervalSeconds', 'interval_seconds'),
    limit('silentAfterSeconds', 'silent_after_seconds'),
  ],
  tag: [text('modelId', 'model_id')],
  activation: [
    text('tagId', 'tag_id'),
    text('wearerId', 'wearer_id'),
    instant('fittedAt', 'fitted_at'),
    instant('removedAt', 'removed_at'),
  ],
  order: [text('wearerId', 'wearer_id'), text('type', 'type'), ...PERIOD],
  absence: [text('orderId', 'order_id'), texts('conditionIds', 'condition_ids'), ...PERIOD, text('reason', 'reason')],
  suspension: [text('wearerId', 'wearer_id'), text('conditionId', 'condition_id'), ...PERIOD, text('reason', 'reason')],
  'custody-period': [text('wearerId', 'wearer_id'), ...PERIOD],
  // Which version is in force goes by the time, so the versions are read.
  'rag-rating': [],
  mappa: [],
  membership: [],
  'wearer-flags': [],
  'risk-plan': [],
  task: [
    text('wearerId', 'wearer_id'),
    text('kind', 'kind'),
    text('status', 'status'),
    instant('dueAt', 'due_at'),
    text('owner', 'owner'),
    text('alertId', 'alert_id'),
  ],
  intelligence: [text('wearerId', 'wearer_id'), instant('receivedAt', 'received_at')],
  recall: [text('wearerId', 'wearer_id'), text('orderId', 'order_id'), text('state', 'state')],
  consent: [
    text('wearerId', 'wearer_id'),
    instant('givenAt', 'given_at'),
    instant('expiresAt', 'expires_at'),
    instant('withdrawnAt', 'withdrawn_at'),
  ],
  'legal-hold': [
    text('wearerId', 'wearer_id'),
    text('packId', 'pack_id'),
    ...PERIOD,
    text('liftedReason', 'lifted_reason'),
  ],
  note: [text('wearerId', 'wearer_id')],
};

/** As PostgreSQL writes an array, each element in quotes. */
const toArrayText = (values: readonly unknown[]): string =>
  `{${values.map((value) => `"${String(value).replace(/[\\"]/g, '\\$&')}"`).join(',')}}`;

/** Writes rows as they stand now. */
export async function writeHeads(tx: Queryable, kind: RecordKind, versions: readonly NewVersion[]): Promise<void> {
  if (kind === 'zone') return await writeZones(tx, versions as readonly NewVersion<ZoneFields>[]);
  if (kind === 'condition') return await writeConditions(tx, versions as readonly NewVersion<ConditionFields>[]);
  const [table, idColumn] = TABLES[kind];
  const columns = COLUMNS[kind];
  const names = [...columns.map(({ column }) => column), 'version', 'recorded_at'];
  const types = [...columns.map(({ type }) => SQL_TYPES[type]), 'int', 'timestamptz'];
  const selected = [idColumn, ...columns.map(({ column, type }) => (type === 'texts' ? `${column}::text[]` : column))];
  const readField = (content: object, { field, type }: FieldColumn): unknown => {
    const told = (content as Readonly<Record<string, unknown>>)[field];
    if (type === 'limit' && told === null) return 'Infinity';
    const value = told ?? null;
    return type === 'texts' && Array.isArray(value) ? toArrayText(value) : value;
  };
  await tx.query(
    `insert into ${table} (${idColumn}, ${names.join(', ')})
     select ${selected.join(', ')}, version, recorded_at
     from unnest($1::text[], ${types.map((type, i) => `$${i + 2}::${type}[]`).join(', ')})
       as r (${idColumn}, ${names.join(', ')})
     on conflict (${idColumn}) do update set ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [
      versions.map(({ id }) => id),
      ...columns.map((column) => versions.map(({ content }) => readField(content, column))),
      versions.map(({ version }) => version),
      versions.map(({ recordedAt }) => recordedAt),
    ],
  );
}

type ZoneFields = Pick<Zone, 'priority' | 'bufferMetres' | 'shape'> & { readonly name: string };

/** PostGIS takes a circle as the buffer of its centre on the spheroid. */
async function writeZones(tx: Queryable, versions: readonly NewVersion<ZoneFields>[]): Promise<void> {
  const column = <T>(pick: (version: NewVersion<ZoneFields>) => T): T[] => versions.map(pick);
  const circle = ({ content: { shape } }: NewVersion<ZoneFields>) => (shape.type === 'circle' ? shape : null);
  await tx.query(
    `insert into zone (zone_id, version) select * from unnest($1::text[], $2::int[])
     on conflict (zone_id) do update set version = excluded.version`,
    [column(({ id }) => id), column(({ version }) => version)],
  );
  await tx.query(
    `insert into zone_version (zone_id, version, effective_at, effective_at_given, recorded_at, name, priority, buffer_metres,
                               area_square_metres, shape, geometry)
     select zone_id, version, effective_at, effective_at_given, recorded_at, name, priority, buffer_metres,
            area_square_metres, shape,
            case when radius_metres is null then ewkb::geometry
                 else st_buffer(st_setsrid(st_makepoint(longitude, latitude), 4326)::geography, radius_metres)::geometry end
     from unnest($1::text[], $2::int[], $3::timestamptz[], $4::boolean[], $5::timestamptz[], $6::text[], $7::text[], $8::float8[],
                 $9::float8[], $10::jsonb[], $11::text[], $12::float8[], $13::float8[], $14::float8[])
       as r (zone_id, version, effective_at, effective_at_given, recorded_at, name, priority, buffer_metres, area_square_metres,
             shape, ewkb, longitude, latitude, radius_metres)`,
    [
      column(({ id }) => id),
      column(({ version }) => version),
      column(({ effectiveAt }) => effectiveAt),
      column(({ effectiveAtGiven }) => effectiveAtGiven),
      column(({ recordedAt }) => recordedAt),
      column(({ content }) => content.name),
      column(({ content }) => content.priority),
      column(({ content }) => content.bufferMetres),
      column(({ areaSquareMetres }) => areaSquareMetres),
      column(({ content }) => JSON.stringify(content.shape)),
      column(({ content: { shape } }) => (shape.type === 'circle' ? null : toEwkb(shape.polygons))),
      column((one) => circle(one)?.longitude ?? null),
      column((one) => circle(one)?.latitude ?? null),
      column((one) => circle(one)?.radiusMetres ?? null),
    ],
  );
}

interface ConditionFields {
  readonly orderId?: string;
  readonly appliesTo?: string;
  readonly kind: string;
  readonly zoneId: string;
  readonly schedule?: Schedule;
  readonly confirmOn?: string;
  readonly graceMinutes?: number;
  readonly startsAt: string;
  readonly endsAt?: string;
}

/** Every zone that a condition names. */
function zonesOf({ zoneId, schedule }: ConditionFields): string[] {
  const windows = schedule?.windows ?? [];
  const others = [...windows, ...(schedule?.exceptions.flatMap((exception) => exception.windows) ?? [])];
  return [...new Set([zoneId, ...others.flatMap((window) => window.zoneId ?? [])])];
}

async function writeConditions(tx: Queryable, versions: readonly NewVersion<ConditionFields>[]): Promise<void> {
  const column = <T>(pick: (version: NewVersion<ConditionFields>) => T): T[] => versions.map(pick);
  await tx.query(
    `insert into condition (condition_id, order_id, applies_to, version)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::int[])
     on conflict (condition_id) do update set version = excluded.version`,
    [
      column(({ id }) => id),
      column(({ content }) => content.orderId ?? null),
      column(({ content }) => content.appliesTo ?? null),
      column(({ version }) => version),
    ],
  );
  await tx.query(
    `insert into condition_version (condition_id, version, effective_at, effective_at_given, recorded_at, kind, zone_id, schedule,
                                    confirm_on, grace_minutes, starts_at, ends_at, content, tzdb_version, judged_as)
     select r.*, $14, coalesce(b.judged_as, b.version)
     from unnest($1::text[], $2::int[], $3::timestamptz[], $4::boolean[], $5::timestamptz[], $6::text[], $7::text[],
                 $8::jsonb[], $9::text[], $10::float8[], $11::timestamptz[], $12::timestamptz[], $13::jsonb[])
         as r (condition_id, version, effective_at, effective_at_given, recorded_at, kind, zone_id, schedule,
               confirm_on, grace_minutes, starts_at, ends_at, content)
       left join condition_version b on b.condition_id = r.condition_id and b.version = r.version - 1
         and b.content - 'wording' = r.content - 'wording'`,
    [
      column(({ id }) => id),
      column(({ version }) => version),
      column(({ effectiveAt }) => effectiveAt),
      column(({ effectiveAtGiven }) => effectiveAtGiven),
      column(({ recordedAt }) => recordedAt),
      column(({ content }) => content.kind),
      column(({ content }) => content.zoneId),
      column(({ content: { schedule } }) => (schedule === undefined ? null : JSON.stringify(schedule))),
      column(({ content }) => content.confirmOn ?? null),
      column(({ content }) => content.graceMinutes ?? 0),
      column(({ content }) => content.startsAt),
      column(({ content }) => content.endsAt ?? null),
      column(({ content }) => JSON.stringify(content)),
      process.versions['tz'] ?? null,
    ],
  );
  const named = versions.flatMap(({ id, version, content }) =>
    zonesOf(content).map((zoneId) => ({ zoneId, id, version })),
  );
  await tx.query(
    `insert into condition_zone (zone_id, condition_id, version) select * from unnest($1::text[], $2::text[], $3::int[])`,
    [named.map(({ zoneId }) => zoneId), named.map(({ id }) => id), named.map(({ version }) => version)],
  );
}
