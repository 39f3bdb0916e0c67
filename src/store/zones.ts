/** Zones and their versions: the engine's shape, and the geometry for PostGIS. */
import type { Zone } from '../engine/types.js';
import type { Queryable } from '../ports/database.js';
import { checkEffectiveAt, isSameVersion, readEffectiveAt, type VersionPut } from './record-versions.js';
import type { RecordTable, StoredRecord } from './records.js';

/** A validated zone. */
export interface ZoneContent {
  readonly name: string;
  readonly priority: Zone['priority'];
  readonly bufferMetres: number | null;
  readonly shape: Zone['shape'];
}

export interface ZonePut extends VersionPut<ZoneContent> {
  readonly areaSquareMetres: number;
}

interface ZoneRow {
  zone_id: string;
  version: number;
  effective_at: Date | null;
  effective_at_given: boolean;
  recorded_at: Date;
  name: string;
  priority: Zone['priority'];
  buffer_metres: number | null;
  shape: Zone['shape'];
}

const COLUMNS = 'zone_id, version, effective_at, effective_at_given, recorded_at, name, priority, buffer_metres, shape';

function toRecord(row: ZoneRow): StoredRecord<ZoneContent> {
  return {
    id: row.zone_id,
    content: { name: row.name, priority: row.priority, bufferMetres: row.buffer_metres, shape: row.shape },
    version: row.version,
    effectiveAt: row.effective_at?.toISOString() ?? null,
    effectiveAtGiven: row.effective_at_given,
    recordedAt: row.recorded_at.toISOString(),
  };
}

async function read(db: Queryable, from: string, params: readonly unknown[]): Promise<StoredRecord<ZoneContent>[]> {
  const { rows } = await db.query<ZoneRow>(`select ${COLUMNS} from ${from}`, params);
  return rows.map(toRecord);
}

/** PostGIS takes a circle as the buffer of its centre on the spheroid. */
function toGeometry(shape: Zone['shape']): { readonly sql: string; readonly values: readonly unknown[] } {
  if (shape.type === 'circle') {
    return {
      sql: 'st_buffer(st_setsrid(st_makepoint($10::float8, $11::float8), 4326)::geography, $12::float8)::geometry',
      values: [shape.longitude, shape.latitude, shape.radiusMetres],
    };
  }
  const geometry = { type: 'MultiPolygon', coordinates: shape.polygons };
  return { sql: 'st_setsrid(st_geomfromgeojson($10::text), 4326)', values: [JSON.stringify(geometry)] };
}

export const zones: RecordTable<ZonePut, ZoneContent> = {
  kind: 'zone',
  async find(db, id) {
    const found = await read(db, 'zone_version join zone using (zone_id, version) where zone_id = $1', [id]);
    return found[0] ?? null;
  },
  list: (db, after, limit) =>
    read(
      db,
      `zone join zone_version using (zone_id, version) where zone_id > $1 collate "C"
       order by zone_id collate "C" limit $2::int`,
      [after ?? '', limit],
    ),
  versions: (db, id, after, limit) =>
    read(db, 'zone_version where zone_id = $1 and version > $2::int order by version limit $3::int', [
      id,
      after,
      limit,
    ]),
  isSame: isSameVersion,
  async check(_tx, put, { current, nowMs }) {
    const errors = checkEffectiveAt(put, current, nowMs, '/properties/effectiveAt');
    return errors.length === 0 ? null : { type: 'invalid', errors };
  },
  async write(tx, put, version, { id, current, nowMs }) {
    const { content } = put;
    const given = readEffectiveAt(put, current, nowMs);
    const effectiveAt = given ?? (current === null ? null : new Date(nowMs).toISOString());
    const geometry = toGeometry(content.shape);
    await tx.query(
      `insert into zone (zone_id, version) values ($1, $2::int) on conflict (zone_id) do update set version = excluded.version`,
      [id, version],
    );
    await tx.query(
      `insert into zone_version (zone_id, version, effective_at, effective_at_given, recorded_at, name, priority,
                                 buffer_metres, area_square_metres, shape, geometry)
       values ($1, $2::int, $3::timestamptz, $4::boolean, $5::timestamptz, $6, $7, $8::float8, $9::float8,
               $${geometry.values.length + 10}::jsonb, ${geometry.sql})`,
      [
        id,
        version,
        effectiveAt,
        given !== null,
        new Date(nowMs),
        content.name,
        content.priority,
        content.bufferMetres,
        put.areaSquareMetres,
        ...geometry.values,
        content.shape,
      ],
    );
  },
  targets: (_put, { id }) => [{ kind: 'zone', id }],
};
