/** A rehearsal as REST and the console have it: what a condition that is not in force would have raised over stored pings. */
import type { AlertItem } from '../alerts/alert.js';

export const MAX_REHEARSAL_DAYS = 28;
/** A zone and what names it; more than any form of the console makes. */
export const MAX_REHEARSAL_DRAFTS = 10;
/** Of whom one rehearsal is at most: a condition of all wearers is tried on these, by name where there are more. */
export const MAX_REHEARSAL_WEARERS = 200;
/** Alerts that are listed; beyond it they are counted. */
export const MAX_REHEARSED_ALERTS = 1_000;

export const REHEARSAL_STATES = ['queued', 'running', 'ready', 'failed', 'cancelled'] as const;
export type RehearsalState = (typeof REHEARSAL_STATES)[number];

/** A record that is not in force, as a line of an import says it. */
export interface DraftRecord {
  readonly kind: 'zone' | 'condition';
  readonly id: string;
  readonly body: object;
}

/** Of one wearer. */
export interface RehearsedWearer {
  readonly wearerId: string;
  readonly pings: number;
  /** All of them, also those that are not listed. */
  readonly alerts: number;
  /** Tags of the wearer that sent more pings in the time than are judged in one go: nothing is said of those. */
  readonly notJudgedTagIds: readonly string[];
}

export interface RehearsalResult {
  readonly wearers: readonly RehearsedWearer[];
  /** By when they were raised; also those that were taken back. */
  readonly alerts: readonly AlertItem[];
}
