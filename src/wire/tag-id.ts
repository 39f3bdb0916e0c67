/** What a tag's id may be: whatever the device has (`docs/wire.md`). One home for pings, records, addresses and files. */

/** Longest id, in characters: suppliers' are shorter, Traccar's column is as wide. */
export const MAX_TAG_ID_LENGTH = 128;

/**
 * As a pattern of JSON Schema, to be read with the flag `u`; ranges instead of `\p{…}`, which not every reader of a schema knows. Not
 * printable are control characters, unpaired surrogates, line and paragraph separators, and what is not seen or turns text around:
 * none of them survives every store and screen. `.` and `..` are steps in an address, which clients take before they send.
 */
export const TAG_ID_PATTERN =
  '^(?!\\.{1,2}$)[^\\u0000-\\u001F\\u007F-\\u009F\\u00AD\\u061C\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uD800-\\uDFFF\\uFEFF\\uFFF9-\\uFFFB]' +
  `{1,${MAX_TAG_ID_LENGTH}}$`;

const TAG_ID = new RegExp(TAG_ID_PATTERN, 'u');
/** What nearly all ids are; it spares the longer pattern, once for each ping. */
const PLAIN_TAG_ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;

export function isTagId(value: unknown): value is string {
  return typeof value === 'string' && (PLAIN_TAG_ID.test(value) || TAG_ID.test(value));
}
