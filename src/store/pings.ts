/** The track: `ping`, a partition a day. */
import type { Database, Queryable } from '../ports/database.js';
import type { Fitted, NoEvidence, PingRow } from '../ports/record-tables.js';
import { toStorable } from './text.js';

/**
 * Makes the partitions of these UTC days (`2026-11-22`) where they are missing. For each the database reads all of `ping_other`,
 * which may hold years: that takes as long as a migration may take, not as long as a statement.
 */
export async function makePingPartitions(db: Database, days: readonly string[]): Promise<void> {
  const { rows } = await db.query<{ day: string }>(
    `select day from unnest($1::text[]) as day where to_regclass('ping_' || replace(day, '-', '')) is null`,
    [days],
  );
  // One by one, so that each is there for readers and writers before the next is begun.
  for (const { day } of rows) {
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw new RangeError(`${day} is no day`);
    await db.execute(`select make_ping_partition('${day}')`);
  }
}

/**
 * `not_judged` are the reasons that lie in the ping itself, in the engine's order (`engine/fold/evidence.ts`); $17 is how far ahead
 * of its receipt a fix may be, in seconds, $18 how near to 0° 0° none is one. Device events are words, so their array can travel as its text: arrays of arrays
 * would be flattened.
 */
const INSERT = `
  with came as (
    select tag_id, to_timestamp(fixed_at) as fixed_at, identity, sequence, to_timestamp(received_at) as received_at,
      latitude, longitude, case when longitude is not null then st_setsrid(st_makepoint(longitude, latitude), 4326) end as position,
      position_ignored,
      accuracy_metres, mechanism, speed_kmh, heading_degrees, altitude_metres, satellites, battery_percent,
      device_events::text[] as device_events, log_partition, log_offset, log_place
    from unnest(
      $1::text[], $2::double precision[], $3::text[], $4::bigint[], $5::double precision[], $6::double precision[],
      $7::double precision[], $8::double precision[], $9::text[], $10::double precision[], $11::double precision[],
      $12::double precision[], $13::int[], $14::double precision[], $15::text[], $16::bigint[],
      $19::text[], $20::int[], $21::int[]
    ) as p (tag_id, fixed_at, identity, sequence, received_at, latitude, longitude, accuracy_metres, mechanism, speed_kmh,
      heading_degrees, altitude_metres, satellites, battery_percent, device_events, log_offset, position_ignored, log_place, log_partition)
  ), put as (
    insert into ping (tag_id, fixed_at, identity, sequence, received_at, position, position_ignored, accuracy_metres, mechanism, speed_kmh,
      heading_degrees, altitude_metres, satellites, battery_percent, device_events, fitted, activation_id, not_judged, log_partition, log_offset, log_place)
    select c.tag_id, c.fixed_at, c.identity, c.sequence, c.received_at, c.position, c.position_ignored, c.accuracy_metres, c.mechanism, c.speed_kmh,
      c.heading_degrees, c.altitude_metres, c.satellites, c.battery_percent, c.device_events,
      case
        when t.tag_id is null then 'unknown-tag'
        when a.activation_id is not null then 'fitted'
        else 'not-fitted'
      end,
      a.activation_id,
      case
        when c.position is null then 'no-position'
        when abs(c.latitude) < $18 and abs(c.longitude) < $18 then 'zero-position'
        when c.mechanism not in ('GPS', 'RF') then 'mechanism'
        when c.accuracy_metres is null and m.default_accuracy_metres is null then 'no-accuracy'
        when c.fixed_at > c.received_at + make_interval(secs => $17) then 'ahead-of-clock'
      end,
      c.log_partition, c.log_offset, c.log_place
    from came c left join tag t on t.tag_id = c.tag_id left join tag_model m on m.model_id = t.model_id
      left join activation a
        on a.tag_id = c.tag_id and a.fitted_at <= c.fixed_at and (a.removed_at is null or c.fixed_at < a.removed_at)
    where not coalesce(c.fixed_at >= a.collects_until, false)
    on conflict do nothing
    returning fitted
  )
  select fitted, count(*) as count from put group by fitted
  union all
  select 'consent-ended', count(*) from came c join activation a
    on a.tag_id = c.tag_id and a.fitted_at <= c.fixed_at and (a.removed_at is null or c.fixed_at < a.removed_at)
      and c.fixed_at >= a.collects_until`;

/** Writes those that are not there yet; tells how many, by whether the tag was on somebody then. What is of a time after a consent ended is not written. */
export async function insertPings(
  tx: Queryable,
  rows: readonly PingRow[],
  { aheadLimitMs, zeroDegrees }: NoEvidence,
): Promise<Readonly<Record<Fitted, number>>> {
  const counts: Record<Fitted, number> = { fitted: 0, 'not-fitted': 0, 'unknown-tag': 0, 'consent-ended': 0 };
  if (rows.length === 0) return counts;
  const column = <T>(pick: (row: PingRow) => T): T[] => rows.map(pick);
  const answer = await tx.query<{ fitted: Fitted; count: number }>(INSERT, [
    column(({ ping }) => toStorable(ping.tagId)),
    column(({ ping }) => ping.fixedAtMs / 1000),
    column(({ ping }) => toStorable(ping.identity)),
    column(({ ping }) => ping.sequence),
    column(({ receivedAtMs }) => receivedAtMs / 1000),
    column(({ ping }) => ping.position?.latitude ?? null),
    column(({ ping }) => ping.position?.longitude ?? null),
    column(({ ping }) => ping.position?.accuracyMetres ?? null),
    column(({ ping }) => ping.position?.mechanism ?? null),
    column(({ ping }) => ping.speedKmh),
    column(({ ping }) => ping.headingDegrees),
    column(({ ping }) => ping.altitudeMetres),
    column(({ ping }) => ping.satellites),
    column(({ ping }) => ping.batteryPercent),
    column(({ ping }) => `{${ping.deviceEvents.join(',')}}`),
    column(({ offset }) => offset),
    aheadLimitMs / 1000,
    zeroDegrees,
    column(({ ping }) => ping.positionIgnored ?? null),
    column(({ place }) => place ?? 0),
    column(({ partition }) => partition),
  ]);
  for (const { fitted, count } of answer.rows) counts[fitted] = count;
  return counts;
}
