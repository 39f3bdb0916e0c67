/** Where a wearer was: pings joined with who wore the tag when. */

import type { NotJudged } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import type { Placed, TrailPoint } from '../ports/trail.js';
import type { TrailModel } from '../ports/watch.js';
import { isAhead, madeAt } from './made-at.js';
import type { StoredPingRow } from './stored-ping.js';

/** Place of a point in a trail, to go on from. */
export interface TrailPlace {
  readonly fixedAtMs: number;
  readonly tagId: string;
  readonly identity: string;
}

interface TrailRow extends StoredPingRow {
  tag_id: string;
  activation_id: string;
  not_judged: NotJudged | null;
}

interface ModelRow {
  accuracy_convention: 'r68' | 'r95' | null;
  default_accuracy_metres: number | null;
}

const COLUMNS = `p.tag_id, a.activation_id, p.identity, p.sequence, p.fixed_at, p.received_at, st_y(p.position) as latitude,
  st_x(p.position) as longitude, p.accuracy_metres, p.mechanism, p.speed_kmh, p.heading_degrees, p.altitude_metres, p.satellites,
  p.battery_percent, p.device_events, p.not_judged, p.position_ignored`;

function toPoint(row: TrailRow): TrailPoint {
  return {
    tagId: row.tag_id,
    activationId: row.activation_id,
    identity: row.identity,
    sequence: row.sequence,
    fixedAtMs: row.fixed_at.getTime(),
    receivedAtMs: row.received_at.getTime(),
    latitude: row.latitude,
    longitude: row.longitude,
    accuracyMetres: row.accuracy_metres,
    mechanism: row.mechanism,
    speedKmh: row.speed_kmh,
    headingDegrees: row.heading_degrees,
    altitudeMetres: row.altitude_metres,
    satellites: row.satellites,
    batteryPercent: row.battery_percent,
    deviceEvents: row.device_events,
    notJudged: row.not_judged,
    ...(row.position_ignored !== null && { positionIgnored: row.position_ignored }),
  };
}

function toModel({ accuracy_convention, default_accuracy_metres }: ModelRow): TrailModel | null {
  if (accuracy_convention === null) return null;
  return { accuracyConvention: accuracy_convention, defaultAccuracyMetres: default_accuracy_metres };
}

/**
 * The trail from `fromMs` (included) to `toMs` (excluded), in order of device time: while the tag was on the wearer, every ping
 * with a position, and those without one that tell a device event or why there is none. `next` is where to go on, null at the end.
 */
export async function readTrail(
  db: Queryable,
  query: {
    readonly wearerId: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly limit: number;
    readonly after?: TrailPlace | null;
  },
): Promise<{ readonly points: readonly TrailPoint[]; readonly next: TrailPlace | null }> {
  const { wearerId, fromMs, toMs, limit, after = null } = query;
  const from = new Date(after === null ? fromMs : Math.max(fromMs, after.fixedAtMs));
  const { rows } = await db.query<TrailRow & ModelRow>(
    `select ${COLUMNS}, m.accuracy_convention, m.default_accuracy_metres
     from worn a join ping p on p.tag_id = a.tag_id
       and p.fixed_at >= a.fitted_at and (a.until_at is null or p.fixed_at < a.until_at)
       left join tag t on t.tag_id = p.tag_id left join tag_model m on m.model_id = t.model_id
     where a.wearer_id = $1 and p.fixed_at >= $2::timestamptz and p.fixed_at < $3::timestamptz
       and (p.position is not null or p.device_events <> '{}' or p.position_ignored is not null)
       and ($4::timestamptz is null or (p.fixed_at, p.tag_id, p.identity) > ($4::timestamptz, $5::text, $6::text))
     order by p.fixed_at, p.tag_id, p.identity limit $7`,
    [
      wearerId,
      from,
      new Date(toMs),
      after === null ? null : new Date(after.fixedAtMs),
      after?.tagId ?? null,
      after?.identity ?? null,
      limit + 1,
    ],
  );
  const points = rows.slice(0, limit).map((row) => ({ ...toPoint(row), model: toModel(row) }));
  const last = points.at(-1);
  return { points, next: rows.length > limit && last !== undefined ? last : null };
}

