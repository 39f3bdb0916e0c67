/** Who of the control room could be heard, by the api that each console was connected to. */
import type { Area } from '../access/principal.js';
import { SOUNDS_OF_MS } from '../alerts/console-sounds.js';
import type { ConsoleSpan } from '../ports/console-sounds.js';
import type { Queryable } from '../ports/database.js';

/** What is told is of a day; how somebody worked is nobody's after that. */
const DAY = `interval '${SOUNDS_OF_MS} milliseconds'`;

/** What is or was connected, with times of a clock that says `nowMs`; what is older than is told goes. */
export async function writeConsoleSounds(db: Queryable, spans: readonly ConsoleSpan[], nowMs: number): Promise<void> {
  if (spans.length > 0) {
    await db.query(
      `insert into console_sound (span_id, who, areas, sound, from_at, seen_at, is_over)
       select span_id, who, areas, sound, now() - from_age * interval '1 millisecond',
         now() - seen_age * interval '1 millisecond', is_over
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::double precision[], $6::double precision[],
         $7::boolean[]) as span (span_id, who, areas, sound, from_age, seen_age, is_over)
       on conflict (span_id) do update set seen_at = greatest(console_sound.seen_at, excluded.seen_at),
         is_over = console_sound.is_over or excluded.is_over`,
      [
        spans.map(({ spanId }) => spanId),
        spans.map(({ who }) => who),
        spans.map(({ areas }) => (areas === null ? null : JSON.stringify(areas))),
        spans.map(({ sound }) => sound),
        spans.map(({ fromMs }) => nowMs - fromMs),
        spans.map(({ seenAtMs }) => nowMs - seenAtMs),
        spans.map(({ isOver }) => isOver),
      ],
    );
  }
  await db.query(`delete from console_sound where seen_at < now() - ${DAY}`);
}

interface Row {
  span_id: string;
  who: string;
  areas: string | null;
  sound: ConsoleSpan['sound'];
  from_age: number;
  seen_age: number;
  is_over: boolean;
}

/** What was seen within the last day, of every api, with times of a clock that says `nowMs`. */
export async function readConsoleSounds(db: Queryable, nowMs: number): Promise<ConsoleSpan[]> {
  const { rows } = await db.query<Row>(
    `select span_id, who, areas, sound, (extract(epoch from now() - from_at) * 1000)::double precision as from_age,
       (extract(epoch from now() - seen_at) * 1000)::double precision as seen_age, is_over
     from console_sound where seen_at >= now() - ${DAY} order by from_at, span_id`,
  );
  return rows.map(({ span_id, who, areas, sound, from_age, seen_age, is_over }) => ({
    spanId: span_id,
    who,
    areas: areas === null ? null : (JSON.parse(areas) as Area[]),
    sound,
    fromMs: nowMs - from_age,
    seenAtMs: nowMs - seen_age,
    isOver: is_over,
  }));
}
