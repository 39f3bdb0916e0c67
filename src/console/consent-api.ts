/** What the console asks about consents over REST, and what it writes. */
import type { ConsentContent } from '../wire/consent.js';
import { type Answer, askList } from './api.js';
import { putRecord } from './send.js';

/** As it is answered: its newest version, and who wrote that. */
export interface ConsentRecord extends ConsentContent {
  readonly consentId: string;
  readonly version: number;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
}

/** Of one wearer, the one given last first. */
export async function askConsentsOf(wearerId: string): Promise<Answer<readonly ConsentRecord[]>> {
  const answer = await askList<ConsentRecord>('/consents', { wearerId });
  if (!answer.ok) return answer;
  return { ok: true, body: [...answer.body].sort((a, b) => Date.parse(b.givenAt) - Date.parse(a.givenAt)) };
}

/** `version`: the one that the page shows; null: there is none yet, and the id was made when its form was opened. */
export const putConsent = (
  consentId: string,
  content: ConsentContent & { readonly changeReason?: string },
  version: number | null,
) => putRecord<ConsentRecord>(`/consents/${encodeURIComponent(consentId)}`, content, version);
