/** What is on record of some wearers by which their alerts are looked at before or after others: two statements, however many they are. */
import type { Queryable } from '../ports/database.js';
import type { Wanted, WearersPriorityFacts } from '../wire/priority.js';
import type { Rag } from '../wire/rag.js';
import { readJudgements } from './cohort.js';
import { listDealtWithOfLate } from './recalls.js';

export async function readPriorityFacts(
  db: Queryable,
  wearerIds: readonly string[],
  nowMs: number,
): Promise<WearersPriorityFacts> {
  const judgements = await readJudgements(db, wearerIds, nowMs);
  const requests = await listDealtWithOfLate(db, nowMs);
  return {
    // One of them: nothing else is ever written (`records/kinds/rag-rating.ts`).
    ragOf: (wearerId) => (judgements.get(wearerId)?.rag?.content.rating ?? null) as Rag | null,
    wantedOf: (wearerId) =>
      (judgements.get(wearerId)?.flags?.content as { readonly wanted?: Wanted } | undefined)?.wanted ?? null,
    requests,
  };
}
