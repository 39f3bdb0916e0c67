/**
 * Places at which somebody stayed on several days, and at which hours: on how many days they were there, of how many on which anybody could
 * tell. Pure.
 */
import { type Intervals, lengthMs } from '../schemes/intervals.js';
import type { LocalHour } from './local-hours.js';
import { distanceMetres, type Metres, metresFrom, type Place, placeAt } from './pattern-fix.js';
import type { Stop } from './stops.js';

/** Of one hour, weekdays or weekends by themselves. There is at most observed, and observed at most days. */
export interface HourCount {
  readonly isWeekend: boolean;
  readonly hour: number;
  /** Days on which they stayed there for some minutes of it. */
  readonly there: number;
  /** Days on which they were there, or were seen for half of it at the least. */
  readonly observed: number;
  /** Days that have it. */
  readonly days: number;
}

export interface UsualPlace extends Place {
  /** Within which the places of its stops lie, with how near each is known. */
  readonly radiusMetres: number;
  /** In order of time. */
  readonly stops: readonly Stop[];
  readonly stayedMs: number;
  /** On how many local days they were there. */
  readonly days: number;
  readonly hours: readonly HourCount[];
}

/** So much of an hour is having been there in it: of a stop of ten minutes across an hour's end one of the two has it. */
const THERE_MS = 300_000;
const OBSERVED_SHARE = 0.5;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** They came on two days, or stayed around the clock: one night is no habit, though it has two days. */
function isUsual(stops: readonly Stop[], dateOf: (atMs: number) => string): boolean {
  const days = new Set(stops.map(({ fromMs }) => dateOf(fromMs)));
  return days.size >= 2 || stops.some(({ fromMs, untilMs }) => untilMs - fromMs >= DAY_MS);
}

/** Stops that are of one place: whatever order they come in, the longest say where the places are. */
function cluster(stops: readonly Stop[], withinMetres: number): Stop[][] {
  const places: { readonly stops: Stop[]; readonly metres: (to: Place) => Metres }[] = [];
  const longestFirst = [...stops].sort((a, b) => b.untilMs - b.fromMs - (a.untilMs - a.fromMs) || a.fromMs - b.fromMs);
  for (const stop of longestFirst) {
    let [nearest, nearestMetres] = [-1, withinMetres];
    places.forEach(({ metres }, at) => {
      const { east, north } = metres(stop);
      const apart = Math.sqrt(east * east + north * north);
      if (apart <= nearestMetres && (nearest < 0 || apart < nearestMetres)) [nearest, nearestMetres] = [at, apart];
    });
    if (nearest < 0) places.push({ stops: [stop], metres: metresFrom(stop) });
    else places[nearest]!.stops.push(stop);
  }
  return places.map(({ stops: own }) => own);
}

/** Each stop counts by how long it was. */
function centreOf(stops: readonly Stop[]): Place {
  const metres = metresFrom(stops[0]!);
  let [east, north, length] = [0, 0, 0];
  for (const stop of stops) {
    const at = metres(stop);
    const ms = stop.untilMs - stop.fromMs;
    east += ms * at.east;
    north += ms * at.north;
    length += ms;
  }
  return placeAt(stops[0]!, { east: east / length, north: north / length });
}

/** Of each hour, how long it was in some intervals. The hours follow one another without a hole. */
function lengthsWithin(intervals: Intervals, hours: readonly LocalHour[]): Float64Array {
  const lengths = new Float64Array(hours.length);
  let from = 0;
  for (const [fromMs, untilMs] of intervals) {
    while (from < hours.length && hours[from]!.untilMs <= fromMs) from += 1;
    for (let at = from; at < hours.length && hours[at]!.fromMs < untilMs; at++)
      lengths[at]! += Math.min(untilMs, hours[at]!.untilMs) - Math.max(fromMs, hours[at]!.fromMs);
  }
  return lengths;
}

function countHours(hours: readonly LocalHour[], there: Float64Array, seen: Float64Array): HourCount[] {
  const counts = [false, true].flatMap((isWeekend) =>
    Array.from({ length: 24 }, (_, hour) => ({ isWeekend, hour, there: 0, observed: 0, days: 0 })),
  );
  let before: { readonly date: string; readonly hour: number; isThere: boolean; isObserved: boolean } | null = null;
  hours.forEach(({ date, isWeekend, hour }, at) => {
    const count = counts[(isWeekend ? 24 : 0) + hour]!;
    // An hour that is there twice on a day is one of that day; the second follows the first.
    const isAgain = before?.date === date && before.hour === hour;
    if (!isAgain || before === null) {
      before = { date, hour, isThere: false, isObserved: false };
      count.days += 1;
    }
    const isThere = there[at]! >= THERE_MS;
    if (isThere && !before.isThere) count.there += 1;
    const isObserved = isThere || seen[at]! >= OBSERVED_SHARE * HOUR_MS;
    if (isObserved && !before.isObserved) count.observed += 1;
    before.isThere ||= isThere;
    before.isObserved ||= isObserved;
  });
  return counts;
}

/** The local day of an instant of the hours. */
function dateAt(hours: readonly LocalHour[]): (atMs: number) => string {
  const [first] = hours;
  // Every hour but the first and the last is whole.
  const wholeFromMs = first === undefined ? 0 : first.untilMs - HOUR_MS;
  return (atMs) => hours[Math.floor((atMs - wholeFromMs) / HOUR_MS)]!.date;
}

/** Those that are usual, the one where they stayed longest first; `hours` are those of the time that was asked for. */
export function listUsualPlaces(
  stops: readonly Stop[],
  hours: readonly LocalHour[],
  seen: Intervals,
  withinMetres: number,
): readonly UsualPlace[] {
  const seenByHour = lengthsWithin(seen, hours);
  const dateOf = dateAt(hours);
  return cluster(stops, withinMetres)
    .filter((own) => isUsual(own, dateOf))
    .map((own) => {
      const ordered = own.sort((a, b) => a.fromMs - b.fromMs);
      const there: Intervals = ordered.map(({ fromMs, untilMs }) => [fromMs, untilMs]);
      const centre = centreOf(ordered);
      const thereByHour = lengthsWithin(there, hours);
      const days = new Set(hours.filter((_, at) => thereByHour[at]! > 0).map(({ date }) => date));
      return {
        ...centre,
        radiusMetres: Math.max(...ordered.map((stop) => distanceMetres(centre, stop) + stop.radiusMetres)),
        stops: ordered,
        stayedMs: lengthMs(there),
        days: days.size,
        hours: countHours(hours, thereByHour, seenByHour),
      };
    })
    .sort((a, b) => b.stayedMs - a.stayedMs || a.stops[0]!.fromMs - b.stops[0]!.fromMs);
}
