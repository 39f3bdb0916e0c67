/** Who asks. Made from a session, a bearer token or, where no sign-in is configured, {@link LOCAL}. */
import type { Operation } from './operations.js';
import type { Role } from './roles.js';

/** Which of a kind: these, or all of them. An empty list is none. */
export type Names = readonly string[] | 'all';

/** A wearer is within it by force and division and scheme, all three. */
export interface Area {
  readonly forces: Names;
  readonly divisions: Names;
  readonly schemes: Names;
}

/** Whom a principal's roles are about. */
export interface Scope {
  /** Within any of them; kept apart, because two of them together are less than every force of one with every division of another. */
  readonly areas: readonly Area[];
  /** Wearers who are assigned to this person by name. */
  readonly wearerIds: readonly string[];
  /** A supplier's own tags, by what their ids begin with. */
  readonly tagPrefixes: readonly string[];
}

export interface Principal {
  readonly kind: 'local' | 'person' | 'machine';
  /** `iss#sub`, never an address or a name that may be given to somebody else; `local` where nobody signs in. */
  readonly subjectId: string;
  /** For the eye alone. */
  readonly name: string;
  readonly roles: readonly Role[];
  readonly scope: Scope;
  /** What a machine's token names; a person's roles are not narrowed. */
  readonly tokenOperations: readonly Operation[];
}

export const NO_SCOPE: Scope = { areas: [], wearerIds: [], tagPrefixes: [] };

/** Whoever reaches a Tagwatch without sign-in, which listens on loopback only unless told otherwise. May do everything. */
export const LOCAL: Principal = {
  kind: 'local',
  subjectId: 'local',
  name: 'local',
  roles: [],
  scope: NO_SCOPE,
  tokenOperations: [],
};
