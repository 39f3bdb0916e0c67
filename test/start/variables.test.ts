/** What the program reads of its surroundings is told where somebody looks: in the README, in the contract, and by `--help`. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const NAME = /\b(?:DATABASE|KAFKA|TAGWATCH)_[A-Z0-9_]*[A-Z0-9]\b/g;
const namesIn = (path: string) => new Set(readFileSync(path, 'utf8').match(NAME));

const READ = namesIn('src/start/config.ts');

test.each(['README.md', 'docs/wire.md', 'src/main.ts'])('%s names every variable that the program reads', (path) => {
  expect(READ.size).toBeGreaterThan(20);
  const named = namesIn(path);
  // What is secret may stand in a file, and some of it only there.
  expect([...READ].filter((name) => !named.has(name) && !named.has(`${name}_FILE`))).toEqual([]);
});
