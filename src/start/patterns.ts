/** Patterns of a wearer, put together from the fixes on record and the watches that the record makes: part of the composition root. */
import type { NotLookedAt, PatternsQuery, TogetherQuery } from '../http/routes/patterns/patterns.js';
import { sumHomeTime, type TimeBy } from '../patterns/home-time.js';
import { listHours } from '../patterns/local-hours.js';
import { inOrder, listSeen, listUnseen, type PatternFix, type Span } from '../patterns/pattern-fix.js';
import { patternWords, togetherWords } from '../patterns/pattern-words.js';
import { findStops, type Stop, type StopRule } from '../patterns/stops.js';
import { compareTracks } from '../patterns/together.js';
import { listUsualPlaces, type UsualPlace } from '../patterns/usual-places.js';
import type { Database } from '../ports/database.js';
import type { DeletedStretch } from '../ports/retention.js';
import { type Intervals, intersect, lengthMs, subtract, unite } from '../schemes/intervals.js';
import { recordStore } from '../store/record-store.js';

import { listDeletedStretches } from '../store/retention.js';
import { countDayFixes, type DayFix, listTagsWorn, readDayFixes } from '../store/timeline.js';

import { watchStore } from '../store/watch.js';
import { compileWorn } from '../views/conditions-in-force.js';
import { listLocalDays } from '../views/local-days.js';
import { bandPresence, listEvidence, tellDeleted, type WornThen } from '../views/presence.js';
import { createLocalClock, LOCAL_TIME_ZONE } from '../watchlist/local-time.js';
import { withoutVictims } from '../watchlist/without-victims.js';
import {
  type HomeMinutes,
  MOST_PATTERN_FIXES,
  type Patterns,
  type Silence,
  STOP_GAP_LIMITS,
  type StopTold,
  type Together,
  type UsualPlaceTold,
} from '../wire/patterns.js';
import { PRESENCES, type Presence } from '../wire/timeline.js';

const MINUTE_MS = 60_000;
const toIso = (atMs: number): string => new Date(atMs).toISOString();
const toMinutes = (ms: number): number => Math.round(ms / MINUTE_MS);
const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
/** Seven decimals are 1 cm, and a place is known to metres: 10 cm. */
const toPlace = ({ latitude, longitude }: { readonly latitude: number; readonly longitude: number }) => ({
  latitude: round(latitude, 6),
  longitude: round(longitude, 6),
});

/** No longer one is asked for: what lies so near the time on either side of it takes part in what is said of its ends. */
const MARGIN_MS = STOP_GAP_LIMITS.most * MINUTE_MS;

interface Read {
  readonly worn: readonly WornThen[];
  readonly deleted: readonly DeletedStretch[];
  /** With the margins. */
  readonly dayFixes: readonly DayFix[];
  /** In order, with the margins. */
  readonly fixes: readonly PatternFix[];
  readonly addresses: Patterns['home']['addresses'];
}

async function readWearer(
  db: Database,
  wearerId: string,
  { fromMs, untilMs }: Span,
  { nowMs, tellsVictims }: { readonly nowMs: number; readonly tellsVictims: boolean },
  mostFixes: number,
): Promise<Read | NotLookedAt | null> {
  if (!(await recordStore.find(db, 'wearer', [wearerId])).has(wearerId)) return null;
  const wide = { wearerId, fromMs: fromMs - MARGIN_MS, untilMs: untilMs + MARGIN_MS };
  if ((await countDayFixes(db, wide, mostFixes + 1)) > mostFixes) return 'too many fixes';
  const tagIds = await listTagsWorn(db, { wearerId, fromMs, untilMs });
  const all = await watchStore.readTagFacts(db, tagIds);
  const worn = compileWorn(tellsVictims ? all : withoutVictims(all), wearerId, nowMs);
  const dayFixes = await readDayFixes(db, wide);
  const deleted = await listDeletedStretches(db, { wearerId, fromMs, toMs: untilMs });
  const fixes = listEvidence(dayFixes).flatMap(({ atMs, latitude, longitude, sigmaMetres }) =>
    sigmaMetres === null || atMs > nowMs ? [] : [{ atMs, latitude, longitude, sigmaMetres }],
  );
  const homes = worn.flatMap(({ terms }) => terms.filter(({ kind }) => kind === 'curfew'));
  const named = homes
    .filter(({ startsAtMs, endsAtMs }) => startsAtMs < untilMs && endsAtMs > fromMs)
    .map(
      ({ term, zone }) =>
        [`${term.conditionId} ${zone.zoneId}`, { conditionId: term.conditionId, zoneId: zone.zoneId }] as const,
    );
  return { worn, deleted, dayFixes, fixes: inOrder(fixes), addresses: [...new Map(named).values()] };
}

/** The local days, and what of them is over by now; null: the last one has not begun. */
function spanOf({
  days: count,
  lastDay,
  nowMs,
}: {
  readonly days: number;
  readonly lastDay: string | null;
  readonly nowMs: number;
}) {
  const days = listLocalDays(count, lastDay, nowMs);
  if (days.at(-1)!.fromMs >= nowMs) return null;
  const span: Span = { fromMs: days[0]!.fromMs, untilMs: Math.min(days.at(-1)!.untilMs, nowMs) };
  return {
    span,
    days: days.map(({ date, fromMs, untilMs }) => ({ date, fromAt: toIso(fromMs), untilAt: toIso(untilMs) })),
  };
}

