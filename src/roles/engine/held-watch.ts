/**
 * A tag's watch as it is held: zones that several tags have are there once, and their polygons once whether prepared or not
 * (`held-shape.ts`). As the lists of pairs that came over the wire they were two thirds of a tag's memory, and nothing but a checkpoint
 * asks for them once the zones are prepared.
 */
import { type PreparedZone, prepareZone } from '../../engine/geometry/zone.js';
import type { TagWatch, Term, Zone } from '../../engine/types.js';
import { type CompiledTag, compileTag } from '../../engine/watch/compile.js';
import { createHeldOnce, type HeldZone, hashOf, holdShape, preparedOf, shapeOf } from './held-shape.js';

export interface HeldWatch extends Omit<TagWatch, 'zones'> {
  /** In a list: as an object of keys of its own each tag would have the engine make a class of it. */
  readonly zones: readonly HeldZone[];
}

/** Spread whole: what is left of an object without one of its fields takes three times as much, as a table of its own. */
export function holdWatch(watch: TagWatch): HeldWatch {
  const zones = Object.entries(watch.zones).map(([key, zone]) => holdZone(key, zone));
  const activations = watch.activations.map((each) => ({
    ...each,
    terms: each.terms.map((term) => holdTerm(term, zones)),
  }));
  return { ...watch, accuracyConvention: heldWord(watch.accuracyConvention), activations, zones };
}

/** Its words are there once for all: as they come over the wire each is a string of its own, 100 bytes a term. */
function holdTerm(term: Term, zones: readonly HeldZone[]): Term {
  const { kind, confirmOn, zoneKey } = term;
  const zone = zones.find(({ key }) => key === zoneKey);
  const words = { kind: heldWord(kind), confirmOn: heldWord(confirmOn), zoneKey: zone?.key ?? zoneKey };
  return { ...term, ...words, windows: holdWindows(term.windows) };
}

const knownWindows = createHeldOnce<readonly number[]>();

/** The same list for the same windows: a curfew from seven to seven is the same 70 edges for whoever is under one. */
function holdWindows(windows: Term['windows']): Term['windows'] {
  if (windows === null) return null;
  const hash = hashOf(Float64Array.from(windows));
  const held = knownWindows.find(hash);
  if (held !== undefined && held.length === windows.length && held.every((atMs, i) => atMs === windows[i])) return held;
  knownWindows.note(hash, windows);
  return windows;
}

/** What few words there are of kinds, rules, priorities and conventions, as each came first. */
const words = new Map<string, string>();
const MOST_WORDS = 100;

function heldWord<Word extends string>(word: Word): Word {
  const held = words.get(word);
  if (held === undefined && words.size < MOST_WORDS) words.set(word, word);
  return (held ?? word) as Word;
}

/** The same object for the same version of a zone with polygons, as long as anybody holds them. */
function holdZone(key: string, { shape, ...zone }: Zone): HeldZone {
  const priority = heldWord(zone.priority);
  if (shape.type === 'circle') return { key, ...zone, priority, held: shape, other: null };
  const held = holdShape(shape);
  // The key first: with fields behind what is spread the engine makes a class of each, which takes 300 bytes more a zone.
  const made: HeldZone = { key, ...zone, priority, held, other: held.zone };
  for (let each = held.zone; each !== null; each = each.other) if (isSame(each, made)) return each;
  held.zone = made;
  return made;
}

/** Of zones with the same polygons. */
function isSame({ held: _, other: __, ...zone }: HeldZone, { held: ___, other: ____, ...same }: HeldZone): boolean {
  return JSON.stringify(zone) === JSON.stringify(same);
}

/** The watch as it came: the same JSON. */
export function watchOf(watch: HeldWatch): TagWatch {
  const whole = watch.zones.map(({ key, held, other: _, ...zone }): [string, Zone] => [
    key,
    { ...zone, shape: 'type' in held ? held : shapeOf(held) },
  ]);
  return { ...watch, zones: Object.fromEntries(whole) };
}

/** By their keys. Throws where a zone has no edges. */
export function preparedZonesOf({ zones }: HeldWatch): Map<string, PreparedZone> {
  return new Map(zones.map(({ key, held }) => [key, 'type' in held ? prepareZone(held) : preparedOf(held)]));
}

/** For the engine, which asks for no shapes that are prepared. Throws where a zone has no edges. */
export function compileHeld(watch: HeldWatch): CompiledTag {
  const zones = Object.fromEntries(watch.zones.map((zone) => [zone.key, zone]));
  return { ...compileTag({ ...watch, zones }, { shapes: preparedZonesOf(watch) }), shapes: HELD_BY_ZONES };
}

/** What is prepared is asked of the zones that are held (`held-shape.ts`). */
const HELD_BY_ZONES: CompiledTag['shapes'] = new Map();
