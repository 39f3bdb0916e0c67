/** How far each reader has got in the log: `log_position`. */

import type { Queryable } from '../ports/database.js';
import type { TopicPartition } from '../ports/event-log.js';
import type { LogPosition } from '../ports/record-tables.js';

/** Null: this reader has never been here. */
export async function readPosition(db: Queryable, reader: string, at: TopicPartition): Promise<LogPosition | null> {
  const { rows } = await db.query<{ epoch: string; next_offset: number }>(
    'select epoch, next_offset from log_position where reader = $1 and topic = $2 and partition = $3',
    [reader, at.topic, at.partition],
  );
  const row = rows[0];
  return row === undefined ? null : { epoch: row.epoch, nextOffset: row.next_offset };
}

/** The places of a reader in all partitions of a topic, as far as they are in this log. */
export async function readPlaces(
  db: Queryable,
  reader: string,
  topic: string,
  epoch: string,
): Promise<ReadonlyMap<number, number>> {
  const { rows } = await db.query<{ partition: number; next_offset: number }>(
    'select partition, next_offset from log_position where reader = $1 and topic = $2 and epoch = $3',
    [reader, topic, epoch],
  );
  return new Map(rows.map(({ partition, next_offset }) => [partition, next_offset]));
}

/** Moves from where the caller believes it is; false where it is elsewhere by now: another owner moved it. */
export async function movePosition(
  tx: Queryable,
  reader: string,
  at: TopicPartition,
  from: LogPosition | null,
  to: LogPosition,
): Promise<boolean> {
  const place = [reader, at.topic, at.partition, to.epoch, to.nextOffset];
  const { rowCount } =
    from === null
      ? await tx.query(
          `insert into log_position (reader, topic, partition, epoch, next_offset) values ($1, $2, $3, $4, $5)
           on conflict do nothing`,
          place,
        )
      : await tx.query(
          `update log_position set epoch = $4, next_offset = $5, moved_at = now()
           where reader = $1 and topic = $2 and partition = $3 and epoch = $6 and next_offset = $7`,
          [...place, from.epoch, from.nextOffset],
        );
  return rowCount === 1;
}
