/** How many a list has, and whether that is all: what is cut does not look whole. Pure. */

/** `One`; `7, raised last first`; `The newest 50, raised last first: older ones are not listed`. */
export function newestWords(count: number, hasMore: boolean, order: string): string {
  if (hasMore) return `The newest ${count === 1 ? 'one' : `${count}, ${order}`}: older ones are not listed`;
  return count === 1 ? 'One' : `${count}, ${order}`;
}
