/** What the console asks about evidence packs over REST. */
import type { Edition, PackItem } from '../wire/pack.js';
import { type Answer, ask, BASE, type Page, post } from './api.js';

/** What a pack is to be made of. */
export type PackOf =
  | { readonly alertIds: readonly string[] }
  | { readonly wearerId: string; readonly from: string; readonly to: string };

export interface PackSaid {
  readonly edition: Edition;
  readonly purpose: string;
  readonly recipient: string;
}

const SHOWN = 100;

/** The newest, and whether there are more. */
export const askPacks = (wearerId: string | null) =>
  ask<Page<PackItem>>(
    `/packs?${new URLSearchParams({ limit: String(SHOWN), ...(wearerId === null ? {} : { wearerId }) })}`,
  );
export const askPack = (packId: string) => ask<PackItem>(`/packs/${encodeURIComponent(packId)}`);
export const packFileAddress = (packId: string): string => `${BASE}/packs/${encodeURIComponent(packId)}/file`;
export const KEYS_ADDRESS = `${BASE}/keys`;

/** The pack that is made now, or was already; or why it is not, in words. */
export async function makePack(
  of: PackOf,
  said: PackSaid,
): Promise<{ readonly pack: PackItem } | { readonly refused: string }> {
  const answer = await post('/packs', { ...of, ...said }, {});
  if (answer === null) return { refused: 'No answer from the server. Try again: the same pack is not made twice.' };
  if (answer.status < 300) return { pack: answer.body as unknown as PackItem };
  const { detail } = answer.body ?? {};
  const why = typeof detail === 'string' ? detail : `The server answered ${answer.status}.`;
  return { refused: why };
}

/** As it is now; where the server does not answer, nothing. */
export async function refreshPack(packId: string): Promise<PackItem | null> {
  const answer: Answer<PackItem> = await askPack(packId);
  return answer.ok ? answer.body : null;
}
