/**
 * In which order people look at alerts, and why: by severity, moved by what is on record of the wearer. The severity is the finding's
 * and stands in the log and in packs; a priority is for whoever is on duty alone. It is never written to an alert, never sent on and
 * never in a pack: how a force rates a person must not be read there. Pure; api and console have it from here.
 */
import type { Severity } from '../engine/types.js';
import type { Rag } from './rag.js';
import type { DealtWith } from './recall.js';

/** Whether somebody is to be arrested wherever met: `unlawfully-at-large` of who was recalled or did not come back. */
export const WANTED = ['wanted', 'unlawfully-at-large'] as const;
export type Wanted = (typeof WANTED)[number];

/** That a wearer is to be arrested, as it is in force. */
export interface WantedWearer {
  readonly wearerId: string;
  readonly wanted: Wanted;
  /** RFC 3339 in UTC. */
  readonly since: string;
}

/** Configuration: by how many severities a fact moves an alert up (below nothing: down), and what is looked at last. */
export interface PriorityTable {
  readonly rag: Readonly<Record<Rag, number>>;
  readonly wanted: Readonly<Record<Wanted, number>>;
  /** What is looked at after all others, as nobody has to be sent. */
  readonly last: { readonly inCustody: boolean; readonly dealtWith: boolean };
}

export const DEFAULT_PRIORITY: PriorityTable = {
  rag: { red: 1, amber: 0, green: 0, blue: 0 },
  wanted: { wanted: 1, 'unlawfully-at-large': 1 },
  last: { inCustody: true, dealtWith: true },
};
/** So far a fact may move an alert. */
export const MAX_PRIORITY_STEPS = 3;

/** What is known of an alert and its wearer to the one who looks: what is not for their eyes is not here, and moves nothing. */
export interface PriorityFacts {
  readonly severity: Severity;
  readonly inCustody: boolean;
  readonly dealtWith: boolean;
  readonly wanted: Wanted | null;
  readonly rag: Rag | null;
}

/** What is on record of wearers, as {@link PriorityFacts} wants it. */
export interface WearersPriorityFacts {
  readonly ragOf: (wearerId: string) => Rag | null;
  readonly wantedOf: (wearerId: string) => Wanted | null;
  /** Of everybody. */
  readonly requests: readonly DealtWith[];
}

/** What moved an alert, and by how much; `last`: behind all that are not. */
export type PriorityReason =
  | { readonly fact: 'in-custody' | 'dealt-with'; readonly moved: 'last' }
  | { readonly fact: Wanted; readonly moved: number }
  | { readonly fact: 'rag'; readonly rag: Rag; readonly moved: number };

export interface Priority {
  /** Greater comes first. Between two that are critical it still tells which. */
  readonly rank: number;
  /** The severity as which it is looked at. */
  readonly taken: Severity;
  /** Each fact that moved it, custody and what is dealt with first; none: it is as severe as it is. */
  readonly because: readonly PriorityReason[];
}

const LEVELS = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];
/** More than all steps together: what is last stays behind whatever else moves it. */
const LAST = 100;

export function judgePriority(facts: PriorityFacts, table: PriorityTable): Priority {
  const { severity, inCustody, dealtWith, wanted, rag } = facts;
  const because: PriorityReason[] = [];
  if (inCustody && table.last.inCustody) because.push({ fact: 'in-custody', moved: 'last' });
  if (dealtWith && table.last.dealtWith) because.push({ fact: 'dealt-with', moved: 'last' });
  const isLast = because.length > 0;
  if (wanted !== null && table.wanted[wanted] !== 0) because.push({ fact: wanted, moved: table.wanted[wanted] });
  if (rag !== null && table.rag[rag] !== 0) because.push({ fact: 'rag', rag, moved: table.rag[rag] });
  const steps = because.reduce((sum, { moved }) => sum + (moved === 'last' ? 0 : moved), 0);
  const level = LEVELS.indexOf(severity) + steps;
  const taken = LEVELS[Math.min(LEVELS.length - 1, Math.max(0, level))]!;
  return { rank: level - (isLast ? LAST : 0), taken, because };
}
