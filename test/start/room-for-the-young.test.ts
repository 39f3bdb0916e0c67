/** Node takes it from its command line alone, so whatever starts the program has to say it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const FLAG = '--max-semi-space-size=64';

it.each(['Dockerfile', 'package.json', 'load-tests/run/program.ts', 'README.md', 'docs/operations.md'])(
  '%s starts the program with room for what lives a moment',
  (file) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(FLAG);
  },
);
