import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Queryable, Row } from '../../src/ports/database.js';
import { RECORD_KINDS } from '../../src/ports/records.js';
import { recordStore } from '../../src/store/record-store.js';
import { listRejected } from '../../src/store/rejected-list.js';
import { openTestPostgres, type TestDatabase } from '../support/database.js';
import { rejectedSuite } from './rejected.suite.js';

const ROWS = 20_000;
/** As many rows of everything that is listed as make a plan that sorts them a poor one. */
const FILL = `
  insert into tag_model select 'M-' || n, 'M', null, 'r68', null, 60, 1, now() from generate_series(1, ${ROWS}) n;
  insert into wearer select 'W-' || n, 'N', null, null, 1, now() from generate_series(1, ${ROWS}) n;
  insert into tag select 'T-' || n, null, 1, now() from generate_series(1, ${ROWS}) n;
  insert into activation select 'A-' || n, 'T-' || n, 'W-' || n, now(), null, 1, now() from generate_series(1, ${ROWS}) n;
  insert into legal_order select 'O-' || n, 'W-' || n, 'bail', now(), null, 1, now() from generate_series(1, ${ROWS}) n;
  insert into zone select 'Z-' || n, 1 from generate_series(1, ${ROWS}) n;
  insert into zone_version select 'Z-' || n, 1, null, false, now(), 'Z', 'standard', null, 1, '{}', st_setsrid(st_makepoint(1, 51), 4326)
    from generate_series(1, ${ROWS}) n;
  insert into condition select 'C-' || n, 'O-' || n, null, 1 from generate_series(1, ${ROWS}) n;
  insert into condition_version select 'C-' || n, 1, now(), false, now(), 'exclusion', 'Z-' || n, null, null, 0, now(), null, '{}', null
    from generate_series(1, ${ROWS}) n;
  insert into absence (absence_id, order_id, condition_ids, starts_at, ends_at, reason, version, recorded_at)
    select 'B-' || n, 'O-' || n, null, now(), now(), 'r', 1, now() from generate_series(1, ${ROWS}) n;
  insert into suspension (suspension_id, wearer_id, condition_id, starts_at, ends_at, reason, version, recorded_at)
    select 'S-' || n, 'W-' || n, null, now(), now(), 'r', 1, now() from generate_series(1, ${ROWS}) n;
  insert into custody_period (custody_period_id, wearer_id, starts_at, ends_at, version, recorded_at)
    select 'P-' || n, 'W-' || n, now(), null, 1, now() from generate_series(1, ${ROWS}) n;
  insert into rag_rating select 'W-' || n, 1, now() from generate_series(1, ${ROWS}) n;
  insert into mappa select 'W-' || n, 1, now() from generate_series(1, ${ROWS}) n;
  insert into membership select 'W-' || n, 1, now() from generate_series(1, ${ROWS}) n;
  insert into risk_plan select 'W-' || n, 1, now() from generate_series(1, ${ROWS}) n;
  insert into wearer_flags select 'W-' || n, 1, now() from generate_series(1, ${ROWS}) n;
  insert into recall select 'R-' || n, 'W-' || n, 'O-' || n, 'draft', 1, now() from generate_series(1, ${ROWS}) n;
  insert into task (task_id, wearer_id, kind, status, version, recorded_at)
    select 'K-' || n, 'W-' || n, 'visit', 'open', 1, now() from generate_series(1, ${ROWS}) n;
  insert into consent (consent_id, wearer_id, given_at, version, recorded_at)
    select 'N-' || n, 'W-' || n, now(), 1, now() from generate_series(1, ${ROWS}) n;
  insert into legal_hold (legal_hold_id, wearer_id, starts_at, version, recorded_at)
    select 'H-' || n, 'W-' || n, now(), 1, now() from generate_series(1, ${ROWS}) n;
  insert into note (note_id, wearer_id, version, recorded_at)
    select 'Y-' || n, 'W-' || n, 1, now() from generate_series(1, ${ROWS}) n;
  insert into intelligence (intelligence_id, wearer_id, received_at, version, recorded_at)
    select 'I-' || n, 'W-' || n, now(), 1, now() from generate_series(1, ${ROWS}) n;
  insert into record_version (record_kind, record_id, version, recorded_at, content)
    select kind, letter || '-' || n, 1, now(), '{}' from generate_series(1, ${ROWS}) n,
      (values ('tag-model', 'M'), ('wearer', 'W'), ('tag', 'T'), ('activation', 'A'), ('order', 'O'), ('zone', 'Z'), ('condition', 'C'),
              ('absence', 'B'), ('suspension', 'S'), ('custody-period', 'P'), ('task', 'K'), ('intelligence', 'I'), ('recall', 'R'),
              ('consent', 'N'), ('legal-hold', 'H'), ('note', 'Y')) as kinds (kind, letter)
    on conflict do nothing;
  insert into record_version (record_kind, record_id, version, recorded_at, content)
    select kind, 'W-' || n, 1, now(), '{}' from generate_series(1, ${ROWS}) n,
      (values ('rag-rating'), ('mappa'), ('membership'), ('wearer-flags'), ('risk-plan')) as kinds (kind);
  insert into record_version select 'zone', 'Z-1', n, now(), '{}' from generate_series(2, ${ROWS}) n;
  insert into rejected_message (epoch, log_topic, log_partition, log_offset, reason, detail, rejected_at, source, tag_id, payload)
    select 'E', 't', 0, n, 'not-json', 'd', now(), null, null, '' from generate_series(1, ${ROWS}) n;
  analyze;`;

