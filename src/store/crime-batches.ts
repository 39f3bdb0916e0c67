/** Crimes on record, what runs say of them, and what people made of it. */
import type { Queryable } from '../ports/database.js';
import type { CrimeFacts, CrimeMatch, MatchDecided, MatchDecision, MatchOutcome } from '../wire/crime-batch.js';
import type { StoredRun } from './crime-runs.js';

export interface BatchFault {
  readonly line: number;
  readonly detail: string;
}

/** What is said of a crime; its version is told by what stood before. */
export type CrimeContent = Omit<CrimeFacts, 'version'> & { readonly placeErrorMetres: number };

export interface NewBatch {
  readonly batchId: string;
  readonly name: string;
  readonly requestedBy: string;
  readonly requestedAtMs: number;
  readonly purpose: string;
  readonly authority: { readonly reference: string; readonly scope: string; readonly untilMs: number };
  readonly radiusMetres: number;
  readonly fastestMetresPerSecond: number;
  readonly sha256: string;
  readonly repeats: number;
  readonly faults: readonly BatchFault[];
  readonly faultCount: number;
  readonly correlationId: string | null;
}

export interface StoredBatch extends Omit<NewBatch, 'correlationId'> {
  /** In the order in which they were asked for. */
  readonly n: number;
  readonly crimes: number;
}

export interface StoredCrime {
  readonly place: number;
  readonly version: number;
  readonly content: CrimeContent;
}

export interface NewResult {
  readonly place: number;
  readonly matches: readonly CrimeMatch[];
  readonly cannotSay: readonly string[];
}

export interface StoredResult extends NewResult, StoredCrime {
  /** Null: no run before it has ended. */
  readonly isChanged: boolean | null;
  readonly decisions: readonly MatchDecided[];
}

const CRIMES_LOCK = 7_402_310_024;

interface BatchRow {
  n: number;
  batch_id: string;
  name: string;
  requested_by: string;
  requested_at: Date;
  purpose: string;
  authority_reference: string;
  authority_scope: string;
  authority_until: Date;
  radius_metres: number;
  fastest_metres_per_second: number;
  sha256: string;
  repeats: number;
  faults: string;
  fault_count: number;
  crimes: number;
}
const BATCH_COLUMNS = `n, batch_id, name, requested_by, requested_at, purpose, authority_reference, authority_scope, authority_until,
  radius_metres, fastest_metres_per_second, sha256, repeats, faults, fault_count,
  (select count(*)::int from crime where crime.batch_id = crime_batch.batch_id) as crimes`;

const toBatch = (row: BatchRow): StoredBatch => ({
  n: row.n,
  batchId: row.batch_id,
  name: row.name,
  requestedBy: row.requested_by,
  requestedAtMs: row.requested_at.getTime(),
  purpose: row.purpose,
  authority: {
    reference: row.authority_reference,
    scope: row.authority_scope,
    untilMs: row.authority_until.getTime(),
  },
  radiusMetres: row.radius_metres,
  fastestMetresPerSecond: row.fastest_metres_per_second,
  sha256: row.sha256,
  repeats: row.repeats,
  faults: JSON.parse(row.faults) as BatchFault[],
  faultCount: row.fault_count,
  crimes: row.crimes,
});

/** Of a crime that an earlier batch has, with the version within this file. */
export interface NewCrime {
  readonly content: CrimeContent;
  readonly versionInFile: number;
}

