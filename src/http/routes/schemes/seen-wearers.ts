/** Wearers in the order of their ids, of whom who asks may know: what is passed over leaves no trace. */
export async function findSeenWearers(
  listIds: (after: string | null, limit: number) => Promise<readonly string[]>,
  isListed: (wearerId: string) => boolean,
  after: string | null,
  wanted: number,
): Promise<string[]> {
  const found: string[] = [];
  for (let from = after; ; ) {
    const ids = await listIds(from, wanted);
    found.push(...ids.filter(isListed));
    const last = ids.at(-1);
    if (found.length >= wanted || ids.length < wanted || last === undefined) return found.slice(0, wanted);
    from = last;
  }
}
