/**
 * The one table of who may do what: total, so that an operation or a role without a rule does not compile. What is reviewed by
 * people who do not read code is `docs/rights.csv`; a test holds the two together.
 */
import type { Role } from './roles.js';

/** Whom a rule reaches: everything; wearers within the scope; wearers assigned by name; a supplier's own tags. */
export type Extent = 'everything' | 'scope' | 'assigned' | 'own-tags';

export interface Rule {
  readonly extent: Extent;
  /** The purpose and the recipient have to be said. */
  readonly needsPurpose?: true;
  /** It takes effect when a second person, not its author, agrees. */
  readonly needsSecond?: 'always' | 'victim-zones';
  /** Where zones of victims are left out, and whatever tells where they are. */
  readonly hidesVictimZones?: true;
  /** Only where the token names the operation. */
  readonly byToken?: true;
}

const ALL: Rule = { extent: 'everything' };
const SCOPE: Rule = { extent: 'scope' };
const ASSIGNED: Rule = { extent: 'assigned' };
const TOKEN: Rule = { extent: 'scope', byToken: true };
const SECOND: Rule = { extent: 'everything', needsSecond: 'always' };
const SCOPE_SECOND: Rule = { extent: 'scope', needsSecond: 'always' };
/** What holds back or excuses alerts, and what ends or changes their watch. */
const PAUSE: Rule = { extent: 'scope', needsSecond: 'victim-zones' };
const ASSIGNED_PAUSE: Rule = { extent: 'assigned', needsSecond: 'victim-zones' };
const SCOPE_FOR_PURPOSE: Rule = { extent: 'scope', needsPurpose: true };
const ASSIGNED_FOR_PURPOSE: Rule = { extent: 'assigned', needsPurpose: true };
const WITHOUT_VICTIM_ZONES: Rule = { extent: 'assigned', hidesVictimZones: true };

/** Who has no entry in a row may not do it. */
type Row = Readonly<Record<Role, Rule | null>>;
type Column = readonly [
  supervisor: Rule | null,
  sergeant: Rule | null,
  officer: Rule | null,
  administrator: Rule | null,
  auditor: Rule | null,
  probation: Rule | null,
  supplier: Rule | null,
  service: Rule | null,
];

function row(...rules: Column): Row {
  const [supervisor, sergeant, officer, administrator, auditor, probation, supplier, service] = rules;
  return { supervisor, sergeant, officer, administrator, auditor, probation, supplier, service };
}

const no = null;

// biome-ignore format: one line a row, as the reviewed table has it
const ROWS = {
  /** Whether it lives, its pages, its description, signing in and out: nobody has to be signed in. */
  public: row(ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL),
  /** Who am I. */
  self: row(ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL),
  'metrics.read': row(no, no, no, ALL, no, no, no, ALL),
  'alerts.read': row(SCOPE, SCOPE, SCOPE, no, no, WITHOUT_VICTIM_ZONES, no, TOKEN),
  'alerts.act': row(SCOPE, SCOPE, no, no, no, no, no, no),
  'positions.read': row(SCOPE, SCOPE, ASSIGNED, no, no, WITHOUT_VICTIM_ZONES, no, TOKEN),
  'exports.make': row(SCOPE_FOR_PURPOSE, SCOPE_FOR_PURPOSE, ASSIGNED_FOR_PURPOSE, no, no, no, no, no),
  'records.read': row(SCOPE, SCOPE, SCOPE, no, no, WITHOUT_VICTIM_ZONES, no, TOKEN),
  'records.write': row(no, PAUSE, no, no, no, no, no, TOKEN),
  'absences.write': row(PAUSE, PAUSE, no, no, no, ASSIGNED_PAUSE, no, TOKEN),
  'custody.write': row(no, SCOPE, no, no, no, no, no, TOKEN),
  'suspensions.read': row(SCOPE, SCOPE, SCOPE, no, ALL, no, no, no),
  'suspensions.write': row(PAUSE, PAUSE, no, no, no, no, no, no),
  /** It judges past tracks of whom it concerns. */
  'rehearsals.make': row(no, SCOPE, no, no, no, no, no, no),
  /** Of everybody within scope, under an authority: who was where a crime was. */
  'crimes.match': row(no, SCOPE_FOR_PURPOSE, no, no, no, no, no, no),
  /** Of whom an authority covers: where they stay, with whom, and when. */
  'patterns.read': row(no, SCOPE_FOR_PURPOSE, no, no, no, no, no, no),
  'schemes.read': row(SCOPE, SCOPE, SCOPE, no, no, no, no, no),
  'schemes.write': row(no, SCOPE, no, no, no, no, no, TOKEN),
  /** What two persons have agreed elsewhere, a service may load. */
  'rag.write': row(no, SCOPE_SECOND, no, no, no, no, no, TOKEN),
  'tasks.write': row(no, SCOPE, SCOPE, no, no, no, no, no),
  'notes.write': row(SCOPE, SCOPE, SCOPE, no, no, no, no, no),
  /** What is done about a wearer's risk is written by who works with them, and is their probation officer's to know. */
  'plans.read': row(SCOPE, SCOPE, SCOPE, no, no, WITHOUT_VICTIM_ZONES, no, no),
  'plans.write': row(no, SCOPE, SCOPE, no, no, no, no, TOKEN),
  /** Of those alone who work with the wearer, and of who runs the scheme. */
  'intelligence.read': row(no, SCOPE, ASSIGNED, no, no, no, no, no),
  'intelligence.write': row(no, SCOPE, ASSIGNED, no, no, no, no, no),
  /** A request to recall somebody tells of victims too: of whom one has to do with. */
  'recalls.read': row(SCOPE, SCOPE, ASSIGNED, no, no, no, no, no),
  'recalls.write': row(no, SCOPE, ASSIGNED, no, no, no, no, no),
  'tags.read': row(ALL, ALL, ALL, ALL, no, no, no, TOKEN),
  'tags.write': row(no, no, no, ALL, no, no, no, TOKEN),
  'shared.read': row(ALL, ALL, ALL, ALL, no, no, no, no),
  'shared.propose': row(no, ALL, no, no, no, no, no, no),
  'shared.write': row(no, no, no, SECOND, no, no, no, no),
  'pings.write': row(no, no, no, no, no, no, { extent: 'own-tags' }, { extent: 'everything', byToken: true }),
  'rejected.read': row(no, no, no, ALL, no, no, no, no),
  'audit.read': row(no, no, no, no, ALL, no, no, no),
  'proposals.read': row(SCOPE, SCOPE, no, ALL, ALL, no, no, no),
  'proposals.write': row(SCOPE, SCOPE, no, ALL, no, no, no, no),
  'sessions.end': row(no, no, no, ALL, no, no, no, no),
  'grants.read': row(no, no, no, ALL, ALL, no, no, no),
  'grants.write': row(no, no, no, SECOND, no, no, no, no),
  /** A hold keeps what there is: it cannot wait for a second person, and to lift it takes one. */
  'holds.place': row(no, SCOPE, no, ALL, no, no, no, no),
  'holds.read': row(SCOPE, SCOPE, ASSIGNED, ALL, ALL, no, no, no),
  'holds.lift': row(no, no, no, SECOND, no, no, no, no),
} as const satisfies Readonly<Record<string, Row>>;

export type Operation = keyof typeof ROWS;
export const RIGHTS: Readonly<Record<Operation, Row>> = ROWS;
export const OPERATIONS = Object.keys(ROWS) as readonly Operation[];

export const isOperation = (text: string): text is Operation => Object.hasOwn(ROWS, text);
