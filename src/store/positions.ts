/** How far each reader has got in the log: `log_position`. */

import type { Queryable } from '../ports/database.js';
import type { TopicPartition } from '../ports/event-log.js';
import type { LogPosition, PositionMove } from '../ports/record-tables.js';

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

/** Moves from where the caller believes they are; false where one is elsewhere by now: another owner moved it. */
export async function movePositions(
  tx: Queryable,
  reader: string,
  topic: string,
  moves: readonly PositionMove[],
): Promise<boolean> {
  // Always in the same order, so that two transactions never wait for each other.
  const sorted = [...moves].sort((a, b) => a.partition - b.partition);
  const fresh = sorted.filter(({ from }) => from === null);
  const known = sorted.flatMap(({ partition, from, to }) => (from === null ? [] : [{ partition, from, to }]));
  let moved = 0;
  if (fresh.length > 0) {
    const { rowCount } = await tx.query(
      `insert into log_position (reader, topic, partition, epoch, next_offset)
       select $1, $2, m.* from unnest($3::int[], $4::text[], $5::bigint[]) as m on conflict do nothing`,
      [reader, topic, ...columnsOf(fresh)],
    );
    moved += rowCount;
  }
  if (known.length > 0) {
    const { rowCount } = await tx.query(
      `update log_position p set epoch = m.epoch, next_offset = m.next_offset, moved_at = now()
       from unnest($3::int[], $4::text[], $5::bigint[], $6::text[], $7::bigint[])
         as m (partition, epoch, next_offset, from_epoch, from_offset)
       where p.reader = $1 and p.topic = $2 and p.partition = m.partition
         and p.epoch = m.from_epoch and p.next_offset = m.from_offset`,
      [
        reader,
        topic,
        ...columnsOf(known),
        known.map(({ from }) => from.epoch),
        known.map(({ from }) => from.nextOffset),
      ],
    );
    moved += rowCount;
  }
  return moved === moves.length;
}

function columnsOf(moves: readonly PositionMove[]): readonly unknown[] {
  return [
    moves.map(({ partition }) => partition),
    moves.map(({ to }) => to.epoch),
    moves.map(({ to }) => to.nextOffset),
  ];
}
