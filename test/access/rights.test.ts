import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import {
  mayDo,
  mayKnowVictims,
  maySee,
  maySeeVictims,
  mayUseTag,
  rulesFor,
  type WearerScope,
} from '../../src/access/may.js';
import { isOperation, OPERATIONS, type Operation, RIGHTS, type Rule } from '../../src/access/operations.js';
import { type Area, LOCAL, NO_SCOPE, type Principal } from '../../src/access/principal.js';
import { ROLES, type Role } from '../../src/access/roles.js';

/** What the reviewed table means by its words. Written by hand, not out of the code. */
const WORDS: Readonly<Record<string, Rule | null>> = {
  '': null,
  yes: { extent: 'everything' },
  S: { extent: 'scope' },
  W: { extent: 'assigned' },
  c: { extent: 'scope', byToken: true },
  'yes c': { extent: 'everything', byToken: true },
  'S p': { extent: 'scope', needsPurpose: true },
  'W p': { extent: 'assigned', needsPurpose: true },
  'W no victim zones': { extent: 'assigned', hidesVictimZones: true },
  'S victim zones 2': { extent: 'scope', needsSecond: 'victim-zones' },
  'W victim zones 2': { extent: 'assigned', needsSecond: 'victim-zones' },
  '2': { extent: 'everything', needsSecond: 'always' },
  'S 2': { extent: 'scope', needsSecond: 'always' },
  'own tags': { extent: 'own-tags' },
};

const rows: Readonly<Record<string, string>>[] = parse(readFileSync('docs/rights.csv', 'utf8'), { columns: true });
const cells = rows.flatMap(({ operation, ...words }) =>
  Object.entries(words).map(([role, word]) => ({
    operation: operation as Operation,
    role: role as Role,
    word: word ?? '',
  })),
);

const person = (roles: readonly Role[], more: Partial<Principal> = {}): Principal => ({
  kind: 'person',
  subjectId: 'https://idp.example#7',
  name: 'somebody',
  roles,
  scope: { ...NO_SCOPE, areas: [{ forces: ['kent'], divisions: ['east'], schemes: 'all' }], wearerIds: ['W-mine'] },
  tokenOperations: [],
  ...more,
});

const wearer = (more: Partial<WearerScope> = {}): WearerScope => ({
  wearerId: 'W-1',
  force: 'kent',
  division: 'east',
  schemes: [],
  restrictedTo: null,
  ...more,
});

describe('the reviewed table of rights', () => {
  test('names every operation and every role, and no other', () => {
    expect(rows.map(({ operation }) => operation).sort()).toEqual([...OPERATIONS].sort());
    for (const { operation: _, ...words } of rows) expect(Object.keys(words)).toEqual([...ROLES]);
    expect(rows.every(({ operation }) => isOperation(operation ?? ''))).toBe(true);
  });

  test.each(cells)('$operation of $role: "$word"', ({ operation, role, word }) => {
    expect(Object.keys(WORDS)).toContain(word);
    expect(RIGHTS[operation][role]).toEqual(WORDS[word]);
  });
});

/** Whom each word of the table reaches, by hand: wearers within the scope, outside, assigned, restricted to others or to oneself. */
const REACHES: Readonly<Record<string, readonly [within: boolean, outside: boolean, assigned: boolean]>> = {
  '': [false, false, false],
  yes: [true, true, true],
  '2': [true, true, true],
  S: [true, false, false],
  'S 2': [true, false, false],
  'S p': [true, false, false],
  'S victim zones 2': [true, false, false],
  'W victim zones 2': [false, false, true],
  W: [false, false, true],
  'W p': [false, false, true],
  'W no victim zones': [false, false, true],
  c: [false, false, false],
  'yes c': [false, false, false],
  'own tags': [false, false, false],
};

describe('whom a rule reaches', () => {
  test.each(cells)('$operation of $role: "$word"', ({ operation, role, word }) => {
    const who = person([role]);
    const outside = wearer({ force: 'essex' });
    const assigned = wearer({ wearerId: 'W-mine', force: 'essex' });
    const seen = [wearer(), outside, assigned].map((each) => maySee(who, operation, each));
    expect(seen).toEqual(REACHES[word]);
    // By token: as within scope, or everything, once the token names it.
    const machine = person([role], { kind: 'machine', tokenOperations: [operation] });
    const widened = word === 'c' ? [true, false, false] : word === 'yes c' ? [true, true, true] : REACHES[word];
    expect([wearer(), outside, assigned].map((each) => maySee(machine, operation, each))).toEqual(widened);
  });

  test.each(cells)('$operation of $role reaches nobody who is restricted to others', ({ operation, role }) => {
    const who = person([role], { tokenOperations: [...OPERATIONS] });
    const others = { restrictedTo: ['https://idp.example#8'] };
    for (const each of [wearer(others), wearer({ ...others, wearerId: 'W-mine' })])
      expect(maySee(who, operation, each)).toBe(false);
    const own = wearer({ restrictedTo: [who.subjectId] });
    expect(maySee(who, operation, own)).toBe(maySee(who, operation, wearer()));
  });
});

