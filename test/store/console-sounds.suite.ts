/** Consoles' sounds of several apis in one table. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedSound } from '../../src/alerts/console-sounds.js';
import { startSoundKeeper } from '../../src/roles/sound-keeper.js';
import { readConsoleSounds, writeConsoleSounds } from '../../src/store/console-sounds.js';
import type { TestDatabase } from '../support/database.js';

const AT_MS = Date.UTC(2026, 10, 28, 4);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export function consoleSounds(name: string, open: () => Promise<TestDatabase>): void {
  describe(`which consoles can be heard, ${name}`, () => {
    let database: TestDatabase;
    let nowMs = AT_MS;

    /** An api with the consoles that are connected to it. */
    function api(connected: () => readonly ConnectedSound[], isAway = () => false) {
      const failing = async () => {
        throw new Error('the database is away');
      };
      return startSoundKeeper({
        connected,
        write: (spans, atMs) => (isAway() ? failing() : writeConsoleSounds(database.db, spans, atMs)),
        readSince: (sinceMs) => readConsoleSounds(database.db, sinceMs),
        clock: { nowMs: () => nowMs },
        everyMs: HOUR_MS,
      });
    }
    const span = (who: string, sound: ConnectedSound['sound']) => ({ spanId: randomUUID(), who, sound, fromMs: nowMs });

    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.stop());

    it('each api tells of all of them, and a console that goes is gone from both', async () => {
      let first = [span('sam', 'on'), span('alex', 'off')];
      const one = api(() => first);
      nowMs += 1_000;
      const second = span('kim', 'blocked');
      const other = api(() => [second]);
      await one.look();
      await other.look();
      await one.look();
      for (const each of [one, other])
        expect(each.tell()).toMatchObject({ audible: 1, silent: [{ who: 'kim', sound: 'blocked' }, { who: 'alex' }] });
      const heardUntil = new Date(nowMs).toISOString();
      first = [];
      nowMs += 10_000;
      await one.look();
      await other.look();
      expect(one.tell()).toMatchObject({ audible: 0, silent: [{ who: 'kim' }] });
      expect(other.tell()).toMatchObject({
        audible: 0,
        silent: [{ who: 'kim' }],
        unheard: [{ until: new Date(AT_MS).toISOString() }],
      });
      nowMs += 2 * MINUTE_MS;
      await other.look();
      expect(other.tell()).toMatchObject({ unheard: [{}, { since: heardUntil, until: null }] });
      one.stop();
      other.stop();
    });

    it('is not told as it was, where the database is away; nor lost, when it is there again', async () => {
      nowMs += HOUR_MS;
      let isAway = false;
      const lone = span('jo', 'on');
      let connected: readonly ConnectedSound[] = [lone];
      const keeper = api(
        () => connected,
        () => isAway,
      );
      expect(keeper.tell()).toBeNull();
      await keeper.look();
      expect(keeper.tell()).toMatchObject({ audible: 1 });
      isAway = true;
      // It goes while nobody can write that down.
      connected = [];
      const seenAtMs = nowMs;
      nowMs += 2 * MINUTE_MS;
      await keeper.look();
      expect(keeper.tell()).toBeNull();
      isAway = false;
      await keeper.look();
      const kept = await readConsoleSounds(database.db, 0);
      expect(kept.filter(({ who }) => who === 'jo')).toEqual([{ ...lone, seenAtMs, isOver: true }]);
      keeper.stop();
    });

    it('is kept for a week', async () => {
      const week = 7 * 24 * HOUR_MS;
      nowMs += week + MINUTE_MS;
      const late = span('late', 'on');
      const keeper = api(() => [late]);
      await keeper.look();
      expect((await readConsoleSounds(database.db, 0)).map(({ who }) => who)).toEqual(['late']);
      keeper.stop();
    });
  });
}
