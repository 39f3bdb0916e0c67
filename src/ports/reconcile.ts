/** What the reconciler needs of the record. `store/reconcile.ts`; every call is one statement or a few. */
import type { FindingEvent } from '../alerts/event.js';
import type { Ping, ReconcileRequest } from '../engine/types.js';
import type { Queryable } from './database.js';
import type { TermKey } from './watch.js';

/** Requests of one activation, merged. */
export interface DueRequest extends ReconcileRequest {
  readonly requestId: number;
  readonly activationId: string;
  readonly tagId: string;
  /** Of the newest that was merged into it. */
  readonly epoch: string;
  readonly offset: number;
  /** How often it was taken in hand since somebody asked last, this time included. */
  readonly attempts: number;
  /** How often what the tag said of its strap and case was sent to the engine since. */
  readonly tampersSent: number;
}

/** Where the next page of pings begins; when one was made: `engine/fold/clocks.ts`. */
export interface PingCursor {
  readonly madeAtMs: number;
  readonly identity: string;
}

export interface ReconcileStore {
  /**
   * Takes the oldest request in hand that nobody has: quiet since `quietMs`, or asked for since `waitLimitMs`; those of more than
   * a day after all others, so that a shared zone dated back by months holds up nobody's backlog. Null: none is due.
   */
  claim(
    db: Queryable,
    at: { readonly nowMs: number; readonly quietMs: number; readonly waitLimitMs: number; readonly leaseMs: number },
  ): Promise<DueRequest | null>;
  /** Removes a request that is done. Where another came meanwhile it waits anew. */
  finish(db: Queryable, request: DueRequest): Promise<void>;
  /** Puts it back; `notBeforeMs` null: until somebody asks again. `attempts` 0 begins counting anew. */
  putBack(
    db: Queryable,
    request: DueRequest,
    next: {
      readonly notBeforeMs: number | null;
      readonly attempts?: number;
      readonly tampersSent?: number;
      readonly lastError?: string;
    },
  ): Promise<void>;
  /** What lies before is done. */
  moveStart(db: Queryable, request: DueRequest, fromMs: number): Promise<void>;
  countWaiting(db: Queryable): Promise<number>;
  /** Before which a tag's past is not judged again: retention has deleted of it, and alerts that began before ended by then. Null: nothing. */
  readKeptFrom(db: Queryable, request: Pick<DueRequest, 'tagId' | 'activationId'>): Promise<number | null>;
  /** The newest findings about an activation's conditions that are not over before `endedAfterMs`; at most `limit`, oldest first. */
  readFindings(
    db: Queryable,
    query: {
      readonly activationId: string;
      readonly endedAfterMs: number;
      readonly limit: number;
    },
  ): Promise<FindingEvent[]>;
  /** The newest pings with a position that were made before an instant, oldest first. */
  readPingsBefore(
    db: Queryable,
    query: { readonly tagId: string; readonly beforeMs: number; readonly limit: number; readonly aheadLimitMs: number },
  ): Promise<{ readonly ping: Ping; readonly receivedAtMs: number }[]>;
  /** Pings that were made from `fromMs` on, in their order; `after` goes on where a page ended. */
  readOrderedPings(
    db: Queryable,
    query: {
      readonly tagId: string;
      readonly fromMs: number;
      readonly after: PingCursor | null;
      readonly limit: number;
      /** A fix dated further ahead of its receipt was made when it was received. */
      readonly aheadLimitMs: number;
    },
  ): Promise<{ readonly ping: Ping; readonly receivedAtMs: number }[]>;
  /**
   * The messages of a time that tell of the strap or the case, oldest first; none where every tamper among them lies in an alert on
   * record of the activation.
   */
  readUntoldTampers(
    db: Queryable,
    query: {
      readonly activationId: string;
      readonly tagId: string;
      readonly fromMs: number;
      readonly toMs: number;
      readonly limit: number;
    },
  ): Promise<{ readonly ping: Ping; readonly receivedAtMs: number }[]>;
  /** When the terms of an activation (empty: of shared conditions) were first published. */
  readPublications(db: Queryable, activationId: string): Promise<{ readonly term: TermKey; readonly atMs: number }[]>;
  listSharedConditions(db: Queryable): Promise<string[]>;
  /** Differs whenever a shared condition was published since. */
  readSharedVersion(db: Queryable): Promise<string>;
}
