/** Lists over HTTP: `{items, next}`, by `limit` and an opaque `cursor` (`wire.md`). */
import Type, { type TSchema } from 'typebox';

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

/** The sort key in a cursor; null where it is not one of `encodeCursor` with so many parts. */
export function decodeCursor(cursor: string, parts: number): (string | number)[] | null {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const fits = Array.isArray(key) && key.length === parts;
    return fits && key.every((one) => typeof one === 'string' || typeof one === 'number') ? key : null;
  } catch {
    return null;
  }
}

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
