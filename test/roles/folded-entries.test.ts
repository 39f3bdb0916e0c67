import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditFacts } from '../../src/ports/audit.js';
import { foldEntries } from '../../src/roles/auditing/folded-entries.js';
import { createRememberingTrail, factsAt } from '../support/audit.js';
import { createRememberingLog } from '../support/silent-log.js';

const trail = createRememberingTrail();
const limits = { windowMs: 60_000, strangers: 3, limited: 1 };
const log = createRememberingLog();
const open = () => foldEntries(trail, log, limits);
const rubbish = (n: number, more: Partial<AuditFacts> = {}) =>
  factsAt(n, { who: null, outcome: 'denied', operationId: 'GET /api/v1/alerts', ...more });

beforeEach(() => {
  trail.said.length = 0;
});

describe('a flood of what anybody can send', () => {
  test('is put on record by its first tries, and by how many more there were at each endpoint', async () => {
    const fold = open();
    for (let n = 0; n < 1_000; n++) await fold.keep(rubbish(n));
    for (let n = 0; n < 50; n++) await fold.keep(rubbish(n, { operationId: 'GET /api/v1/wearers' }));
    await fold.keep(
      rubbish(9, { operationId: 'GET /auth/callback', outcome: 'refused', what: 'sign-in', act: 'sign-in' }),
    );
    expect(trail.said).toHaveLength(3);
    await fold.flush();
    expect(trail.said.slice(3).map(({ operationId, outcome, repeats }) => [operationId, outcome, repeats])).toEqual([
      ['GET /api/v1/alerts', 'denied', 997],
      ['GET /api/v1/wearers', 'denied', 50],
      ['GET /auth/callback', 'refused', 1],
    ]);
    // The next minute begins anew.
    await fold.keep(rubbish(1));
    expect(trail.said).toHaveLength(7);
    expect(trail.said.at(-1)).not.toHaveProperty('repeats');
  });

  test('says nothing where there was none, and by itself when the minute is over', async () => {
    const fold = foldEntries(trail, log, { ...limits, windowMs: 20, strangers: 0 });
    await fold.flush();
    expect(trail.said).toEqual([]);
    await fold.keep(rubbish(1));
    await expect.poll(() => trail.said.map(({ repeats }) => repeats)).toEqual([1]);
  });

  test('folds of one who asks for too much what was not answered, each subject by itself', async () => {
    const fold = open();
    const limited = (who: string) => factsAt(1, { who, outcome: 'limited' });
    for (let n = 0; n < 10; n++) {
      await fold.keep(limited('one'));
      await fold.keep(limited('two'));
    }
    expect(trail.said.map(({ who }) => who)).toEqual(['one', 'two']);
    await fold.flush();
    expect(trail.said.slice(2).map(({ who, repeats }) => [who, repeats])).toEqual([
      ['one', 9],
      ['two', 9],
    ]);
  });

  test('never folds what somebody known did, or was denied', async () => {
    const fold = open();
    for (let n = 0; n < 20; n++) {
      await fold.append(factsAt(n));
      await fold.keep(factsAt(n, { outcome: 'denied' }));
      await fold.keep(factsAt(n, { outcome: 'not-found' }));
      // Signing in: whoever it is has a name by then; the entry of who signs out may have none.
      await fold.keep(factsAt(n, { who: null, what: 'sign-out', act: 'sign-out' }));
    }
    expect(trail.said).toHaveLength(80);
  });

  test('has a bound of its own, and a trail that is away does not end it', async () => {
    const fold = open();
    for (let n = 0; n < 3_000; n++) await fold.keep(factsAt(n, { who: `subject ${n % 1_500}`, outcome: 'limited' }));
    const before = trail.said.length;
    await fold.flush();
    const told = trail.said.slice(before);
    expect(told.length).toBe(1_001);
    expect(told.at(-1)).toMatchObject({ who: null, repeats: 500 });
    expect(told.reduce((sum, { repeats = 0 }) => sum + repeats, 0)).toBe(3_000 - before);
  });
});
