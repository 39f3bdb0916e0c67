/** Recorded tracks with zones laid over them: the engine against an evaluation of the whole track at once. */
import { expect, test } from 'vitest';
import { judgeTracks } from '../../src/trial/read-tracks.js';
import { needDataDir } from '../support/data-dir.js';

test('what the engine confirms on recorded tracks is borne out, and nearly every certain visit is confirmed', async () => {
  const found = await judgeTracks(needDataDir(), 1);
  const rows = [...found.values()].flat();
  expect(rows.length).toBeGreaterThan(8);
  const sum = (column: 'certain' | 'found' | 'unfounded') => rows.reduce((total, row) => total + row[column], 0);
  expect(sum('unfounded')).toBe(0);
  expect(sum('certain')).toBeGreaterThan(100);
  // A dense walk has visits of a quarter of a minute: two fixes that are one error in good part.
  expect(sum('found') / sum('certain')).toBeGreaterThan(0.97);
});
