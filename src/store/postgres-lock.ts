/** A session-wide advisory lock on a connection of its own. */
import pg from 'pg';
import { asPortError } from './errors.js';
import { prepareSession, type SessionConfig } from './postgres-session.js';

/** How often the holder asks whether its session still lives: a connection cut without a word would never tell. */
const CHECK_EVERY_MS = 10_000;

/** Null when another session has it. `lost` resolves when the session that held it is gone, also after `release`. */
export async function holdLock(
  config: SessionConfig,
  key: number,
): Promise<{ readonly lost: Promise<void>; release(): Promise<void> } | null> {
  const client = new pg.Client(config.client);
  let tellLost = () => {};
  const gone = new Promise<void>((resolve) => {
    tellLost = resolve;
  });
  client.on('error', () => tellLost());
  client.on('end', () => tellLost());
  const close = async () => {
    tellLost();
    await client.end().catch(() => {});
  };
  try {
    await client.connect();
    await prepareSession(client, config);
    const answer = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1::bigint) as held', [
      String(key),
    ]);
    if (answer.rows[0]?.held !== true) {
      await close();
      return null;
    }
  } catch (error) {
    await close();
    throw asPortError(error);
  }
  const check = setInterval(() => void client.query('select 1').catch(close), CHECK_EVERY_MS);
  const lost = gone.then(() => clearInterval(check));
  return { lost, release: close };
}
