/**
 * Ordinary life: one wearer's true track over one local day, from home at midnight to home at midnight. It keeps every curfew
 * with a margin and stays clear of every zone, so that the ground truth of an ordinary day is that nothing is raised.
 */
import { Temporal } from 'temporal-polyfill';
import { CLEARANCE_METRES, HOME_RADIUS_METRES, type SimulatedWearer } from './cohort.js';
import { bearingDegrees, distanceMetres, type Point, passesClear, towards } from './ground.js';
import { TOWN } from './places.js';
import { createRandom, type Random } from './random.js';
import { startTrack, type Track, WALKING_METRES_PER_SECOND } from './track.js';

export const TIME_ZONE = 'Europe/London';

const MINUTE_MS = 60_000;
const DRIVING_METRES_PER_SECOND = 11;
/** A curfew's edge is never nearer than this to a time away from home. */
const CURFEW_MARGIN_MS = 20 * MINUTE_MS;
const DESTINATION_ATTEMPTS = 30;

/** The local date (`2026-03-29`) of an instant. */
export function localDate(atMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(TIME_ZONE).toPlainDate().toString();
}

/** The instant of a local time (`07:30`) on a date; clock changes as Temporal's `compatible`. */
export function localInstant(date: string, time: string): number {
  return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(TIME_ZONE).epochMilliseconds;
}

function isClear(path: readonly Point[], wearer: SimulatedWearer): boolean {
  return path.every(
    (to, index) => index === 0 || wearer.avoids.every((disc) => passesClear(path[index - 1]!, to, disc)),
  );
}

/** A few bends between two points, as streets have. */
function bend(random: Random, from: Point, to: Point): Point[] {
  const length = distanceMetres(from, to);
  const bends = Math.min(4, Math.floor(length / 150));
  const heading = bearingDegrees(from, to);
  const points: Point[] = [from];
  for (let index = 1; index <= bends; index++) {
    const along = towards(from, (length * index) / (bends + 1), heading);
    points.push(towards(along, random.between(-1, 1) * Math.min(120, length / 6), heading + 90));
  }
  return [...points, to];
}

/** On foot near home; by car round the town, never through it. */
function choosePath(random: Random, wearer: SimulatedWearer, from: Point): Point[] | null {
  for (let attempt = 0; attempt < DESTINATION_ATTEMPTS; attempt++) {
    const byCar = wearer.travels === 'by-car' && distanceMetres(TOWN, wearer.home) < 6000;
    const to = byCar
      ? towards(TOWN, random.between(1400, 3800), bearingDegrees(TOWN, from) + random.between(-100, 100))
      : towards(wearer.home, random.between(200, 1100), random.between(0, 360));
    if (distanceMetres(from, to) < 150) continue;
    const path = bend(random, from, to);
    // A stop near a zone would be as wrong as a path through it, and the home's own circle counts as home.
    if (isClear(path, wearer) && distanceMetres(to, wearer.home) > HOME_RADIUS_METRES + CLEARANCE_METRES) return path;
  }
  return null;
}

/** When the wearer may be away on this date: [fromMs, toMs] pairs. */
function hoursAway(wearer: SimulatedWearer, date: string): [number, number][] {
  if (wearer.curfew !== null) {
    return [
      [
        localInstant(date, wearer.curfew.to) + CURFEW_MARGIN_MS,
        localInstant(date, wearer.curfew.from) - CURFEW_MARGIN_MS,
      ],
    ];
  }
  const day: [number, number] = [localInstant(date, '06:00'), localInstant(date, '23:40')];
  return wearer.isNightOwl ? [[localInstant(date, '00:05'), localInstant(date, '05:40')], day] : [day];
}

/** The true track of a local date; in order, inside [00:00, 24:00), beginning and ending at home. */
export function dayTrack(seed: string, wearer: SimulatedWearer, date: string): Track {
  const random = createRandom(seed, 'day', wearer.index, date);
  const track = startTrack(wearer.home, localInstant(date, '00:00'));
  const metresPerSecond = wearer.travels === 'by-car' ? DRIVING_METRES_PER_SECOND : WALKING_METRES_PER_SECOND;
  for (const [fromMs, toMs] of hoursAway(wearer, date)) {
    let leaveAtMs = fromMs + random.between(0, 60) * MINUTE_MS;
    while (leaveAtMs < toMs) {
      const wayBackMs = takeOuting(random, wearer, track, leaveAtMs, toMs, metresPerSecond);
      leaveAtMs = Math.max(wayBackMs, leaveAtMs) + random.between(15, 90) * MINUTE_MS;
    }
  }
  return track.done();
}

/** Out through two to five stops and back home the same way; given up where it would not end in time. Answers when it ended. */
function takeOuting(
  random: Random,
  wearer: SimulatedWearer,
  track: ReturnType<typeof startTrack>,
  leaveAtMs: number,
  endByMs: number,
  metresPerSecond: number,
): number {
  const way: Point[] = [wearer.home];
  const stops: { atIndex: number; forMs: number }[] = [];
  const count = random.whole(2, 5);
  for (let stop = 0; stop < count; stop++) {
    const path = choosePath(random, wearer, way[way.length - 1]!);
    if (path === null) continue;
    way.push(...path.slice(1));
    stops.push({ atIndex: way.length - 1, forMs: random.between(2, 25) * MINUTE_MS });
  }
  const metres = way.reduce((sum, point, index) => sum + (index === 0 ? 0 : distanceMetres(way[index - 1]!, point)), 0);
  const durationMs = (2 * metres * 1000) / metresPerSecond + stops.reduce((sum, { forMs }) => sum + forMs, 0);
  if (stops.length === 0 || leaveAtMs + durationMs > endByMs) return leaveAtMs;
  track.waitUntil(leaveAtMs);
  for (let index = 1; index < way.length; index++) {
    track.moveTo(way[index]!, metresPerSecond);
    const stop = stops.find(({ atIndex }) => atIndex === index);
    if (stop !== undefined) track.waitUntil(track.nowMs() + stop.forMs);
  }
  for (let index = way.length - 2; index >= 0; index--) track.moveTo(way[index]!, metresPerSecond);
  return track.nowMs();
}
