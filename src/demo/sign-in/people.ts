/** Who a newcomer can be: one person a role, none of whom exists. */
import type { ClaimsMapping } from '../../access/claims.js';
import { ROLES, type Role } from '../../access/roles.js';
import { FORCE } from '../../simulator/records.js';

export interface Person {
  readonly personId: string;
  readonly name: string;
  readonly role: Role;
  /** In one line: what they do, and what they are shown. */
  readonly does: string;
  /** Assigned by name. */
  readonly wearerIds: readonly string[];
}

const ASSIGNED = ['W-001', 'W-002', 'W-003', 'W-004', 'W-005'];

export const PEOPLE: readonly Person[] = [
  {
    personId: 'sam',
    name: 'Sam Okafor',
    role: 'supervisor',
    does: 'Control room supervisor: watches the board, acknowledges and resolves alerts, sees everybody on the map.',
    wearerIds: [],
  },
  {
    personId: 'priya',
    name: 'Priya Shah',
    role: 'sergeant',
    does: 'Sergeant: does all of that, writes orders, zones and conditions, and proposes what applies to all wearers.',
    wearerIds: [],
  },
  {
    personId: 'tom',
    name: 'Tom Reed',
    role: 'officer',
    does: 'Officer: sees alerts, and the positions of the five wearers who are assigned to him.',
    wearerIds: ASSIGNED,
  },
  {
    personId: 'alex',
    name: 'Alex Morgan',
    role: 'administrator',
    does: 'Administrator: tags, sessions and rights, and agrees to what others propose. Sees no wearer and no alert.',
    wearerIds: [],
  },
  {
    personId: 'ruth',
    name: 'Ruth Adeyemi',
    role: 'auditor',
    does: 'Auditor: reads who did and saw what, and who has which rights. Sees no alert.',
    wearerIds: [],
  },
  {
    personId: 'dana',
    name: 'Dana White',
    role: 'probation',
    does: 'Probation practitioner: sees the five wearers who are assigned to her, without zones of victims.',
    wearerIds: ASSIGNED,
  },
];

export const findPerson = (personId: string): Person | undefined =>
  PEOPLE.find((person) => person.personId === personId);

/** What the demonstration's provider says, and what it gives: everybody's scope is the whole force. */
export const CLAIMS: ClaimsMapping = {
  name: '/name',
  roles: { from: ['/roles'], values: Object.fromEntries(ROLES.map((role) => [role, role])) },
  areas: { from: ['/groups'], values: { [FORCE]: { forces: [FORCE], divisions: 'all', schemes: 'all' } } },
  wearerIds: '/wearers',
};
