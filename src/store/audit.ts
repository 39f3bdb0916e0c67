/** The audit's chain and its checkpoints: `audit_entry`, `audit_checkpoint`. */
import type { AuditEntry, ChainLink, SignedCheckpoint } from '../ports/audit.js';
import type { Queryable } from '../ports/database.js';

interface LinkRow {
  position: number;
  epoch: string;
  log_offset: number;
  entry: AuditEntry;
  hash: Uint8Array;
}

const LINK = 'position, epoch, log_offset, entry, hash';

const toLink = ({ position, epoch, log_offset, entry, hash }: LinkRow): ChainLink => ({
  position,
  epoch,
  offset: log_offset,
  entry,
  hash,
});

/** The last link; null before the first. */
export async function readLastLink(db: Queryable): Promise<ChainLink | null> {
  const { rows } = await db.query<LinkRow>(`select ${LINK} from audit_entry order by position desc limit 1`);
  return rows[0] === undefined ? null : toLink(rows[0]);
}

/** Those of some entries that are chained already, as `writer n`. */
export async function findChained(db: Queryable, entries: readonly AuditEntry[]): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ writer: string; n: number }>(
    `select a.writer, a.n from audit_entry a join unnest($1::text[], $2::bigint[]) as w (writer, n)
     on a.writer = w.writer and a.n = w.n`,
    [entries.map(({ writer }) => writer), entries.map(({ n }) => n)],
  );
  return new Set(rows.map(({ writer, n }) => `${writer} ${n}`));
}

export async function insertLinks(tx: Queryable, links: readonly ChainLink[]): Promise<void> {
  if (links.length === 0) return;
  const column = <T>(pick: (link: ChainLink) => T): T[] => links.map(pick);
  await tx.query(
    `insert into audit_entry (position, epoch, log_offset, entry, hash)
     select * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::jsonb[], $5::bytea[])`,
    [
      column(({ position }) => position),
      column(({ epoch }) => epoch),
      column(({ offset }) => offset),
      column(({ entry }) => JSON.stringify(entry)),
      column(({ hash }) => hash),
    ],
  );
}

/** All of the chain in its order, a page at a time. */
export async function* readChain(db: Queryable, pageSize = 2_000): AsyncGenerator<readonly ChainLink[]> {
  for (let after = 0; ; ) {
    const { rows } = await db.query<LinkRow>(
      `select ${LINK} from audit_entry where position > $1::bigint order by position limit $2::int`,
      [after, pageSize],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(toLink);
    after = last.position;
  }
}

export interface AuditFilter {
  readonly who?: string;
  readonly wearerId?: string;
  readonly operation?: string;
  readonly fromMs?: number;
  /** Excluded. */
  readonly toMs?: number;
  /** Only what was chained before this one. */
  readonly before?: number;
  readonly limit: number;
}

/** What was chained last first. */
export async function listAudit(db: Queryable, filter: AuditFilter): Promise<ChainLink[]> {
  const params: unknown[] = [];
  const clauses: string[] = [];
  const where = (value: unknown, clause: (place: string) => string): void => {
    if (value !== undefined) clauses.push(clause(`$${params.push(value)}`));
  };
  const instant = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  where(filter.who, (place) => `who = ${place}`);
  where(filter.wearerId, (place) => `wearer_ids @> array[${place}::text]`);
  where(filter.operation, (place) => `what = ${place}`);
  where(instant(filter.fromMs), (place) => `said_at >= ${place}::timestamptz`);
  where(instant(filter.toMs), (place) => `said_at < ${place}::timestamptz`);
  where(filter.before, (place) => `position < ${place}::bigint`);
  const { rows } = await db.query<LinkRow>(
    `select ${LINK} from audit_entry ${clauses.length === 0 ? '' : `where ${clauses.join(' and ')}`}
     order by position desc limit $${params.push(filter.limit)}::int`,
    params,
  );
  return rows.map(toLink);
}

export interface AuditAbout {
  readonly wearerId: string;
  /** Of entries about alerts those about these. */
  readonly alertIds: readonly string[];
  /** From this time on. */
  readonly fromMs: number;
}

/** Entries about one wearer alone, in the order of the chain. */
export async function readAuditAbout(
  db: Queryable,
  { wearerId, alertIds, fromMs }: AuditAbout,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<ChainLink[]> {
  const { rows } = await db.query<LinkRow>(
    `select ${LINK} from audit_entry
     where wearer_ids @> array[$1::text] and cardinality(wearer_ids) = 1 and not entry ? 'wearerCount' and said_at >= $2::timestamptz
       and (entry ->> 'subjectType' is distinct from 'alert' or entry ->> 'subjectId' = any($3::text[]))
       and position > $4::bigint
     order by position limit $5::int`,
    [wearerId, new Date(fromMs), alertIds, after, limit],
  );
  return rows.map(toLink);
}

/** How many entries name this wearer beside others: lists, the feed. */
export async function countAuditAmongOthers(
  db: Queryable,
  { wearerId, fromMs }: Pick<AuditAbout, 'wearerId' | 'fromMs'>,
): Promise<number> {
  const { rows } = await db.query<{ entries: number }>(
    `select count(*)::int as entries from audit_entry
     where wearer_ids @> array[$1::text] and (cardinality(wearer_ids) > 1 or entry ? 'wearerCount') and said_at >= $2::timestamptz`,
    [wearerId, new Date(fromMs)],
  );
  return rows[0]?.entries ?? 0;
}

export async function insertCheckpoint(db: Queryable, checkpoint: SignedCheckpoint): Promise<void> {
  await db.query(
    `insert into audit_checkpoint (size, made_at, key_id, checkpoint) values ($1::bigint, $2::timestamptz, $3, $4::jsonb)
     on conflict do nothing`,
    [checkpoint.size, new Date(checkpoint.at), checkpoint.keyId, checkpoint],
  );
}

/** The newest first. `before`: those of an earlier time alone. */
export async function listCheckpoints(
  db: Queryable,
  { beforeMs, limit }: { readonly beforeMs?: number; readonly limit: number },
): Promise<SignedCheckpoint[]> {
  const { rows } = await db.query<{ checkpoint: SignedCheckpoint }>(
    `select checkpoint from audit_checkpoint where made_at < coalesce($1::timestamptz, 'infinity'::timestamptz)
     order by made_at desc, size desc limit $2::int`,
    [beforeMs === undefined ? null : new Date(beforeMs), limit],
  );
  return rows.map(({ checkpoint }) => checkpoint);
}
