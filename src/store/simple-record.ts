/** Records whose row is the newest version, and whose earlier ones are kept as they were written. */
import { isDeepStrictEqual } from 'node:util';
import type { Queryable, Row } from '../ports/database.js';
import { type RecordKind, type RecordTable, type StoredRecord, TABLES } from './records.js';

/** A field of the content and its column. Instants are ISO in the content. */
export interface FieldColumn<C> {
  readonly field: keyof C & string;
  readonly column: string;
  readonly type: 'text' | 'texts' | 'number' | 'instant';
}

const SQL_TYPES = { text: 'text', texts: 'text[]', number: 'double precision', instant: 'timestamptz' } as const;

type Own<C> = Pick<RecordTable<C, C>, 'check' | 'targets'>;

/** A kind of record by its columns; fields that are null in the row are absent from the content. */
export function defineSimpleRecord<C extends object>(
  kind: RecordKind,
  columns: readonly FieldColumn<C>[],
  own: Own<C>,
): RecordTable<C, C> {
  const [table, idColumn] = TABLES[kind];
  const selected = [idColumn, 'version', 'recorded_at', ...columns.map(({ column }) => column)].join(', ');

  const toRecord = (row: Row): StoredRecord<C> => {
    const content: Record<string, unknown> = {};
    for (const { field, column } of columns) {
      const value = row[column];
      if (value !== null) content[field] = value instanceof Date ? value.toISOString() : value;
    }
    const recordedAt = (row['recorded_at'] as Date).toISOString();
    return {
      id: row[idColumn] as string,
      content: content as C,
      version: row['version'] as number,
      effectiveAt: recordedAt,
      recordedAt,
    };
  };

  return {
    kind,
    ...own,
    async find(db, id) {
      const { rows } = await db.query(`select ${selected} from ${table} where ${idColumn} = $1`, [id]);
      return rows[0] === undefined ? null : toRecord(rows[0]);
    },
    async list(db, after, limit) {
      const { rows } = await db.query(
        `select ${selected} from ${table} where ${idColumn} > $1 collate "C" order by ${idColumn} collate "C" limit $2`,
        [after ?? '', limit],
      );
      return rows.map(toRecord);
    },
    versions: (db, id, after, limit) => readVersions<C>(db, kind, id, after, limit),
    isSame: (put, current) => isDeepStrictEqual({ ...put }, { ...current.content }),
    async write(tx, put, version, { id, nowMs }) {
      const names = [idColumn, ...columns.map(({ column }) => column), 'version', 'recorded_at'];
      const casts = columns.map(({ type }, i) => `$${i + 2}::${SQL_TYPES[type]}`);
      const values = columns.map(({ field }) => put[field] ?? null);
      const n = columns.length;
      await tx.query(
        `insert into ${table} (${names.join(', ')}) values ($1, ${[...casts, `$${n + 2}::int`, `$${n + 3}::timestamptz`].join(', ')})
         on conflict (${idColumn}) do update set ${names
           .slice(1)
           .map((name) => `${name} = excluded.${name}`)
           .join(', ')}`,
        [id, ...values, version, new Date(nowMs)],
      );
      await tx.query(
        `insert into record_version (record_kind, record_id, version, recorded_at, content)
         values ($1, $2, $3::int, $4::timestamptz, $5::jsonb)`,
        [kind, id, version, new Date(nowMs), put],
      );
    },
  };
}

async function readVersions<C>(
  db: Queryable,
  kind: RecordKind,
  id: string,
  after: number,
  limit: number,
): Promise<StoredRecord<C>[]> {
  const { rows } = await db.query<{ version: number; recorded_at: Date; content: C }>(
    `select version, recorded_at, content from record_version
     where record_kind = $1 and record_id = $2 and version > $3::int order by version limit $4::int`,
    [kind, id, after, limit],
  );
  return rows.map(({ version, recorded_at, content }) => {
    const recordedAt = recorded_at.toISOString();
    return { id, content, version, effectiveAt: recordedAt, recordedAt };
  });
}
