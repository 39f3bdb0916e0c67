/** Which alerts are about a time: what a pack of a wearer and a period holds. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AlertEvent } from '../../src/alerts/event.js';
import { foldAlertEvents, listAlerts } from '../../src/store/alerts.js';
import { action, finding, instantAt } from '../alerts/events.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';

let database: TestDatabase;

/** Minutes: from, to (null: no end was seen), told at; and when it was closed. */
const EPISODES: Record<string, readonly [from: number, to: number | null, told: number, closed?: number]> = {
  'told at once': [2, 4, 2],
  'came days late': [4, 5, 90_000],
  'came late and around it all': [1, 9, 80_000],
  'after it': [6, 7, 6],
  'before it': [1, 2, 1],
  'goes on': [3, null, 3],
  'closed, its end never seen': [0, null, 0, 3],
};

beforeAll(async () => {
  database = await openTestPglite();
  const events: AlertEvent[] = Object.entries(EPISODES).flatMap(([alertId, [from, to, told, closed]]) => {
    const episode = { startedAt: instantAt(from), endedAt: to === null ? null : instantAt(to) };
    const found = finding({ alertId, raisedAt: instantAt(told) });
    const disposal = action('disposed', [1, 0], { disposition: 'no-action', at: instantAt(closed ?? 0) });
    return [
      { ...found, eventId: `found ${alertId}`, episode: { ...found.episode, ...episode } },
      ...(closed === undefined ? [] : [{ ...disposal, alertId, eventId: `closed ${alertId}` }]),
    ];
  });
  await database.db.transaction((tx) =>
    foldAlertEvents(
      tx,
      'E',
      events.map((event, seq) => ({ seq, event })),
    ),
  );
});
afterAll(async () => await database?.stop());

it.each([
  [4, 6, ['told at once', 'came days late', 'came late and around it all', 'goes on']],
  [2.5, 3, ['told at once', 'came late and around it all', 'closed, its end never seen']],
  [7.5, 8, ['came late and around it all', 'goes on']],
])('from %d to %d', async (from, to, expected) => {
  const during = { from: instantAt(from), to: instantAt(to) };
  const listed = await listAlerts(database.db, { during, limit: 20 });
  expect(listed.map(({ alertId }) => alertId).sort()).toEqual([...expected].sort());
});
