/** Who may agree to what another one has proposed. Pure. */
import { mayDo, maySeeVictims, type WearerScope } from './may.js';
import type { Operation } from './operations.js';
import type { Principal } from './principal.js';

/** What is proposed, as far as rights go by it. */
export interface Proposed {
  readonly proposedBy: string;
  /** What it takes to read it, and whose wearer it is about; null: nobody's. */
  readonly readOperation: Operation;
  readonly aboutWearerId: string | null;
  /** Of a transfer: where the wearer would be; null: it moves nobody. */
  readonly movesTo: Pick<WearerScope, 'force' | 'division' | 'schemes'> | null;
  /** Of a grant: whose rights it changes; null: it changes no rights. */
  readonly aboutSubjectId: string | null;
}

/**
 * Whoever proposed it, too: their scope may have become another since. What is proposed of a wearer may be about a victim's zone. A transfer
 * is told on both sides.
 */
export function mayReadProposal(
  principal: Principal,
  { readOperation, aboutWearerId, movesTo }: Pick<Proposed, 'readOperation' | 'aboutWearerId' | 'movesTo'>,
  findWearer: (wearerId: string) => WearerScope | undefined,
): boolean {
  if (aboutWearerId === null) return mayDo(principal, readOperation);
  const wearer = findWearer(aboutWearerId);
  if (maySeeVictims(principal, readOperation, wearer)) return true;
  return wearer !== undefined && movesTo !== null && maySeeVictims(principal, readOperation, { ...wearer, ...movesTo });
}

/** Why this one is not the second person, whatever its roles are; null: it may be. */
export function whyNotSecond(principal: Principal, { proposedBy, aboutSubjectId }: Proposed): string | null {
  if (principal.kind === 'machine') return 'A second person is a person: a token agrees to nothing.';
  if (principal.subjectId === proposedBy) return 'Whoever proposes does not decide: it takes a second person.';
  // Also of two who would grant each other: each would have to agree to what is theirs.
  if (principal.subjectId === aboutSubjectId) return 'Nobody agrees to what is granted to themselves.';
  return null;
}

/** Why this one may not propose it; null: it may. */
export function whyNotFirst(principal: Principal, aboutSubjectId: string | null): string | null {
  return principal.subjectId === aboutSubjectId ? 'Nobody proposes what is granted to themselves.' : null;
}