describe('scope', () => {
  const sees = (area: Partial<Area>, of: WearerScope | undefined) => {
    const areas = [{ forces: [], divisions: [], schemes: [], ...area }];
    return maySee(person(['supervisor'], { scope: { ...NO_SCOPE, areas } }), 'alerts.read', of);
  };
  const ALL = { forces: 'all', divisions: 'all', schemes: 'all' } as const;

  test('is force and division and scheme, all three', () => {
    const of = wearer({ schemes: ['iom', 'dapo'] });
    expect(sees({ forces: ['kent'], divisions: ['east'], schemes: ['dapo'] }, of)).toBe(true);
    expect(sees({ forces: ['kent'], divisions: ['east'], schemes: ['bail'] }, of)).toBe(false);
    expect(sees({ forces: ['kent'], divisions: ['west'], schemes: ['dapo'] }, of)).toBe(false);
    expect(sees({ forces: ['essex'], divisions: ['east'], schemes: ['dapo'] }, of)).toBe(false);
    expect(sees({}, of)).toBe(false);
  });

  test('of two areas is each, and not the force of one with the division of the other', () => {
    const areas: Area[] = [
      { forces: ['kent'], divisions: ['east'], schemes: 'all' },
      { forces: ['essex'], divisions: ['west'], schemes: 'all' },
    ];
    const who = person(['supervisor'], { scope: { ...NO_SCOPE, areas } });
    expect(maySee(who, 'alerts.read', wearer({ force: 'essex', division: 'west' }))).toBe(true);
    expect(maySee(who, 'alerts.read', wearer({ force: 'kent', division: 'west' }))).toBe(false);
  });

  test('what is not said of a wearer is within the scope of those alone who are there for all', () => {
    const unsaid = wearer({ force: null, division: null });
    expect(sees(ALL, unsaid)).toBe(true);
    expect(sees({ ...ALL, forces: ['kent'] }, unsaid)).toBe(false);
    expect(sees({ ...ALL, divisions: ['east'] }, unsaid)).toBe(false);
    expect(sees({ ...ALL, schemes: ['iom'] }, unsaid)).toBe(false);
  });

  test('of whom nothing is known, nobody sees', () => {
    expect(sees(ALL, undefined)).toBe(false);
    expect(maySee(LOCAL, 'alerts.read', undefined)).toBe(true);
  });

  test('several roles add to one another', () => {
    const both = person(['officer', 'probation', 'supervisor']);
    expect(maySee(both, 'positions.read', wearer())).toBe(true);
    expect(maySee(both, 'positions.read', wearer({ wearerId: 'W-mine', force: 'essex' }))).toBe(true);
    expect(maySee(both, 'positions.read', wearer({ force: 'essex' }))).toBe(false);
    expect(mayDo(person([]), 'public')).toBe(false);
  });

  test('a supplier uses its own tags, and a service that may send pings every one', () => {
    const supplier = person(['supplier'], { scope: { ...NO_SCOPE, tagPrefixes: ['B-'] } });
    expect(mayUseTag(supplier, 'pings.write', 'B-17')).toBe(true);
    expect(mayUseTag(supplier, 'pings.write', 'C-17')).toBe(false);
    expect(mayUseTag(person(['service'], { tokenOperations: ['pings.write'] }), 'pings.write', 'C-17')).toBe(true);
    expect(mayUseTag(person(['service']), 'pings.write', 'C-17')).toBe(false);
    expect(mayUseTag(person(['supervisor']), 'pings.write', 'B-17')).toBe(false);
  });

  test('whoever is local may do everything', () => {
    for (const operation of OPERATIONS) expect(rulesFor(LOCAL, operation)).toEqual([{ extent: 'everything' }]);
  });
});

describe('what is of a victim’s zone', () => {
  const both = person(['sergeant', 'probation']);
  const assigned = wearer({ wearerId: 'W-mine', force: 'essex' });

  test('is told of whom a role reaches that tells it, whatever another role sees of others', () => {
    expect(maySee(both, 'records.read', assigned)).toBe(true);
    expect(maySeeVictims(both, 'records.read', assigned)).toBe(false);
    expect(maySeeVictims(both, 'records.read', wearer())).toBe(true);
    expect(maySeeVictims(both, 'records.read', wearer({ wearerId: 'W-mine' }))).toBe(true);
    expect([mayKnowVictims(both, 'records.read'), mayKnowVictims(person(['probation']), 'records.read')]).toEqual([
      true,
      false,
    ]);
  });

  test('is no more than may be seen at all', () => {
    const wearers = [
      undefined,
      assigned,
      wearer(),
      wearer({ force: null }),
      wearer({ restrictedTo: ['https://idp.example#8'] }),
    ];
    for (const operation of OPERATIONS)
      for (const one of ROLES)
        for (const other of ROLES)
          for (const whom of wearers) {
            const who = person([one, other], { tokenOperations: OPERATIONS });
            if (maySeeVictims(who, operation, whom)) expect(maySee(who, operation, whom)).toBe(true);
          }
    expect(maySeeVictims(LOCAL, 'records.read', undefined)).toBe(true);
  });
});
