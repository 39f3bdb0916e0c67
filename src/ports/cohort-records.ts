/** What is on record of somebody, as the cohort is made from it (`store/cohort.ts`). */
import type { Disposition } from '../alerts/event.js';
import type { AlertKind } from '../engine/types.js';
import type { TaskFacts } from './task-records.js';

export interface Heard {
  readonly firstFixAtMs: number;
  readonly lastFixAtMs: number;
}

/** A judgement as it is in force. */
export interface InForce<C> {
  readonly content: C;
  /** ISO. */
  readonly since: string;
  readonly author: string;
}

export interface CohortAlert {
  readonly kind: AlertKind;
  readonly isOpen: boolean;
  readonly activationId: string | null;
  readonly conditionId: string | null;
  readonly startedAtMs: number;
  /** Null: it goes on. */
  readonly endedAtMs: number | null;
  readonly isConfirmed: boolean;
  readonly disposition: Disposition | null;
}

export interface CohortRecord {
  readonly wearerId: string;
  readonly name: string;
  readonly division: string | null;
  readonly schemes: readonly string[];
  readonly rag: InForce<{ rating: string; nextReviewAt?: string }> | null;
  readonly mappa: InForce<{ category: number | null; level: number | null; reviewAt?: string }> | null;
  readonly membership: InForce<{ cohort: string }> | null;
  readonly flags: InForce<{ flags: readonly string[] }> | null;
  readonly plan: InForce<{ reviewAt?: string }> | null;
  readonly orders: readonly { readonly type: string; readonly startsAtMs: number; readonly endsAtMs: number | null }[];
  readonly activations: readonly {
    readonly activationId: string;
    readonly tagId: string;
    readonly fittedAtMs: number;
    /** When it was removed, or a consent ended. */
    readonly removedAtMs: number | null;
    /** The first and the last fix on record while it was on, as far back as is asked; null: there is none. */
    readonly heard: Heard | null;
    /** The same of the stretch before that, where it is asked for. */
    readonly heardBefore?: Heard | null;
  }[];
  /** When the consent ended by which a tag that is still on was worn; null: none has. */
  readonly consentEndedAtMs: number | null;
  /** Since when neither an order nor a consent covers a tag that is on and is collected; null: one does, or none is on. */
  readonly uncoveredSinceMs: number | null;
  readonly tasks: TaskFacts;
  /** Not withdrawn: those that are open, and those that did not end before. */
  readonly alerts: readonly CohortAlert[];
}
