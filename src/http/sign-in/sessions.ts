/** Who is signed in, by the cookie of their browser. What stands in the log is the hash of the token that the browser holds. */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { parse, serialize } from 'cookie';
import type { Principal } from '../../access/principal.js';
import type { Session } from '../../ports/access.js';
import type { Clock } from '../../ports/clock.js';
import type { Identity } from '../plugins/principal.js';

/** A shift. */
export const ABSOLUTE_LIMIT_MS = 12 * 3_600_000;
/** Without a request, and without a console that watches. */
export const IDLE_LIMIT_MS = 30 * 60_000;
/** How often use is told to the other apis and kept over a restart. */
const TELL_USE_EVERY_MS = 5 * 60_000;
const TOKEN_BYTES = 32;

/** What is needed of `tagwatch.access` (`views/access.ts`). Appends reject with `LogUnavailable`. */
export interface SessionStore {
  find(sessionId: string): Session | undefined;
  all(): Iterable<Session>;
  /** Resolves when every later `find` here knows it. */
  put(session: Session): Promise<void>;
  tellUse(sessionId: string, usedAtMs: number): Promise<void>;
  end(sessionId: string): Promise<void>;
}

export interface Sessions {
  /** The cookie that a browser gets. */
  begin(principal: Principal, providerSessionId: string | null): Promise<string>;
  /** Null: no cookie, or of no session that goes on. */
  find(request: IncomingMessage): Identity | null;
  /** Ends the session of a request; answers the cookie that takes its token away. */
  end(request: IncomingMessage): Promise<string>;
  endWhere(isMeant: (session: Session) => boolean): Promise<number>;
  /** Those that go on, with their latest use as it is known here. */
  list(): readonly Session[];
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

export function createSessions(deps: {
  readonly store: SessionStore;
  readonly clock: Clock;
  /** Whether browsers come by https. */
  readonly isSecure: boolean;
}): Sessions {
  const { store, clock, isSecure } = deps;
  // Behind this prefix a browser takes it from this very host alone, and by https.
  const name = isSecure ? '__Host-tagwatch-session' : 'tagwatch-session';
  const cookieOf = (token: string, maxAgeSeconds: number) =>
    serialize(name, token, { httpOnly: true, sameSite: 'strict', secure: isSecure, path: '/', maxAge: maxAgeSeconds });
  /** Use that has not been told yet. */
  const used = new Map<string, number>();

  function isOver({ sessionId, startedAtMs, usedAtMs }: Session): boolean {
    const nowMs = clock.nowMs();
    const lastUseMs = Math.max(usedAtMs, used.get(sessionId) ?? 0);
    return nowMs - startedAtMs >= ABSOLUTE_LIMIT_MS || nowMs - lastUseMs >= IDLE_LIMIT_MS;
  }

  function findGoing(sessionId: string): Session | null {
    const session = store.find(sessionId);
    return session === undefined || isOver(session) ? null : session;
  }

  function noteUse({ sessionId, usedAtMs }: Session): void {
    const nowMs = clock.nowMs();
    used.set(sessionId, nowMs);
    if (nowMs - usedAtMs < TELL_USE_EVERY_MS) return;
    // What cannot be told now is told by the next use; the session goes on meanwhile.
    store.tellUse(sessionId, nowMs).catch(() => {});
  }

  function idOf({ headers }: IncomingMessage): string | null {
    const token = parse(headers.cookie ?? '')[name];
    return token === undefined || token === '' ? null : hashOf(token);
  }

  async function endWhere(isMeant: (session: Session) => boolean): Promise<number> {
    const meant = [...store.all()].filter(isMeant);
    await Promise.all(meant.map(({ sessionId }) => store.end(sessionId)));
    for (const { sessionId } of meant) used.delete(sessionId);
    return meant.length;
  }

  return {
    async begin(principal, providerSessionId) {
      await endWhere(isOver);
      const token = randomBytes(TOKEN_BYTES).toString('base64url');
      const nowMs = clock.nowMs();
      await store.put({
        sessionId: hashOf(token),
        principal,
        providerSessionId,
        startedAtMs: nowMs,
        usedAtMs: nowMs,
      });
      return cookieOf(token, ABSOLUTE_LIMIT_MS / 1_000);
    },
    find(request) {
      const sessionId = idOf(request);
      const session = sessionId === null ? null : findGoing(sessionId);
      if (sessionId === null || session === null) return null;
      noteUse(session);
      const { principal } = session;
      return {
        principal,
        check() {
          const now = findGoing(sessionId);
          if (now === null) return 'ended';
          // A wall screen that is watched is use.
          noteUse(now);
          return isDeepStrictEqual(now.principal, principal) ? 'valid' : 'changed';
        },
      };
    },
    async end(request) {
      const sessionId = idOf(request);
      if (sessionId !== null && store.find(sessionId) !== undefined) await store.end(sessionId);
      return cookieOf('', 0);
    },
    endWhere,
    list: () =>
      [...store.all()]
        .filter((session) => !isOver(session))
        .map((session) => ({ ...session, usedAtMs: Math.max(session.usedAtMs, used.get(session.sessionId) ?? 0) })),
  };
}
