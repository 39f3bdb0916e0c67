/** Which consoles of the control room could be heard, by the api that each was connected to. */
import type { ConsoleSound, SoundSpan } from '../alerts/console-sounds.js';
import type { Queryable } from '../ports/database.js';

const DAY_MS = 86_400_000;
/** A week of shifts can be looked up; how somebody worked is nobody's after that. */
const KEPT_DAYS = 7;

/** What is or was connected, each seen when it says; and what is older than is kept goes. */
export async function writeConsoleSounds(db: Queryable, spans: readonly SoundSpan[], nowMs: number): Promise<void> {
  if (spans.length > 0) {
    const instants = (read: (span: SoundSpan) => number) => spans.map((span) => new Date(read(span)).toISOString());
    await db.query(
      `insert into console_sound (span_id, who, sound, from_at, seen_at, is_over)
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::boolean[])
       on conflict (span_id) do update set seen_at = excluded.seen_at, is_over = excluded.is_over`,
      [
        spans.map(({ spanId }) => spanId),
        spans.map(({ who }) => who),
        spans.map(({ sound }) => sound),
        instants(({ fromMs }) => fromMs),
        instants(({ seenAtMs }) => seenAtMs),
        spans.map(({ isOver }) => isOver),
      ],
    );
  }
  await db.query('delete from console_sound where seen_at < $1::timestamptz', [
    new Date(nowMs - KEPT_DAYS * DAY_MS).toISOString(),
  ]);
}

interface Row {
  span_id: string;
  who: string;
  sound: ConsoleSound;
  from_at: Date;
  seen_at: Date;
  is_over: boolean;
}

/** What was seen since then, of every api. */
export async function readConsoleSounds(db: Queryable, sinceMs: number): Promise<SoundSpan[]> {
  const { rows } = await db.query<Row>(
    'select span_id, who, sound, from_at, seen_at, is_over from console_sound where seen_at >= $1::timestamptz order by from_at, span_id',
    [new Date(sinceMs).toISOString()],
  );
  return rows.map(({ span_id, who, sound, from_at, seen_at, is_over }) => ({
    spanId: span_id,
    who,
    sound,
    fromMs: from_at.getTime(),
    seenAtMs: seen_at.getTime(),
    isOver: is_over,
  }));
}
