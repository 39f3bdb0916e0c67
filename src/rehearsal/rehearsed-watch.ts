/** The watch of one activation as if drafted conditions, and they alone, had been in force over a time that is past. Pure. */
import type { SharedWatch, TagWatch } from '../engine/types.js';
import type { ConditionFacts, TagFacts, WatchFacts, ZoneVersionFacts } from '../ports/watch.js';
import type { ConditionContent } from '../records/kinds/condition.js';
import type { ZoneContent } from '../records/kinds/zone-feature.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../watchlist/watch-builder.js';

/** A condition or zone as it would be, or is, under that version. */
export interface Rehearsed<C> {
  readonly id: string;
  readonly version: number;
  readonly content: C;
}

export interface RehearsedRecords {
  readonly conditions: readonly Rehearsed<ConditionContent>[];
  /** Every zone that the conditions name. */
  readonly zones: readonly Rehearsed<ZoneContent>[];
}

export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface RehearsedWatch {
  readonly watch: TagWatch;
  readonly shared: readonly SharedWatch[];
}

/**
 * In force and published at the beginning of the period, whenever the drafts begin and end and whatever the order's dates. The wearer's
 * absences, suspensions and custody stay as they are on record. `tag` has the one activation.
 */
export function toRehearsedWatch(
  tag: TagFacts,
  facts: Pick<WatchFacts, 'absences' | 'suspensions' | 'custodyPeriods'>,
  { conditions, zones }: RehearsedRecords,
  { fromMs, untilMs }: Period,
): RehearsedWatch {
  const wearerId = tag.activations[0]?.wearerId ?? '';
  const horizonMs = horizonOf(untilMs);
  const all: WatchFacts = {
    ...facts,
    tags: [],
    conditions: conditions.map((each) => toFacts(each, wearerId, fromMs)),
    zones: new Map(zones.map((each) => [each.id, [toZoneVersion(each)]])),
  };
  const publishedAtMs = () => fromMs;
  const own = all.conditions.filter(({ order }) => order !== null);
  const watch = draftTagWatch(tag, { ...all, conditions: own }, horizonMs).finish(publishedAtMs, 0, fromMs);
  const shared = all.conditions
    .filter(({ order }) => order === null)
    .map((each) => draftSharedWatch(each, all, horizonMs).finish(publishedAtMs, 0, fromMs));
  return { watch, shared };
}

function toFacts({ id, version, content }: Rehearsed<ConditionContent>, wearerId: string, fromMs: number) {
  const { orderId } = content;
  return {
    conditionId: id,
    order: orderId === undefined ? null : { orderId, wearerId, startsAtMs: fromMs, endsAtMs: null },
    versions: [
      {
        version,
        effectiveAtMs: fromMs,
        kind: content.kind,
        zoneId: content.zoneId,
        schedule: content.schedule ?? null,
        confirmOn: content.confirmOn ?? null,
        graceMinutes: content.graceMinutes ?? 0,
        startsAtMs: fromMs,
        endsAtMs: null,
      },
    ],
  } satisfies ConditionFacts;
}

function toZoneVersion({ id, version, content }: Rehearsed<ZoneContent>): ZoneVersionFacts {
  const { priority, bufferMetres, shape } = content;
  return { effectiveAtMs: null, zone: { zoneId: id, version, priority, bufferMetres, shape } };
}
