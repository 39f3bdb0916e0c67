/** Evidence packs on record: what was asked for, and what was made of it. */
import type { Queryable } from '../ports/database.js';
import type { DeletedStretch } from '../ports/retention.js';
import type { LegalHoldContent } from '../wire/legal-hold.js';
import { AROUND_ALERT_MS, type Edition, type PackState, type PackStep, type PackSubject } from '../wire/pack.js';
import { recordStore } from './record-store.js';
import { listDeletedStretches } from './retention.js';

/** As `PUT /legal-holds` takes them. */
const MAX_REASON_LENGTH = 500;

export interface NewPack {
  readonly packId: string;
  /** The same for the same request of the same record. */
  readonly requestKey: string;
  readonly wearerId: string;
  readonly subject: PackSubject;
  readonly edition: Edition;
  readonly marking: string;
  readonly purpose: string;
  readonly recipient: string;
  /** The subject's id, and the name for the eye. */
  readonly requestedBy: string;
  readonly requestedName: string;
  readonly requestedAtMs: number;
  readonly correlationId: string | null;
}

/** Without its file. */
export interface StoredPack extends NewPack {
  /** In the order in which they were asked for. */
  readonly packNumber: number;
  readonly state: PackState;
  /** How often it was begun. */
  readonly attempts: number;
  /** How far it is while it is built. */
  readonly step: PackStep | null;
  /** Of those that wait, how many are made before it; null: it does not wait. */
  readonly ahead: number | null;
  /** Made, or given up. */
  readonly endedAtMs: number | null;
  readonly failure: string | null;
  /** Of the file, hexadecimal. */
  readonly sha256: string | null;
  readonly fileBytes: number | null;
  /** What it is about is not deleted, whatever its age; false: its hold was lifted, or is not placed. */
  readonly isHeld: boolean;
  /** How often it was tried in vain to place its hold. */
  readonly holdAttempts: number;
}

interface Row {
  pack_number: number;
  pack_id: string;
  request_key: string;
  wearer_id: string;
  subject: string;
  edition: Edition;
  marking: string;
  purpose: string;
  recipient: string;
  requested_by: string;
  requested_name: string;
  requested_at: Date;
  correlation_id: string | null;
  state: PackState;
  attempts: number;
  step: PackStep | null;
  ahead: number | null;
  ended_at: Date | null;
  failure: string | null;
  sha256: string | null;
  file_bytes: number | null;
  is_held: boolean;
  hold_attempts: number;
}
const COLUMNS = `pack_number, pack_id, request_key, wearer_id, subject, edition, marking, purpose, recipient, requested_by, requested_name,
  requested_at, correlation_id, state, attempts, step,
  coalesce((select u.attempts from pack_unheld u where u.pack_id = pack.pack_id), 0) as hold_attempts,
  case when state = 'queued' then (select count(*)::int from pack other
    where other.state in ('queued', 'building') and other.pack_number < pack.pack_number) end as ahead, ended_at, failure, sha256, octet_length(file) as file_bytes,
  exists (select from legal_hold h where h.pack_id = pack.pack_id and h.lifted_reason is null) as is_held`;

const toPack = (row: Row): StoredPack => ({
  packNumber: row.pack_number,
  packId: row.pack_id,
  requestKey: row.request_key,
  wearerId: row.wearer_id,
  subject: JSON.parse(row.subject) as PackSubject,
  edition: row.edition,
  marking: row.marking,
  purpose: row.purpose,
  recipient: row.recipient,
  requestedBy: row.requested_by,
  requestedName: row.requested_name,
  requestedAtMs: row.requested_at.getTime(),
  correlationId: row.correlation_id,
  state: row.state,
  attempts: row.attempts,
  step: row.step,
  ahead: row.ahead,
  endedAtMs: row.ended_at?.getTime() ?? null,
  failure: row.failure,
  sha256: row.sha256,
  fileBytes: row.file_bytes,
  isHeld: row.is_held,
  holdAttempts: row.hold_attempts,
});

