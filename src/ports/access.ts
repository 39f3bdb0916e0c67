/** What stands in `tagwatch.access`: who is signed in, what was granted, and what scope needs of wearers. Compacted, one partition. */
import type { Grant } from '../access/grant.js';
import type { WearerScope } from '../access/may.js';
import type { Principal } from '../access/principal.js';
import type { NewRecord } from './event-log.js';
import { ACCESS, encodeJson } from './topics.js';

/** Somebody who is signed in. Never the token itself: who reads the log must not be able to be them. */
export interface Session {
  /** SHA-256 of the token, base64url. */
  readonly sessionId: string;
  readonly principal: Principal;
  /** The provider's own name of the session, for its back-channel logout; null where it gives none. */
  readonly providerSessionId: string | null;
  readonly startedAtMs: number;
  /** As of this record; an api may know of later use. */
  readonly usedAtMs: number;
}

export type AccessRecord =
  | { readonly type: 'session'; readonly session: Session }
  /** Apart from the session, so that what is told of its use cannot bring back one that has ended. */
  | { readonly type: 'use'; readonly sessionId: string; readonly usedAtMs: number }
  | { readonly type: 'grant'; readonly grant: Grant }
  | { readonly type: 'wearer'; readonly wearer: WearerScope };

export const ACCESS_PARTITION = { topic: ACCESS, partition: 0 } as const;

export const sessionKey = (sessionId: string): string => `session:${sessionId}`;
const useKey = (sessionId: string): string => `use:${sessionId}`;
const grantKey = (subjectId: string): string => `grant:${subjectId}`;
const wearerKey = (wearerId: string): string => `wearer:${wearerId}`;

export function accessRecord(record: AccessRecord): NewRecord {
  return { key: keyOf(record), value: encodeJson(record), partition: 0 };
}

function keyOf(record: AccessRecord): string {
  switch (record.type) {
    case 'session':
      return sessionKey(record.session.sessionId);
    case 'use':
      return useKey(record.sessionId);
    case 'grant':
      return grantKey(record.grant.subjectId);
    case 'wearer':
      return wearerKey(record.wearer.wearerId);
  }
}

/** Ends a session, for every api. */
export const endedSession = (sessionId: string): NewRecord[] =>
  [sessionKey(sessionId), useKey(sessionId)].map((key) => ({ key, value: null, partition: 0 }));
