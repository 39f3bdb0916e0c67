import { expect, test } from 'vitest';
import { saysAll, whyOf } from '../../src/console/send.js';

test.each([
  [403, { detail: 'Your roles do not include this.' }, 'Your roles do not include this.'],
  [403, null, 'Your roles do not include it.'],
  [409, {}, 'Somebody has decided or changed it meanwhile: look at how it stands now.'],
  [412, null, 'Somebody was first: look at how it stands now.'],
  [418, { detail: '' }, 'The server answered 418.'],
  [422, { errors: [{ pointer: '/dueAt', detail: 'is no instant' }] }, 'due at is no instant.'],
  [
    422,
    {
      errors: [
        { pointer: '/body/records/1/body/graceMinutes', detail: 'is too many' },
        { pointer: '', detail: 'no.' },
      ],
    },
    'record 2 grace minutes is too many; no.',
  ],
  [422, { lines: [{ id: 'W-1', detail: 'Version 2 stands.' }] }, 'W-1 Version 2 stands.'],
  [422, { lines: [{ id: 'Z-1', errors: [{ pointer: '/name', detail: 'is needed' }] }] }, 'Z-1 name is needed.'],
])('a refusal %i is told in words that a person can use', (status, body, words) => {
  expect(whyOf(status, body as never)).toBe(words);
});

test('what is there is what was sent, whatever the server adds and in which order, and nothing else is', () => {
  const sent = { subject: 'Knock', outcome: { text: 'done', actions: ['a', 'b'] }, place: undefined };
  const told = { version: 2, outcome: { actions: ['a', 'b'], text: 'done' }, subject: 'Knock', author: 'anna' };
  expect(saysAll(told, sent)).toBe(true);
  for (const other of [
    { ...told, subject: 'Ring' },
    { ...told, outcome: { text: 'done', actions: ['a'] } },
    { ...told, outcome: { text: 'done', actions: ['a', 'b', 'c'] } },
    { ...told, outcome: undefined },
    null,
  ])
    expect(saysAll(other, sent)).toBe(false);
});