/** Where a newest position is looked for first: every day is a partition, and asking 400 of them takes 80 ms, asking two 4. */
const RECENT_MS = 2 * 86_400_000;

/** As many fixes from the future as are looked at: enough to know whether a clock runs ahead. */
const AHEAD_FIXES = 200;

/** The newest position of a wearer on record, and what came after it dated ahead of its receipt, oldest first. */
export interface LatestPositions {
  readonly newest: Placed<TrailPoint> | null;
  readonly ahead: readonly Placed<TrailPoint>[];
}

/**
 * Where a wearer was last. A fix dated ahead of its receipt does not hide the others (`aheadLimitMs`: how far ahead is too far);
 * whether it is one of a clock that runs ahead is for the reader to judge (`views/trail-clock.ts`).
 */
export async function latestPositions(db: Queryable, wearerId: string, aheadLimitMs: number): Promise<LatestPositions> {
  const read = async (lateral: string, since: Date): Promise<Placed<TrailPoint>[]> => {
    const { rows } = await db.query<TrailRow>(
      `select ${COLUMNS} from worn a cross join lateral (${lateral}) p where a.wearer_id = $1`,
      [wearerId, aheadLimitMs / 1000, since],
    );
    return rows.map((row) => toPoint(row) as Placed<TrailPoint>);
  };
  const isPosition =
    "ping.tag_id = a.tag_id and ping.position is not null and ping.not_judged is distinct from 'zero-position'";
  const newestSince = async (since: Date): Promise<Placed<TrailPoint> | null> => {
    const points = await read(
      `select * from ping
       where ${isPosition} and ping.fixed_at >= a.fitted_at and ping.fixed_at >= $3::timestamptz
         and ping.fixed_at < coalesce(a.until_at, 'infinity') and not ${isAhead('$2')}
       order by ping.fixed_at desc limit 1`,
      since,
    );
    return points.sort((a, b) => b.fixedAtMs - a.fixedAtMs)[0] ?? null;
  };
  const recent = new Date(Date.now() - RECENT_MS);
  const newest = (await newestSince(recent)) ?? (await newestSince(new Date(0)));
  const ahead = await read(
    `select * from ping
     where ${isPosition} and ${isAhead('$2')} and ping.received_at >= a.fitted_at
       and ping.received_at < coalesce(a.until_at, 'infinity') and ping.fixed_at > $3::timestamptz and ping.received_at > $3::timestamptz
     order by ping.received_at desc limit ${AHEAD_FIXES}`,
    newest === null ? new Date(0) : new Date(newest.receivedAtMs),
  );
  return { newest, ahead: ahead.sort((a, b) => a.receivedAtMs - b.receivedAtMs) };
}

/** As many messages as are told beside a position. */
const NEWER_MESSAGES = 10;

/**
 * What a wearer's tags said without a position after an instant: pings that tell a device event or why there is no position, the
 * newest first, at most `NEWER_MESSAGES`.
 */
export async function readMessagesAfter(
  db: Queryable,
  query: { readonly wearerId: string; readonly afterMs: number; readonly aheadLimitMs: number },
): Promise<readonly TrailPoint[]> {
  const { rows } = await db.query<TrailRow>(
    `select ${COLUMNS}
     from worn a join ping p on p.tag_id = a.tag_id
       and p.fixed_at >= a.fitted_at and (a.until_at is null or p.fixed_at < a.until_at)
     where a.wearer_id = $1 and p.fixed_at > $2::timestamptz and ${madeAt('$3', 'p')} > $2::timestamptz and p.position is null
       and (p.device_events <> '{}' or p.position_ignored is not null)
     order by ${madeAt('$3', 'p')} desc, p.tag_id, p.identity limit ${NEWER_MESSAGES}`,
    [query.wearerId, new Date(query.afterMs), query.aheadLimitMs / 1000],
  );
  return rows.map(toPoint);
}
