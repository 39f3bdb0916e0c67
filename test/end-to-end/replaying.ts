/** Sends a track as an operator would, and counts what the record holds of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { send } from '../support/program.js';
import type { Track } from './tracks.js';

const RECORDED_LIMIT_MS = 120_000;
const DAY_MS = 86_400_000;

/** `tagwatch replay` as a process of its own; answers its exit code. The test's own end ends it: by itself it gives up after five minutes. */
export async function replay(url: string, track: Track, args: readonly string[] = []): Promise<number | null> {
  const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
  const whose = track.tagColumn === null ? ['--tag', track.tagIds[0]!] : ['--tag-column', track.tagColumn];
  const options = [...whose, '--accuracy-metres', '10', '--url', url, ...args];
  const child = spawn(process.execPath, [main, 'replay', track.file, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`replay ended with ${child.exitCode ?? child.signalCode}:\n${output}`);
  return child.exitCode;
}

/** Rows of all wearers' trails over the time of the track: what the database holds, over the front door. */
export async function countRows(url: string, track: Track): Promise<number> {
  let rows = 0;
  for (const tagId of track.tagIds) {
    for (let fromMs = Date.parse(track.since); fromMs < Date.parse(track.until); fromMs += 7 * DAY_MS) {
      const [from, to] = [fromMs, fromMs + 7 * DAY_MS].map((ms) => new Date(ms).toISOString());
      const answer = await send(url, 'GET', `/wearers/W-${tagId}/trail?from=${from}&to=${to}`);
      if (answer.status !== 200) throw new Error(`trail: ${answer.status} ${JSON.stringify(answer.body)}`);
      rows += (answer.body as { features: unknown[] }).features.length;
    }
  }
  return rows;
}

/** Waits until the record holds every row of the track, and no more. */
export async function untilRecorded(url: string, track: Track): Promise<void> {
  const deadline = Date.now() + RECORDED_LIMIT_MS;
  let rows = await countRows(url, track);
  while (rows < track.rows && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    rows = await countRows(url, track);
  }
  expect(rows).toBe(track.rows);
}
