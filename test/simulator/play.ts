/**
 * Plays the demonstration without a program around it: the records through the real validation of zones, the real expansion of
 * schedules and the real fold of a partition, with the seeding's order of events and a tag's delay.
 */
import type { FindingEvent } from '../../src/alerts/event.js';
import { toFindingEvent } from '../../src/alerts/event.js';
import type { SharedWatch, TagWatch } from '../../src/engine/types.js';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { validateZone } from '../../src/formats/zones/zone.js';
import type { InputRecord } from '../../src/ports/topics.js';
import type { ConditionFacts, Schedule, WatchFacts, ZoneVersionFacts } from '../../src/ports/watch.js';
import { emptyFold, foldInput } from '../../src/roles/engine/partition-fold.js';
import { inventCohort } from '../../src/simulator/cohort.js';
import type { WirePing } from '../../src/simulator/ping.js';
import { cohortRecords, type RecordLine } from '../../src/simulator/records.js';
import { createSimulation } from '../../src/simulator/simulation.js';
import { type Story, tellStory } from '../../src/simulator/story.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../../src/watchlist/watch-builder.js';

const SECOND_MS = 1000;
const INTERVAL_SECONDS = 15;
/** From a tag's fix to its receipt. */
const DELAY_MS = 400;
/** The engine's worker ticks so often. */
const TICK_MS = 5 * SECOND_MS;

type Body = Record<string, unknown>;

const at = (instant: unknown) => Date.parse(String(instant));

/** The facts that the store would read, from the bodies that were put. */
function toFacts(puts: readonly RecordLine[]): WatchFacts & { readonly shared: readonly ConditionFacts[] } {
  const of = (kind: string) => puts.filter((put) => put.kind === kind);
  const model = of('tag-model')[0]!.body as { defaultAccuracyMetres: number; intervalSeconds: number };
  const orders = new Map(of('order').map((put) => [put.id, put.body as Body]));
  const zones = new Map<string, ZoneVersionFacts[]>();
  for (const put of of('zone')) {
    const valid = validateZone(put.body, null);
    if (!valid.ok) throw new Error(`${put.kind} ${put.id}: ${JSON.stringify(valid.errors)}`);
    const { priority, bufferMetres } = valid.properties;
    const zone = { ...valid.zone, zoneId: put.id, version: 1, priority, bufferMetres };
    zones.set(put.id, [{ zone, effectiveAtMs: null }]);
  }
  const conditions = of('condition').map((put): ConditionFacts => {
    const { orderId, kind, zoneId, schedule, startsAt } = put.body as Body;
    const order = orderId === undefined ? null : orders.get(String(orderId))!;
    if (!zones.has(String(zoneId))) throw new Error(`${put.kind} ${put.id} names a zone that is not there`);
    return {
      conditionId: put.id,
      order: order && { wearerId: String(order.wearerId), startsAtMs: at(order.startsAt), endsAtMs: null },
      versions: [
        {
          version: 1,
          effectiveAtMs: at(startsAt),
          kind: kind as 'exclusion',
          zoneId: String(zoneId),
          schedule: schedule === undefined ? null : { exceptions: [], ...(schedule as Omit<Schedule, 'exceptions'>) },
          confirmOn: null,
          graceMinutes: 0,
          startsAtMs: at(startsAt),
          endsAtMs: null,
        },
      ],
    };
  });
  return {
    tags: of('activation').map((put) => {
      const { tagId, wearerId, fittedAt } = put.body as Body;
      const activation = {
        activationId: put.id,
        wearerId: String(wearerId),
        fittedAtMs: at(fittedAt),
        removedAtMs: null,
      };
      return { tagId: String(tagId), model: { accuracyConvention: 'r95', ...model }, activations: [activation] };
    }),
    conditions: conditions.filter(({ order }) => order !== null),
    shared: conditions.filter(({ order }) => order === null),
    zones,
  };
}

export interface Played {
  readonly story: Story;
  readonly events: readonly FindingEvent[];
  /** Why pings did not count, where any did not. */
  readonly notJudged: readonly string[];
}

/** The demonstration seeded from `startsAtMs` - 8 s, its story from `startsAtMs`, for so long. */
export function play(seed: string, startsAtMs: number, durationMs: number): Played {
  const cohort = inventCohort(seed);
  const seededAtMs = startsAtMs - 8 * SECOND_MS;
  const simulation = createSimulation({
    cohort,
    countsFromMs: seededAtMs - 60 * SECOND_MS,
    intervalSeconds: INTERVAL_SECONDS,
  });
  const fold = emptyFold(0);
  const events: FindingEvent[] = [];
  const notJudged: string[] = [];
  const publishedAtMs = new Map<string, number>();
  let offset = 0;
  let sequence = 0;

  function take(record: InputRecord): void {
    const folded = foldInput(fold, record, offset++, ({ error }) => {
      throw error;
    });
    events.push(...folded.events.map(toFindingEvent));
    if (folded.notJudged !== null) notJudged.push(folded.notJudged);
  }
  /** A tag whose watch stays the same is not published again. */
  function publish(
    puts: readonly RecordLine[],
    nowMs: number,
    isChanged: (tagId: string) => boolean = () => true,
  ): void {
    const facts = toFacts(puts);
    const publication = (key: object) => {
      const name = JSON.stringify(key);
      if (!publishedAtMs.has(name)) publishedAtMs.set(name, nowMs);
      return publishedAtMs.get(name)!;
    };
    sequence += 1;
    for (const tag of facts.tags.filter(({ tagId }) => isChanged(tagId))) {
      const watch: TagWatch = draftTagWatch(tag, facts, horizonOf(nowMs)).finish(publication, sequence, nowMs);
      take({ type: 'watch', watch });
    }
    for (const condition of facts.shared) {
      const shared: SharedWatch = draftSharedWatch(condition, facts, horizonOf(nowMs)).finish(
        publication,
        sequence,
        nowMs,
      );
      take({ type: 'shared', shared });
    }
  }
  function hear(pings: readonly WirePing[]): void {
    for (const wire of pings) {
      const receivedAtMs = Date.parse(wire.fixedAt) + DELAY_MS;
      const parsed = parsePing(wire, receivedAtMs);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed));
      take({ type: 'ping', receivedAtMs, ping: parsed.ping });
    }
  }

  const records = cohortRecords(cohort, seededAtMs, INTERVAL_SECONDS);
  const fitted = [...records.people, ...records.orders, ...records.activations];
  publish(fitted, seededAtMs);
  hear(simulation.everybodyAt(seededAtMs + SECOND_MS));
  publish([...fitted, ...records.conditions], seededAtMs + 5 * SECOND_MS);
  hear(simulation.everybodyAt(seededAtMs + 6 * SECOND_MS));
  const story = tellStory(cohort, startsAtMs);
  const cast = new Set(story.parts.map(({ wearer }) => wearer.tagId));
  publish([...fitted, ...story.zones, ...records.conditions, ...story.conditions], startsAtMs + 500, (tagId) =>
    cast.has(tagId),
  );
  simulation.tell(story);
  for (let fromMs = startsAtMs; fromMs < startsAtMs + durationMs; fromMs += TICK_MS) {
    hear(simulation.pingsBetween(fromMs, fromMs + TICK_MS));
    take({ type: 'tick', atMs: fromMs + TICK_MS });
  }
  return { story, events, notJudged };
}
