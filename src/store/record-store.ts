/** Versions of records, of every kind in one way: `RecordStore` in SQL. */
import type { Queryable } from '../ports/database.js';
import type { NewVersion, RecordKind, RecordStore, StoredRecord } from '../ports/records.js';
import { addOutboxRows, readPendingRows } from './outbox.js';
import { recordFacts } from './record-facts.js';
import { TABLES, writeHeads } from './record-heads.js';

/** The first number of the advisory locks that records take; the second is a hash of what is locked. */
const LOCK_SPACE = 7_402;
/** Shared by who writes what they name, held alone by who writes anything: an import's names would fill the table of locks. */
const GATE_SPACE = 7_403;

interface VersionRow {
  id: string;
  version: number;
  effective_at: Date | null;
  effective_at_given: boolean;
  recorded_at: Date;
  author: string;
  change_reason: string | null;
  correlation_id: string | null;
  content: object;
}

/** `rest` is over `head` (the kind's table, where it is named) and `v`, its versions. */
async function read(
  db: Queryable,
  kind: RecordKind,
  from: 'head' | 'versions',
  rest: string,
  params: readonly unknown[],
): Promise<StoredRecord[]> {
  const [table, idColumn] = TABLES[kind];
  const head = `${table} head join record_version v
    on v.record_kind = '${kind}' and v.record_id = head.${idColumn} and v.version = head.version`;
  const shape = kind === 'zone' ? 'join zone_version z on z.zone_id = v.record_id and z.version = v.version' : '';
  const content = kind === 'zone' ? `v.content || jsonb_build_object('shape', z.shape)` : 'v.content';
  const { rows } = await db.query<VersionRow>(
    `select v.record_id as id, v.version, v.effective_at, v.effective_at_given, v.recorded_at, v.author, v.change_reason,
            v.correlation_id, ${content} as content
     from ${from === 'head' ? head : 'record_version v'} ${shape} where ${rest}`,
    params,
  );
  return rows.map((row) => {
    const recordedAt = row.recorded_at.toISOString();
    return {
      id: row.id,
      content: row.content,
      version: row.version,
      effectiveAt: row.effective_at?.toISOString() ?? (kind === 'zone' ? null : recordedAt),
      effectiveAtGiven: row.effective_at_given,
      recordedAt,
      author: row.author,
      changeReason: row.change_reason,
      correlationId: row.correlation_id,
    };
  });
}

async function writeVersions(tx: Queryable, kind: RecordKind, versions: readonly NewVersion[]): Promise<void> {
  const column = <T>(pick: (version: NewVersion) => T): T[] => versions.map(pick);
  // A zone's shape stands in zone_version alone.
  const leaveOut = kind === 'zone' ? 'shape' : null;
  const toJson = ({ content }: NewVersion) =>
    JSON.stringify(content, leaveOut === null ? undefined : (name, value) => (name === leaveOut ? undefined : value));
  await tx.query(
    `insert into record_version (record_kind, record_id, version, effective_at, effective_at_given, recorded_at, author,
                                 change_reason, correlation_id, content)
     select $1, r.* from unnest($2::text[], $3::int[], $4::timestamptz[], $5::boolean[], $6::timestamptz[], $7::text[], $8::text[],
                                $9::text[], $10::jsonb[]) as r`,
    [
      kind,
      column(({ id }) => id),
      column(({ version }) => version),
      column(({ effectiveAt }) => effectiveAt),
      column(({ effectiveAtGiven }) => effectiveAtGiven),
      column(({ recordedAt }) => recordedAt),
      column(({ author }) => author),
      column(({ changeReason }) => changeReason),
      column(({ correlationId }) => correlationId),
      column(toJson),
    ],
  );
}

/** Kinds that are a wearer's by their order. */
const OF_ORDER: readonly RecordKind[] = ['condition', 'absence'];

export const recordStore: RecordStore = {
  ...recordFacts,
  async lock(tx, names) {
    if (names === null) {
      await tx.query('select pg_advisory_xact_lock($1::int, 0)', [GATE_SPACE]);
      return;
    }
    await tx.query('select pg_advisory_xact_lock_shared($1::int, 0)', [GATE_SPACE]);
    // One by one, because the order decides.
    for (const name of names) await tx.query('select pg_advisory_xact_lock($1::int, hashtext($2))', [LOCK_SPACE, name]);
  },
  async find(db, kind, ids) {
    const found = await read(db, kind, 'head', `head.${TABLES[kind][1]} = any($1)`, [ids]);
    return new Map(found.map((record) => [record.id, record]));
  },
  list(db, kind, after, limit, wearerId) {
    const id = `head.${TABLES[kind][1]}`;
    const wearer = OF_ORDER.includes(kind)
      ? '(select wearer_id from legal_order o where o.order_id = head.order_id)'
      : 'head.wearer_id';
    const ofWearer = wearerId === undefined ? '' : `and ${wearer} = $3`;
    return read(db, kind, 'head', `${id} > $1 collate "C" ${ofWearer} order by ${id} collate "C" limit $2::int`, [
      after ?? '',
      limit,
      ...(wearerId === undefined ? [] : [wearerId]),
    ]);
  },
  versions: (db, kind, id, after, limit) =>
    read(
      db,
      kind,
      'versions',
      `v.record_kind = '${kind}' and v.record_id = $1 and v.version > $2::int order by v.version limit $3::int`,
      [id, after, limit],
    ),
  async write(tx, kind, versions) {
    if (versions.length === 0) return;
    await writeVersions(tx, kind, versions);
    await writeHeads(tx, kind, versions);
  },
  addToOutbox: addOutboxRows,
  readPending: readPendingRows,
};
