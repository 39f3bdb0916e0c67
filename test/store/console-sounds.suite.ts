/** Consoles' sounds of several apis in one table. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellSounds } from '../../src/alerts/console-sounds.js';
import type { ConnectedConsole } from '../../src/ports/console-sounds.js';
import { DatabaseUnavailable } from '../../src/ports/database.js';
import { startSoundKeeper } from '../../src/roles/sound-keeper.js';
import { readConsoleSounds, writeConsoleSounds } from '../../src/store/console-sounds.js';
import type { TestDatabase } from '../support/database.js';
import { createRememberingLog } from '../support/silent-log.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const AREAS = [{ forces: ['kent'], divisions: 'all', schemes: 'all' }] as const;

export function consoleSounds(name: string, open: () => Promise<TestDatabase>): void {
  describe(`who can be heard, ${name}`, () => {
    let database: TestDatabase;
    const logger = createRememberingLog();

    /** An api with the consoles that are connected to it, and a clock that is so much ahead. */
    function api(connected: () => readonly ConnectedConsole[], aheadMs = 0) {
      const given = { nowMs: Date.now() + aheadMs, failure: null as Error | null };
      const keeper = startSoundKeeper({
        connected,
        write: async (spans, nowMs) => {
          if (given.failure !== null) throw given.failure;
          await writeConsoleSounds(database.db, spans, nowMs);
        },
        read: (nowMs) => readConsoleSounds(database.db, nowMs),
        clock: { nowMs: () => given.nowMs },
        logger,
        everyMs: HOUR_MS,
      });
      const told = () => {
        const known = keeper.known();
        return known && tellSounds(known.spans, known.atMs);
      };
      return { ...keeper, given, told };
    }
    const span = (who: string, sound: ConnectedConsole['sound'], fromMs = Date.now()): ConnectedConsole => ({
      spanId: randomUUID(),
      who,
      areas: AREAS,
      sound,
      fromMs,
    });
    /** As if so much time had passed in the database. */
    const pass = (ms: number) =>
      database.db.query(
        `update console_sound set from_at = from_at - $1 * interval '1 millisecond',
         seen_at = seen_at - $1 * interval '1 millisecond'`,
        [ms],
      );

    beforeAll(async () => {
      database = await open();
    });
    beforeEach(async () => {
      await database.db.query('delete from console_sound');
    });
    afterAll(() => database.stop());

    it('each api tells of all, whatever its clock says, and a console that goes is gone from both', async () => {
      let first = [span('sam', 'on'), span('alex', 'off', Date.now() - 5 * MINUTE_MS)];
      const one = api(() => first);
      const fastMs = 3 * HOUR_MS;
      const other = api(() => [span('kim', 'blocked', Date.now() + fastMs - 10 * MINUTE_MS)], fastMs);
      for (const each of [one, other, one]) await each.look();
      for (const each of [one, other])
        expect(each.told()).toMatchObject({ heard: 1, silent: [{ who: 'alex' }, { who: 'kim', sound: 'blocked' }] });
      expect(one.known()!.spans.map(({ areas }) => areas)).toEqual([AREAS, AREAS, AREAS]);
      first = [];
      for (const each of [one, other]) await each.look();
      for (const each of [one, other]) expect(each.told()).toMatchObject({ heard: 0, silent: [{ who: 'kim' }] });
      for (const each of [one, other]) each.stop();
    });

    it('who was connected to an api that was killed is there no more after a minute', async () => {
      const killed = api(() => [span('sam', 'on')]);
      await killed.look();
      killed.stop();
      const other = api(() => []);
      await other.look();
      expect(other.told()).toMatchObject({ heard: 1 });
      await pass(MINUTE_MS);
      await other.look();
      expect(other.told()).toMatchObject({ heard: 0 });
      other.stop();
    });

    it('is not told as it was, where the database is away; what went meanwhile is written when it is there again', async () => {
      let connected: readonly ConnectedConsole[] = [span('jo', 'on')];
      const keeper = api(() => connected);
      expect(keeper.known()).toBeNull();
      await keeper.look();
      expect(keeper.told()).toMatchObject({ heard: 1 });
      keeper.given.failure = new DatabaseUnavailable('it is away');
      connected = [];
      keeper.given.nowMs += 2 * MINUTE_MS;
      await keeper.look();
      expect(keeper.known()).toBeNull();
      keeper.given.failure = null;
      await keeper.look();
      // Other apis have not written yet what they have.
      expect(keeper.known()).toBeNull();
      await keeper.look();
      expect(keeper.known()!.spans).toMatchObject([{ who: 'jo', isOver: true }]);
      expect(logger.entries).toEqual([]);
      keeper.stop();
    });

    it('a fault of the program’s own is logged, and told as not known', async () => {
      const keeper = api(() => [{ ...span('sam', 'on'), spanId: 'no uuid' }]);
      await keeper.look();
      expect(keeper.known()).toBeNull();
      expect(logger.entries.splice(0)).toMatchObject([{ level: 'warn', message: 'it is not kept who can be heard' }]);
      keeper.stop();
    });

    it('is kept for a day', async () => {
      const keeper = api(() => [span('sam', 'on')]);
      await keeper.look();
      await pass(24 * HOUR_MS + MINUTE_MS);
      await api(() => []).look();
      expect((await database.db.query('select 1 from console_sound')).rows).toEqual([]);
      keeper.stop();
    });
  });
}
