/**
 * What Traccar's asynchronous posts make of a track: one position a request, several of a device on their way at once, so that
 * they arrive in another order. All visits are found in the end, each once.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { seededRandom } from '../support/random.js';
import type { Track } from './tracks.js';

/** Positions of all devices that may overtake each other, and requests on their way at once. */
const WINDOW = 100;
const AT_ONCE = 16;
const FOUND_LIMIT_MS = 240_000;

interface Row {
  readonly tagId: string;
  readonly at: string;
  readonly latitude: number;
  readonly longitude: number;
}

function readRows({ file, tagColumn }: Track): Row[] {
  const rows = parse(readFileSync(file), { columns: true }) as Record<string, string>[];
  return rows
    .map((row) => ({
      tagId: row[tagColumn!]!,
      at: `${row['timestamp']!.replace(' ', 'T')}.000+00:00`,
      latitude: Number(row['latitude']),
      longitude: Number(row['longitude']),
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** As Traccar 6.14 forwards a position of a device that names one time. */
function forwarded({ tagId, at, latitude, longitude }: Row, id: number): object {
  const times = { serverTime: at, deviceTime: at, fixTime: at };
  const motion = { altitude: 0.0, speed: 0.0, course: 0.0 };
  const position = { id, ...times, valid: true, latitude, longitude, ...motion, accuracy: 10.0, attributes: {} };
  return { position, device: { id: 1, uniqueId: tagId, attributes: {} } };
}

interface Listed {
  readonly tagId: string;
  readonly type: string;
  readonly confirmedAt?: string;
}

export function shuffledPosts(name: string, openTrack: (directory: string) => Track): void {
  describe(`a track as asynchronous posts, ${name}`, () => {
    const { random, seed } = seededRandom();
    let directory: string;
    let track: Track;
    let home: Home;
    let program: Program;

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'tagwatch-track-'));
      track = openTrack(directory);
      home = await makeHome({ TAGWATCH_RECONCILE_QUIET_SECONDS: '1' });
      program = await startProgram(home);
      await put(program.url, '/zones/Z-1', rectangle('Zone', ...track.zone));
      for (const tagId of track.tagIds) {
        await fitTag(program.url, { tagId, since: track.since });
        await exclude(program.url, { tagId, since: track.since }, 'Z-1');
      }
    });
    afterAll(async () => {
      await program?.stop();
      home?.remove();
      rmSync(directory, { recursive: true, force: true });
    });

    async function countConfirmed(): Promise<Record<string, number>> {
      const { body } = await send(program.url, 'GET', '/alerts?kind=exclusion&limit=500');
      const counts = Object.fromEntries(track.tagIds.map((tagId) => [tagId, 0]));
      for (const { tagId, type, confirmedAt } of (body as { items: Listed[] }).items) {
        if (confirmedAt !== undefined && type !== 'withdrawn') counts[tagId] = (counts[tagId] ?? 0) + 1;
      }
      return counts;
    }

    it('finds every visit in the end, each once', { timeout: 400_000 }, async () => {
      const posts = readRows(track)
        .map((row, i) => ({ body: forwarded(row, i), rank: i + random() * WINDOW }))
        .sort((a, b) => a.rank - b.rank);
      expect(posts).toHaveLength(track.rows);
      const work = posts.values();
      const sendAll = async () => {
        for (const { body } of work) {
          const answer = await send(program.url, 'POST', '/pings?format=traccar', body);
          expect([answer.status, answer.body]).toEqual([202, { accepted: 1, rejected: [] }]);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sendAll));
      const atOnce = await countConfirmed();
      const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
      const deadline = Date.now() + FOUND_LIMIT_MS;
      let found = atOnce;
      while (JSON.stringify(found) !== JSON.stringify(track.confirmed) && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        found = await countConfirmed();
      }
      process.stdout.write(
        `asynchronous posts, ${name}, seed ${seed}: ${sum(atOnce)} of ${sum(found)} alerts at once\n`,
      );
      expect(found, `seed ${seed}`).toEqual(track.confirmed);
    });
  });
}
