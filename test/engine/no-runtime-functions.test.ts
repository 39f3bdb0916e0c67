/** The engine asks the runtime for nothing whose last digits it may choose: what is judged today is judged the same in ten years. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const ENGINE = new URL('../../src/engine/', import.meta.url);
/** What IEEE 754 and ECMAScript fix to the last bit. */
const FIXED = new Set(
  ['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'sqrt', 'min', 'max', 'imul', 'clz32', 'fround'].concat([
    ...['PI', 'E', 'LN2', 'LN10', 'LOG2E', 'LOG10E', 'SQRT2', 'SQRT1_2'],
  ]),
);

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

const files = readdirSync(ENGINE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

test('no file of the engine uses a function of Math that is not exact, or a power', () => {
  const used = files.flatMap((name) => {
    const source = withoutComments(readFileSync(new URL(name, ENGINE), 'utf8'));
    const named = [...source.matchAll(/\bMath\b(?:\.(\w+))?/g)].map(([text, member]) => [member ?? '', text] as const);
    const inexact = named.filter(([member]) => !FIXED.has(member)).map(([, text]) => `${name}: ${text}`);
    return /\*\*/.test(source) ? [...inexact, `${name}: **`] : inexact;
  });
  expect(files.length).toBeGreaterThan(40);
  expect(used).toEqual([]);
});
