/** What crimes are matched against: who wore a tag within a time, and the fixes of one of them that carry evidence. */
import type { Queryable } from '../ports/database.js';
import type { TrailModel } from '../ports/watch.js';

/** Those who wore a tag at any moment of it, `toMs` excluded, by id. */
export async function listWearersBetween(db: Queryable, fromMs: number, toMs: number): Promise<readonly string[]> {
  const { rows } = await db.query<{ wearer_id: string }>(
    `select distinct wearer_id from worn
     where fitted_at < $2::timestamptz and (until_at is null or until_at > $1::timestamptz) order by wearer_id`,
    [new Date(fromMs), new Date(toMs)],
  );
  return rows.map(({ wearer_id }) => wearer_id);
}

export interface RecordedFix {
  readonly activationId: string;
  readonly fixedAtMs: number;
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number;
  /** Of what carries no evidence by itself none is here; what the fixes around it say is not asked yet (`views/trail-speeds.ts`). */
  readonly notJudged: null;
  /** None: as the engine judges tags without a model. */
  readonly model: TrailModel | null;
}

/** Tag by tag, in order of time, from `fromMs` until `toMs`; without fixes of which nobody knows how accurate they are. */
export async function readRecordedFixes(
  db: Queryable,
  wearerId: string,
  fromMs: number,
  toMs: number,
): Promise<readonly RecordedFix[]> {
  const { rows } = await db.query<{
    at_ms: number;
    latitude: number;
    longitude: number;
    accuracy_metres: number;
    accuracy_convention: TrailModel['accuracyConvention'] | null;
    default_accuracy_metres: number | null;
    activation_id: string;
  }>(
    `select (extract(epoch from p.fixed_at) * 1000)::double precision as at_ms, st_y(p.position) as latitude,
       st_x(p.position) as longitude, coalesce(p.accuracy_metres, m.default_accuracy_metres)::double precision as accuracy_metres,
       m.accuracy_convention, m.default_accuracy_metres, a.activation_id
     from worn a join ping p on p.tag_id = a.tag_id
       and p.fixed_at >= a.fitted_at and (a.until_at is null or p.fixed_at < a.until_at)
       left join tag t on t.tag_id = p.tag_id left join tag_model m on m.model_id = t.model_id
     where a.wearer_id = $1 and p.fixed_at >= $2::timestamptz and p.fixed_at < $3::timestamptz
       and p.not_judged is null and p.position is not null
       and coalesce(p.accuracy_metres, m.default_accuracy_metres) is not null
     order by a.fitted_at, a.activation_id, p.fixed_at, p.identity`,
    [wearerId, new Date(fromMs), new Date(toMs)],
  );
  return rows.map((row) => ({
    activationId: row.activation_id,
    fixedAtMs: Math.round(row.at_ms),
    latitude: row.latitude,
    longitude: row.longitude,
    accuracyMetres: row.accuracy_metres,
    notJudged: null,
    model:
      row.accuracy_convention === null
        ? null
        : { accuracyConvention: row.accuracy_convention, defaultAccuracyMetres: row.default_accuracy_metres },
  }));
}
