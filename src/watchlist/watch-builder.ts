/** The facts of the records as what the engine folds. Pure: the same facts and day give the same content. */
import type { Absence, Activation, SharedWatch, TagWatch, Term, Zone } from '../engine/types.js';
import type {
  ConditionFacts,
  ConditionVersionFacts,
  TagFacts,
  TermKey,
  WatchFacts,
  ZoneVersionFacts,
} from '../ports/watch.js';
import { isTimeZone, TZDB_VERSION } from './local-time.js';
import { type Worn, withoutOldest } from './over.js';
import { clipWindows, createScheduleExpansion, type ExpandSchedule } from './schedule.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** How far ahead schedules are expanded. */
export const HORIZON_DAYS = 35;

/** What a tag without a model is taken to be: suppliers tell the 68 % circle and send a ping a minute (`product.md`). */
const NO_MODEL = { accuracyConvention: 'r68', defaultAccuracyMetres: null, intervalSeconds: 60 } as const;

/**
 * After how long a tag that is not heard from is unmonitored, where its model says nothing: fifteen pings that did not come, and an hour
 * at least, because a cellar or a train takes the network away for less.
 */
const SILENT_INTERVALS = 15;
const LEAST_SILENCE_SECONDS = 3_600;

/** What of its model stands in a tag's watch. */
function modelOf({ model }: TagFacts) {
  const { silentAfterSeconds, ...told } = model ?? { ...NO_MODEL, silentAfterSeconds: undefined };
  if (silentAfterSeconds === null) return told;
  const byInterval = Math.max(LEAST_SILENCE_SECONDS, SILENT_INTERVALS * told.intervalSeconds);
  return { ...told, silentAfterSeconds: silentAfterSeconds ?? byInterval };
}

/** Until when schedules are expanded on that day: the same all day long, so that what did not change stays the same. */
export function horizonOf(nowMs: number): number {
  return (Math.floor(nowMs / DAY_MS) + 1 + HORIZON_DAYS) * DAY_MS;
}

/** A half-open interval of instants; infinite where open. */
interface Interval {
  readonly fromMs: number;
  readonly untilMs: number;
}

interface Draft {
  readonly key: TermKey;
  readonly term: Omit<Term, 'publishedAtMs'>;
  readonly zone: Zone;
}

/**
 * From when until when each version stood: until the earliest effective instant of any later one. Empty ones are left out; those that
 * follow one another and are judged as one are one.
 */
function findReigns<T>(
  versions: readonly T[],
  effectiveAtMs: (version: T) => number,
  judgedAs: (version: T) => number,
): (Interval & { version: T })[] {
  const reigns: (Interval & { version: T })[] = [];
  let untilMs = Number.POSITIVE_INFINITY;
  for (const version of versions.toReversed()) {
    const fromMs = effectiveAtMs(version);
    if (fromMs >= untilMs) continue;
    const after = reigns.at(-1);
    if (after !== undefined && judgedAs(after.version) === judgedAs(version)) {
      reigns[reigns.length - 1] = { ...after, fromMs };
    } else {
      reigns.push({ version, fromMs, untilMs });
    }
    untilMs = fromMs;
  }
  return reigns.reverse();
}

const conditionReigns = (versions: readonly ConditionVersionFacts[]) =>
  findReigns(
    versions,
    ({ effectiveAtMs }) => effectiveAtMs,
    ({ version }) => version,
  );

const zoneReigns = (versions: readonly ZoneVersionFacts[]) =>
  findReigns(
    versions,
    ({ effectiveAtMs }) => effectiveAtMs ?? Number.NEGATIVE_INFINITY,
    ({ zone }) => zone.version,
  );

const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);

/** The interval of one version of a condition within its order, and why it ends. */
function boundCondition(condition: ConditionFacts, version: ConditionVersionFacts, reign: Interval) {
  const { order } = condition;
  const legalEndMs = Math.min(
    order?.endsAtMs ?? Number.POSITIVE_INFINITY,
    version.endsAtMs ?? Number.POSITIVE_INFINITY,
  );
  return {
    fromMs: Math.max(reign.fromMs, version.startsAtMs, order?.startsAtMs ?? Number.NEGATIVE_INFINITY),
    untilMs: Math.min(reign.untilMs, legalEndMs),
    legalEndMs,
  };
}

