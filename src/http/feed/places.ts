/** How many connections to the feed one subject has: one script must not take everybody's place. */
import type { Duplex } from 'node:stream';
import type { Principal } from '../../access/principal.js';

/**
 * Takes a place until the connection ends, from before it is a WebSocket: what is asked for at once counts as well. False where the
 * subject has `limit` already. Whoever is `local` is everybody, and not counted.
 */
export function createPlaces(limit: number): (principal: Principal, socket: Duplex) => boolean {
  const taken = new Map<string, number>();
  return ({ kind, subjectId }, socket) => {
    if (kind === 'local') return true;
    const before = taken.get(subjectId) ?? 0;
    if (before >= limit) return false;
    taken.set(subjectId, before + 1);
    socket.once('close', () => {
      const left = (taken.get(subjectId) ?? 1) - 1;
      if (left === 0) taken.delete(subjectId);
      else taken.set(subjectId, left);
    });
    return true;
  };
}
