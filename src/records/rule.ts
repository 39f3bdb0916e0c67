/** What a kind of record is: one rule a kind (`kinds/`), and one way to write them all (`write-records.ts`). */
import Type, { type TSchema } from 'typebox';
import type { Operation } from '../access/operations.js';
import type { Bbox } from '../formats/zones/zone.js';
import type { Queryable } from '../ports/database.js';
import type { RecordFacts, RecordFault, RecordKind } from '../ports/records.js';
import type { WatchTarget } from '../ports/watch.js';

/**
 * Text without control characters: they have no place in a name, and NUL none in PostgreSQL. Nor has U+FEFF, of which nothing is seen and
 * which the embedded database drops where a text begins with it.
 */
export const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[^\\u0000-\\u001F\\u007F\\uFEFF]*$' });
/** The same over several lines, of which only the line feed is told. */
export const Paragraphs = (maxLength: number) =>
  Type.String({ maxLength, pattern: '^[^\\u0000-\\u0009\\u000B-\\u001F\\u007F\\uFEFF]*$' });
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC with Z' });
/** Of an end: what was written by mistake cannot be removed. */
export const EndInstant = Type.String({ ...Instant, description: 'At `startsAt`: it never was' });
export const MAX_REASON_LENGTH = 500;

/** What a body says: the content, and for zones and conditions when it comes into force. */
export interface Said<C> {
  readonly content: C;
  /** ISO; null: not said. */
  readonly effectiveAt: string | null;
  /** Of a zone. */
  readonly areaSquareMetres?: number;
}

export type Parsed<C> =
  | { readonly ok: true; readonly said: Said<C> }
  | { readonly ok: false; readonly errors: readonly RecordFault[] };

/** Why a record was not written. */
export type Refusal =
  | { readonly type: 'invalid'; readonly errors: readonly RecordFault[] }
  /** `conflicts` are the records in the way, as the API says them. */
  | { readonly type: 'conflict'; readonly detail: string; readonly conflicts: readonly object[] }
  /** `version` is the one that stands; null: none does. */
  | { readonly type: 'precondition'; readonly version: number | null };

/** A record that another one names. */
export interface Reference {
  readonly pointer: string;
  readonly kind: RecordKind;
  readonly id: string;
}

/** A record as it is about to be, or has been, written. */
export interface Draft<C> {
  readonly id: string;
  readonly content: C;
  /** Nothing stood under its id. */
  readonly isNew: boolean;
}

export interface RecordRule<C extends object = object> {
  readonly kind: RecordKind;
  /** In words. */
  readonly name: string;
  /** The collection below `/api/v1`, and the name of its members' ids. */
  readonly path: string;
  readonly idName: string;
  /** Its list may be asked for one wearer's. */
  readonly listsByWearer?: true;
  /** What an id may be, where it is not of the caller's choice. */
  readonly id?: Type.TString;
  /** What of the table of rights reading and writing it are, where not those of records. */
  readonly operations?: { readonly read: Operation; readonly write: Operation };
  /** What writing this content is, where not all of a kind is for the same people; what it goes by is one of {@link keeps}. */
  writeOperation?(content: C): Operation;
  readonly body: TSchema;
  /** False where `parse` validates all of it itself, to name places better. */
  readonly validateBody?: false;
  readonly bodyLimitBytes?: number;
  /** The content as it is answered, where it is not the body's. */
  readonly answer?: TSchema;
  /** Where changes come into force at an instant that may be given: where it stands, and what a first version has without it, where not now. */
  readonly inForce?: { readonly pointer: string; first?(content: C): string | null };
  /** What a schema cannot say. `body` has the shape of the schema, unless that is not validated. */
  parse(body: never, id: string, serviceArea: Bbox | null): Parsed<C>;
  /** The content as it is told to whom what is of victims is kept from, where there may be any in it; `isOfVictim` of a condition. */
  withoutVictims?(content: C, isOfVictim: (conditionId: string) => boolean): object;
  /** The content as the API says it, where it is another than the content. */
  toWire?(content: C, id: string): object;
  /** Fields that stay what they were when it was first written, and what to do instead. */
  readonly keeps?: Readonly<Partial<Record<keyof C & string, string>>>;
  /** Fields that stay what they are once they were said, and what to do instead. */
  readonly keepsOnceSaid?: Readonly<Partial<Record<keyof C & string, string>>>;
  /** Fields that once they stand are not lifted by leaving them out: they are repeated, or null. */
  readonly mustSay?: readonly (keyof C & string)[];
  /** What may not become of the content that stands. */
  checkChange?(before: C, after: C): readonly RecordFault[];
  references?(content: C, id: string): readonly Reference[];
  /** Names of what no two may write at once, in the order in which they are locked. */
  locks?(content: C, facts: RecordFacts, tx: Queryable): Promise<readonly string[]>;
  /** What is wrong with some of them as they now stand among all others, by id; asked in their transaction. */
  judge?(
    written: readonly Draft<C>[],
    facts: RecordFacts,
    tx: Queryable,
    nowMs: number,
  ): Promise<ReadonlyMap<string, Refusal>>;
  /** Whose watches the change concerns. */
  targets(draft: Draft<C>): readonly WatchTarget[];
}

/** Whether the ids of a kind are wearers': what is about a wearer, and there is one of. */
export const isByWearer = ({ idName }: Pick<RecordRule, 'idName'>): boolean => idName === 'wearerId';

/** A content whose body is all that there is to say. */
export const said = <C>(content: C): Parsed<C> => ({ ok: true, said: { content, effectiveAt: null } });

/** A content unless there are faults. */
export const saidUnless = <C>(errors: readonly RecordFault[], content: C): Parsed<C> =>
  errors.length > 0 ? { ok: false, errors } : said(content);

export const invalid = (pointer: string, detail: string): Refusal => ({
  type: 'invalid',
  errors: [{ pointer, detail }],
});