/**
 * That one, or the one that was asked for before by the same request and did not fail. From now on all that it is about is held: what it
 * is made of is read later. `alertIds`: of a period, those in it.
 */
export async function addPack(tx: Queryable, pack: NewPack, alertIds: readonly string[]): Promise<StoredPack> {
  const added = await tx.query(
    `insert into pack (pack_id, request_key, wearer_id, subject, edition, marking, purpose, recipient, requested_by, requested_name,
       requested_at, correlation_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::timestamptz, $12)
     on conflict (request_key) where state <> 'failed' do nothing`,
    [
      pack.packId,
      pack.requestKey,
      pack.wearerId,
      JSON.stringify(pack.subject),
      pack.edition,
      pack.marking,
      pack.purpose,
      pack.recipient,
      pack.requestedBy,
      pack.requestedName,
      new Date(pack.requestedAtMs),
      pack.correlationId,
    ],
  );
  if (added.rowCount > 0) await holdPack(tx, pack, alertIds);
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from pack where pack_id = $1 or (request_key = $2 and state <> 'failed') order by pack_number limit 1`,
    [pack.packId, pack.requestKey],
  );
  return toPack(rows[0]!);
}

/** From the beginning of what it is about until its end, or until what its alerts rest on was received. Throws where none of its alerts is on record. */
export async function holdPack(
  tx: Queryable,
  pack: Pick<
    NewPack,
    'packId' | 'wearerId' | 'subject' | 'purpose' | 'requestedBy' | 'requestedAtMs' | 'correlationId'
  >,
  alertIds: readonly string[],
  placedAtMs = pack.requestedAtMs,
): Promise<void> {
  const { rows } = await tx.query<{ starts_at: Date | null; ends_at: Date | null }>(
    'select starts_at, ends_at from find_alert_span($1)',
    [alertIds],
  );
  const { subject, requestedAtMs } = pack;
  const period = 'wearerId' in subject ? [subject.fromMs, subject.toMs] : [];
  const starts = [rows[0]?.starts_at?.getTime() ?? [], period[0] ?? []].flat();
  const ends = [rows[0]?.ends_at?.getTime() ?? [], period[1] ?? []].flat();
  if (starts.length + ends.length === 0) throw new Error('none of the alerts that the pack is about is on record');
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const content: LegalHoldContent = {
    wearerId: pack.wearerId,
    startsAt: iso(Math.min(requestedAtMs, ...starts)),
    endsAt: iso(Math.max(...starts, ...ends)),
    reason: pack.purpose.slice(0, MAX_REASON_LENGTH),
    packId: pack.packId,
  };
  const recordedAt = iso(placedAtMs);
  await recordStore.write(tx, 'legal-hold', [
    {
      id: pack.packId,
      content,
      version: 1,
      effectiveAt: recordedAt,
      effectiveAtGiven: false,
      recordedAt,
      author: pack.requestedBy,
      changeReason: null,
      correlationId: pack.correlationId,
    },
  ]);
}

/** What retention has deleted of the time that it shows, the first first. */
export async function listPackDeletions(
  db: Queryable,
  { wearerId, subject }: Pick<NewPack, 'wearerId' | 'subject'>,
): Promise<readonly DeletedStretch[]> {
  if ('wearerId' in subject) return await listDeletedStretches(db, subject);
  const { rows } = await db.query<{ starts_at: Date | null; ends_at: Date | null }>(
    'select starts_at, ends_at from find_alert_span($1)',
    [subject.alertIds],
  );
  const { starts_at, ends_at } = rows[0]!;
  if (starts_at === null || ends_at === null) return [];
  const [fromMs, toMs] = [starts_at.getTime() - AROUND_ALERT_MS, ends_at.getTime() + AROUND_ALERT_MS];
  return await listDeletedStretches(db, { wearerId, fromMs, toMs });
}

export async function findPack(db: Queryable, packId: string): Promise<StoredPack | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from pack where pack_id = $1`, [packId]);
  return rows[0] === undefined ? null : toPack(rows[0]);
}

