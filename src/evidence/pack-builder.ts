/** The packs that were asked for: each gathered, built in a thread, and kept byte for byte; one that ends the process is given up. */
import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.js';
import { type Database, DatabaseUnavailable } from '../ports/database.js';
import { listPeriodAlerts } from '../store/alerts.js';
import {
  failPack,
  hasWaitingPack,
  holdPack,
  keepPackFile,
  listUnheldPacks,
  MAX_HOLD_ATTEMPTS,
  noteHoldFailed,
  notePackStep,
  putPackBack,
  type StoredPack,
  takeWaitingPack,
} from '../store/packs.js';
import { type QueuedWork, type QueuedWorkDeps, startQueuedWork } from '../store/queued-work.js';
import { MAX_PACK_ALERTS } from '../wire/pack.js';
import { buildPackBeside } from './build-pack-thread.js';
import { gatherPack } from './gather.js';
import type { PackOrder } from './pack-model.js';

export interface PackBuilderDeps extends QueuedWorkDeps {
  readonly clock: Clock;
  /** The file of the signing key; throws, saying why, where there is none that can be used. */
  readonly keyFile: () => string;
  readonly program: PackOrder['program'];
  /** Of the authority that is asked for time stamps; null: none is. */
  readonly timeStampUrl: string | null;
}

/** One that was begun so often, and each time the process ended with it, is given up: the others wait behind it. */
const MAX_ATTEMPTS = 3;
const HOLDS_PER_TURN = 100;
const PACK_BUILDER_LOCK = 7_402_310_003;

/** Builds the packs that were asked for. */
export function startPackBuilder(deps: PackBuilderDeps): QueuedWork {
  const { db } = deps;
  /** Begun here, and left because the database was away: that was no attempt. */
  const left = new Set<string>();
  return startQueuedWork<StoredPack>(deps, {
    lock: PACK_BUILDER_LOCK,
    failure: 'packs could not be built',
    isWaiting: async () => (await hasWaitingPack(db)) || (await listUnheldPacks(db, 1, deps.clock.nowMs())).length > 0,
    async take() {
      await placeMissingHolds(deps);
      for (const packId of left) {
        await putPackBack(db, packId);
        left.delete(packId);
      }
      const pack = await takeWaitingPack(db);
      if (pack !== null) left.add(pack.packId);
      return pack;
    },
    async work(pack, signal) {
      await buildOne(deps, pack, signal);
      left.delete(pack.packId);
    },
  });
}

/** While programs of both kinds run side by side, an older one takes requests for packs and places no holds for them. */
async function placeMissingHolds({
  db,
  clock,
  logger,
}: Pick<PackBuilderDeps, 'db' | 'clock' | 'logger'>): Promise<void> {
  for (const pack of await listUnheldPacks(db, HOLDS_PER_TURN, clock.nowMs())) {
    const { packId, subject } = pack;
    try {
      const alertIds = 'alertIds' in subject ? subject.alertIds : await listPeriodAlertIds(db, subject);
      await db.transaction((tx) => holdPack(tx, pack, alertIds, clock.nowMs()));
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      const attempts = await noteHoldFailed(db, packId, clock.nowMs());
      if (attempts < MAX_HOLD_ATTEMPTS)
        logger.warn(
          { packId, attempts, err: error },
          'what an evidence pack is about could not be held; it is tried again',
        );
      else
        logger.error(
          { packId, attempts, err: error },
          'what an evidence pack is about could not be held, and is not tried again: place a legal hold by hand',
        );
    }
  }
}

const listPeriodAlertIds = async (db: Database, period: Parameters<typeof listPeriodAlerts>[1]): Promise<string[]> =>
  (await listPeriodAlerts(db, period, MAX_PACK_ALERTS)).map(({ alertId }) => alertId);

/** Ends as ready or failed; rejects where the database is away or the program stops, and it is begun again later. */
async function buildOne(deps: PackBuilderDeps, pack: StoredPack, signal: AbortSignal): Promise<void> {
  const { db, clock, logger, program } = deps;
  const { packId, edition, marking, purpose, recipient, requestedBy, requestedName } = pack;
  if (pack.attempts > MAX_ATTEMPTS) {
    logger.error(
      { packId, attempts: MAX_ATTEMPTS },
      'an evidence pack was given up: the program ended with it each time',
    );
    return await failPack(
      db,
      packId,
      `It was begun ${MAX_ATTEMPTS} times, and the program ended each time before it was made. Ask for one of fewer alerts, or of a shorter time.`,
      clock.nowMs(),
    );
  }
  try {
    const nowMs = clock.nowMs();
    const gathered = await db.transaction((tx) => gatherPack(tx, pack.subject, nowMs), 'repeatable read');
    if ('refused' in gathered) return await failPack(db, packId, `${gathered.refused}.`, clock.nowMs());
    const madeBy = requestedName === requestedBy ? requestedBy : `${requestedName} (${requestedBy})`;
    const order = { packId, edition, purpose, recipient, marking, madeAtMs: nowMs, madeBy, program };
    await notePackStep(db, packId, 'writing');
    const { keyFile, timeStampUrl } = deps;
    const request = { source: gathered.source, order, keyFile: keyFile(), timeStampUrl };
    const { file, notStamped } = await buildPackBeside(request, signal);
    if (notStamped !== null) logger.warn({ packId, why: notStamped }, 'an evidence pack has no time stamp');
    const sha256 = createHash('sha256').update(file).digest('hex');
    await keepPackFile(db, packId, { file, sha256, atMs: clock.nowMs() });
    logger.info({ packId, bytes: file.byteLength }, 'an evidence pack was made');
  } catch (error) {
    // The program stops in order: that is no attempt.
    if (signal.aborted) await putPackBack(db, packId).catch(() => {});
    if (signal.aborted || error instanceof DatabaseUnavailable) throw error;
    logger.error({ packId, err: error }, 'an evidence pack could not be made');
    await failPack(db, packId, 'It could not be built: the log of the program says why.', clock.nowMs());
  }
}
