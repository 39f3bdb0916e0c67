import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { TagIdSchema } from '../../src/wire/ping-schema.js';
import { isTagId, TAG_ID_PATTERN } from '../../src/wire/tag-id.js';

describe('the id of a tag', () => {
  it.each([
    ...['T-000123', 'AA:BB:CC:DD:EE:FF', '+447700900123', 'Van 7', 'owner/phone', '357 – näher/é%漢', '😀', '.hidden'],
    '…'.repeat(128),
    '😀'.repeat(128),
  ])('may be %s, whatever reads the pattern', (id) => {
    expect([isTagId(id), Value.Check(TagIdSchema, id)]).toEqual([true, true]);
  });

  it.each([
    ...[
      '',
      '.',
      '..',
      'T\u0000',
      'T\n',
      'T\u0085',
      'T\u2028',
      'T\u202e',
      '\ufeffT',
      'T\ud800',
      '\udc00T',
      'x'.repeat(129),
    ],
    ...['\u200bT', 'T\u00ad'],
  ])('may not be %j', (id) => {
    expect([isTagId(id), Value.Check(TagIdSchema, id)]).toEqual([false, false]);
  });

  it('is published without what only JavaScript knows', () => {
    expect(TAG_ID_PATTERN).not.toContain('\\p');
  });
});
