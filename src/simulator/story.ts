/**
 * What goes wrong in the demonstration, with its ground truth: who breaks which condition, and when it must have been told. The
 * cast are the first wearers of the cohort; everybody else has an ordinary day and raises nothing.
 */
import { Temporal } from 'temporal-polyfill';
import {
  CAST_SIZE,
  type Cohort,
  HOME_RADIUS_METRES,
  type SimulatedWearer,
  VICTIM_ZONE_RADIUS_METRES,
} from './cohort.js';
import { TIME_ZONE } from './days.js';
import { bearingDegrees, type Point, towards } from './ground.js';
import { SCHOOLS, TOWN_CENTRE } from './places.js';
import {
  beganAtMs,
  condition,
  conditionIdOf,
  dailySchedule,
  homeZone,
  homeZoneIdOf,
  type RecordLine,
  victimZone,
  victimZoneIdOf,
} from './records.js';
import { startTrack, type Track } from './track.js';

/** An alert that must come, or may. */
export interface Truth {
  readonly wearerId: string;
  readonly conditionId: string;
  readonly kind: 'exclusion' | 'curfew';
  /** `withdrawn`: a lone bad fix, told as suspected at most and taken back. */
  readonly outcome: 'confirmed' | 'withdrawn';
  /** When the violation begins; nothing is raised before. */
  readonly startsAtMs: number;
  /** By when it must have reached its outcome. */
  readonly byMs: number;
  /** Its curfew window's opening, where the window opens on somebody who is out. */
  readonly edgeAtMs?: number;
}

export interface Part {
  readonly wearer: SimulatedWearer;
  readonly track: Track;
  /** How often the tag pings while the story runs. */
  readonly intervalSeconds: number;
  /** Instants of lone bad fixes, and where they claim to be. */
  readonly badFixes: readonly { readonly atMs: number; readonly at: Point }[];
}

export interface Story {
  readonly startsAtMs: number;
  readonly parts: readonly Part[];
  /** Zones before conditions. */
  readonly zones: readonly RecordLine[];
  readonly conditions: readonly RecordLine[];
  readonly truths: readonly Truth[];
}

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const CYCLING_METRES_PER_SECOND = 5.5;
const CAR_METRES_PER_SECOND = 9;
const BRISK_METRES_PER_SECOND = 1.6;
/** Fast enough that the first two minutes have something to show. */
const CAST_INTERVAL_SECONDS = 5;
const INTRUDER_INTERVAL_SECONDS = 3;
/** So much time is left between writing the condition and the opening of its window. */
const EDGE_LEAD_MS = 10 * SECOND_MS;
/** A window that surely holds the next hours: it opened so many hours ago, by the wall clock. */
const OPENED_HOURS_AGO = 3;
const WINDOW_HOURS = 12;

const zoned = (atMs: number) => Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(TIME_ZONE);
const wallClock = (at: Temporal.ZonedDateTime) => at.toPlainTime().toString({ smallestUnit: 'minute' });

/**
 * A nightly window, by the wall clock, that is open at the instant and stays so for hours, on clock-change nights too: it opened
 * on the hour about three hours ago and lasts about twelve, so an hour more or less is nowhere near either edge.
 */
export function windowOpenAt(atMs: number): { from: string; to: string } {
  const opened = zoned(atMs)
    .subtract({ hours: OPENED_HOURS_AGO })
    .round({ smallestUnit: 'hour', roundingMode: 'floor' });
  const time = opened.toPlainTime();
  return {
    from: time.toString({ smallestUnit: 'minute' }),
    to: time.add({ hours: WINDOW_HOURS }).toString({ smallestUnit: 'minute' }),
  };
}

/**
 * The next minute that a window can open at, some seconds ahead. Null in the hour that the wall clock shows for the second time
 * in October: a window's time means the first showing (`compatible`), so no window can open in the second.
 */
export function nextEdge(atMs: number): { edgeAtMs: number; from: string; to: string } | null {
  const edgeAtMs = Math.ceil((atMs + EDGE_LEAD_MS) / MINUTE_MS) * MINUTE_MS;
  const edge = zoned(edgeAtMs);
  const meant = edge.toPlainDateTime().toZonedDateTime(TIME_ZONE, { disambiguation: 'compatible' });
  if (meant.epochMilliseconds !== edgeAtMs) return null;
  const to = edge.toPlainTime().add({ hours: WINDOW_HOURS });
  return { edgeAtMs, from: wallClock(edge), to: to.toString({ smallestUnit: 'minute' }) };
}

