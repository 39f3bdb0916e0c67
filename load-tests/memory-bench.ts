/**
 * `npm run bench -- --memory`: what a tag takes in the engine's process: its watch with five zones of 60 vertices, prepared, and its state
 * after an hour of fixes; where every tag has zones of its own, and where all have the same ones. It reports; it fails on nothing.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Ping, TagWatch } from '../src/engine/types.js';
import { foldInput } from '../src/roles/engine/partition-fold.js';
import { createTagEntry, emptyFold } from '../src/roles/engine/partition-memory.js';
import { settledBytes } from './bench/measure.js';
import { createWorld, STARTS_AT_MS, tagWatch, toLatitude, toLongitude, type WorldTag } from './bench/world.js';
import { describeMachine, machineLine } from './machine.js';
import { readAsked, wholeNumber } from './run/asked.js';

/** Tells a process of its own whether all have the same zones. */
const SHARED = 'TAGWATCH_BENCH_SHARED';
const MINUTE_MS = 60_000;
const FIXES = 60;

/** As it comes over the wire: bytes, of which nothing is shared. */
function wireOf(tag: WorldTag, zonesOf: WorldTag): string {
  const { activations, ...watch } = tagWatch(tag);
  const { zones } = tagWatch(zonesOf);
  const keys = Object.keys(zones);
  const given = activations.map((activation) => ({
    ...activation,
    terms: activation.terms.map((term, nth) => ({ ...term, zoneKey: keys[nth]! })),
  }));
  return JSON.stringify({ ...watch, activations: given, zones });
}

function pingOf({ tagId, home }: WorldTag, minute: number): string {
  const ping: Ping = {
    tagId,
    identity: `${minute}:0123456789abcdef01234567`,
    sequence: minute,
    fixedAtMs: STARTS_AT_MS + minute * MINUTE_MS,
    position: { latitude: toLatitude(home), longitude: toLongitude(home), accuracyMetres: 8, mechanism: 'GPS' },
    deviceEvents: [],
    speedKmh: 3.1,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: 9,
    batteryPercent: 80,
  };
  return JSON.stringify(ping);
}

function weigh(tags: number, isShared: boolean): void {
  const radii = { ownRadiusMetres: [100, 2_000], sharedRadiusMetres: [30, 150] } as const;
  const world = createWorld({ seed: 'memory', tags, ownZones: 5, vertices: 60, sharedZones: 0, ...radii });
  const wire = world.tags.map((tag) => wireOf(tag, isShared ? world.tags[0]! : tag));
  const fold = emptyFold(0);
  const before = settledBytes();
  for (const text of wire) {
    const watch = JSON.parse(text) as TagWatch;
    fold.tags.set(watch.tagId, createTagEntry(watch, 0, false));
  }
  let offset = 0;
  for (let minute = 1; minute <= FIXES; minute++) {
    for (const tag of world.tags) {
      const ping = JSON.parse(pingOf(tag, minute)) as Ping;
      foldInput(fold, { type: 'ping', receivedAtMs: ping.fixedAtMs, ping }, ++offset, ({ error }) => {
        throw error;
      });
    }
  }
  const bytes = settledBytes() - before;
  const whose = isShared ? 'all have the same five zones' : 'five zones of its own';
  // `wire` is named behind the weighing, so that it is still there: it was before.
  const kilobytes = (bytes / fold.activations.size / 1_024).toFixed(1);
  console.log(`${whose.padEnd(32)} ${kilobytes} kB a tag, of ${wire.length}`);
}

function main(): number {
  const shared = process.env[SHARED];
  const asked = readAsked('memory', { tags: wholeNumber(2_000, 100, 100_000, 'that are held') });
  if (typeof asked === 'number') return asked;
  const { tags } = asked;
  if (shared !== undefined) {
    weigh(tags, shared === 'yes');
    return 0;
  }
  console.log(machineLine(describeMachine()));
  // A process each: what the other has left behind counts for nothing.
  for (const isShared of ['no', 'yes']) {
    const args = ['--expose-gc', fileURLToPath(import.meta.url), '--tags', String(tags)];
    const env = { ...process.env, [SHARED]: isShared };
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
    if (status !== 0) return 1;
  }
  return 0;
}

process.exitCode = main();
