/** Principals for tests, told by a header of the request, and wearers whose scope is known. */
import type { WearerScope } from '../../src/access/may.js';
import { OPERATIONS } from '../../src/access/operations.js';
import { NO_SCOPE, type Principal, type Scope } from '../../src/access/principal.js';
import type { Role } from '../../src/access/roles.js';
import type { Access } from '../../src/http/plugins/principal.js';

export const SUBJECT = 'https://idp.example#me';
export const AS = 'x-test-as';
/** Another subject than {@link SUBJECT}; a machine where it ends in `-machine`. */
export const WHO = 'x-test-who';

/** Of Kent's east, with W-mine assigned; a machine's token names everything. */
export function principalAs(roles: readonly Role[], scope: Partial<Scope> = {}): Principal {
  return {
    kind: roles.includes('service') ? 'machine' : 'person',
    subjectId: SUBJECT,
    name: 'Somebody',
    roles,
    scope: {
      ...NO_SCOPE,
      areas: [{ forces: ['kent'], divisions: 'all', schemes: 'all' }],
      wearerIds: ['W-mine'],
      tagPrefixes: ['B-'],
      ...scope,
    },
    tokenOperations: OPERATIONS,
  };
}

const wearer = (wearerId: string, force: string | null, restrictedTo: readonly string[] | null = null) =>
  [wearerId, { wearerId, force, division: null, schemes: [], restrictedTo }] as const;

/** Within the scope, outside, assigned though outside, and restricted to others though within. */
export const WEARERS: ReadonlyMap<string, WearerScope> = new Map([
  wearer('W-in', 'kent'),
  wearer('W-out', 'essex'),
  wearer('W-mine', 'essex'),
  wearer('W-restricted', 'kent', ['https://idp.example#other']),
]);

/** Nobody without the header; with it, the roles that it names. */
export const testAccess: Access = {
  async identify({ headers }) {
    const { [AS]: roles, [WHO]: subjectId = SUBJECT } = headers;
    if (typeof roles !== 'string') return null;
    const known = { ...principalAs(roles.split(',') as Role[]), subjectId: String(subjectId) };
    const principal: Principal = subjectId.includes('-machine') ? { ...known, kind: 'machine' } : known;
    return { principal, check: () => 'valid' };
  },
  findWearer: (wearerId) => WEARERS.get(wearerId),
  wearersVersion: () => 0,
  onWearer: () => () => {},
};