/** Where the cast wait before the story begins: their pings of before come from here. */
export function startingPlace(wearer: SimulatedWearer): Point {
  const outOfTown = bearingDegrees(TOWN_CENTRE.centre, wearer.home);
  switch (wearer.index) {
    case 0:
      return towards(wearer.home, VICTIM_ZONE_RADIUS_METRES + 40, outOfTown);
    case 1:
      return towards(wearer.home, HOME_RADIUS_METRES / 2, outOfTown);
    case 2:
      return towards(wearer.home, 350, outOfTown);
    case 3:
      return towards(TOWN_CENTRE.centre, 620, 290);
    default: {
      const school = schoolOf(wearer);
      return towards(school.centre, 320, bearingDegrees(TOWN_CENTRE.centre, school.centre));
    }
  }
}

const schoolOf = (wearer: SimulatedWearer) => SCHOOLS[wearer.index % SCHOOLS.length]!;

interface Scene {
  readonly part: Part;
  readonly zones: readonly RecordLine[];
  readonly conditions: readonly RecordLine[];
  readonly truths: readonly Truth[];
}

/** Rides up to a victim's address, stays some minutes, rides off again. */
function approachVictim(wearer: SimulatedWearer, startsAtMs: number): Scene {
  const address = wearer.home;
  const from = startingPlace(wearer);
  const outwards = bearingDegrees(address, from);
  const track = startTrack(from, startsAtMs + SECOND_MS)
    .moveTo(towards(address, 70, outwards), CYCLING_METRES_PER_SECOND)
    .waitUntil(startsAtMs + 4 * MINUTE_MS)
    .moveTo(towards(address, 600, outwards + 10), CYCLING_METRES_PER_SECOND)
    .done();
  const conditionId = conditionIdOf('victim', wearer);
  return {
    part: { wearer, track, intervalSeconds: INTRUDER_INTERVAL_SECONDS, badFixes: [] },
    zones: [victimZone(wearer, address)],
    conditions: [condition(conditionId, wearer, 'exclusion', victimZoneIdOf(wearer), beganAtMs(startsAtMs))],
    truths: [
      {
        wearerId: wearer.wearerId,
        conditionId,
        kind: 'exclusion',
        outcome: 'confirmed',
        startsAtMs: startsAtMs + SECOND_MS,
        byMs: startsAtMs + 18 * SECOND_MS,
      },
    ],
  };
}

/** Walks out of the garden in the middle of a curfew window, and comes back after some minutes. */
function leaveHome(wearer: SimulatedWearer, startsAtMs: number): Scene {
  const from = startingPlace(wearer);
  const outwards = bearingDegrees(wearer.home, from);
  const track = startTrack(from, startsAtMs + 12 * SECOND_MS)
    .moveTo(towards(wearer.home, 260, outwards), BRISK_METRES_PER_SECOND)
    .waitUntil(startsAtMs + 6 * MINUTE_MS)
    .moveTo(wearer.home, BRISK_METRES_PER_SECOND)
    .done();
  const conditionId = conditionIdOf('curfew', wearer);
  const { from: opens, to } = windowOpenAt(startsAtMs);
  const schedule = dailySchedule(opens, to);
  return {
    part: { wearer, track, intervalSeconds: CAST_INTERVAL_SECONDS, badFixes: [] },
    zones: [homeZone(wearer)],
    conditions: [condition(conditionId, wearer, 'curfew', homeZoneIdOf(wearer), beganAtMs(startsAtMs), schedule)],
    truths: [
      {
        wearerId: wearer.wearerId,
        conditionId,
        kind: 'curfew',
        outcome: 'confirmed',
        startsAtMs: startsAtMs + 12 * SECOND_MS,
        byMs: startsAtMs + 75 * SECOND_MS,
      },
    ],
  };
}

/** Is out when a curfew window opens, at the next minute, and walks home some minutes later. */
function stayOut(wearer: SimulatedWearer, startsAtMs: number): Scene {
  const from = startingPlace(wearer);
  const outwards = bearingDegrees(wearer.home, from);
  const track = startTrack(from, startsAtMs)
    .moveTo(towards(wearer.home, 500, outwards), BRISK_METRES_PER_SECOND)
    .waitUntil(startsAtMs + 7 * MINUTE_MS)
    .moveTo(wearer.home, BRISK_METRES_PER_SECOND)
    .done();
  const part = { wearer, track, intervalSeconds: CAST_INTERVAL_SECONDS, badFixes: [] };
  const edge = nextEdge(startsAtMs);
  if (edge === null) return { part, zones: [], conditions: [], truths: [] };
  const conditionId = conditionIdOf('curfew', wearer);
  const schedule = dailySchedule(edge.from, edge.to);
  return {
    part,
    zones: [homeZone(wearer)],
    conditions: [condition(conditionId, wearer, 'curfew', homeZoneIdOf(wearer), beganAtMs(startsAtMs), schedule)],
    truths: [
      {
        wearerId: wearer.wearerId,
        conditionId,
        kind: 'curfew',
        outcome: 'confirmed',
        startsAtMs: edge.edgeAtMs,
        byMs: edge.edgeAtMs + 15 * SECOND_MS,
        edgeAtMs: edge.edgeAtMs,
      },
    ],
  };
}

