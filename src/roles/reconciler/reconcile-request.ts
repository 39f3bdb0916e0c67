/** Requests to judge a part of an activation's past again: merged per activation wherever several meet. */
import type { ReconcileRequest } from '../../engine/types.js';

/** One that covers both. The base is the later one: what lies before it is no live fold's any more. */
export function mergeRequests<T extends ReconcileRequest>(a: T | undefined, b: T): T {
  if (a === undefined) return b;
  const { unclaimed, ...rest } = b;
  return {
    ...(rest as T),
    ...(unclaimed && a.unclaimed ? { unclaimed } : {}),
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    baseAtMs: Math.max(a.baseAtMs, b.baseAtMs),
  };
}
