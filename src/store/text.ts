/** Text that PostgreSQL can hold: it knows no NUL, and UTF-8 has no lone surrogates. */

const UNSTORABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Whether PostgreSQL can hold it as it is. */
export function isStorable(text: string): boolean {
  return text.search(UNSTORABLE) === -1;
}

/** Each character that cannot be stored becomes U+FFFD. */
export function toStorable(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd');
}

/** JSON for a `jsonb` column. */
export function toStorableJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? toStorable(part) : part));
}
