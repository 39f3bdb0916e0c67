/**
 * An api's voice in `tagwatch.audit`. Entries are numbered and appended in their order; those that are made while an append is under
 * way share the next one. While the log does not take them, they are kept on disk and appended before any later one, by this
 * process or by the next that starts on the same folder. One that may be in already is appended again: the chain takes it once.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type AuditEntry, type AuditFacts, type AuditTrail, AuditUnavailable } from '../../ports/audit.js';
import type { EventLog } from '../../ports/event-log.js';
import type { Log } from '../../ports/log.js';
import { AUDIT, appendInTurns } from '../../ports/topics.js';
import { openKeptEntries } from './kept-entries.js';

export interface AuditingLimits {
  /** How long an entry waits for the log before the log counts as away. */
  readonly patienceMs: number;
  readonly retryFirstMs: number;
  readonly retryLimitMs: number;
  /** Entries of one append. */
  readonly batch: number;
  /** Entries that are kept at most; where there are more, what cannot be put on record is refused. */
  readonly kept: number;
  /** How long stopping waits for the log. */
  readonly stopMs: number;
}

export const DEFAULT_AUDITING_LIMITS: AuditingLimits = {
  patienceMs: 2_000,
  retryFirstMs: 100,
  retryLimitMs: 2_000,
  batch: 1_000,
  kept: 100_000,
  stopMs: 5_000,
};

export interface AuditingDeps {
  readonly log: EventLog;
  readonly logger: Log;
  /** Says which program, `tagwatch 1.2.3`. */
  readonly service: string;
  /** Where entries are kept while the log does not take them. */
  readonly directory: string;
  readonly limits?: Partial<AuditingLimits>;
}

export interface Auditing extends AuditTrail {
  /** Entries that are not in the log. */
  waiting(): number;
  /** Appends what waits, with a limit, and leaves the rest on disk. */
  stop(): Promise<void>;
}

const WRITER_BYTES = 9;
const encoder = new TextEncoder();

interface Waiting {
  readonly line: string;
  /** Of a process that ended; null: one's own. */
  readonly file: string | null;
  isOnDisk: boolean;
  /** Settles whoever waits for it. */
  readonly settle: ((where: 'log' | 'disk' | 'nowhere') => void)[];
}

export async function startAuditing(deps: AuditingDeps): Promise<Auditing> {
  const { log, logger, service, directory } = deps;
  const limits = { ...DEFAULT_AUDITING_LIMITS, ...deps.limits };
  const writer = randomBytes(WRITER_BYTES).toString('base64url').replaceAll(/[-_]/g, '0');
  const disk = openKeptEntries(directory, writer);
  const queue: Waiting[] = [];
  let n = 0;
  let isAway = false;
  let isStopped = false;
  let flushing: Promise<void> | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isDiskTold = false;
  const stopping = new AbortController();

  for (const { path, lines } of await disk.takeLeft()) {
    const whole = lines.filter(isWhole);
    if (whole.length < lines.length)
      logger.warn({ path, lost: lines.length - whole.length }, 'a kept audit entry broke off');
    for (const line of whole) queue.push({ line, file: path, isOnDisk: true, settle: [] });
    if (whole.length === 0) await disk.remove(path);
  }
  if (queue.length > 0) logger.info({ entries: queue.length }, 'audit entries that were kept are appended first');

  /** Puts on disk what is not there, and lets whoever waits know. */
  function keepAll(): void {
    writing = writing.then(async () => {
      const fresh = queue.filter(({ isOnDisk }) => !isOnDisk);
      if (fresh.length === 0) return;
      try {
        await disk.add(fresh.map(({ line }) => line));
        for (const one of fresh) one.isOnDisk = true;
      } catch (error) {
        if (!isDiskTold) logger.error({ directory, why: String(error) }, 'audit entries can be kept in memory alone');
        isDiskTold = true;
      }
      for (const one of fresh) for (const settle of one.settle.splice(0)) settle(one.isOnDisk ? 'disk' : 'nowhere');
    });
  }

  function becomeAway(why: string): void {
    if (!isAway)
      logger.error(
        { why },
        'the audit topic does not take entries: reads are refused, alerts go on and entries are kept',
      );
    isAway = true;
    keepAll();
  }

  async function appendFirst(): Promise<void> {
    const batch = queue.slice(0, limits.batch);
    const patience = setTimeout(() => becomeAway('it does not answer'), limits.patienceMs);
    try {
      await appendInTurns(
        log,
        AUDIT,
        batch.map(({ line }) => ({ key: null, value: encoder.encode(line), partition: 0 })),
      );
    } finally {
      clearTimeout(patience);
    }
    // What is being written to disk is told of there too, and settles once.
    await writing;
    queue.splice(0, batch.length);
    for (const one of batch) for (const settle of one.settle.splice(0)) settle('log');
    if (isAway) logger.info({ entries: batch.length }, 'the audit topic takes entries again');
    isAway = false;
    if (!queue.some(({ file, isOnDisk }) => file === null && isOnDisk)) await disk.clear();
    for (const file of new Set(batch.map((one) => one.file)))
      if (file !== null && !queue.some((one) => one.file === file)) await disk.remove(file);
  }

  async function flushAll(): Promise<void> {
    let retryMs = limits.retryFirstMs;
    while (queue.length > 0 && !isStopped) {
      try {
        await appendFirst();
        retryMs = limits.retryFirstMs;
      } catch (error) {
        becomeAway(error instanceof Error ? error.message : String(error));
        await delay(retryMs, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
        retryMs = Math.min(retryMs * 2, limits.retryLimitMs);
      }
    }
  }

  function flush(): void {
    // The turn ends first: entries of one turn share an append.
    flushing ??= Promise.resolve()
      .then(flushAll)
      .finally(() => {
        flushing = null;
        if (queue.length > 0 && !isStopped) flush();
      });
  }
  if (queue.length > 0) flush();

  function say(facts: AuditFacts): Promise<'log' | 'disk' | 'nowhere'> {
    n++;
    const entry: AuditEntry = { ...facts, service, writer, n };
    const line = JSON.stringify(entry);
    return new Promise((resolve) => {
      queue.push({ line, file: null, isOnDisk: false, settle: [resolve] });
      if (isAway) keepAll();
      flush();
    });
  }

  function assertRoom(): void {
    if (isStopped) throw new AuditUnavailable('the audit has stopped');
    if (queue.length >= limits.kept) throw new AuditUnavailable('too many audit entries are kept already');
  }

  return {
    isPresent: () => !isAway,
    async append(facts) {
      assertRoom();
      if (isAway) throw new AuditUnavailable('the audit topic does not take entries');
      if ((await say(facts)) !== 'log') throw new AuditUnavailable('the audit topic does not take entries');
    },
    async keep(facts) {
      assertRoom();
      if ((await say(facts)) === 'nowhere') throw new AuditUnavailable('the audit entry is kept in memory alone');
    },
    waiting: () => queue.length,
    async stop() {
      const untilEmpty = async () => {
        while (queue.length > 0 && flushing !== null) await flushing;
      };
      if (!isAway) await Promise.race([untilEmpty(), delay(limits.stopMs, undefined, { ref: false })]);
      isStopped = true;
      stopping.abort();
      if (queue.length > 0) keepAll();
      await writing;
    },
  };
}

/** A line of which a crash left a part alone is no entry. */
function isWhole(line: string): boolean {
  try {
    const { writer, n } = JSON.parse(line) as Partial<AuditEntry>;
    return typeof writer === 'string' && typeof n === 'number';
  } catch {
    return false;
  }
}