/** Puts a batch with its crimes on record, in a transaction. */
export async function addBatch(tx: Queryable, given: NewBatch, crimes: readonly NewCrime[]): Promise<void> {
  // One after the other: a version is told by what stands before.
  await tx.query('select pg_advisory_xact_lock($1::bigint)', [CRIMES_LOCK]);
  await tx.query(
    `insert into crime_batch (batch_id, name, requested_by, requested_at, purpose, authority_reference, authority_scope,
       authority_until, radius_metres, fastest_metres_per_second, sha256, repeats, faults, fault_count, correlation_id)
     values ($1, $2, $3, $4::timestamptz, $5, $6, $7, $8::timestamptz, $9::double precision, $10::double precision, $11, $12::int,
       $13, $14::int, $15)`,
    [
      given.batchId,
      given.name,
      given.requestedBy,
      new Date(given.requestedAtMs),
      given.purpose,
      given.authority.reference,
      given.authority.scope,
      new Date(given.authority.untilMs),
      given.radiusMetres,
      given.fastestMetresPerSecond,
      given.sha256,
      given.repeats,
      JSON.stringify(given.faults),
      given.faultCount,
      given.correlationId,
    ],
  );
  await tx.query(
    `insert into crime (batch_id, place, force, reference, version, content)
     select $1, given.place, given.force, given.reference,
       case when before.content = given.content then before.version else coalesce(before.version, 0) + given.version end,
       given.content
     from unnest($2::int[], $3::text[], $4::text[], $5::int[], $6::text[]) as given (place, force, reference, version, content)
       left join lateral (
         select crime.version, crime.content from crime
         where crime.force = given.force and crime.reference = given.reference
         order by crime.version desc limit 1) as before on true`,
    [
      given.batchId,
      crimes.map((_, at) => at + 1),
      crimes.map(({ content }) => content.force),
      crimes.map(({ content }) => content.reference),
      crimes.map(({ versionInFile }) => versionInFile),
      crimes.map(({ content }) => JSON.stringify(content)),
    ],
  );
}

export async function findBatch(db: Queryable, batchId: string): Promise<StoredBatch | null> {
  const { rows } = await db.query<BatchRow>(`select ${BATCH_COLUMNS} from crime_batch where batch_id = $1`, [batchId]);
  return rows[0] === undefined ? null : toBatch(rows[0]);
}

/** The newest first. */
export async function listBatches(
  db: Queryable,
  { before, limit }: { readonly before: number; readonly limit: number },
): Promise<StoredBatch[]> {
  const { rows } = await db.query<BatchRow>(
    `select ${BATCH_COLUMNS} from crime_batch where n < $1::bigint order by n desc limit $2::int`,
    [before, limit],
  );
  return rows.map(toBatch);
}

/** Of one run, in the transaction that ends it. */
export async function addResults(
  tx: Queryable,
  { batchId, run }: StoredRun,
  results: readonly NewResult[],
): Promise<void> {
  for (const { place, matches, cannotSay } of results)
    await tx.query(
      `insert into crime_result (batch_id, run, place, matches, cannot_say) values ($1, $2::int, $3::int, $4, $5::text[])`,
      [batchId, run, place, JSON.stringify(matches), [...cannotSay].sort()],
    );
}

interface CrimeRow {
  place: number;
  version: number;
  content: string;
}
const toCrime = ({ place, version, content }: CrimeRow): StoredCrime => ({
  place,
  version,
  content: JSON.parse(content) as CrimeContent,
});

export async function readCrimes(db: Queryable, batchId: string): Promise<StoredCrime[]> {
  const { rows } = await db.query<CrimeRow>(
    'select place, version, content from crime where batch_id = $1 order by place',
    [batchId],
  );
  return rows.map(toCrime);
}

export async function findCrime(db: Queryable, batchId: string, place: number): Promise<StoredCrime | null> {
  const { rows } = await db.query<CrimeRow>(
    'select place, version, content from crime where batch_id = $1 and place = $2::int',
    [batchId, place],
  );
  return rows[0] === undefined ? null : toCrime(rows[0]);
}

interface ResultRow extends CrimeRow {
  matches: string;
  cannot_say: string[];
  matches_before: string | null;
  cannot_say_before: string[] | null;
}

export interface ResultPage {
  readonly after: number;
  readonly limit: number;
  /** Those alone that somebody matches. */
  readonly isMatched: boolean;
  /** Of these wearers: of others there is nothing, not even that somebody matches or is told otherwise. */
  readonly seen: ReadonlySet<string>;
}

