/** What the console asks about intelligence over REST, and what it writes. */
import type { IntelligenceContent } from '../wire/intelligence.js';
import { type Answer, askList } from './api.js';
import { putRecord } from './send.js';

/** As it is answered: its newest version, and who wrote that. */
export interface IntelligenceRecord extends IntelligenceContent {
  readonly intelligenceId: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
}

/** Of everybody within scope, or of one wearer; what was received last first. */
export async function askIntelligence(wearerId: string | null): Promise<Answer<readonly IntelligenceRecord[]>> {
  const answer = await askList<IntelligenceRecord>('/intelligence');
  if (!answer.ok) return answer;
  const wanted = answer.body.filter((one) => wearerId === null || one.wearerId === wearerId);
  return { ok: true, body: wanted.sort((a, b) => Date.parse(b.receivedAt) - Date.parse(a.receivedAt)) };
}

/** `version`: the one that the page shows; null: there is none yet, and the id was made when its form was opened. */
export const putIntelligence = (
  intelligenceId: string,
  content: IntelligenceContent & { readonly changeReason?: string },
  version: number | null,
) => putRecord<IntelligenceRecord>(`/intelligence/${encodeURIComponent(intelligenceId)}`, content, version);

/** What of a report as it was answered is its content. */
export function contentOf(report: IntelligenceRecord): IntelligenceContent {
  const { wearerId, receivedAt, source, assessment, handling, handlingConditions, text, recipients } = report;
  return {
    wearerId,
    receivedAt,
    source,
    assessment,
    handling,
    ...(handlingConditions === undefined ? {} : { handlingConditions }),
    text,
    ...(recipients === undefined ? {} : { recipients }),
  };
}
