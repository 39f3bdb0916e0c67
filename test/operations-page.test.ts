/** What `docs/operations.md` tells to look for is what the program says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const page = readFileSync('docs/operations.md', 'utf8');
const source = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join('src', name), 'utf8'))
  // A text that is told may be parted over lines.
  .join('\n')
  .replaceAll(/['`]\s*\+\s*['`]/g, '')
  .replaceAll('’', "'");

const inBackquotes = (pattern: RegExp) =>
  [...page.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!).filter((text) => pattern.test(text));

test('every metric, variable and address that it names is there', () => {
  const named = [...inBackquotes(/^tagwatch_\w+$/), ...inBackquotes(/^TAGWATCH_\w+(=|$)/)];
  expect(named.length).toBeGreaterThan(10);
  for (const text of named) expect(source, text).toContain(text.split('=', 1)[0]);
  for (const [, path] of page.matchAll(/`GET (?:\/api\/v1)?(\/[a-z/]+)`/g)) expect(source, path).toContain(path);
});

test('every error that it explains is told in these words', () => {
  const table = page.slice(page.indexOf('| the log says |'), page.indexOf('A **full disk**'));
  const told = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, text]) => text!);
  expect(told.length).toBeGreaterThan(8);
  for (const text of told) expect(source, text).toContain(text);
});
