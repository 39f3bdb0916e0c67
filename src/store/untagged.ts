/** What the publisher reads of wearers beside their tags: when one was to be worn, and when one was. */
import type { Queryable } from '../ports/database.js';
import type { WatchTarget, WearerFacts } from '../ports/watch.js';

interface PeriodRow {
  wearer_id: string;
  kind: 'wearer' | 'order' | 'worn';
  from_at: Date | null;
  until_at: Date | null;
}

/** Of those that are on record, in the order of their ids. */
export async function readWearerFacts(db: Queryable, wearerIds: readonly string[]): Promise<WearerFacts[]> {
  const { rows } = await db.query<PeriodRow>(
    `select wearer_id, 'wearer' as kind, null::timestamptz as from_at, null::timestamptz as until_at
       from wearer where wearer_id = any($1)
     union all select wearer_id, 'order', starts_at, ends_at from tag_demand where wearer_id = any($1)
     union all select wearer_id, 'worn', fitted_at, until_at from worn where wearer_id = any($1)`,
    [wearerIds],
  );
  const known = rows.filter(({ kind }) => kind === 'wearer').map(({ wearer_id }) => wearer_id);
  const facts = new Map(known.map((wearerId) => [wearerId, { wearerId, orders: [], worn: [] } as WearerDraft]));
  for (const { wearer_id, kind, from_at, until_at } of rows) {
    const fromMs = from_at?.getTime() ?? 0;
    const untilMs = until_at?.getTime() ?? null;
    if (kind === 'order') facts.get(wearer_id)?.orders.push({ startsAtMs: fromMs, endsAtMs: untilMs });
    if (kind === 'worn') facts.get(wearer_id)?.worn.push({ fittedAtMs: fromMs, removedAtMs: untilMs });
  }
  return known.sort().map((wearerId) => facts.get(wearerId)!);
}

interface WearerDraft {
  readonly wearerId: string;
  readonly orders: WearerFacts['orders'][number][];
  readonly worn: WearerFacts['worn'][number][];
}

/** Those who may be without a tag, now or later: whom something asks to wear one, without a tag that is on and has no end. */
export async function listUntagged(db: Queryable, atMs: number): Promise<WatchTarget[]> {
  const { rows } = await db.query<{ wearer_id: string }>(
    `select distinct wearer_id from tag_demand o
     where coalesce(ends_at, 'infinity') > $1::timestamptz and not exists (
       select from worn a
       where a.wearer_id = o.wearer_id and until_at is null and fitted_at <= greatest(o.starts_at, $1::timestamptz)
     )`,
    [new Date(atMs)],
  );
  return rows.map(({ wearer_id }) => ({ kind: 'wearer', id: wearer_id }));
}
