/** Positions to those who want them: coalesced by who calls, never queued up behind a slow reader. */
import type { FeedClient } from './feed-client.js';
import { type FeedPosition, toPositionItem } from './position-item.js';

/** Items in one message: about 300 bytes each. */
const ITEMS_PER_MESSAGE = 1_000;
/** A client with more than this waiting is sent the newest positions later instead of older ones now. */
const POSTPONE_ABOVE_BYTES = 262_144;

/** Sends what changed, or everything to those who have just asked or were postponed. Each item is written once. */
export function sendPositions(
  clients: Iterable<FeedClient>,
  changed: readonly FeedPosition[],
  readAll: () => Iterable<FeedPosition>,
  mayTell: (client: FeedClient, wearerId: string) => boolean,
): void {
  const write = (positions: Iterable<FeedPosition>) =>
    Array.from(positions, (position) => ({
      wearerId: position.wearerId,
      json: JSON.stringify(toPositionItem(position)),
    }));
  let ofChanged: ReturnType<typeof write> | null = null;
  let ofAll: ReturnType<typeof write> | null = null;
  for (const client of clients) {
    const { wants, socket } = client;
    if (wants === null) continue;
    if (socket.bufferedAmount > POSTPONE_ABOVE_BYTES) {
      client.needsAllPositions = true;
      continue;
    }
    if (client.needsAllPositions) ofAll ??= write(readAll());
    else ofChanged ??= write(changed);
    const written = (client.needsAllPositions ? ofAll : ofChanged) ?? [];
    client.needsAllPositions = false;
    const { wearerIds } = wants;
    const wanted = written.filter(
      ({ wearerId }) => (wearerIds === null || wearerIds.has(wearerId)) && mayTell(client, wearerId),
    );
    for (let start = 0; start < wanted.length; start += ITEMS_PER_MESSAGE) {
      const items = wanted.slice(start, start + ITEMS_PER_MESSAGE).map(({ json }) => json);
      client.send(`{"type":"positions","items":[${items.join(',')}]}`);
    }
  }
}