/** What of a wearer's absences concerns a condition: one that keeps a place free only where it is named. */
function absencesOf(
  { conditionId, order }: ConditionFacts,
  { kind }: ConditionVersionFacts,
  absences: WatchFacts['absences'] = [],
): Absence[] {
  return absences
    .filter(({ orderId, conditionIds }) => {
      if (order?.orderId === undefined || order.orderId !== orderId) return false;
      return conditionIds === null ? kind !== 'exclusion' : conditionIds.includes(conditionId);
    })
    .map(({ absenceId, startsAtMs, endsAtMs, knownFromMs }) => ({ absenceId, startsAtMs, endsAtMs, knownFromMs }));
}

/** A condition's terms: versions of the condition × versions of each of its zones, as far as they overlap `clip`. */
function draftTerms(
  condition: ConditionFacts,
  { zones, absences: allAbsences }: WatchFacts,
  clip: Interval & { readonly activationId: string },
  horizonMs: number,
  expand: ExpandSchedule,
): Draft[] {
  const drafts: Draft[] = [];
  for (const { version, ...reign } of conditionReigns(condition.versions)) {
    const bounds = boundCondition(condition, version, reign);
    const relevant = { fromMs: Math.max(bounds.fromMs, clip.fromMs), untilMs: Math.min(bounds.untilMs, clip.untilMs) };
    if (relevant.fromMs >= relevant.untilMs) continue;
    const { schedule } = version;
    const ownAbsences = absencesOf(condition, version, allAbsences);
    // A time zone that is none here (stored by another runtime) has no windows, known until nowhere: the engine can tell that
    // it cannot judge this version, and others of the watch are published.
    const expandedUntilMs = schedule !== null && isTimeZone(schedule.timeZone) ? horizonMs : relevant.fromMs;
    const addresses =
      schedule === null
        ? [{ zoneId: null, windows: null }]
        : expand(schedule, relevant.fromMs, Math.min(relevant.untilMs, expandedUntilMs));
    for (const { zoneId: otherZoneId, windows } of addresses) {
      const zoneId = otherZoneId ?? version.zoneId;
      for (const { version: zoneVersion, ...zoneReign } of zoneReigns(zones.get(zoneId) ?? [])) {
        const startsAtMs = Math.max(bounds.fromMs, zoneReign.fromMs);
        const endsAtMs = Math.min(bounds.untilMs, zoneReign.untilMs);
        const untilMs = Math.min(endsAtMs, clip.untilMs);
        if (Math.max(startsAtMs, clip.fromMs) >= untilMs) continue;
        const { zone } = zoneVersion;
        const absences = ownAbsences.filter((one) => one.startsAtMs < untilMs && one.endsAtMs > startsAtMs);
        drafts.push({
          key: {
            activationId: clip.activationId,
            conditionId: condition.conditionId,
            conditionVersion: version.version,
            zoneId: zone.zoneId,
            zoneVersion: zone.version,
          },
          zone,
          term: {
            conditionId: condition.conditionId,
            conditionVersion: version.version,
            zoneKey: `${zone.zoneId}@${zone.version}`,
            kind: version.kind,
            confirmOn: version.confirmOn ?? (zone.priority === 'victim' ? 'first-fix' : 'belief'),
            graceMs: Math.round(version.graceMinutes * MINUTE_MS),
            startsAtMs,
            endsAtMs: finite(endsAtMs),
            endsBecause:
              finite(endsAtMs) === null ? null : bounds.legalEndMs <= endsAtMs ? 'order-ended' : 'version-changed',
            windows: windows && clipWindows(windows, Math.max(startsAtMs, clip.fromMs), untilMs),
            windowsUntilMs: windows && Math.min(expandedUntilMs, untilMs),
            ...(windows === null || TZDB_VERSION === null ? {} : { tzdbVersion: TZDB_VERSION }),
            ...(absences.length === 0 ? {} : { absences }),
          },
        });
      }
    }
  }
  return drafts;
}

