/** What stands in `tagwatch.audit`: who did, saw or disclosed what. Ids only: never a name, a note, or what was erased. */
import type { Scope } from '../access/principal.js';

/** The words of DPA 2018 s.62, and coming and going. */
export const AUDIT_ACTS = [
  'consultation',
  'alteration',
  'disclosure',
  'collection',
  'combination',
  'erasure',
  'sign-in',
  'sign-out',
] as const;
export type AuditAct = (typeof AUDIT_ACTS)[number];

/**
 * `denied`: by rights or scope, whatever the answer said; `refused`: by what was asked; `limited`: by how much was asked; `failed`: by a
 * fault here.
 */
export const AUDIT_OUTCOMES = ['done', 'denied', 'not-found', 'refused', 'limited', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/**
 * What an api says of a request, before it is numbered. What is not known or does not apply is left out. Texts are such as a database
 * holds as they are (no NUL, no half of a character): what is chained has to be what is stored.
 */
export interface AuditFacts {
  /** The operation of the table of rights, or `sign-in`, `sign-out`, `alert-rules`, `retention`. */
  readonly what: string;
  readonly act: AuditAct;
  /** RFC 3339, by the clock of who says it. */
  readonly when: string;
  /** The subject's id; null: nobody that is known here. */
  readonly who: string | null;
  readonly roles?: readonly string[];
  readonly scope?: Scope;
  readonly subjectId?: string;
  readonly subjectType?: string;
  readonly wearerIds?: readonly string[];
  /** How many wearers there were, where fewer are named. */
  readonly wearerCount?: number;
  readonly outcome: AuditOutcome;
  /** Of a list, or of the fixes of a trail, as far as they were counted before the first byte. */
  readonly rowCount?: number;
  readonly purpose?: string;
  readonly recipient?: string;
  /** Which endpoint: `GET /api/v1/alerts/:alertId`, `feed open`. */
  readonly operationId: string;
  readonly correlationId: string;
  /** The address that asked, as far as it is known. */
  readonly address?: string;
  /** Of a flood: how many the same were counted and have no entry of their own. */
  readonly repeats?: number;
  /** Of a configuration: every place that says something else than before, as text; null: it says nothing there. */
  readonly changed?: readonly {
    readonly place: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  /** Of the feed: what it was sent. */
  readonly fromSeq?: number;
  readonly toSeq?: number;
}

export interface AuditEntry extends AuditFacts {
  readonly service: string;
  /** One api from its start to its end; it numbers its entries from 1, so that one lost before it is chained leaves a hole. */
  readonly writer: string;
  readonly n: number;
}

/** The record is away from those who would say something in it. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

/** Where the api says what it does (`roles/auditing/auditing.ts`). */
export interface AuditTrail {
  /** False while what was said last is not in the log. */
  isPresent(): boolean;
  /** Resolves when the entry is in the log; rejects with `AuditUnavailable` where that takes too long: then it is kept all the same. */
  append(facts: AuditFacts): Promise<void>;
  /**
   * Resolves when the entry is in the log or, while that is away, on disk, from where it is appended before any later one. Rejects
   * with `AuditUnavailable` where neither can be.
   */
  keep(facts: AuditFacts): Promise<void>;
}

/** A link of the chain as it stands in the database. */
export interface ChainLink {
  /** From 1. */
  readonly position: number;
  readonly epoch: string;
  readonly offset: number;
  readonly entry: AuditEntry;
  readonly hash: Uint8Array;
}

/** What is on record of the head of the chain at a time; signed (`audit/checkpoint.ts`). */
export interface Checkpoint {
  readonly size: number;
  readonly head: { readonly epoch: string; readonly offset: number } | null;
  /** Hexadecimal. */
  readonly root: string;
  readonly at: string;
  readonly keyId: string;
}
export type SignedCheckpoint = Checkpoint & { readonly signature: string };
