/**
 * What the fixes of one wearer say of one crime: was he there, did he pass, may he have been, can he not have been, or can nobody say.
 * Eliminations come first: where good fixes elsewhere leave no time to have been there, nothing else is asked. Never a percentage of guilt:
 * the probability told is that of one fix's position, and no more.
 */
import { metresPerDegreeLatitude, metresPerDegreeLongitude, wrapLongitude } from '../engine/geometry/exact.js';
import { probabilityInside, REACH } from '../engine/geometry/gaussian.js';
import { type PreparedZone, prepareZone } from '../engine/geometry/zone.js';
import { endOfStretch, firstFrom, type MatchTrack, STRETCH_WIDTH, stretchOf } from './match-track.js';

export const OUTCOMES = ['PRESENT', 'PASSED', 'POSSIBLE', 'ELIMINATED', 'CANNOT SAY'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where and when something was done. */
export interface Scene {
  readonly latitude: number;
  readonly longitude: number;
  /** Epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How far the place may be off, metres. */
  readonly placeErrorMetres: number;
}

export interface MatchOptions {
  /** How near is there, metres. */
  readonly radiusMetres: number;
  /** Faster than this nobody goes from one fix to the scene and on to the next, metres a second. */
  readonly fastestMetresPerSecond: number;
}

export const DEFAULT_MATCH_OPTIONS: MatchOptions = { radiusMetres: 100, fastestMetresPerSecond: 30 };

/** A fix with so much of its error within the radius was there. */
const THERE = 0.8;
/** One with less of it was not. */
const MAY_BE_THERE = 0.05;
/** A stay: fixes there, one after the other, for as long as this. */
const STAY_MS = 60_000;
/** Silence is no stay: a longer gap ends one. */
const STAY_GAP_MS = 15 * 60_000;
/** Over a longer gap the straight way says nothing. */
const WAY_GAP_MS = 5 * 60_000;
/** Whoever was not seen for longer is not eliminated, however far away he was before and after. */
export const LONGEST_UNSEEN_MS = 30 * 60_000;
/** So many σ of a fix's error count against an elimination. */
const SIGMAS = 3;

/** A time without a good fix in which he could have been there. */
export interface Unseen {
  /** Null: from before the first fix, or until after the last. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** How fast he would have had to be at the least; null: no fix tells. */
  readonly neededMetresPerSecond: number | null;
}

export interface Judgement {
  readonly outcome: Outcome;
  /** Fixes within the window. */
  readonly fixes: number;
  /** Of the fix that has most of its error within the radius, how much: 0 to 1. */
  readonly probability: number;
  /** Of the nearest fix within the window; null: there is none. */
  readonly closestMetres: number | null;
  readonly closestAtMs: number | null;
  /** By the fixes before and after the nearest one; null: there are none. */
  readonly speedKmh: number | null;
  /** The longest stay there. */
  readonly dwellMs: number;
  /** The longest time within the window without a good fix. */
  readonly longestUnseenMs: number;
  /** When it would have been easiest to have been there; null: he was seen there, or nothing is known. */
  readonly unseen: Unseen | null;
}

/** A scene with what is asked of it for every fix. */
export interface PreparedScene extends Scene {
  readonly options: MatchOptions;
  readonly circle: PreparedZone;
  readonly metresPerLatitude: number;
  readonly metresPerLongitude: number;
}

export function prepareScene(scene: Scene, options: MatchOptions): PreparedScene {
  const { latitude, longitude } = scene;
  return {
    ...scene,
    options,
    circle: prepareZone({ type: 'circle', latitude, longitude, radiusMetres: options.radiusMetres }),
    metresPerLatitude: metresPerDegreeLatitude(latitude),
    metresPerLongitude: metresPerDegreeLongitude(latitude),
  };
}

function distanceMetres(scene: PreparedScene, track: MatchTrack, at: number): number {
  const x = wrapLongitude(track.longitude[at]! - scene.longitude) * scene.metresPerLongitude;
  const y = (track.latitude[at]! - scene.latitude) * scene.metresPerLatitude;
  return Math.sqrt(x * x + y * y);
}

/** From the radius to where he may at the nearest have been, metres; 0: he may have been there. */
function clearMetres(scene: PreparedScene, track: MatchTrack, at: number): number {
  const nearest = distanceMetres(scene, track, at) - SIGMAS * track.sigmaMetres[at]!;
  return Math.max(0, nearest - scene.options.radiusMetres - scene.placeErrorMetres);
}

function probabilityOf(scene: PreparedScene, track: MatchTrack, at: number): number {
  return probabilityInside(scene.circle, track.latitude[at]!, track.longitude[at]!, track.sigmaMetres[at]!);
}

interface GoodAround {
  readonly first: number;
  readonly last: number;
}

/** The good fixes around a window: the last before it and the first after it with those between; the ends lie outside where there are none. */
function goodAround({ goodAtMs }: MatchTrack, { fromMs, toMs }: Scene): GoodAround {
  const first = firstFrom(goodAtMs, fromMs + 1) - 1;
  const last = firstFrom(goodAtMs, toMs);
  return { first, last };
}

/** From the scene to the box of a stretch, metres; 0 beside the antimeridian, where boxes say nothing. */
function boxMetres({ stretches }: MatchTrack, scene: PreparedScene, stretch: number): number {
  if (Math.abs(scene.longitude) > 179) return 0;
  const at = stretch * STRETCH_WIDTH;
  const x =
    Math.max(0, stretches[at]! - scene.longitude, scene.longitude - stretches[at + 2]!) * scene.metresPerLongitude;
  const y =
    Math.max(0, stretches[at + 1]! - scene.latitude, scene.latitude - stretches[at + 3]!) * scene.metresPerLatitude;
  return Math.sqrt(x * x + y * y);
}

/** Whether the box of a stretch alone says that he was too far away all the time. */
function isFarThroughout(track: MatchTrack, scene: PreparedScene, stretch: number): boolean {
  const { radiusMetres, fastestMetresPerSecond } = scene.options;
  const sigma = track.stretches[stretch * STRETCH_WIDTH + 4]!;
  const gapMs = track.stretches[stretch * STRETCH_WIDTH + 5]!;
  const clear = boxMetres(track, scene, stretch) - SIGMAS * sigma - radiusMetres - scene.placeErrorMetres;
  return clear > 0 && gapMs <= LONGEST_UNSEEN_MS && 2 * clear * 1_000 > fastestMetresPerSecond * gapMs;
}

/** Whether good fixes elsewhere leave no time to have been there: most of all fixes are passed by with their stretch. */
export function isEliminated(track: MatchTrack, scene: PreparedScene, around = goodAround(track, scene)): boolean {
  const { good, atMs } = track;
  const { first, last } = around;
  if (first === last) return clearMetres(scene, track, good[first]!) > 0;
  for (let nth = first, from = -2, there = 0; nth < last; nth++) {
    const stretch = stretchOf(nth);
    const isWhole = nth >= 0 && (nth === first || endOfStretch(stretch - 1) === nth);
    if (isWhole && last < good.length && isFarThroughout(track, scene, stretch)) {
      nth = endOfStretch(stretch) - 1;
      from = -2;
      continue;
    }
    // Beyond the first and the last fix there is nothing to come from or to go on to.
    const a = nth < 0 ? -1 : good[nth]!;
    const b = nth + 1 < good.length ? good[nth + 1]! : -1;
    if (from !== a) there = a < 0 ? 0 : clearMetres(scene, track, a);
    const back = b < 0 ? 0 : clearMetres(scene, track, b);
    if (!isTooFar(scene, a < 0 ? -Infinity : atMs[a]!, there, b < 0 ? Infinity : atMs[b]!, back)) return false;
    from = b;
    there = back;
  }
  return true;
}

/** Between two fixes, `there` and `back` clear metres from the scene. */
function isTooFar(scene: PreparedScene, fromAtMs: number, there: number, toAtMs: number, back: number): boolean {
  const { fromMs, toMs, options } = scene;
  if (there === 0 && fromAtMs >= fromMs) return false;
  if (back === 0 && toAtMs <= toMs) return false;
  if (Math.min(toAtMs, toMs) - Math.max(fromAtMs, fromMs) > LONGEST_UNSEEN_MS) return false;
  const isOver = (metres: number, ms: number): boolean =>
    metres > 0 && metres * 1_000 > options.fastestMetresPerSecond * Math.max(0, ms);
  return (
    isOver(there + back, toAtMs - fromAtMs) ||
    isOver(there, Math.min(toAtMs, toMs) - fromAtMs) ||
    isOver(back, toAtMs - Math.max(fromAtMs, fromMs))
  );
}

/**
 * How fast he would have had to be, between two fixes or beyond one, to have been there within the window; Infinity: he was there in no
 * time. 0: one of them may have been there itself, and whether he could have come from the other is not asked.
 */
function neededSpeed(scene: PreparedScene, track: MatchTrack, from: number | null, to: number | null): number {
  const speed = (metres: number, ms: number): number => (metres === 0 ? 0 : ms <= 0 ? Infinity : (metres * 1_000) / ms);
  const there = from === null ? 0 : clearMetres(scene, track, from);
  const back = to === null ? 0 : clearMetres(scene, track, to);
  const fromAtMs = from === null ? scene.fromMs : track.atMs[from]!;
  const toAtMs = to === null ? scene.toMs : track.atMs[to]!;
  if (from !== null && there === 0 && fromAtMs >= scene.fromMs) return 0;
  if (to !== null && back === 0 && toAtMs <= scene.toMs) return 0;
  return Math.max(
    from === null ? 0 : speed(there, Math.min(toAtMs, scene.toMs) - fromAtMs),
    to === null ? 0 : speed(back, toAtMs - Math.max(fromAtMs, scene.fromMs)),
    from === null || to === null ? 0 : speed(there + back, toAtMs - fromAtMs),
  );
}

interface Coverage {
  readonly longestUnseenMs: number;
  readonly easiest: Unseen | null;
}

/** Every time between two good fixes, and those at the ends of the window. */
function cover(track: MatchTrack, scene: PreparedScene, first: number, last: number): Coverage {
  const { good, atMs } = track;
  let longestUnseenMs = 0;
  let easiest: Unseen | null = null;
  for (let nth = first; nth < last || nth === first; nth++) {
    const from = nth < 0 ? null : good[nth]!;
    const to = nth + 1 < good.length && nth + 1 <= last ? good[nth + 1]! : null;
    const fromAtMs = Math.max(scene.fromMs, from === null ? -Infinity : atMs[from]!);
    const toAtMs = Math.min(scene.toMs, to === null ? Infinity : atMs[to]!);
    longestUnseenMs = Math.max(longestUnseenMs, toAtMs - fromAtMs);
    const needed = from === null && to === null ? null : neededSpeed(scene, track, from, to);
    if (easiest === null || (needed ?? -1) < (easiest.neededMetresPerSecond ?? -1)) {
      easiest = {
        fromMs: from === null ? null : atMs[from]!,
        toMs: to === null ? null : atMs[to]!,
        neededMetresPerSecond: needed,
      };
    }
  }
  return { longestUnseenMs, easiest };
}

/** The outcome alone: of most it is all that is asked. */
export function outcomeAlone(track: MatchTrack, scene: PreparedScene): Outcome {
  const around = goodAround(track, scene);
  if (isEliminated(track, scene, around)) return 'ELIMINATED';
  return mayBeSeen(track, scene, around) ? outcomeOf(look(track, scene)) : 'CANNOT SAY';
}

/** Whether any fix around the window, or the way from one to the next, comes near enough for `look` to see anything. */
function mayBeSeen(track: MatchTrack, scene: PreparedScene, { first, last }: GoodAround): boolean {
  const { good, poor, poorAtMs, atMs } = track;
  const until = Math.min(last, good.length - 1);
  for (let nth = Math.max(0, first); nth <= until; nth = endOfStretch(stretchOf(nth))) {
    if (
      boxMetres(track, scene, stretchOf(nth)) <= nearMetres(scene, track.stretches[stretchOf(nth) * STRETCH_WIDTH + 4]!)
    )
      return true;
  }
  for (let nth = firstFrom(poorAtMs, scene.fromMs); nth < poor.length; nth++) {
    const at = poor[nth]!;
    if (atMs[at]! > scene.toMs) break;
    if (distanceMetres(scene, track, at) <= nearMetres(scene, track.sigmaMetres[at]!)) return true;
  }
  return false;
}

/** Farther away a fix tells nothing of the radius. */
const nearMetres = ({ options }: PreparedScene, sigmaMetres: number): number =>
  options.radiusMetres + REACH * sigmaMetres;

export function judge(track: MatchTrack, scene: PreparedScene): Judgement {
  const { first, last } = goodAround(track, scene);
  const coverage = cover(track, scene, first, last);
  const seen = look(track, scene);
  const outcome = isEliminated(track, scene) ? 'ELIMINATED' : outcomeOf(seen);
  const { fixes, probability, closestMetres, closestAtMs, speedKmh, dwellMs } = seen;
  const isSeen = outcome === 'PRESENT' || outcome === 'PASSED';
  const unseen = isSeen ? null : coverage.easiest;
  const { longestUnseenMs } = coverage;
  return { outcome, fixes, probability, closestMetres, closestAtMs, speedKmh, dwellMs, longestUnseenMs, unseen };
}

interface Seen
  extends Pick<Judgement, 'fixes' | 'probability' | 'closestMetres' | 'closestAtMs' | 'speedKmh' | 'dwellMs'> {
  readonly between: number;
}

function outcomeOf({ probability, dwellMs, between }: Seen): Outcome {
  if (probability >= THERE && dwellMs >= STAY_MS) return 'PRESENT';
  const most = Math.max(probability, between);
  if (most >= THERE) return 'PASSED';
  return most >= MAY_BE_THERE ? 'POSSIBLE' : 'CANNOT SAY';
}

/** What the fixes within the window show. */
function look(track: MatchTrack, scene: PreparedScene): Seen {
  const { atMs } = track;
  const begin = firstFrom(atMs, scene.fromMs);
  const end = firstFrom(atMs, scene.toMs + 1);
  let probability = 0;
  let closest = -1;
  let closestMetres = Infinity;
  let dwellMs = 0;
  let stayFromMs: number | null = null;
  let stayUntilMs = 0;
  for (let at = begin; at < end; at++) {
    const metres = distanceMetres(scene, track, at);
    if (metres < closestMetres) {
      closestMetres = metres;
      closest = at;
    }
    const share =
      metres > scene.options.radiusMetres + REACH * track.sigmaMetres[at]! ? 0 : probabilityOf(scene, track, at);
    probability = Math.max(probability, share);
    if (share >= THERE) {
      if (stayFromMs === null || atMs[at]! - stayUntilMs > STAY_GAP_MS) stayFromMs = atMs[at]!;
      stayUntilMs = atMs[at]!;
      dwellMs = Math.max(dwellMs, stayUntilMs - stayFromMs);
    } else if (share < 1 - THERE) stayFromMs = null;
  }
  return {
    fixes: end - begin,
    probability,
    closestMetres: closest < 0 ? null : closestMetres,
    closestAtMs: closest < 0 ? null : atMs[closest]!,
    speedKmh: closest < 0 ? null : speedAround(track, scene, closest),
    dwellMs,
    between: probabilityBetween(track, scene),
  };
}

/** Over the fix before and the fix behind one, km/h; null: it stands alone. */
function speedAround(track: MatchTrack, scene: PreparedScene, at: number): number | null {
  const from = Math.max(0, at - 1);
  const to = Math.min(track.atMs.length - 1, at + 1);
  const ms = track.atMs[to]! - track.atMs[from]!;
  if (ms <= 0 || ms > 2 * STAY_GAP_MS) return null;
  const x = (track.longitude[to]! - track.longitude[from]!) * scene.metresPerLongitude;
  const y = (track.latitude[to]! - track.latitude[from]!) * scene.metresPerLatitude;
  return (Math.sqrt(x * x + y * y) * 3_600) / ms;
}

/**
 * Where the straight way from one good fix to the next leads within the radius, at a time within the window: how much of the error of
 * the less accurate of the two lies within it there, at the most. 0: none leads there.
 */
function probabilityBetween(track: MatchTrack, scene: PreparedScene): number {
  const { good, atMs, sigmaMetres } = track;
  let most = 0;
  const { first, last } = goodAround(track, scene);
  for (let nth = Math.max(0, first); nth < Math.min(last, good.length - 1); nth++) {
    const [a, b] = [good[nth]!, good[nth + 1]!];
    const ms = atMs[b]! - atMs[a]!;
    if (ms > WAY_GAP_MS) continue;
    const ax = (track.longitude[a]! - scene.longitude) * scene.metresPerLongitude;
    const ay = (track.latitude[a]! - scene.latitude) * scene.metresPerLatitude;
    const dx = (track.longitude[b]! - scene.longitude) * scene.metresPerLongitude - ax;
    const dy = (track.latitude[b]! - scene.latitude) * scene.metresPerLatitude - ay;
    const { radiusMetres } = scene.options;
    // Both ends on one side of it: most are.
    if (Math.abs(ax) > radiusMetres && ax * (ax + dx) > 0 && Math.abs(ax + dx) > radiusMetres) continue;
    if (Math.abs(ay) > radiusMetres && ay * (ay + dy) > 0 && Math.abs(ay + dy) > radiusMetres) continue;
    const length = dx * dx + dy * dy;
    if (length === 0) continue;
    // Where on the way he was nearest, as far as that is within the window.
    const from = Math.max(0, (scene.fromMs - atMs[a]!) / ms);
    const to = Math.min(1, (scene.toMs - atMs[a]!) / ms);
    const along = Math.min(to, Math.max(from, -(ax * dx + ay * dy) / length));
    const [x, y] = [ax + along * dx, ay + along * dy];
    if (along <= 0 || along >= 1 || Math.sqrt(x * x + y * y) > radiusMetres) continue;
    const latitude = scene.latitude + y / scene.metresPerLatitude;
    const longitude = scene.longitude + x / scene.metresPerLongitude;
    const sigma = Math.max(sigmaMetres[a]!, sigmaMetres[b]!);
    most = Math.max(most, probabilityInside(scene.circle, latitude, longitude, sigma));
  }
  return most;
}

/** Whether more of a fix's error lies within the radius than beyond it. */
export function isThere(track: MatchTrack, scene: PreparedScene, at: number): boolean {
  return distanceMetres(scene, track, at) <= scene.options.radiusMetres && probabilityOf(scene, track, at) >= 0.5;
}