/** Terms with their publication, in an order of their own, and the zones that they name. */
function finish(drafts: readonly Draft[], publishedAtMs: (key: TermKey) => number) {
  const zones: Record<string, Zone> = {};
  for (const { term, zone } of drafts) zones[term.zoneKey] = zone;
  return {
    terms: drafts.map(({ key, term }): Term => ({ ...term, publishedAtMs: publishedAtMs(key) })),
    zones: Object.fromEntries(Object.entries(zones).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** A watch whose terms do not know yet when they were first published. */
export interface WatchDraft<W> {
  readonly keys: readonly TermKey[];
  /** `publishedAtMs` answers for each of `keys`. */
  finish(publishedAtMs: (key: TermKey) => number, sequence: number, nowMs: number): W;
}

/** Its `keys` are those of all activations, also of those that are left out: the record tells when each applied. */
export interface TagWatchDraft extends WatchDraft<TagWatch> {
  /** The same without so many of the oldest activations. */
  without(count: number): TagWatchDraft;
}

/** The watch of one tag; of a tag without activations an empty one. Of many, `expand` is one for all of them. */
export function draftTagWatch(
  tag: TagFacts,
  facts: WatchFacts,
  horizonMs: number,
  expand: ExpandSchedule = createScheduleExpansion(),
): TagWatchDraft {
  const drafted = tag.activations.map((activation) => {
    const { activationId, wearerId, fittedAtMs, removedAtMs } = activation;
    const clip = { activationId, fromMs: fittedAtMs, untilMs: removedAtMs ?? Number.POSITIVE_INFINITY };
    const own = facts.conditions.filter(({ order }) => order?.wearerId === wearerId);
    const suspensions = facts.suspensions?.get(wearerId);
    const custodyPeriods = facts.custodyPeriods?.get(wearerId);
    const periods = {
      ...(suspensions === undefined ? {} : { suspensions }),
      ...(custodyPeriods === undefined ? {} : { custodyPeriods }),
    };
    return {
      activation: { ...activation, ...periods },
      drafts: own.flatMap((condition) => draftTerms(condition, facts, clip, horizonMs, expand)),
    };
  });
  const keys = drafted.flatMap(({ drafts }) => drafts.map(({ key }) => key));
  const draftWithout = (count: number): TagWatchDraft => ({
    keys,
    without: draftWithout,
    finish(publishedAtMs, sequence, nowMs) {
      const judged = drafted.slice(count);
      const { overUntilMs } = withoutOldest<Worn>(tag, count);
      const { zones } = finish(
        judged.flatMap(({ drafts }) => drafts),
        publishedAtMs,
      );
      return {
        tagId: tag.tagId,
        sequence,
        publishedAtMs: nowMs,
        ...modelOf(tag),
        activations: judged.map(
          ({ activation, drafts }): Activation => ({ ...activation, terms: finish(drafts, publishedAtMs).terms }),
        ),
        ...(overUntilMs === undefined ? {} : { overUntilMs }),
        zones,
      };
    },
  });
  return draftWithout(0);
}

/** The watch of one condition that applies to all wearers. */
export function draftSharedWatch(
  condition: ConditionFacts,
  facts: WatchFacts,
  horizonMs: number,
  expand: ExpandSchedule = createScheduleExpansion(),
): WatchDraft<SharedWatch> {
  const always = { activationId: '', fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
  const drafts = draftTerms(condition, facts, always, horizonMs, expand);
  return {
    keys: drafts.map(({ key }) => key),
    finish: (publishedAtMs, sequence, nowMs) => ({
      conditionId: condition.conditionId,
      sequence,
      publishedAtMs: nowMs,
      ...finish(drafts, publishedAtMs),
    }),
  };
}