/** The newest first. */
export async function listPacks(
  db: Queryable,
  { wearerId, before, limit }: { readonly wearerId?: string; readonly before: number; readonly limit: number },
): Promise<StoredPack[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from pack where pack_number < $1::bigint and ($2::text is null or wearer_id = $2::text)
     order by pack_number desc limit $3::int`,
    [before, wearerId ?? null, limit],
  );
  return rows.map(toPack);
}

/** Null: it is not made, or there is none. */
export async function readPackFile(db: Queryable, packId: string): Promise<Uint8Array | null> {
  const { rows } = await db.query<{ file: Uint8Array | null }>('select file from pack where pack_id = $1', [packId]);
  return rows[0]?.file ?? null;
}

/** The one that waits longest, or was begun by who did not end it; it is being built from now on, once more. Null: none waits. */
export async function takeWaitingPack(db: Queryable): Promise<StoredPack | null> {
  const { rows } = await db.query<Row>(
    `update pack set state = 'building', attempts = attempts + 1, step = 'gathering' where pack_number = (
       select pack_number from pack where state in ('queued', 'building') order by pack_number limit 1)
     returning ${COLUMNS}`,
  );
  return rows[0] === undefined ? null : toPack(rows[0]);
}

export async function notePackStep(db: Queryable, packId: string, step: PackStep): Promise<void> {
  await db.query(`update pack set step = $2 where pack_id = $1 and state = 'building'`, [packId, step]);
}

/** It waits again, as if it had not been begun: that it was not ended is no fault of its own. */
export async function putPackBack(db: Queryable, packId: string): Promise<void> {
  await db.query(
    `update pack set state = 'queued', attempts = attempts - 1, step = null where pack_id = $1 and state = 'building'`,
    [packId],
  );
}

export async function keepPackFile(
  db: Queryable,
  packId: string,
  { file, sha256, atMs }: { readonly file: Uint8Array; readonly sha256: string; readonly atMs: number },
): Promise<void> {
  await db.query(
    `update pack set state = 'ready', file = $2::bytea, sha256 = $3, ended_at = $4::timestamptz
     where pack_id = $1 and state = 'building'`,
    [packId, file, sha256, new Date(atMs)],
  );
}

export async function failPack(db: Queryable, packId: string, failure: string, atMs: number): Promise<void> {
  await db.query(
    `update pack set state = 'failed', failure = $2, ended_at = $3::timestamptz where pack_id = $1 and state = 'building'`,
    [packId, failure, new Date(atMs)],
  );
}

export async function hasWaitingPack(db: Queryable): Promise<boolean> {
  const { rows } = await db.query(`select 1 from pack where state in ('queued', 'building') limit 1`);
  return rows.length > 0;
}

/** So often it is tried to place a hold, and so far apart: then it is left to people. */
export const MAX_HOLD_ATTEMPTS = 6;
const HOLD_PAUSE_MS = 600_000;

/**
 * Those whose hold nobody placed: asked for by way of a program from before packs placed theirs. What was tried least comes first, so that
 * those that cannot be held keep no other waiting.
 */
export async function listUnheldPacks(db: Queryable, limit: number, nowMs: number): Promise<StoredPack[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from pack where state <> 'failed'
       and not exists (select from legal_hold h where h.legal_hold_id = pack.pack_id)
       and not exists (select from pack_unheld u
         where u.pack_id = pack.pack_id and (u.attempts >= $2::int or u.tried_at > $3::timestamptz))
     order by hold_attempts, pack_number limit $1::int`,
    [limit, MAX_HOLD_ATTEMPTS, new Date(nowMs - HOLD_PAUSE_MS)],
  );
  return rows.map(toPack);
}

/** Answers how often by now. */
export async function noteHoldFailed(db: Queryable, packId: string, atMs: number): Promise<number> {
  const { rows } = await db.query<{ attempts: number }>(
    `insert into pack_unheld (pack_id, attempts, tried_at) values ($1, 1, $2::timestamptz)
     on conflict (pack_id) do update set attempts = pack_unheld.attempts + 1, tried_at = excluded.tried_at returning attempts`,
    [packId, new Date(atMs)],
  );
  return rows[0]!.attempts;
}
