/** What the console asks about a wearer's flags over REST, and what it writes. */
import type { Wanted } from '../wire/priority.js';
import { type Answer, ask, askList } from './api.js';
import { putRecord } from './send.js';

export interface FlagsContent {
  readonly flags: readonly string[];
  readonly wanted?: Wanted;
  /** RFC 3339. */
  readonly wantedSince?: string;
}

/** As it is answered: its newest version, and who wrote that. */
export interface FlagsRecord extends FlagsContent {
  readonly wearerId: string;
  readonly version: number;
  readonly effectiveAt: string;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
}

const pathOf = (wearerId: string): string => `/wearer-flags/${encodeURIComponent(wearerId)}`;

/** Null: nothing was ever said of this wearer. */
export async function askFlags(wearerId: string): Promise<Answer<FlagsRecord | null>> {
  const answer = await ask<FlagsRecord>(pathOf(wearerId));
  return !answer.ok && answer.status === 404 ? { ok: true, body: null } : answer;
}

/** Every version, the newest first. */
export async function askFlagVersions(wearerId: string): Promise<Answer<readonly FlagsRecord[]>> {
  const answer = await askList<FlagsRecord>(`${pathOf(wearerId)}/versions`);
  if (!answer.ok) return answer.status === 404 ? { ok: true, body: [] } : answer;
  return { ok: true, body: [...answer.body].reverse() };
}

/** `version`: the one that the page shows; null: there is none yet. */
export const putFlags = (
  wearerId: string,
  content: FlagsContent & { readonly effectiveAt?: string; readonly changeReason: string },
  version: number | null,
) => putRecord<FlagsRecord>(pathOf(wearerId), content, version, false);
