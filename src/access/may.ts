/** Decides: which rules a principal has for an operation, and whom they let it see. Pure, and a fraction of a microsecond. */
import { OPERATIONS, type Operation, RIGHTS, type Rule } from './operations.js';
import type { Area, Names, Principal, Scope } from './principal.js';

/** What scope needs to know of a wearer; it travels in the log, so that no decision asks the database. */
export interface WearerScope {
  readonly wearerId: string;
  /** Null: not said, so within the scope of those alone who are there for all. */
  readonly force: string | null;
  readonly division: string | null;
  readonly schemes: readonly string[];
  /** Subjects who alone may know of this wearer, whatever their role; null: not restricted. */
  readonly restrictedTo: readonly string[] | null;
}

const EVERYTHING: readonly Rule[] = [{ extent: 'everything' }];

/** The rules that let this principal do it; none: it may not. */
export function rulesFor(principal: Principal, operation: Operation): readonly Rule[] {
  if (principal.kind === 'local') return EVERYTHING;
  const row = RIGHTS[operation];
  return principal.roles.flatMap((role) => {
    const rule = row[role];
    if (rule === null) return [];
    return rule.byToken && !principal.tokenOperations.includes(operation) ? [] : [rule];
  });
}

/** Whether it may be done to somebody at all. */
export const mayDo = (principal: Principal, operation: Operation): boolean => rulesFor(principal, operation).length > 0;

/** Everything this principal may do to somebody, for `GET /api/v1/me`. */
export const listOperations = (principal: Principal): Operation[] =>
  OPERATIONS.filter((operation) => mayDo(principal, operation));

/**
 * Whether this principal may do it to this wearer. `undefined`: nothing is known of the wearer's scope, so nobody sees it but
 * {@link Principal} `local`. The operation is a part of the question because one role may reach further in one than in another.
 */
export function maySee(principal: Principal, operation: Operation, wearer: WearerScope | undefined): boolean {
  return isReached(principal, rulesFor(principal, operation), wearer);
}

/**
 * Whether what is of a victim's zone is told as well, where it concerns this wearer: by a role that reaches them itself. What another
 * role sees of others is no matter.
 */
export function maySeeVictims(principal: Principal, operation: Operation, wearer: WearerScope | undefined): boolean {
  return isReached(principal, rulesFor(principal, operation).filter(tellsOfVictims), wearer);
}

/** The same of what concerns no one wearer. */
export const mayKnowVictims = (principal: Principal, operation: Operation): boolean =>
  rulesFor(principal, operation).some(tellsOfVictims);

const tellsOfVictims = ({ hidesVictimZones }: Rule): boolean => hidesVictimZones !== true;

function isReached(principal: Principal, rules: readonly Rule[], wearer: WearerScope | undefined): boolean {
  if (principal.kind === 'local') return true;
  if (wearer === undefined) return false;
  const { restrictedTo } = wearer;
  if (restrictedTo !== null && !restrictedTo.includes(principal.subjectId)) return false;
  return rules.some((rule) => reaches(principal, rule, wearer));
}

function reaches({ scope }: Principal, { extent }: Rule, wearer: WearerScope): boolean {
  switch (extent) {
    case 'everything':
      return true;
    case 'scope':
      return scope.areas.some(
        ({ forces, divisions, schemes }) =>
          holds(forces, wearer.force) &&
          holds(divisions, wearer.division) &&
          (schemes === 'all' || wearer.schemes.some((scheme) => holds(schemes, scheme))),
      );
    case 'assigned':
      return scope.wearerIds.includes(wearer.wearerId);
    case 'own-tags':
      return false;
  }
}

function holds(names: Names, name: string | null): boolean {
  return names === 'all' || (name !== null && names.includes(name));
}

/** Whether this principal may send or read what is of this tag and of no wearer. */
export function mayUseTag(principal: Principal, operation: Operation, tagId: string): boolean {
  return rulesFor(principal, operation).some(
    ({ extent }) =>
      extent === 'everything' ||
      (extent === 'own-tags' && principal.scope.tagPrefixes.some((prefix) => tagId.startsWith(prefix))),
  );
}

/** Whether what concerns all of some areas concerns somebody of this scope; what is of none concerns nobody. */
export function coversAreas({ areas: own }: Scope, areas: readonly Area[]): boolean {
  const isWithin = (names: Names, of: Names) =>
    of === 'all' || (names !== 'all' && names.every((name) => of.includes(name)));
  const isCovered = ({ forces, divisions, schemes }: Area) =>
    own.some((of) => isWithin(forces, of.forces) && isWithin(divisions, of.divisions) && isWithin(schemes, of.schemes));
  return areas.length > 0 && areas.every(isCovered);
}
