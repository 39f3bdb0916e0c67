/** Who of the control room can be heard: kept in the database for all apis. Part of the api role. */
import type { Feed } from '../http/feed/feed.js';
import type { Clock } from '../ports/clock.js';
import type { Database } from '../ports/database.js';
import type { Log } from '../ports/log.js';
import { type SoundKeeper, startSoundKeeper } from '../roles/sound-keeper.js';
import { readConsoleSounds, writeConsoleSounds } from '../store/console-sounds.js';
import type { Lifecycle } from './lifecycle.js';

/** How often it is kept which consoles can be heard, ms: they are held for gone after three times that. */
const SOUND_CHECK_MS = 15_000;

/** `feed`: null until it is served. */
export function keepConsoleSounds(deps: {
  readonly feed: () => Feed | null;
  readonly life: Lifecycle;
  readonly db: Database;
  readonly clock: Clock;
  readonly logger: Log;
}): Promise<SoundKeeper> {
  const { feed, life, db, clock, logger } = deps;
  return life.start(
    'sound keeper',
    async () =>
      startSoundKeeper({
        connected: () => feed()?.sounds() ?? [],
        write: (spans, nowMs) => writeConsoleSounds(db, spans, nowMs),
        read: (nowMs) => readConsoleSounds(db, nowMs),
        clock,
        logger,
        everyMs: SOUND_CHECK_MS,
      }),
    (part) => part.stop(),
  );
}