const within = (fixes: readonly PatternFix[], { fromMs, untilMs }: Span): readonly PatternFix[] =>
  fixes.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);

const wornIntervals = (worn: readonly WornThen[], { fromMs, untilMs }: Span): Intervals =>
  unite(worn.map(({ fittedAtMs, removedAtMs }) => [Math.max(fittedAtMs, fromMs), Math.min(removedAtMs, untilMs)]));

/** Of each time with a tag by itself: where it was taken off, nobody says that they stayed. */
const findFittedStops = (fixes: readonly PatternFix[], fitted: Intervals, rule: StopRule): readonly Stop[] =>
  fitted.flatMap(([fromMs, untilMs]) => {
    const span = { fromMs, untilMs };
    return findStops(within(fixes, span), span, rule);
  });

/** Why nobody can say, in order of time. */
function tellSilences(unseen: Intervals, { deleted }: Read, fitted: Intervals) {
  const silent = intersect(unseen, fitted).map(([fromMs, untilMs]) => ({
    presence: 'unknown' as Presence,
    fromMs,
    untilMs,
  }));
  return [
    ...tellDeleted(silent, deleted).map(({ presence, ...own }) => ({
      ...own,
      why: presence === 'deleted' ? ('deleted' as const) : ('gap' as const),
    })),
    ...subtract(unseen, fitted).map(([fromMs, untilMs]) => ({ fromMs, untilMs, why: 'not-fitted' as const })),
  ].sort((a, b) => a.fromMs - b.fromMs);
}
type SilenceMs = ReturnType<typeof tellSilences>[number];

/** What made of it a silence, between the last fix there and the next: a moment without one before the tag was taken off did not. */
function whyEnded({ end, untilMs }: Stop, span: Span, seen: Intervals, silences: readonly SilenceMs[], gapMs: number) {
  if (end === 'moved') return end;
  const nextMs = seen.find(([fromMs]) => fromMs > untilMs)?.[0] ?? span.untilMs;
  const after = silences.filter((silence) => silence.fromMs < nextMs && silence.untilMs > untilMs);
  if (after.length === 0) return end;
  return after.find((silence) => silence.why !== 'gap' || silence.untilMs - silence.fromMs > gapMs)?.why ?? 'gap';
}

function tellStop(
  stop: Stop,
  { span, fixes, seen, rule: { gapMs } }: { span: Span; fixes: readonly PatternFix[]; seen: Intervals; rule: StopRule },
  silences: readonly SilenceMs[],
  places: readonly UsualPlace[],
): StopTold {
  const before = fixes.findLast(({ atMs }) => atMs < stop.fromMs);
  const place = places.findIndex(({ stops }) => stops.includes(stop));
  return {
    ...toPlace(stop),
    radiusMetres: Math.ceil(stop.radiusMetres),
    fromAt: toIso(stop.fromMs),
    untilAt: toIso(stop.untilMs),
    minutes: toMinutes(stop.untilMs - stop.fromMs),
    fixes: stop.fixes,
    longestGapSeconds: Math.round(stop.longestGapMs / 1_000),
    endedBecause: whyEnded(stop, span, seen, silences, gapMs),
    isCutAtStart: before !== undefined && before.atMs < span.fromMs && stop.fromMs - before.atMs <= gapMs,
    place: place < 0 ? null : place + 1,
  };
}

const tellPlace = (place: UsualPlace, i: number): UsualPlaceTold => ({
  place: i + 1,
  ...toPlace(place),
  radiusMetres: Math.ceil(place.radiusMetres),
  stops: place.stops.length,
  minutes: toMinutes(place.stayedMs),
  days: place.days,
  hours: place.hours,
});

const tellHome = (ms: TimeBy<Presence>): HomeMinutes => ({
  home: toMinutes(ms.home),
  out: toMinutes(ms.out),
  heard: toMinutes(ms.heard),
  unknown: toMinutes(ms.unknown),
  deleted: toMinutes(ms.deleted),
  notFitted: toMinutes(ms['not-fitted']),
});