/** In the order of the file. */
export async function listResults(
  db: Queryable,
  { batchId, run }: Pick<StoredRun, 'batchId' | 'run'>,
  { after, limit, isMatched, seen }: ResultPage,
): Promise<StoredResult[]> {
  const { rows } = await db.query<ResultRow>(
    `select c.place, c.version, c.content, r.matches, r.cannot_say, before.matches as matches_before,
       before.cannot_say as cannot_say_before
     from crime_result r join crime c using (batch_id, place)
       left join crime_result before on before.batch_id = r.batch_id and before.place = r.place and before.run = (
         select max(run) from crime_run where batch_id = r.batch_id and run < r.run and state = 'ready')
     where r.batch_id = $1 and r.run = $2::int and r.place > $3::int and (not $5::boolean or exists (
       select 1 from json_array_elements(r.matches::json) as m where m ->> 'wearerId' = any($6::text[])))
     order by r.place limit $4::int`,
    [batchId, run, after, limit, isMatched, [...seen]],
  );
  const decisions = await readDecisions(
    db,
    batchId,
    rows.map(({ place }) => place),
  );
  return rows.map((row) => {
    const now = seenOf(row.matches, row.cannot_say, seen);
    const before = row.matches_before === null ? null : seenOf(row.matches_before, row.cannot_say_before ?? [], seen);
    return {
      ...toCrime(row),
      ...now,
      isChanged: before === null ? null : outcomesOf(before) !== outcomesOf(now),
      decisions: (decisions.get(row.place) ?? []).filter(({ wearerId }) => seen.has(wearerId)),
    };
  });
}

type Said = Pick<NewResult, 'matches' | 'cannotSay'>;

const seenOf = (matches: string, cannotSay: readonly string[], seen: ReadonlySet<string>): Said => ({
  matches: (JSON.parse(matches) as CrimeMatch[]).filter(({ wearerId }) => seen.has(wearerId)),
  cannotSay: cannotSay.filter((wearerId) => seen.has(wearerId)),
});

const outcomesOf = ({ matches, cannotSay }: Said): string =>
  JSON.stringify([matches.map(({ wearerId, outcome }) => `${wearerId} ${outcome}`).sort(), cannotSay]);

/** What a run says of one wearer and one crime; null: it says nothing of this crime. */
export async function findOutcome(
  db: Queryable,
  { batchId, run }: Pick<StoredRun, 'batchId' | 'run'>,
  place: number,
  wearerId: string,
): Promise<MatchOutcome | null> {
  const { rows } = await db.query<Pick<ResultRow, 'matches' | 'cannot_say'>>(
    'select matches, cannot_say from crime_result where batch_id = $1 and run = $2::int and place = $3::int',
    [batchId, run, place],
  );
  if (rows[0] === undefined) return null;
  if (rows[0].cannot_say.includes(wearerId)) return 'CANNOT SAY';
  const matches = JSON.parse(rows[0].matches) as CrimeMatch[];
  return matches.find((match) => match.wearerId === wearerId)?.outcome ?? 'ELIMINATED';
}

export interface NewDecision {
  readonly batchId: string;
  readonly place: number;
  readonly run: number;
  readonly wearerId: string;
  readonly decision: MatchDecision;
  readonly reason: string;
  readonly by: string;
  readonly atMs: number;
}

export async function addDecision(db: Queryable, given: NewDecision): Promise<void> {
  await db.query(
    `insert into match_decision (batch_id, place, run, wearer_id, decision, reason, decided_by, decided_at)
     values ($1, $2::int, $3::int, $4, $5, $6, $7, $8::timestamptz)`,
    [
      given.batchId,
      given.place,
      given.run,
      given.wearerId,
      given.decision,
      given.reason,
      given.by,
      new Date(given.atMs),
    ],
  );
}

/** By place, the newest first. */
export async function readDecisions(
  db: Queryable,
  batchId: string,
  places: readonly number[],
): Promise<ReadonlyMap<number, readonly MatchDecided[]>> {
  const { rows } = await db.query<{
    place: number;
    run: number;
    wearer_id: string;
    decision: MatchDecision;
    reason: string;
    decided_by: string;
    decided_at: Date;
  }>(
    `select place, run, wearer_id, decision, reason, decided_by, decided_at from match_decision
     where batch_id = $1 and place = any($2::int[]) order by n desc`,
    [batchId, places],
  );
  const found = new Map<number, MatchDecided[]>();
  for (const row of rows) {
    const decided = {
      wearerId: row.wearer_id,
      run: row.run,
      decision: row.decision,
      reason: row.reason,
      by: row.decided_by,
      at: row.decided_at.toISOString(),
    };
    found.set(row.place, [...(found.get(row.place) ?? []), decided]);
  }
  return found;
}
