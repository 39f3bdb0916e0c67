/** How a pack that is being made gets on. */
import type { PackItem } from '../../wire/pack.js';
import { refreshPack } from '../packs-api.js';
import { isUnderWay } from '../words/pack-words.js';

/** So long after each other it is asked how far a pack is, ms: what is not ready at once takes its time. Every question is on record. */
const ASK_AFTER_MS: readonly number[] = [500, 1_000, 2_000, 3_000, 5_000];
const ASK_AGAIN_MS = 10_000;

/** Tells how the pack is, until it is ready or failed; returns how to stop. */
export function followPack(pack: PackItem, onPack: (pack: PackItem) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWanted = true;
  const wait = (now: PackItem, turn: number): void => {
    if (!isWanted || !isUnderWay(now)) return;
    timer = setTimeout(async () => {
      const next = await refreshPack(now.packId);
      if (!isWanted) return;
      if (next !== null) onPack(next);
      wait(next ?? now, turn + 1);
    }, ASK_AFTER_MS[turn] ?? ASK_AGAIN_MS);
  };
  wait(pack, 0);
  return () => {
    isWanted = false;
    clearTimeout(timer);
  };
}
