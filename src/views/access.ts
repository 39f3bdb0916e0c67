/**
 * The api's own fold of `tagwatch.access`: who is signed in, what was granted, and what scope needs of wearers. It needs the log alone, so whoever is
 * signed in stays so while the database is away and over restarts of the api.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Grant } from '../access/grant.js';
import type { WearerScope } from '../access/may.js';
import { SUPPLIER_IDS } from '../engine/suppliers/tell-supplier.js';
import { ACCESS_PARTITION, type AccessRecord, type Session, sessionKey } from '../ports/access.js';
import {
  type ConsumerHandler,
  type EventLog,
  type LogRecord,
  LogUnavailable,
  type NewRecord,
} from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { ACCESS, decodeJson } from '../ports/topics.js';

const SESSION_KEYS = sessionKey('');
/** How long what was appended may take to be read back. */
const READ_BACK_LIMIT_MS = 5_000;

export type AccessChange =
  | { readonly type: 'session'; readonly sessionId: string; readonly session: Session | null }
  | { readonly type: 'wearer'; readonly before: WearerScope | undefined; readonly now: WearerScope };

export interface AccessView {
  isCaughtUp(): boolean;
  findWearer(wearerId: string): WearerScope | undefined;
  findSession(sessionId: string): Session | undefined;
  sessions(): Iterable<Session>;
  findGrant(subjectId: string): Grant | undefined;
  grants(): Iterable<Grant>;
  /** Counts changes of what scope knows of wearers: the same in every api that has read as far. */
  wearersVersion(): number;
  /** Appends, and resolves when it has been read back. Rejects with `LogUnavailable`. */
  append(record: NewRecord): Promise<void>;
  /** Calls back in the turn in which something has changed; returns how to end it. */
  subscribe(onChanged: (change: AccessChange) => void): () => void;
  stop(): Promise<void>;
}

/** An alert that is about a supplier is about tags of any force: for those who are there for all. */
function scopeOfSupplier(id: string): WearerScope | undefined {
  if (!id.startsWith(SUPPLIER_IDS)) return undefined;
  return { wearerId: id, force: null, division: null, schemes: [], restrictedTo: null };
}

/** Starts reading; resolves when reading has begun, which is before it has caught up. */
export async function startAccessView(deps: { readonly log: EventLog; readonly logger: Log }): Promise<AccessView> {
  const { log, logger } = deps;
  const sessions = new Map<string, Session>();
  const grants = new Map<string, Grant>();
  const wearers = new Map<string, WearerScope>();
  const subscribers = new Set<(change: AccessChange) => void>();
  const waiters = new Set<{ readonly offset: number; readonly done: () => void }>();
  let wearersVersion = 0;
  let nextOffset = 0;
  let targetOffset: number | null = null;
  let upToDate = false;

  function tell(change: AccessChange): void {
    for (const onChanged of subscribers) onChanged(change);
  }

  function fold({ key, value, offset }: LogRecord): void {
    if (key === null) return;
    if (value === null) {
      const sessionId = key.startsWith(SESSION_KEYS) ? key.slice(SESSION_KEYS.length) : null;
      if (sessionId !== null && sessions.delete(sessionId)) tell({ type: 'session', sessionId, session: null });
      return;
    }
    let record: AccessRecord;
    try {
      record = decodeJson<AccessRecord>(value);
    } catch {
      logger.error({ offset }, 'a record of the access topic cannot be read and is skipped');
      return;
    }
    if (record.type === 'use') {
      const used = sessions.get(record.sessionId);
      if (used !== undefined) sessions.set(used.sessionId, { ...used, usedAtMs: record.usedAtMs });
      return;
    }
    if (record.type === 'session') {
      const { session } = record;
      sessions.set(session.sessionId, session);
      tell({ type: 'session', sessionId: session.sessionId, session });
      return;
    }
    if (record.type === 'grant') {
      grants.set(record.grant.subjectId, record.grant);
      return;
    }
    // Of a newer program.
    if (record.type !== 'wearer') return;
    const { wearer } = record;
    const before = wearers.get(wearer.wearerId);
    if (isDeepStrictEqual(before, wearer)) return;
    wearers.set(wearer.wearerId, wearer);
    wearersVersion = offset;
    tell({ type: 'wearer', before, now: wearer });
  }

  function noteProgress(): void {
    if (targetOffset !== null && nextOffset >= targetOffset) upToDate = true;
    for (const waiter of waiters) {
      if (waiter.offset >= nextOffset) continue;
      waiters.delete(waiter);
      waiter.done();
    }
  }

  const handler: ConsumerHandler = {
    async onAssigned(assignment, control) {
      if (!assignment.some(({ topic }) => topic === ACCESS)) return;
      const { startOffset, endOffset } = await control.bounds(ACCESS_PARTITION);
      nextOffset = Math.max(nextOffset, startOffset);
      targetOffset ??= endOffset;
      control.seek(ACCESS_PARTITION, nextOffset);
      noteProgress();
    },
    async onBatch(batch) {
      for (const record of batch.records) {
        if (record.offset < nextOffset) continue;
        fold(record);
        nextOffset = record.offset + 1;
      }
      nextOffset = Math.max(nextOffset, batch.nextOffset);
      noteProgress();
    },
  };
  const consumer = await log.consume({ group: null, topics: [ACCESS], commit: false, handler });

  async function append(record: NewRecord): Promise<void> {
    const [at] = await log.append(ACCESS, [record]);
    const offset = at?.offset ?? -1;
    if (offset < nextOffset) return;
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        waiters.delete(waiter);
        reject(new LogUnavailable(`the access topic was not read back within ${READ_BACK_LIMIT_MS} ms`));
      }, READ_BACK_LIMIT_MS);
      const waiter = {
        offset,
        done() {
          clearTimeout(limit);
          resolve();
        },
      };
      waiters.add(waiter);
    });
  }

  return {
    isCaughtUp: () => upToDate,
    findWearer: (wearerId) => wearers.get(wearerId) ?? scopeOfSupplier(wearerId),
    findSession: (sessionId) => sessions.get(sessionId),
    sessions: () => sessions.values(),
    findGrant: (subjectId) => grants.get(subjectId),
    grants: () => grants.values(),
    wearersVersion: () => wearersVersion,
    append,
    subscribe(onChanged) {
      subscribers.add(onChanged);
      return () => subscribers.delete(onChanged);
    },
    async stop() {
      subscribers.clear();
      await consumer.stop();
    },
  };
}