export async function readPatterns(
  db: Database,
  query: PatternsQuery,
  mostFixes = MOST_PATTERN_FIXES,
): Promise<Omit<Patterns, 'authority'> | NotLookedAt | null> {
  const { wearerId, rule, nowMs } = query;
  const time = spanOf(query);
  if (time === null) return 'not begun';
  const { span, days } = time;
  const read = await readWearer(db, wearerId, span, query, mostFixes);
  if (read === null || typeof read === 'string') return read;
  const { worn, dayFixes, deleted, addresses } = read;
  const clock = createLocalClock(LOCAL_TIME_ZONE, span.fromMs, span.untilMs);
  const hours = listHours(span, clock.toWallMs);
  const fitted = wornIntervals(worn, span);
  const fixes = within(read.fixes, span);
  const stops = findFittedStops(fixes, fitted, rule);
  const isUsed = ({ sigmaMetres }: PatternFix) => sigmaMetres <= rule.radiusMetres;
  const used = read.fixes.filter(isUsed);
  const seen = intersect(listSeen(used, span, rule.gapMs, span.untilMs === nowMs), fitted);
  const silences = tellSilences(listUnseen(seen, span), read, fitted);
  const about = { span, fixes: used, seen, rule };
  const places = listUsualPlaces(stops, hours, seen, rule.radiusMetres);
  const bands = tellDeleted(bandPresence(dayFixes, worn, span.fromMs, span.untilMs).bands, deleted);
  return {
    wearerId,
    asOf: toIso(nowMs),
    timeZone: LOCAL_TIME_ZONE,
    days,
    inference: patternWords(rule),
    rule: {
      radiusMetres: rule.radiusMetres,
      leastMinutes: rule.leastMs / MINUTE_MS,
      gapMinutes: rule.gapMs / MINUTE_MS,
    },
    fixes: { used: fixes.filter(isUsed).length, poor: fixes.filter((fix) => !isUsed(fix)).length },
    stops: stops.map((stop) => tellStop(stop, about, silences, places)),
    silences: silences.map(
      ({ fromMs, untilMs, why }): Silence => ({ fromAt: toIso(fromMs), untilAt: toIso(untilMs), why }),
    ),
    usualPlaces: places.map(tellPlace),
    home: {
      addresses,
      days: sumHomeTime(bands, hours, PRESENCES).map(({ date, night, day }) => ({
        date,
        night: tellHome(night),
        day: tellHome(day),
      })),
    },
  };
}

/** What was not compared for so long is told by itself. */
const NOT_COMPARED_MS = 900_000;

export async function readTogether(
  db: Database,
  query: TogetherQuery,
): Promise<Omit<Together, 'authority'> | NotLookedAt | null> {
  const { firstWearerId, secondWearerId, rule, nowMs } = query;
  const time = spanOf(query);
  if (time === null) return 'not begun';
  const { span, days } = time;
  const readOne = async (wearerId: string) => {
    const read = await readWearer(db, wearerId, span, query, MOST_PATTERN_FIXES);
    if (read === null || typeof read === 'string') return read;
    // What is not needed is not held while the other is read.
    return { fixes: within(read.fixes, span), deleted: read.deleted };
  };
  const first = await readOne(firstWearerId);
  if (first === null || typeof first === 'string') return first;
  const second = await readOne(secondWearerId);
  if (second === null || typeof second === 'string') return second;
  const found = compareTracks(first.fixes, second.fixes, span, rule);
  const both = intersect(found.firstUnseen, found.secondUnseen);
  const deleted = unite([...first.deleted, ...second.deleted].map(({ fromMs, toMs }) => [fromMs, toMs + 1]));
  return {
    firstWearerId,
    secondWearerId,
    asOf: toIso(nowMs),
    timeZone: LOCAL_TIME_ZONE,
    days,
    inference: togetherWords(rule),
    withinMetres: rule.withinMetres,
    gapMinutes: rule.gapMs / MINUTE_MS,
    meetings: found.meetings.map(({ fromMs, untilMs, togetherMs, closest, firstFixes, secondFixes }) => ({
      fromAt: toIso(fromMs),
      untilAt: toIso(untilMs),
      minutes: round(togetherMs / MINUTE_MS, 1),
      closest: {
        at: toIso(closest.atMs),
        metres: round(closest.metres, 1),
        errorMetres: Math.ceil(closest.errorMetres),
        fixOfFirstSeconds: Math.round(closest.firstOffMs / 1_000),
        fixOfSecondSeconds: Math.round(closest.secondOffMs / 1_000),
        ...toPlace(closest.place),
      },
      fixesOfFirst: firstFixes,
      fixesOfSecond: secondFixes,
    })),
    minutes: round(found.togetherMs / MINUTE_MS, 1),
    comparedMinutes: toMinutes(found.comparedMs),
    notComparedMinutes: toMinutes(lengthMs(found.notCompared)),
    unseenMinutes: {
      first: toMinutes(lengthMs(subtract(found.firstUnseen, both))),
      second: toMinutes(lengthMs(subtract(found.secondUnseen, both))),
      both: toMinutes(lengthMs(both)),
    },
    notCompared: found.notCompared
      .filter(([fromMs, untilMs]) => untilMs - fromMs >= NOT_COMPARED_MS)
      .map((whole) => {
        const partOf = (unseen: Intervals): number => lengthMs(intersect([whole], unseen)) / lengthMs([whole]);
        const [ofFirst, ofSecond] = [partOf(found.firstUnseen), partOf(found.secondUnseen)];
        return {
          fromAt: toIso(whole[0]),
          untilAt: toIso(whole[1]),
          unseen:
            ofSecond === 0 ? 'first' : ofFirst === 0 ? 'second' : ofFirst === 1 && ofSecond === 1 ? 'both' : 'in turn',
          isDeleted: intersect([whole], deleted).length > 0,
        } as const;
      }),
  };
}
