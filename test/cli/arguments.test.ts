import { expect, it } from 'vitest';
import { joinMinusValues } from '../../src/cli/arguments.js';
import { readReplayOptions } from '../../src/cli/replay-options.js';

const OPTIONS = { area: { type: 'string' }, tag: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;

it.each<[string[], string[]]>([
  [
    ['f', '--area', '-8,49,2,61', '--help'],
    ['f', '--area=-8,49,2,61', '--help'],
  ],
  [['--tag', '-T1'], ['--tag=-T1']],
  [
    ['--tag', '-h'],
    ['--tag', '-h'],
  ],
  [
    ['--tag', '--help'],
    ['--tag', '--help'],
  ],
  [
    ['--help', '-x'],
    ['--help', '-x'],
  ],
  [
    ['--tag', '-'],
    ['--tag', '-'],
  ],
  [['--area'], ['--area']],
  [
    ['--', '--tag', '-1'],
    ['--', '--tag', '-1'],
  ],
])('%j', (argv, expected) => {
  expect(joinMinusValues(argv, OPTIONS)).toEqual(expected);
});

it('a value that begins with a minus is judged as a value', () => {
  const wrong = readReplayOptions(['f.csv', '--tag', '-T', '--accuracy-metres', '-5', '--rate', '-1']);
  expect(wrong).toEqual({
    kind: 'wrong',
    errors: ['--accuracy-metres is "-5"; it must be above 0.', '--rate is "-1"; it must be above 0.'],
  });
  expect(readReplayOptions(['f.csv', '--tag', '-T'])).toMatchObject({ kind: 'run', options: { tag: { tagId: '-T' } } });
});
