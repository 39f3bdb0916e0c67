import { expect, test } from 'vitest';
import { caseWords, heldWords, type LegalHoldItem, placedWords } from '../../src/console/words/hold-words.js';

const hold: LegalHoldItem = {
  legalHoldId: 'H-1',
  wearerId: 'W-1',
  startsAt: '2026-11-03T00:00:00.000Z',
  endsAt: '2027-01-05T00:00:00.000Z',
  reason: 'inquest',
  version: 1,
  author: 'https://idp.example#sam',
  recordedAt: '2027-02-01T23:59:00.000Z',
};

test('which time, with its year: a hold is read years later', () => {
  expect(heldWords(hold)).toBe('3 Nov 2026 to 5 Jan 2027');
  const { endsAt: _, ...open } = hold;
  expect(heldWords(open)).toBe('from 3 Nov 2026 on');
});

test('who placed it; of one that was lifted, who lifted it and why', () => {
  expect(placedWords(hold)).toBe('Placed by sam, 1 Feb 2027');
  expect(placedWords({ ...hold, liftedReason: 'the case is over' })).toBe(
    'Lifted by sam, 1 Feb 2027: the case is over',
  );
});

test('its reference, and by when it is looked at again; of one that was lifted no review', () => {
  expect(caseWords(hold, 0)).toBe('');
  const told = { ...hold, reference: 'CR/12/26', reviewAt: '2027-03-01T12:00:00.000Z' };
  expect(caseWords(told, Date.parse('2027-02-28T00:00:00Z'))).toBe('Reference CR/12/26. To be reviewed by 1 Mar 2027');
  expect(caseWords(told, Date.parse('2027-03-02T00:00:00Z'))).toBe('Reference CR/12/26. Its review was due 1 Mar 2027');
  expect(caseWords({ ...told, liftedReason: 'over' }, 0)).toBe('Reference CR/12/26');
});
