/** Lists over HTTP: `{items, next}`, by `limit` and an opaque `cursor` (`wire.md`). */
import Type, { type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { FieldError } from './problems.js';

export const MAX_LIST_LIMIT = 500;
export const DEFAULT_LIST_LIMIT = 100;

/** The query of every list. */
export const ListQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_LIST_LIMIT, default: DEFAULT_LIST_LIMIT })),
  cursor: Type.Optional(
    Type.String({
      maxLength: 500,
      description: 'The `next` of the page before. Opaque: valid for the same query only.',
    }),
  ),
});

/** The answer of a list. */
export function ListOf<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.String(), Type.Null()], {
      description: 'The cursor of the next page; null: this was the last',
    }),
  });
}

/** A cursor from the sort key of the last item of a page. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The sort key in a cursor, by the schema of this list's keys; null where it is none of them. A cursor is the caller's text: of
 * another list, of another program or made up.
 */
export function decodeCursor<T extends TSchema>(cursor: string, key: T): Static<T> | null {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Check(key, decoded) ? decoded : null;
  } catch {
    return null;
  }
}

/** The fault of a cursor that {@link decodeCursor} does not take. */
export const FOREIGN_CURSOR: FieldError = { in: 'query', pointer: '/cursor', detail: 'is not a cursor of this list' };

/** A page of rows that were read with one more than `limit`, so that it is known whether more follow. */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  keyOf: (item: T) => readonly (string | number)[],
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** Looked through for one page are at most so many times its length: beyond it the next page goes on. */
const ROUNDS_LIMIT = 20;

/** A page of numbered rows, the newest first, of those that who asks may see. It may be short, or empty, with more to follow. */
export async function readSeenPage<Row>(
  { before, limit }: { readonly before: number; readonly limit: number },
  readRows: (rows: { readonly before: number; readonly limit: number }) => Promise<readonly Row[]>,
  isSeen: (row: Row) => boolean,
  numberOf: (row: Row) => number,
): Promise<{ items: Row[]; next: string | null }> {
  const found: Row[] = [];
  let from = before;
  for (let round = 0; round < ROUNDS_LIMIT; round++) {
    const rows = await readRows({ before: from, limit: limit + 1 });
    found.push(...rows.filter(isSeen));
    const last = rows.at(-1);
    if (found.length > limit || rows.length <= limit || last === undefined)
      return toPage(found, limit, (row) => [numberOf(row)]);
    from = numberOf(last);
  }
  return { items: found, next: encodeCursor([from]) };
}
