/** How many and of how many, over a period: as the server counts it and the console shows it. Instants are RFC 3339 in UTC. */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind } from '../engine/types.js';
import type { Compliance } from './cohort.js';

/** What a person finds that says that there was nothing of the wearer's to find. */
export const FALSE_DISPOSITIONS: readonly Disposition[] = ['gps-drift', 'equipment-fault', 'duplicate'];

/** Alerts of one sort that were raised in the period; each share is of one of these counts. */
export interface AlertCounts {
  readonly raised: number;
  /** Taken back by the evidence before anybody touched them: they reached nobody. */
  readonly withdrawn: number;
  /** A person has said what they were. */
  readonly decided: number;
  /** Of those that were decided: drift, a fault of the equipment, a duplicate. */
  readonly false: number;
  /** Neither taken back nor decided: what they were, nobody has said. */
  readonly unknown: number;
  readonly dispositions: Readonly<Partial<Record<Disposition, number>>>;
}

/** Minutes between two instants of an alert: by the clock, which is not the time that somebody worked on it. */
export interface Elapsed {
  readonly n: number;
  /** Null: n is 0. */
  readonly medianMinutes: number | null;
  readonly p90Minutes: number | null;
}

export interface Statistics {
  readonly from: string;
  readonly to: string;
  readonly division: string | null;
  readonly wearers: number;
  /** Of these wearers together, within the period. */
  readonly daysOnTag: number;
  readonly all: AlertCounts;
  readonly byKind: readonly (AlertCounts & { readonly kind: AlertKind })[];
  /** Null: zones of victims, together, and without their ids. What is about no zone stands in none. */
  readonly byZone: readonly (AlertCounts & { readonly zoneId: string | null; readonly name: string | null })[];
  /** Null: the tag has no model. */
  readonly byModel: readonly (AlertCounts & { readonly modelId: string | null; readonly name: string | null })[];
  /** From raised until somebody first acknowledged or took it. */
  readonly untilTaken: Elapsed;
  /** From then until it was disposed of. */
  readonly untilDisposed: Elapsed;
}

/** A stretch of some wearers' time, with what its figures are of. */
export interface PeriodFigures {
  readonly from: string;
  readonly to: string;
  readonly daysOnTag: number;
  readonly violations: Readonly<Partial<Record<AlertKind, number>>>;
  readonly compliance: Compliance;
}

export interface BeforeAfter {
  readonly at: string;
  readonly days: number;
  readonly wearers: number;
  readonly before: PeriodFigures;
  readonly after: PeriodFigures;
}
