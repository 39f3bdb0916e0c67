/**
 * Turns changes of records into what the engine folds. Several may run: one publishes, under an advisory lock, and another
 * takes over when its session is gone. Rows of the outbox are removed after the log has what they led to.
 */
import type { WearerScope } from '../../access/may.js';
import { accessRecord } from '../../ports/access.js';
import type { Clock } from '../../ports/clock.js';
import { type Database, DatabaseUnavailable } from '../../ports/database.js';
import { type EventLog, LogUnavailable } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { ACCESS, appendInTurns, INPUTS } from '../../ports/topics.js';
import type { OutboxRow, WatchStore, WatchTarget } from '../../ports/watch.js';
import { type Concerned, chunk, publish } from '../../watchlist/publication.js';
import { horizonOf } from '../../watchlist/watch-builder.js';
import { listWatched, type PublishedMark, readPublishedMark, SequenceRanBackwards } from './published-mark.js';

/** Any number, the same in every version of the program: who holds it publishes. */
const PUBLISHER_LOCK = 7_402_310_002;
/** How long until a waiting publisher asks for the lock again. */
const LOCK_RETRY_MS = 1_000;
/** How often it looks by itself: a notice may be lost with its connection, and a day begins without one. */
const POLL_MS = 2_000;
const BACKOFF_FROM_MS = 100;
const BACKOFF_UNTIL_MS = 5_000;
/** Rows of one pass: a bound on memory and on how long the first of them waits for the last. */
const PASS_ROWS = 1_000;
/** How long until a row whose watch cannot be published is tried again. */
const FAILED_RETRY_MS = 10_000;
/** How many watches that cannot be published are told by name at a time. */
const MAX_TOLD = 100;

export interface PublisherDeps {
  readonly db: Database;
  readonly log: EventLog;
  readonly store: WatchStore;
  readonly clock: Clock;
  readonly logger: Log;
  /** Names the log: with another one (a new, empty log under an old database) everything is published again. */
  readonly epoch: string;
  /** Replace the constants above in tests. */
  readonly pollMs?: number;
  readonly lockRetryMs?: number;
  readonly failedRetryMs?: number;
}

export interface PublisherCounts {
  readonly leading: boolean;
  /** Watches sent, watches found unchanged, attempts that failed. */
  readonly sent: number;
  readonly unchanged: number;
  readonly failures: number;
}

export interface Publisher {
  counts(): PublisherCounts;
  /** Waits for the publication under way and gives the lock back. */
  stop(): Promise<void>;
}

/** A wait that ends early when woken; wakes while nobody waits are not lost. */
function createAlarm() {
  let rung = false;
  let ring: (() => void) | null = null;
  return {
    wake() {
      rung = true;
      ring?.();
    },
    async wait(limitMs: number): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, limitMs);
          ring = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      ring = null;
      rung = false;
    },
  };
}

async function appendScopes(log: EventLog, scopes: readonly WearerScope[]): Promise<void> {
  await appendInTurns(
    log,
    ACCESS,
    scopes.map((wearer) => accessRecord({ type: 'wearer', wearer })),
  );
}

/** What scope needs of every wearer: into a log that does not know, or that knows what is on record no more. */
async function publishAllScopes(log: EventLog, store: WatchStore, db: Database): Promise<void> {
  for (let after: string | null = null; ; ) {
    const scopes = await store.listWearerScopes(db, after, PASS_ROWS);
    if (scopes.length > 0) await appendScopes(log, scopes);
    if (scopes.length < PASS_ROWS) return;
    after = scopes.at(-1)!.wearerId;
  }
}

type Due = 'older-database' | 'epoch' | 'horizon';

/**
 * Queues everything where the log is a new one or the database an older one, and what has a schedule where the horizon has moved
 * on. `highest`: the sequence that the log has got to.
 */
async function queueWhatIsDue(
  { db, log, store, clock, epoch }: PublisherDeps,
  highest: number,
  ranBackwards: boolean,
): Promise<{ readonly due: Due | null; readonly targets: readonly WatchTarget[] }> {
  const nowMs = clock.nowMs();
  const expandedUntilMs = horizonOf(nowMs);
  const findDue = async (from: Parameters<WatchStore['readPublicationState']>[0]): Promise<Due | null> => {
    const state = await store.readPublicationState(from);
    if (ranBackwards || state.sequence < highest) return 'older-database';
    if (state.epoch !== epoch) return 'epoch';
    return state.expandedUntilMs === null || state.expandedUntilMs < expandedUntilMs ? 'horizon' : null;
  };
  const found = await findDue(db);
  if (found === null) return { due: null, targets: [] };
  // Before it is noted as done: the same again is harmless.
  if (found !== 'horizon') await publishAllScopes(log, store, db);
  const queued = await db.transaction(async (tx) => {
    const due = await findDue(tx);
    if (due === null) return { due, targets: [] };
    const all = due !== 'horizon';
    if (all) await store.forgetPublished(tx);
    const targets = all
      ? [...(await store.listAllTargets(tx)), ...(await store.listUntagged(tx, nowMs))]
      : await store.listScheduledTargets(tx, nowMs);
    await store.addToOutbox(tx, targets, nowMs);
    await store.writePublicationState(tx, { epoch, expandedUntilMs });
    return { due, targets };
  });
  // Behind the commit, because nothing takes it back: what fails before it is due again.
  if (queued.due === 'older-database') await store.raiseSequence(db, highest);
  return queued;
}