/** Walks into the town centre, which is closed to all, and out again. */
function crossTown(wearer: SimulatedWearer, startsAtMs: number): Scene {
  const leavesAtMs = startsAtMs + 2.5 * MINUTE_MS;
  const track = startTrack(startingPlace(wearer), leavesAtMs)
    .moveTo(towards(TOWN_CENTRE.centre, 150, 300), BRISK_METRES_PER_SECOND)
    .waitUntil(leavesAtMs + 9 * MINUTE_MS)
    .moveTo(startingPlace(wearer), BRISK_METRES_PER_SECOND)
    .done();
  return {
    part: { wearer, track, intervalSeconds: CAST_INTERVAL_SECONDS, badFixes: [] },
    zones: [],
    conditions: [],
    truths: [
      {
        wearerId: wearer.wearerId,
        conditionId: 'C-town-centre',
        kind: 'exclusion',
        outcome: 'confirmed',
        startsAtMs: leavesAtMs,
        byMs: leavesAtMs + 6 * MINUTE_MS,
      },
    ],
  };
}

function schoolCondition(wearer: SimulatedWearer, startsAtMs: number): RecordLine {
  const began = beganAtMs(startsAtMs);
  return condition(conditionIdOf('school', wearer), wearer, 'exclusion', schoolOf(wearer).zoneId, began);
}

/**
 * Stands still beside a school while one fix claims to be inside. It is one of the tag's own times: 300 m between two fixes five
 * seconds apart are a possible speed, nearer ones would be no evidence at all.
 */
function sufferBadFix(wearer: SimulatedWearer, startsAtMs: number): Scene {
  const from = startingPlace(wearer);
  const intervalMs = CAST_INTERVAL_SECONDS * SECOND_MS;
  const soonMs = Math.ceil((startsAtMs + 3 * MINUTE_MS) / intervalMs) * intervalMs;
  const atMs = soonMs + (wearer.index % CAST_INTERVAL_SECONDS) * SECOND_MS;
  return {
    part: {
      wearer,
      track: startTrack(from, startsAtMs).done(),
      intervalSeconds: CAST_INTERVAL_SECONDS,
      badFixes: [{ atMs, at: towards(schoolOf(wearer).centre, 20, 0) }],
    },
    zones: [],
    conditions: [schoolCondition(wearer, startsAtMs)],
    truths: [
      {
        wearerId: wearer.wearerId,
        conditionId: conditionIdOf('school', wearer),
        kind: 'exclusion',
        outcome: 'withdrawn',
        startsAtMs: atMs,
        byMs: atMs + 60 * SECOND_MS,
      },
    ],
  };
}

/** Drives to a school gate, waits there, drives off. One after the other, so that the page goes on having news. */
function visitSchool(wearer: SimulatedWearer, startsAtMs: number): Scene {
  const leavesAtMs = startsAtMs + (wearer.index - SCENES.length + 1) * 4 * MINUTE_MS;
  const from = startingPlace(wearer);
  const school = schoolOf(wearer);
  const track = startTrack(from, leavesAtMs)
    .moveTo(towards(school.centre, 40, bearingDegrees(school.centre, from)), CAR_METRES_PER_SECOND)
    .waitUntil(leavesAtMs + 5 * MINUTE_MS)
    .moveTo(from, CAR_METRES_PER_SECOND)
    .done();
  return {
    part: { wearer, track, intervalSeconds: CAST_INTERVAL_SECONDS, badFixes: [] },
    zones: [],
    conditions: [schoolCondition(wearer, startsAtMs)],
    truths: [
      {
        wearerId: wearer.wearerId,
        conditionId: conditionIdOf('school', wearer),
        kind: 'exclusion',
        outcome: 'confirmed',
        startsAtMs: leavesAtMs,
        byMs: leavesAtMs + 90 * SECOND_MS,
      },
    ],
  };
}

const SCENES: readonly ((wearer: SimulatedWearer, startsAtMs: number) => Scene)[] = [
  approachVictim,
  leaveHome,
  stayOut,
  crossTown,
  sufferBadFix,
];

/** The story from an instant on, whole seconds. */
export function tellStory(cohort: Cohort, startsAtMs: number): Story {
  if (startsAtMs % SECOND_MS !== 0) throw new Error('A story starts on a whole second');
  const scenes = cohort.wearers
    .slice(0, CAST_SIZE)
    .map((wearer) => (SCENES[wearer.index] ?? visitSchool)(wearer, startsAtMs));
  return {
    startsAtMs,
    parts: scenes.map(({ part }) => part),
    zones: scenes.flatMap(({ zones }) => zones),
    conditions: scenes.flatMap(({ conditions }) => conditions),
    truths: scenes.flatMap(({ truths }) => truths),
  };
}
