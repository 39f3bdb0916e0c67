/** Any value of a file as text. `String` of parsed JSON may throw: an object may have a `toString` of its own that is no function. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
