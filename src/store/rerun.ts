/** What a re-run of the engine reads of the record: pings as they came in, and when terms were published. */
import type { Ping } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { TermKey } from '../ports/watch.js';
import { PING_COLUMNS, type StoredPingRow, toStoredPing } from './stored-ping.js';

/** The newest pings before the interval, so that the state at its start is known. */
const PINGS_BEFORE = 8;
const ROWS_PER_FETCH = 500;

/**
 * A tag's pings of device times from `fromMs` on, and a few before, as far as they were received until `receivedUntilMs`; in
 * the order in which they came in, at most `limit`. Within a transaction: they are fetched a part at a time, as an answer is read at one
 * stretch, in which nothing else is done (20,160 rows at once: 80 to 260 ms).
 */
export async function readReceivedPings(
  tx: Queryable,
  query: {
    readonly tagId: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly receivedUntilMs: number;
    readonly limit: number;
  },
): Promise<{ readonly ping: Ping; readonly receivedAtMs: number }[]> {
  await tx.query(
    `declare received_pings no scroll cursor for with wanted as (
       (select * from ping where tag_id = $1 and fixed_at >= $2::timestamptz and fixed_at < $3::timestamptz)
       union all
       (select * from ping where tag_id = $1 and fixed_at < $2::timestamptz and position is not null
        order by fixed_at desc limit ${PINGS_BEFORE})
     )
     select ${PING_COLUMNS} from wanted where received_at <= $4::timestamptz order by received_at, log_offset, log_place limit $5`,
    [query.tagId, new Date(query.fromMs), new Date(query.toMs), new Date(query.receivedUntilMs), query.limit],
  );
  const pings: { readonly ping: Ping; readonly receivedAtMs: number }[] = [];
  let rows: StoredPingRow[];
  do {
    ({ rows } = await tx.query<StoredPingRow>(`fetch ${ROWS_PER_FETCH} from received_pings`));
    for (const row of rows) pings.push(toStoredPing(query.tagId, row));
  } while (rows.length === ROWS_PER_FETCH);
  await tx.query('close received_pings');
  return pings;
}

/** With where it stands in the log: which of two that came in at one instant came first. */
export interface ReceivedPing {
  readonly ping: Ping;
  readonly receivedAtMs: number;
  readonly logOffset: number;
  readonly logPlace: number;
}

/** A tag's pings of a time of its clock, in no order; `limit` at most. */
export async function readPingsBetween(
  db: Queryable,
  query: { readonly tagId: string; readonly fromMs: number; readonly toMs: number; readonly limit: number },
): Promise<ReceivedPing[]> {
  const { rows } = await db.query<StoredPingRow & { log_offset: number; log_place: number }>(
    `select ${PING_COLUMNS}, log_offset, log_place from ping
     where tag_id = $1 and fixed_at >= $2::timestamptz and fixed_at < $3::timestamptz limit $4`,
    [query.tagId, new Date(query.fromMs), new Date(query.toMs), query.limit],
  );
  return rows.map((row) => ({
    ...toStoredPing(query.tagId, row),
    logOffset: row.log_offset,
    logPlace: row.log_place,
  }));
}

/** When the terms of a condition were first published, by `publicationKey`. */
export async function readTermPublications(db: Queryable, conditionId: string): Promise<ReadonlyMap<string, number>> {
  const { rows } = await db.query<{
    activation_id: string;
    condition_version: number;
    zone_id: string;
    zone_version: number;
    published_at: Date;
  }>(
    `select activation_id, condition_version, zone_id, zone_version, published_at from term_publication
     where condition_id = $1`,
    [conditionId],
  );
  return new Map(
    rows.map((row) => [
      publicationKey({
        activationId: row.activation_id,
        conditionId,
        conditionVersion: row.condition_version,
        zoneId: row.zone_id,
        zoneVersion: row.zone_version,
      }),
      row.published_at.getTime(),
    ]),
  );
}

/** A term's key as text. */
export function publicationKey(term: TermKey): string {
  return JSON.stringify([term.activationId, term.conditionId, term.conditionVersion, term.zoneId, term.zoneVersion]);
}