/** Starts publishing. Rejects for nothing: it goes on over errors of database and log until stopped. */
export async function startPublisher(deps: PublisherDeps): Promise<Publisher> {
  const { db, log, store, clock, logger } = deps;
  const counts = { leading: false, sent: 0, unchanged: 0, failures: 0 };
  const alarm = createAlarm();
  let stopped = false;
  /** Of the time in which this process publishes: another one may have published before. */
  let mark: PublishedMark | null = null;
  /** The database was replaced while we were publishing from it. */
  let ranBackwards = false;

  /** Rows that could not be published, and until when (epoch ms) others go before them: however many, they hold up nobody. */
  const failing = new Map<number, number>();
  /** Told once, until it works. */
  const told = new Set<string>();
  const tell = (kind: Concerned['kind'], id: string, fields: object): void => {
    counts.failures += 1;
    const name = `${kind}:${id}`;
    if (told.has(name) || told.size >= MAX_TOLD) return;
    told.add(name);
    logger.error({ kind, id, ...fields }, 'a watch cannot be published: its newest change is not in force');
  };

  /** Publishes some; one whose own data are at fault does not hold up the others. Answers which failed. */
  const publishPart = async (part: Concerned, partitions: number): Promise<string[]> => {
    try {
      const announce = (sequence: number) => mark!.raise(sequence);
      const { sent, unchanged, tooLarge } = await publish({ ...deps, announce }, part, partitions);
      counts.sent += sent;
      counts.unchanged += unchanged;
      for (const { kind, id, bytes } of tooLarge) tell(kind, id, { bytes });
      const failed = tooLarge.map(({ id }) => id);
      for (const id of part.ids) if (!failed.includes(id)) told.delete(`${part.kind}:${id}`);
      return failed;
    } catch (error) {
      if (error instanceof DatabaseUnavailable || error instanceof LogUnavailable) throw error;
      if (error instanceof SequenceRanBackwards) throw error;
      const [only] = part.ids;
      if (part.ids.length === 1 && only !== undefined) {
        tell(part.kind, only, { error: describe(error) });
        return [only];
      }
      const failed: string[] = [];
      for (const id of part.ids) failed.push(...(await publishPart({ kind: part.kind, ids: [id] }, partitions)));
      return failed;
    }
  };

  /** What the record does not know at all is not the record's to change: it stays as the log has it, and is told. */
  const tellOlderDatabase = async (highest: number, onRecord: readonly WatchTarget[]): Promise<void> => {
    logger.error(
      { highest },
      'the database is older than what was published from it (restored from a backup?): everything on record is published ' +
        'again, over what the log has',
    );
    const watched = await listWatched(log);
    // Of these also what is empty now is to be said: the log may have it otherwise.
    const wearers = watched.filter(({ kind }) => kind === 'wearer');
    const saidOtherwise = wearers.map(({ id }) => ({ kind: 'wearer' as const, id, contentHash: '', sequence: 0 }));
    await store.recordPublished(db, saidOtherwise, clock.nowMs());
    await store.addToOutbox(db, wearers, clock.nowMs());
    const known = new Set(onRecord.map(nameOf));
    const names = watched.filter(({ kind }) => kind !== 'wearer').map(nameOf);
    const notOnRecord = names.filter((name) => !known.has(name));
    if (notOnRecord.length === 0) return;
    logger.error(
      { count: notOnRecord.length, notOnRecord: notOnRecord.slice(0, MAX_TOLD) },
      'tags and conditions that were published are not on record any more: alerts about them go on as the log has them. ' +
        'Put them on record again, with an end if they are over',
    );
  };

  /** Which of the targets concern what could not be published. Rarely is there any: then each is asked for by itself. */
  const findFailed = async (targets: readonly WatchTarget[], failed: ReadonlySet<string>): Promise<Set<string>> => {
    const found = new Set<string>();
    if (failed.size === 0) return found;
    for (const target of targets) {
      const names = chunk(await store.resolveTargets(db, [target])).flatMap(({ kind, ids }) =>
        ids.map((id) => `${kind}:${id}`),
      );
      if (names.some((name) => failed.has(name))) found.add(nameOf(target));
    }
    return found;
  };

  /** What scope needs of the wearers among the targets; before the watches, so that nobody is told of before it is known whose they are. */
  const publishScopes = async (rows: readonly OutboxRow[]): Promise<void> => {
    const wearerIds = distinct(rows).flatMap(({ kind, id }) => (kind === 'wearer' ? [id] : []));
    if (wearerIds.length === 0) return;
    await appendScopes(log, await store.readWearerScopes(db, wearerIds));
  };

  /** One pass over the outbox; answers whether there may be more. */
  const pass = async (isLost: () => boolean): Promise<boolean> => {
    if (mark === null) {
      mark = await readPublishedMark(log);
      // A program of before published none of them.
      const nowMs = clock.nowMs();
      await store.addToOutbox(db, await store.listUntagged(db, nowMs), nowMs);
    }
    const { due, targets } = await queueWhatIsDue(deps, mark.highest(), ranBackwards);
    ranBackwards = false;
    if (due !== null) logger.info({ due }, 'queued what has to be published again');
    if (due === 'older-database') await tellOlderDatabase(mark.highest(), targets);
    for (const [outboxId, retryAtMs] of failing) if (retryAtMs <= Date.now()) failing.delete(outboxId);
    const rows = await store.readOutbox(db, PASS_ROWS, [...failing.keys()]);
    if (rows.length === 0) return false;
    await publishScopes(rows);
    const partitions = await log.partitionCount(INPUTS);
    const concerned = await store.resolveTargets(db, distinct(rows));
    const failed = new Set<string>();
    for (const part of chunk(concerned)) {
      if (stopped || isLost()) return false;
      for (const id of await publishPart(part, partitions)) failed.add(`${part.kind}:${id}`);
    }
    const done: number[] = [];
    const failedTargets = await findFailed(distinct(rows), failed);
    for (const { outboxId, target } of rows) {
      if (!failedTargets.has(nameOf(target))) done.push(outboxId);
      else failing.set(outboxId, Date.now() + (deps.failedRetryMs ?? FAILED_RETRY_MS));
    }
    if (done.length > 0) await db.transaction((tx) => store.removeFromOutbox(tx, done));
    return rows.length === PASS_ROWS;
  };

  const lead = async (lost: Promise<void>): Promise<void> => {
    let isLost = false;
    void lost.then(() => {
      isLost = true;
      alarm.wake();
    });
    let backoffMs = BACKOFF_FROM_MS;
    while (!stopped && !isLost) {
      try {
        const more = await pass(() => isLost);
        backoffMs = BACKOFF_FROM_MS;
        if (!more && !stopped && !isLost) await alarm.wait(deps.pollMs ?? POLL_MS);
      } catch (error) {
        counts.failures += 1;
        logger.warn({ error: describe(error), retryInMs: backoffMs }, 'could not publish: trying again');
        ranBackwards ||= error instanceof SequenceRanBackwards;
        await alarm.wait(backoffMs);
        backoffMs = Math.min(backoffMs * 2, BACKOFF_UNTIL_MS);
      }
    }
  };

  const run = async (): Promise<void> => {
    let unlisten: (() => Promise<void>) | null = null;
    while (!stopped) {
      try {
        unlisten ??= await db.listen(store.outboxChannel, alarm.wake, alarm.wake);
        const lock = await db.tryLock(PUBLISHER_LOCK);
        if (lock === null) {
          await alarm.wait(deps.lockRetryMs ?? LOCK_RETRY_MS);
          continue;
        }
        counts.leading = true;
        logger.info({}, 'publishing');
        try {
          await lead(lock.lost);
        } finally {
          counts.leading = false;
          mark = null;
          await lock.release();
        }
      } catch (error) {
        logger.debug({ error: describe(error) }, 'the publisher could not get at the database');
        if (!stopped) await alarm.wait(deps.lockRetryMs ?? LOCK_RETRY_MS);
      }
    }
    await unlisten?.().catch(() => {});
  };

  const running = run();
  return {
    counts: () => ({ ...counts }),
    async stop() {
      stopped = true;
      alarm.wake();
      await running;
    },
  };
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** The targets of rows, each once. */
function distinct(rows: readonly OutboxRow[]) {
  return [...new Map(rows.map(({ target }) => [nameOf(target), target])).values()];
}

const nameOf = ({ kind, id }: WatchTarget): string => `${kind}:${id}`;
