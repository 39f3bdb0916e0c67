import { expect, test } from 'vitest';
import { baseRateWords, radiusWords } from '../../src/console/words/crime-words.js';

test.each([
  ['PRESENT', { 50: 'ELIMINATED', 200: 'PRESENT' }, ['at 50 m this disappears', 'at 200 m: present']],
  ['POSSIBLE', { 50: 'CANNOT SAY', 200: 'POSSIBLE' }, ['at 50 m this disappears', 'at 200 m: possible']],
  // What was never there cannot disappear.
  ['ELIMINATED', { 50: 'ELIMINATED', 200: 'POSSIBLE' }, ['at 50 m: eliminated', 'at 200 m: possible']],
] as const)('%s: what is left of it at other radii', (outcome, atRadius, told) => {
  expect(radiusWords({ outcome, atRadius })).toEqual(told);
});

test.each([
  [0, 0, 'how usual that is for this person is not known: nothing was heard at that hour in the 28 days before'],
  [0, 1, 'there at that hour on 0 of the one day before on which anything was heard'],
  [26, 28, 'there at that hour on 26 of 28 days before on which anything was heard'],
] as const)('a base rate has its denominator: %i of %i', (daysThere, daysKnown, told) => {
  expect(baseRateWords({ daysThere, daysKnown })).toBe(told);
});