const PAGE = 101;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

describe('a page of a list, on PostGIS', () => {
  let database: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    database = await openTestPostgres();
    db = database.db;
    await db.execute(FILL);
  });
  afterAll(() => database?.stop());

  /** The steps of the plan by which a query was really run. */
  async function explain(run: (explaining: Queryable) => Promise<unknown>): Promise<Plan[]> {
    const steps: Plan[] = [];
    const collect = (plan: Plan): void => {
      steps.push(plan);
      plan.Plans?.forEach(collect);
    };
    await run({
      query: async <R = Row>(sql: string, params?: readonly unknown[]) => {
        const { rows } = await db.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
          `explain (analyze, format json) ${sql}`,
          params,
        );
        collect(rows[0]!['QUERY PLAN'][0].Plan);
        return { rows: [] as R[], rowCount: 0 };
      },
    });
    return steps;
  }

  /** Walks an index from where the page begins: nothing is sorted, and no more is read than the page holds. */
  function expectWalk(steps: readonly Plan[]): void {
    expect(steps.length).toBeGreaterThan(0);
    const told = steps.map((step) => ({
      type: step['Node Type'],
      rows: step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0),
    }));
    expect(told.filter(({ type, rows }) => /Sort|Seq Scan|Bitmap/.test(type) || rows > PAGE)).toEqual([]);
  }

  it.each(RECORD_KINDS)('of every %s walks an index: the first, and one in the middle', async (kind) => {
    const first = await recordStore.list(db, kind, null, PAGE);
    expect(first).toHaveLength(PAGE);
    for (const after of [null, first[50]!.id])
      expectWalk(await explain((explaining) => recordStore.list(explaining, kind, after, PAGE)));
  });

  it('of versions walks an index', async () => {
    for (const after of [0, 10_000])
      expectWalk(await explain((tx) => recordStore.versions(tx, 'zone', 'Z-1', after, PAGE)));
  });

  it('of what was rejected walks an index', async () => {
    for (const filter of [{}, { before: 10_000 }]) {
      expectWalk(await explain((tx) => listRejected(tx, { ...filter, limit: PAGE }, 10)));
    }
  });
});

let rejected: TestDatabase | null = null;
afterAll(() => rejected?.stop());
rejectedSuite('PostGIS', async () => {
  rejected = await openTestPostgres();
  return rejected.db;
});
