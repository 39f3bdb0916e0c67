/**
 * The three designs that are compared, over the same fixes. Turf's are plain: they remember in which zones a tag is and say
 * `enter` and `exit`; they know nothing of accuracy, belief, time or evidence.
 */
import { booleanPointInPolygon } from '@turf/turf';
import type { Polygon } from 'geojson';
import RBush from 'rbush';
import { type ActivationState, advance, initialState } from '../../src/engine/advance.js';
import { applyShared, createSharedIndex, type SharedIndex } from '../../src/engine/near/shared-index.js';
import type { EngineEvent } from '../../src/engine/types.js';
import { activationFor, type CompiledTag, compileTag, joinShared } from '../../src/engine/watch/compile.js';
import type { PingInput } from './tracks.js';
import { ringOf, STARTS_AT_MS, sharedWatch, tagWatch, type World, type WorldZone } from './world.js';

/** Fixes of many tags, in the order of their arrival. */
export interface Batch {
  readonly tags: Int32Array;
  readonly inputs: readonly PingInput[];
}

export interface Design {
  readonly name: 'tagwatch' | 'fair' | 'naive';
  /** Takes a whole batch; answers how many events it said. */
  run(batch: Batch): number;
  /** Takes one fix. */
  step(tag: number, input: PingInput): number;
}

export interface EngineWorld {
  readonly tags: readonly CompiledTag[];
  readonly shared: SharedIndex;
}

export function compileWorld(world: World): EngineWorld {
  const shared = createSharedIndex();
  for (const zone of world.shared) applyShared(shared, sharedWatch(zone));
  const tags = world.tags.map((tag) => compileTag(tagWatch(tag)));
  // What the index keeps of each tag belongs to the watch, not to the state.
  for (const tag of tags) joinShared(tag.newest!, shared);
  return { tags, shared };
}

/** Tagwatch's engine with fresh states. `onEvents` is for checks. */
export function createEngineDesign(
  { tags, shared }: EngineWorld,
  onEvents: (events: readonly EngineEvent[]) => void = () => {},
): Design & { readonly states: readonly ActivationState[] } {
  const states = tags.map((tag) => {
    const own = tag.activations[0]!;
    const input = { type: 'watch', atMs: STARTS_AT_MS - 1 } as const;
    return advance(initialState(own.activationId), input, joinShared(own, shared)).state;
  });
  const step = (tag: number, input: PingInput): number => {
    const own = activationFor(tags[tag]!, input.ping.fixedAtMs)!;
    const { state, events } = advance(states[tag]!, input, joinShared(own, shared));
    states[tag] = state;
    if (events.length > 0) onEvents(events);
    return events.length;
  };
  return {
    name: 'tagwatch',
    states,
    step,
    run({ tags: order, inputs }) {
      let events = 0;
      for (let i = 0; i < inputs.length; i++) events += step(order[i]!, inputs[i]!);
      return events;
    },
  };
}

/** A zone as Turf's designs keep it. `owner` is the number of its tag, or -1 for a shared one. */
export interface TurfItem {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly owner: number;
  readonly polygon: Polygon;
}

export interface TurfWorld {
  readonly own: readonly (readonly TurfItem[])[];
  readonly shared: readonly TurfItem[];
}

export function turfWorld(world: World): TurfWorld {
  return {
    own: world.tags.map((tag, owner) => tag.zones.map((zone) => turfItem(zone, owner))),
    shared: world.shared.map((zone) => turfItem(zone, -1)),
  };
}

function turfItem(zone: WorldZone, owner: number): TurfItem {
  const ring = ringOf(zone);
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    minX = Math.min(minX, x);
    minY = Math.min(minY, y);
    maxX = Math.max(maxX, x);
    maxY = Math.max(maxY, y);
  }
  return { minX, minY, maxX, maxY, owner, polygon: { type: 'Polygon', coordinates: [ring] } };
}

const NOWHERE: TurfItem[] = [];

/** What a plain design says; made so that it pays for its words. */
interface PlainEvent {
  readonly type: 'enter' | 'exit';
  readonly tagId: string;
  readonly zone: TurfItem;
  readonly fixedAtMs: number;
}

/** Compares where a tag was and is; almost always both are nowhere. */
function tellDifference(were: readonly TurfItem[], are: readonly TurfItem[], { ping }: PingInput): number {
  if (were.length === 0 && are.length === 0) return 0;
  const events: PlainEvent[] = [];
  const { tagId, fixedAtMs } = ping;
  for (const zone of are) if (!were.includes(zone)) events.push({ type: 'enter', tagId, zone, fixedAtMs });
  for (const zone of were) if (!are.includes(zone)) events.push({ type: 'exit', tagId, zone, fixedAtMs });
  return events.length;
}

/** The fair plain design: a tag's own zones in a list behind their boxes, rbush for the shared ones alone. */
export function createFairDesign({ own, shared }: TurfWorld): Design {
  const tree = new RBush<TurfItem>().load(shared);
  const inside: TurfItem[][] = own.map(() => NOWHERE);
  const step = (tag: number, input: PingInput): number => {
    const { longitude: x, latitude: y } = input.ping.position!;
    let are = NOWHERE;
    for (const zone of own[tag]!) {
      if (x < zone.minX || x > zone.maxX || y < zone.minY || y > zone.maxY) continue;
      if (booleanPointInPolygon([x, y], zone.polygon)) are = are === NOWHERE ? [zone] : [...are, zone];
    }
    if (shared.length > 0)
      for (const zone of tree.search({ minX: x, minY: y, maxX: x, maxY: y }))
        if (booleanPointInPolygon([x, y], zone.polygon)) are = are === NOWHERE ? [zone] : [...are, zone];
    const events = tellDifference(inside[tag]!, are, input);
    inside[tag] = are;
    return events;
  };
  return {
    name: 'fair',
    step,
    run({ tags, inputs }) {
      let events = 0;
      for (let i = 0; i < inputs.length; i++) events += step(tags[i]!, inputs[i]!);
      return events;
    },
  };
}

/** The naive plain design: everybody's zones in one rbush. */
export function createNaiveDesign({ own, shared }: TurfWorld): Design {
  const tree = new RBush<TurfItem>().load([...own.flat(), ...shared]);
  const inside: TurfItem[][] = own.map(() => NOWHERE);
  const step = (tag: number, input: PingInput): number => {
    const { longitude: x, latitude: y } = input.ping.position!;
    let are = NOWHERE;
    for (const zone of tree.search({ minX: x, minY: y, maxX: x, maxY: y })) {
      if (zone.owner !== tag && zone.owner !== -1) continue;
      if (booleanPointInPolygon([x, y], zone.polygon)) are = are === NOWHERE ? [zone] : [...are, zone];
    }
    const events = tellDifference(inside[tag]!, are, input);
    inside[tag] = are;
    return events;
  };
  return {
    name: 'naive',
    step,
    run({ tags, inputs }) {
      let events = 0;
      for (let i = 0; i < inputs.length; i++) events += step(tags[i]!, inputs[i]!);
      return events;
    },
  };
}
