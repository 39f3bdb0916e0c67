/** What the demonstration's provider remembers: in memory, and gone with the demonstration. */
import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Kept {
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number;
}

/** One store for all kinds; entries end by themselves, as what they stand for does. */
export function createMemoryAdapter(nowMs: () => number): (kind: string) => Adapter {
  const kept = new Map<string, Kept>();
  const findWhere = (isMeant: (key: string, payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const [key, { payload, expiresAtMs }] of kept) {
      if (expiresAtMs <= nowMs()) kept.delete(key);
      else if (isMeant(key, payload)) return payload;
    }
    return undefined;
  };
  return (kind) => ({
    async upsert(id, payload, expiresInSeconds) {
      const expiresAtMs =
        expiresInSeconds === undefined ? Number.POSITIVE_INFINITY : nowMs() + expiresInSeconds * 1_000;
      kept.set(`${kind}:${id}`, { payload, expiresAtMs });
    },
    find: async (id) => findWhere((key) => key === `${kind}:${id}`),
    findByUid: async (uid) => findWhere((key, payload) => key.startsWith(`${kind}:`) && payload.uid === uid),
    findByUserCode: async () => undefined,
    async consume(id) {
      const found = kept.get(`${kind}:${id}`);
      if (found !== undefined) found.payload.consumed = Math.floor(nowMs() / 1_000);
    },
    async destroy(id) {
      kept.delete(`${kind}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key);
    },
  });
}
