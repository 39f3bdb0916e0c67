/**
 * Whether the three designs mean the same by `inside`, so that their speeds can be compared at all. This is what can fail a run
 * of the benchmark: a fast engine that is wrong is no result.
 */
import { booleanPointInPolygon } from '@turf/turf';
import RBush from 'rbush';
import { prepareZone, signedDistanceMetres } from '../../src/engine/geometry/zone.js';
import type { AlertKind } from '../../src/engine/types.js';
import { createEngineDesign, type EngineWorld, type TurfItem, type TurfWorld } from './designs.js';
import { fixOf, NEAR_METRES, type PingInput, type Tracks } from './tracks.js';
import { engineZone, toLatitude, toLongitude, type World } from './world.js';

const SAMPLE_TAGS = 400;
const SAMPLE_MINUTES = 25;
/** The engine rounds to 1e-7 degrees (1.1 cm): nearer to the boundary than this the two may differ, metres. */
const ROUNDING_METRES = 0.02;
/** A zone in whose middle five fixes of 4–12.5 m leave no doubt. */
const DEEP_RADIUS_METRES = 400;
const DEEP_MINUTES = 5;

export interface Agreement {
  readonly comparisons: number;
  readonly inside: number;
  /** Share of the sampled fixes within `NEAR_METRES` of the boundary of a zone that concerns them. */
  readonly nearShare: number;
  readonly differences: readonly string[];
}

/** Compares inside or outside, zone by zone, for a sample of fixes, between engine, Turf behind boxes and Turf behind a tree. */
export function compareSides(world: World, turf: TurfWorld, tracks: Tracks): Agreement {
  const tree = new RBush<TurfItem>().load([...turf.own.flat(), ...turf.shared]);
  const sharedTree = new RBush<TurfItem>().load([...turf.shared]);
  const zoneOf = new Map(turf.shared.map((item, index) => [item, world.shared[index]!]));
  const differences: string[] = [];
  let [comparisons, inside, near, fixes] = [0, 0, 0, 0];
  const stride = Math.max(1, Math.floor(tracks.tags / SAMPLE_TAGS));
  for (let tag = 0; tag < tracks.tags; tag += stride) {
    const own = turf.own[tag]!.map((item, index) => ({ item, prepared: prepare(world.tags[tag]!.zones[index]!) }));
    for (let m = 0; m < SAMPLE_MINUTES; m++) {
      const { longitude: x, latitude: y } = fixOf(tracks, [], tag, m * 5).ping.position!;
      const box = { minX: x, minY: y, maxX: x, maxY: y };
      const byTree = new Set(tree.search(box).filter((item) => booleanPointInPolygon([x, y], item.polygon)));
      const around = { minX: x - 0.001, minY: y - 0.001, maxX: x + 0.001, maxY: y + 0.001 };
      const shared = sharedTree.search(around).map((item) => ({ item, prepared: prepare(zoneOf.get(item)!) }));
      let nearest = Infinity;
      for (const { item, prepared } of [...own, ...shared]) {
        const distance = signedDistanceMetres(prepared, y, x);
        const byBox = isInBox(item, x, y) && booleanPointInPolygon([x, y], item.polygon);
        nearest = Math.min(nearest, Math.abs(distance));
        comparisons++;
        if (byBox) inside++;
        if (Math.abs(distance) <= ROUNDING_METRES) continue;
        if (distance <= 0 !== byBox || byBox !== byTree.has(item))
          differences.push(
            `tag ${tag}, minute ${m * 5}, ${y} ${x}: engine ${distance} m, fair ${byBox}, naive ${byTree.has(item)}`,
          );
      }
      fixes++;
      if (nearest <= NEAR_METRES) near++;
    }
  }
  return { comparisons, inside, nearShare: near / fixes, differences };
}

function prepare(zone: World['shared'][number]) {
  return prepareZone(engineZone(zone).shape);
}

function isInBox(item: TurfItem, x: number, y: number): boolean {
  return x >= item.minX && x <= item.maxX && y >= item.minY && y <= item.maxY;
}

/** Drives tags into the middle of a large zone of theirs and to their homes: the first must be told, the second must not. */
export function checkEvents(world: World, compiled: EngineWorld, tracks: Tracks): string[] {
  const kinds = new Map<string, Set<AlertKind>>();
  const engine = createEngineDesign(compiled, (events) => {
    for (const { tagId, kind, type } of events)
      if (type === 'confirmed') kinds.set(tagId, (kinds.get(tagId) ?? new Set()).add(kind));
  });
  const differences: string[] = [];
  const stride = Math.max(1, Math.floor(tracks.tags / SAMPLE_TAGS));
  for (let tag = 0; tag < tracks.tags; tag += stride) {
    const { tagId, home, zones } = world.tags[tag]!;
    const large = zones.find((zone) => zone.radiusMetres >= DEEP_RADIUS_METRES);
    const isVisitor = large !== undefined && (tag / stride) % 2 === 0;
    const at = isVisitor ? large : home;
    for (let minute = 0; minute < DEEP_MINUTES; minute++) {
      const input = fixOf(tracks, [], tag, minute);
      const position = { ...input.ping.position!, latitude: toLatitude(at), longitude: toLongitude(at) };
      engine.step(tag, { ...input, ping: { ...input.ping, tagId, position } } satisfies PingInput);
    }
    const isTold = kinds.get(tagId)?.has('exclusion') ?? false;
    // At home a shared zone may stand: what is told there says nothing about the engine.
    if (isVisitor && !isTold) differences.push(`${tagId} is deep inside ${large.zoneId} and nothing was confirmed`);
    if (!isVisitor && isTold && world.shared.length === 0)
      differences.push(`${tagId} is at home and was told as inside`);
  }
  return differences;
}
