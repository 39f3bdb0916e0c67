/** JSON in one way of writing (RFC 8785): what is hashed or signed has the same bytes whatever order its fields came in. */
import canonicalize from 'canonicalize';

/** Throws where the value is no JSON: an infinite number, a circle, nothing at all. */
export function toCanonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('this is not JSON');
  return new TextEncoder().encode(text);
}
