/** `npm run dev` on a program of three lines: what a change of its source does, and what a build that fails does. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runWhileWatching } from '../scripts/dev.mjs';

const LIMIT = { timeout: 120_000, interval: 50 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-dev-'));
  mkdirSync(join(folder, 'src'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Says what it is and how it was stopped, in a file, because its output goes where ours does. */
const program = (name: string) => `
const { appendFileSync } = require('node:fs');
const note = (text) => appendFileSync(${JSON.stringify(join(folder, 'notes'))}, text + ' ');
note('${name}');
process.on('SIGTERM', () => { note('${name}-stopped'); process.exit(0); });
setInterval(() => {}, 1000);
`;

test('ends, builds and starts again at each change, waits where it does not build, and ends with the program', async () => {
  const source = join(folder, 'src', 'main.cjs');
  const built = join(folder, 'main.cjs');
  const notes = () => readFileSync(join(folder, 'notes'), 'utf8').trim().split(' ');
  const said: string[] = [];
  const stop = new AbortController();
  writeFileSync(source, program('first'));
  const running = runWhileWatching({
    folder: join(folder, 'src'),
    build() {
      const text = readFileSync(source, 'utf8');
      if (text.startsWith('broken')) return false;
      writeFileSync(built, text);
      return true;
    },
    command: [process.execPath, built],
    say: (text: string) => said.push(text),
    signal: stop.signal,
  });
  await vi.waitFor(() => expect(notes()).toEqual(['first']), LIMIT);
  writeFileSync(source, program('second'));
  await vi.waitFor(() => expect(notes()).toEqual(['first', 'first-stopped', 'second']), LIMIT);
  writeFileSync(source, 'broken');
  await vi.waitFor(() => expect(said).toEqual(['It does not build; waiting for the next change.']), LIMIT);
  expect(notes().at(-1)).toBe('second-stopped');
  writeFileSync(source, program('third'));
  await vi.waitFor(() => expect(notes().at(-1)).toBe('third'), LIMIT);
  stop.abort();
  expect(await running).toBe(0);
  expect(notes().at(-1)).toBe('third-stopped');
});

test('a program that ends by itself is started again by the next change', async () => {
  const source = join(folder, 'src', 'main.cjs');
  const said: string[] = [];
  const stop = new AbortController();
  writeFileSync(source, 'process.exit(3)');
  const running = runWhileWatching({
    folder: join(folder, 'src'),
    build: () => true,
    command: [process.execPath, source],
    say: (text: string) => said.push(text),
    signal: stop.signal,
  });
  await vi.waitFor(() => expect(said).toEqual(['It has ended (exit code 3); the next change starts it again.']), LIMIT);
  writeFileSync(source, program('mended'));
  await vi.waitFor(() => expect(readFileSync(join(folder, 'notes'), 'utf8')).toBe('mended '), LIMIT);
  stop.abort();
  expect(await running).toBe(0);
});
