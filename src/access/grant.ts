/**
 * What administrators give to a subject, or take from it, beside what the provider says: two of them, and neither is the subject.
 * Pure.
 */
import { type Area, NO_SCOPE, type Principal } from './principal.js';
import type { Role } from './roles.js';

/** Stands for all of them: a later grant of the same subject takes the place of the earlier one. */
export interface Grant {
  readonly subjectId: string;
  /** Beside those of the sign-in or of the token. */
  readonly roles: readonly Role[];
  readonly areas: readonly Area[];
  /** Assigned by name. */
  readonly wearerIds: readonly string[];
  /** Takes everything away, whatever the provider says. */
  readonly isBlocked: boolean;
}

const joined = <T>(one: readonly T[], other: readonly T[]): readonly T[] => [...new Set([...one, ...other])];

/** Who asks, with what was granted. What makes a machine a service is its token alone, so that role is never added. */
export function applyGrant(principal: Principal, grant: Grant | undefined): Principal {
  if (grant === undefined) return principal;
  if (grant.isBlocked) return { ...principal, roles: [], scope: NO_SCOPE, tokenOperations: [] };
  const { scope } = principal;
  return {
    ...principal,
    roles: joined(
      principal.roles,
      grant.roles.filter((role) => role !== 'service'),
    ),
    scope: {
      ...scope,
      areas: [...scope.areas, ...grant.areas],
      wearerIds: joined(scope.wearerIds, grant.wearerIds),
    },
  };
}
