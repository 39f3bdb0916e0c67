/** What the audit is told of who asks and of what became of it. */
import type { Principal } from '../../access/principal.js';
import type { AuditFacts, AuditOutcome } from '../../ports/audit.js';
import { toStorableJson } from '../../store/text.js';

/** Of one answer; of more the number is told. */
export const MAX_WEARERS_NAMED = 1_000;
/** The longest ids of ours are shorter; what a stranger sends as one is not kept whole. */
const MAX_TEXT_CHARACTERS = 512;

/** Ids, and words of those who asked: nothing of what they were answered. */
export interface AuditedRequest extends Pick<AuditFacts, 'what' | 'act' | 'outcome' | 'operationId' | 'correlationId'> {
  readonly atMs: number;
  /** Null: nobody that is known here. */
  readonly principal: Principal | null;
  readonly address: string | undefined;
  readonly subjectId?: string | undefined;
  readonly subjectType?: string | undefined;
  readonly wearerIds?: Iterable<string>;
  readonly rowCount?: number | undefined;
  readonly purpose?: string | undefined;
  readonly recipient?: string | undefined;
  readonly fromSeq?: number | undefined;
  readonly toSeq?: number | undefined;
}

/** Fields that are not there are left out, and every text is one that a database holds as it is. */
export function toAuditFacts({ atMs, principal, wearerIds = [], ...said }: AuditedRequest): AuditFacts {
  const all = [...new Set(wearerIds)];
  const facts = {
    ...said,
    when: new Date(atMs).toISOString(),
    who: principal?.subjectId ?? null,
    ...(principal !== null && principal.kind !== 'local' && { roles: principal.roles, scope: principal.scope }),
    ...(all.length > 0 && { wearerIds: all.slice(0, MAX_WEARERS_NAMED) }),
    ...(all.length > MAX_WEARERS_NAMED && { wearerCount: all.length }),
  };
  const cut = JSON.stringify(facts, (_name, value: unknown) =>
    typeof value === 'string' ? value.slice(0, MAX_TEXT_CHARACTERS) : value,
  );
  return JSON.parse(toStorableJson(JSON.parse(cut)));
}

/** `isHidden`: it is there, and who asked may not know. */
export function toOutcome(status: number, isHidden: boolean): AuditOutcome {
  if (status < 400) return 'done';
  if (status === 401 || status === 403) return 'denied';
  if (status === 429) return 'limited';
  if (isHidden && (status === 404 || status === 422)) return 'denied';
  if (status === 404) return 'not-found';
  return status < 500 ? 'refused' : 'failed';
}
