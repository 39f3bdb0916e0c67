import { expect, test } from 'vitest';
import { newestWords } from '../../src/console/words/count-words.js';

test.each([
  [1, false, 'One'],
  [7, false, '7, raised last first'],
  [50, false, '50, raised last first'],
  [1, true, 'The newest one: older ones are not listed'],
  [50, true, 'The newest 50, raised last first: older ones are not listed'],
])('%i of a list, more behind them: %s', (count, hasMore, words) => {
  expect(newestWords(count, hasMore, 'raised last first')).toBe(words);
});
