/** The pings of the whole cohort over time: a function of the cohort, the story and the instants asked for. */
import { CAST_SIZE, type Cohort, type SimulatedWearer } from './cohort.js';
import { dayTrack, localDate } from './days.js';
import { pingAt, type SimulatedTag, type WirePing } from './ping.js';
import { createErrorProcess } from './position-error.js';
import { createRandom, hashSeed } from './random.js';
import { type Part, type Story, startingPlace } from './story.js';
import { startTrack, type Track } from './track.js';

export interface Simulation {
  /**
   * Every ping with `fromMs` <= fixedAt < `toMs`, in order of time. Tags ping on whole seconds, in turn. Before the story is
   * told, its cast stand where it will begin.
   */
  pingsBetween(fromMs: number, toMs: number): WirePing[];
  /** One ping of everybody, at one instant (whole seconds). */
  everybodyAt(atMs: number): WirePing[];
  tell(story: Story): void;
}

export interface SimulationOptions {
  readonly cohort: Cohort;
  /** Sequence numbers count the seconds from here. */
  readonly countsFromMs: number;
  readonly intervalSeconds: number;
}

const SECOND_MS = 1000;

export function createSimulation({ cohort, countsFromMs, intervalSeconds }: SimulationOptions): Simulation {
  const parts = new Map<number, Part>();
  let storyStartsAtMs = Number.POSITIVE_INFINITY;
  /** The day that each wearer is living; one entry a wearer. */
  const days = new Map<number, { date: string; track: Track }>();

  const tagOf = (wearer: SimulatedWearer): SimulatedTag => ({
    tagId: wearer.tagId,
    seed: `${cohort.seed}/${wearer.index}`,
    errors: createErrorProcess(createRandom(cohort.seed, 'errors', wearer.index)),
    countsFromMs,
    batteryPercent: 40 + (hashSeed(cohort.seed, 'battery', wearer.index) % 60),
  });
  const tags = cohort.wearers.map(tagOf);

  function trackAt(wearer: SimulatedWearer, atMs: number, date: string): Track {
    if (wearer.index < CAST_SIZE) {
      return parts.get(wearer.index)?.track ?? startTrack(startingPlace(wearer), atMs).done();
    }
    const known = days.get(wearer.index);
    if (known?.date === date) return known.track;
    const track = dayTrack(cohort.seed, wearer, date);
    days.set(wearer.index, { date, track });
    return track;
  }

  function pingOf(wearer: SimulatedWearer, atMs: number, date: string): WirePing {
    const bad = parts.get(wearer.index)?.badFixes.find((fix) => fix.atMs === atMs);
    return pingAt(tags[wearer.index]!, trackAt(wearer, atMs, date), atMs, bad?.at);
  }

  function isDue(wearer: SimulatedWearer, second: number): boolean {
    const part = second * SECOND_MS < storyStartsAtMs ? undefined : parts.get(wearer.index);
    const every = part?.intervalSeconds ?? intervalSeconds;
    if (part?.badFixes.some((fix) => fix.atMs === second * SECOND_MS)) return true;
    return second % every === wearer.index % every;
  }

  return {
    pingsBetween(fromMs, toMs) {
      const pings: WirePing[] = [];
      for (let second = Math.ceil(fromMs / SECOND_MS); second * SECOND_MS < toMs; second++) {
        const atMs = second * SECOND_MS;
        const date = localDate(atMs);
        for (const wearer of cohort.wearers) if (isDue(wearer, second)) pings.push(pingOf(wearer, atMs, date));
      }
      return pings;
    },
    everybodyAt(atMs) {
      const date = localDate(atMs);
      return cohort.wearers.map((wearer) => pingOf(wearer, atMs, date));
    },
    tell(story) {
      storyStartsAtMs = story.startsAtMs;
      for (const part of story.parts) parts.set(part.wearer.index, part);
    },
  };
}
