/** Signs where the audit's chain stands, every hour, and leaves it where whoever can write the database cannot reach it. */
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNameOf, signCheckpoint } from '../../audit/checkpoint.js';
import type { ChainLink, SignedCheckpoint } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import { type Database, DatabaseUnavailable, type Queryable } from '../../ports/database.js';
import type { Log } from '../../ports/log.js';
import type { RecordTables } from '../../ports/record-tables.js';
import type { SigningKey } from '../../signing-key.js';

export interface CheckpointsDeps {
  readonly db: Database;
  readonly tables: Pick<RecordTables, 'insertCheckpoint'> & {
    readLastLink(db: Queryable): Promise<Omit<ChainLink, 'entry'> | null>;
  };
  /** Asked at every signature: a key that was rotated signs from then on. */
  readonly readKey: () => SigningKey;
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Log;
  readonly everyMs?: number;
  readonly retryMs?: number;
}

export interface Checkpoints {
  stop(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const RETRY_MS = 60_000;

/** The first at once, where there is something to sign; of a chain that has not grown no second one is made. */
export function startCheckpoints(deps: CheckpointsDeps): Checkpoints {
  const { db, tables, readKey, directory, clock, logger, everyMs = HOUR_MS, retryMs = RETRY_MS } = deps;
  let signedSize = 0;
  let isStopped = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  async function make(): Promise<void> {
    const link = await tables.readLastLink(db);
    if (link === null || link.position === signedSize) return;
    const checkpoint = signCheckpoint(
      {
        size: link.position,
        head: { epoch: link.epoch, offset: link.offset },
        root: Buffer.from(link.hash).toString('hex'),
        at: new Date(clock.nowMs()).toISOString(),
      },
      readKey(),
    );
    // The log of the program leaves this machine by itself.
    logger.info({ checkpoint }, 'audit checkpoint');
    await writeFileWhole(directory, checkpoint);
    await tables.insertCheckpoint(db, checkpoint);
    signedSize = link.position;
  }

  async function run(): Promise<void> {
    let waitMs = everyMs;
    try {
      await make();
    } catch (error) {
      waitMs = retryMs;
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof DatabaseUnavailable) logger.debug({ why }, 'no audit checkpoint while the database is away');
      else logger.error({ why, directory }, 'an audit checkpoint could not be made; it is tried again');
    }
    if (isStopped) return;
    timer = setTimeout(() => {
      running = run();
    }, waitMs);
    timer.unref();
  }
  running = run();

  return {
    async stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}

/** Under its name there is a whole file or none. */
async function writeFileWhole(directory: string, checkpoint: SignedCheckpoint): Promise<void> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, fileNameOf(checkpoint));
  const file = await open(`${path}.part`, 'w', 0o644);
  try {
    await file.writeFile(`${JSON.stringify(checkpoint, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.part`, path);
}
