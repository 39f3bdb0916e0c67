/** What the console asks about evidence packs over REST. */
import type { Edition, PackItem } from '../wire/pack.js';
import { type Answer, ask, BASE, type Page } from './api.js';
import { sayOnce, send } from './send.js';
import type { KeyItem } from './words/key-words.js';

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

/** The newest, and whether there are more. A page may have few, where most of what was looked through is not for who asks. */
export async function askPacks(wearerId: string | null): Promise<Answer<Page<PackItem>>> {
  const items: PackItem[] = [];
  let next: string | null = null;
  do {
    const query = new URLSearchParams({
      limit: String(SHOWN - items.length),
      ...(wearerId === null ? {} : { wearerId }),
      ...(next === null ? {} : { cursor: next }),
    });
    const answer: Answer<Page<PackItem>> = await ask(`/packs?${query}`);
    if (!answer.ok) return answer;
    items.push(...answer.body.items);
    next = answer.body.next;
  } while (next !== null && items.length < SHOWN);
  return { ok: true, body: { items, next } };
}
export const askPack = (packId: string) => ask<PackItem>(`/packs/${encodeURIComponent(packId)}`);
export const packFileAddress = (packId: string): string => `${BASE}/packs/${encodeURIComponent(packId)}/file`;
export const askKeys = () => ask<{ readonly keys: readonly KeyItem[] }>('/keys');
export const KEYS_ADDRESS = `${BASE}/keys`;

/** The pack that is made now, or was already; or why it is not, in words. */
export async function makePack(
  of: PackOf,
  said: PackSaid,
): Promise<{ readonly pack: PackItem } | { readonly refused: string }> {
  const sent = sayOnce(await send<PackItem>('POST', '/packs', { ...of, ...said }));
  return sent.ok ? { pack: sent.body } : { refused: sent.why };
}

/** As it is now; where the server does not answer, nothing. */
export async function refreshPack(packId: string): Promise<PackItem | null> {
  const answer: Answer<PackItem> = await askPack(packId);
  return answer.ok ? answer.body : null;
}
