/** Proposals that wait for a second person, and those that were decided. */
import type { Queryable } from '../ports/database.js';

/** A record that a proposal names and does not change itself; `version`: what stood when it was proposed, null: nothing. */
export interface Referred {
  readonly kind: 'zone' | 'condition';
  readonly id: string;
  readonly version: number | null;
}

export interface NewProposal {
  readonly proposalId: string;
  readonly targetKind: string;
  readonly targetId: string;
  /** Null: no record stood, or it is about none. */
  readonly standingVersion: number | null;
  readonly body: unknown;
  readonly aboutWearerId: string | null;
  readonly refersTo: readonly Referred[];
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAtMs: number;
  readonly correlationId: string | null;
}

export interface Decision {
  readonly decision: 'approved' | 'refused' | 'withdrawn';
  readonly decidedBy: string;
  readonly decidedAtMs: number;
  readonly reason: string | null;
}

export interface StoredProposal extends NewProposal {
  /** In the order in which they were proposed. */
  readonly n: number;
  readonly decision: Decision | null;
}

interface Row {
  n: number;
  proposal_id: string;
  target_kind: string;
  target_id: string;
  standing_version: number | null;
  body: string;
  about_wearer_id: string | null;
  refers_to: string;
  reason: string;
  proposed_by: string;
  proposed_at: Date;
  correlation_id: string | null;
  decision: Decision['decision'] | null;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
}

const COLUMNS = `n, proposal_id, target_kind, target_id, standing_version, body, about_wearer_id, refers_to, reason, proposed_by,
  proposed_at, correlation_id, decision, decided_by, decided_at, decision_reason`;

const toProposal = (row: Row): StoredProposal => ({
  n: row.n,
  proposalId: row.proposal_id,
  targetKind: row.target_kind,
  targetId: row.target_id,
  standingVersion: row.standing_version,
  body: JSON.parse(row.body) as unknown,
  aboutWearerId: row.about_wearer_id,
  refersTo: JSON.parse(row.refers_to) as Referred[],
  reason: row.reason,
  proposedBy: row.proposed_by,
  proposedAtMs: row.proposed_at.getTime(),
  correlationId: row.correlation_id,
  decision:
    row.decision === null || row.decided_by === null || row.decided_at === null
      ? null
      : {
          decision: row.decision,
          decidedBy: row.decided_by,
          decidedAtMs: row.decided_at.getTime(),
          reason: row.decision_reason,
        },
});

/** Where its id is taken, nothing is added. */
export async function addProposal(db: Queryable, given: NewProposal): Promise<void> {
  await db.query(
    `insert into proposal (proposal_id, target_kind, target_id, standing_version, body, about_wearer_id, reason, proposed_by,
                           proposed_at, correlation_id, refers_to)
     values ($1, $2, $3, $4::int, $5, $6, $7, $8, $9::timestamptz, $10, $11)
     on conflict (proposal_id) do nothing`,
    [
      given.proposalId,
      given.targetKind,
      given.targetId,
      given.standingVersion,
      JSON.stringify(given.body),
      given.aboutWearerId,
      given.reason,
      given.proposedBy,
      new Date(given.proposedAtMs),
      given.correlationId,
      JSON.stringify(given.refersTo),
    ],
  );
}

export async function findProposal(db: Queryable, proposalId: string): Promise<StoredProposal | null> {
  const { rows } = await db.query<Row>(`select ${COLUMNS} from proposal where proposal_id = $1`, [proposalId]);
  return rows[0] === undefined ? null : toProposal(rows[0]);
}

/** In the order in which they were proposed, after the one given. */
export async function listProposals(
  db: Queryable,
  { after, limit, isOpen }: { readonly after: number; readonly limit: number; readonly isOpen: boolean },
): Promise<StoredProposal[]> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from proposal where n > $1::bigint ${isOpen ? 'and decision is null' : ''} order by n limit $2::int`,
    [after, limit],
  );
  return rows.map(toProposal);
}

/** False: it was decided before. */
export async function decideProposal(db: Queryable, proposalId: string, decision: Decision): Promise<boolean> {
  const { rows } = await db.query(
    `update proposal set decision = $2, decided_by = $3, decided_at = $4::timestamptz, decision_reason = $5
     where proposal_id = $1 and decision is null returning proposal_id`,
    [proposalId, decision.decision, decision.decidedBy, new Date(decision.decidedAtMs), decision.reason],
  );
  return rows.length === 1;
}

/**
 * How often a grant of a subject was agreed to: what stands is the newest, so it is its version. `untilMs`: as it was then. In a transaction
 * that decides, it stays so until its end.
 */
export async function readGrantVersion(
  db: Queryable,
  subjectId: string,
  untilMs: number | null = null,
): Promise<number> {
  const { rows } = await db.query<{ version: number }>(
    `select count(*)::int as version from proposal where target_kind = 'grant' and target_id = $1 and decision = 'approved'
       and ($2::timestamptz is null or decided_at <= $2)`,
    [subjectId, untilMs === null ? null : new Date(untilMs)],
  );
  return rows[0]!.version;
}

/** So that two grants of a subject are not decided at once: the second one waits for the first. */
export async function lockGrants(tx: Queryable, subjectId: string): Promise<void> {
  await tx.query("select n from proposal where target_kind = 'grant' and target_id = $1 order by n for update", [
    subjectId,
  ]);
}
