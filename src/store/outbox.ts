/** The outbox: what has to be told to the engine, from the transaction of a change until the log has it. */
import type { Database, Queryable } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import type { OutboxRow, WatchTarget } from '../ports/watch.js';

/** Told when rows were added; the publisher listens. */
export const OUTBOX_CHANNEL = 'tagwatch_outbox';
/** Told when rows were removed, which is when they are published; those who wait listen. */
export const PUBLISHED_CHANNEL = 'tagwatch_published';

/** Adds a row for each target; answers their ids. `cause` is the record that was written. */
export async function addOutboxRows(
  tx: Queryable,
  cause: { readonly kind: string; readonly id: string },
  targets: readonly WatchTarget[],
  nowMs: number,
): Promise<number[]> {
  if (targets.length === 0) return [];
  const { rows } = await tx.query<{ outbox_id: number }>(
    `insert into outbox (record_kind, record_id, target_kind, target_id, recorded_at)
     select $1, $2, kind, id, $5::timestamptz from unnest($3::text[], $4::text[]) as target (kind, id)
     returning outbox_id`,
    [cause.kind, cause.id, targets.map(({ kind }) => kind), targets.map(({ id }) => id), new Date(nowMs)],
  );
  await tx.query('select pg_notify($1, $2)', [OUTBOX_CHANNEL, '']);
  return rows.map((row) => row.outbox_id);
}

/** Rows about these targets that are not published yet. */
export async function readPendingRows(db: Queryable, targets: readonly WatchTarget[]): Promise<number[]> {
  if (targets.length === 0) return [];
  const { rows } = await db.query<{ outbox_id: number }>(
    `select outbox_id from unnest($1::text[], $2::text[]) as target (kind, id)
     join outbox on target_kind = kind and target_id = id`,
    [targets.map(({ kind }) => kind), targets.map(({ id }) => id)],
  );
  return rows.map((row) => row.outbox_id);
}

/** The oldest rows first, but for those. */
export async function readOutbox(db: Queryable, limit: number, except: readonly number[]): Promise<OutboxRow[]> {
  const { rows } = await db.query<{ outbox_id: number; target_kind: WatchTarget['kind']; target_id: string }>(
    `select outbox_id, target_kind, target_id from outbox where outbox_id <> all($2::bigint[])
     order by outbox_id limit $1`,
    [limit, except],
  );
  return rows.map((row) => ({ outboxId: row.outbox_id, target: { kind: row.target_kind, id: row.target_id } }));
}

/** How many rows wait, and since when the oldest of them does, epoch ms; null: none waits. */
export async function measureOutbox(db: Queryable): Promise<{ rows: number; oldestAtMs: number | null }> {
  const { rows } = await db.query<{ count: number; oldest: Date | null }>(
    'select count(*) as count, min(recorded_at) as oldest from outbox',
    [],
  );
  const { count, oldest } = rows[0]!;
  return { rows: count, oldestAtMs: oldest?.getTime() ?? null };
}

/** Removes rows and, with the commit, tells those who wait for them. */
export async function removeFromOutbox(db: Queryable, outboxIds: readonly number[]): Promise<void> {
  await db.query(
    `with removed as (delete from outbox where outbox_id = any($1::bigint[]) returning outbox_id)
     select pg_notify($2, '') from (select count(*) from removed) as counted`,
    [outboxIds, PUBLISHED_CHANNEL],
  );
}

/** Waits until changes are published. */
export interface PublicationWaiter {
  /** True when all of the rows are published, false when that took longer than `limitMs`. */
  wait(outboxIds: readonly number[], limitMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** How often it looks by itself while somebody waits: a notice may be lost with its connection. */
const POLL_MS = 250;

/** One listener and one look at the table for all who wait in this process. */
export function createPublicationWaiter(db: Database, logger: Log): PublicationWaiter {
  const waiting = new Set<{ readonly left: Set<number>; readonly resolve: (done: boolean) => void }>();
  let unlisten: Promise<() => Promise<void>> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking = false;
  let again = false;

  const look = async (): Promise<void> => {
    again = true;
    if (looking) return;
    looking = true;
    try {
      while (again && waiting.size > 0) {
        again = false;
        const asked = [...waiting];
        const ids = [...new Set(asked.flatMap(({ left }) => [...left]))];
        const { rows } = await db.query<{ outbox_id: number }>(
          'select outbox_id from outbox where outbox_id = any($1::bigint[])',
          [ids],
        );
        const pending = new Set(rows.map((row) => row.outbox_id));
        for (const one of asked) {
          for (const id of one.left) if (!pending.has(id)) one.left.delete(id);
          if (one.left.size === 0) one.resolve(true);
        }
      }
    } catch (error) {
      // The next poll tries again; who waits longer than its limit is answered that it is not known.
      logger.debug({ error: String(error) }, 'could not look whether changes are published');
    } finally {
      looking = false;
    }
  };

  const listen = (): void => {
    unlisten ??= db.listen(PUBLISHED_CHANNEL, look, look).catch((error: unknown) => {
      logger.debug({ error: String(error) }, 'could not listen for publications');
      unlisten = null;
      return async () => {};
    });
  };

  return {
    wait(outboxIds, limitMs) {
      if (outboxIds.length === 0) return Promise.resolve(true);
      listen();
      timer ??= setInterval(look, POLL_MS);
      return new Promise((resolve) => {
        const one = {
          left: new Set(outboxIds),
          resolve(done: boolean) {
            clearTimeout(limit);
            waiting.delete(one);
            if (waiting.size === 0 && timer !== null) {
              clearInterval(timer);
              timer = null;
            }
            resolve(done);
          },
        };
        const limit = setTimeout(() => one.resolve(false), limitMs);
        waiting.add(one);
        void look();
      });
    },
    async stop() {
      for (const one of waiting) one.resolve(false);
      const stop = await unlisten;
      await stop?.();
    },
  };
}
