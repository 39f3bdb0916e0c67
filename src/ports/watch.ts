/** The records as the publisher reads them: what of them stands in a watch, and its own memory. `store/watch.ts` holds them. */
import type { WearerScope } from '../access/may.js';
import type { TimedFix } from '../engine/state.js';
import type {
  Absence,
  AccuracyConvention,
  Activation,
  ConditionKind,
  CustodyPeriod,
  Suspension,
  TagWatch,
  Zone,
} from '../engine/types.js';
import type { OrderPeriod, WornPeriod } from '../engine/wearers/untagged.js';
import type { Queryable } from './database.js';

/** A window of a schedule in local time, `HH:MM`. `to` at or before `from` is on the next day. */
export interface ScheduleWindow {
  readonly from: string;
  readonly to: string;
  /** Another address than the condition's zone. */
  readonly zoneId?: string;
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** Weekly windows in local time and the dates on which others stand in their place (`wire.md`). Validated where written. */
export interface Schedule {
  /** IANA name. */
  readonly timeZone: string;
  /** A window belongs to the days on which it starts. */
  readonly windows: readonly (ScheduleWindow & { readonly days: readonly Weekday[] })[];
  /** Replaces the windows that start on its date (`YYYY-MM-DD`); no two have the same date. */
  readonly exceptions: readonly {
    readonly date: string;
    readonly windows: readonly ScheduleWindow[];
    readonly reason: 'first-night' | 'match-day' | 'variation';
  }[];
}

/** What a change of records concerns. */
export interface WatchTarget {
  readonly kind: 'tag' | 'wearer' | 'tag-model' | 'zone' | 'condition' | 'order';
  readonly id: string;
}

/** What of one wearer is judged beside any tag. */
export interface WearerFacts {
  readonly wearerId: string;
  readonly orders: readonly OrderPeriod[];
  readonly worn: readonly WornPeriod[];
}

/** What targets concern, by what is published. */
export interface ConcernedIds {
  readonly tagIds: readonly string[];
  readonly conditionIds: readonly string[];
  readonly wearerIds: readonly string[];
}

/** Versions in ascending order; one is in force from `effectiveAtMs` until the earliest one of a later version. */
export interface ZoneVersionFacts {
  readonly zone: Zone;
  /** Null: always. */
  readonly effectiveAtMs: number | null;
}

export interface ConditionVersionFacts {
  /** The version that it is judged as: of those that differ from the one before in their words alone, the first. */
  readonly version: number;
  readonly effectiveAtMs: number;
  readonly kind: ConditionKind;
  readonly zoneId: string;
  readonly schedule: Schedule | null;
  /** Null: by the zone's priority. */
  readonly confirmOn: 'belief' | 'first-fix' | null;
  readonly graceMinutes: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number | null;
}

export interface ConditionFacts {
  readonly conditionId: string;
  /** Null: it applies to all wearers. */
  readonly order: {
    /** By which absences belong to it. */
    readonly orderId?: string;
    readonly wearerId: string;
    readonly startsAtMs: number;
    readonly endsAtMs: number | null;
  } | null;
  readonly versions: readonly ConditionVersionFacts[];
}

/** An absence, or the part of it over which one version of it stood. */
export interface AbsenceFacts extends Absence {
  readonly orderId: string;
  /** Null: every condition of the order but exclusions. */
  readonly conditionIds: readonly string[] | null;
}

export interface TagFacts {
  readonly tagId: string;
  /** Null: the tag has no model. */
  readonly model:
    | (Pick<TagWatch, 'accuracyConvention' | 'defaultAccuracyMetres' | 'intervalSeconds'> & {
        /** Null: silence is not judged; absent: by how often it sends. */
        readonly silentAfterSeconds?: number | null;
      })
    | null;
  /** In order of `fittedAtMs`. */
  readonly activations: readonly Omit<Activation, 'terms'>[];
}

/** All that stands in the watches of some tags, or of some shared conditions (then without tags). */
export interface WatchFacts {
  readonly tags: readonly TagFacts[];
  readonly conditions: readonly ConditionFacts[];
  /** By zoneId. */
  readonly zones: ReadonlyMap<string, readonly ZoneVersionFacts[]>;
  /** By start; absent where none were asked for. */
  readonly absences?: readonly AbsenceFacts[];
  /** By wearerId. */
  readonly suspensions?: ReadonlyMap<string, readonly Suspension[]>;
  readonly custodyPeriods?: ReadonlyMap<string, readonly CustodyPeriod[]>;
}

/** What is known of the clocks of tags at a place of a trail, by activation (`views/trail-clock.ts`). */
export type TrailClocks = ReadonlyMap<string, { readonly fixes: readonly TimedFix[]; readonly runs: boolean }>;

/** What the model of a tag says of its accuracies. */
export interface TrailModel {
  readonly accuracyConvention: AccuracyConvention;
  readonly defaultAccuracyMetres: number | null;
}

/** A silence between two fixes of a trail, longer than the engine infers anything over. */
export interface TrailGap {
  /** Device time of the fix before it. */
  readonly fromMs: number;
  /** The exclusions in force that the straight line across it goes through; null: it is so long that nothing can be excluded. */
  readonly cannotExclude: readonly Omit<TermKey, 'activationId'>[] | null;
}

/** A term by what it is made of; `activationId` is empty for a shared condition. */
export interface TermKey {
  readonly activationId: string;
  readonly conditionId: string;
  readonly conditionVersion: number;
  readonly zoneId: string;
  readonly zoneVersion: number;
}

export interface OutboxRow {
  readonly outboxId: number;
  readonly target: WatchTarget;
}

/** What was published last of a tag's watch, a shared condition or a wearer. */
export interface Published {
  readonly kind: 'tag' | 'condition' | 'wearer';
  readonly id: string;
  readonly contentHash: string;
  readonly sequence: number;
}

/** How much at most stands in the watch of a tag, or in that of a shared condition. */
export interface WatchSize {
  readonly kind: 'tag' | 'condition';
  readonly id: string;
  /** The watch, and in it activations, terms, zones, absences, suspensions and custody. */
  readonly named: number;
  /** Instants at which windows open and close. */
  readonly edges: number;
  /** Of zones' polygons. */
  readonly points: number;
  readonly rings: number;
}

/** The records as the publisher reads them, and its own memory. `store/watch.ts`; every call is one or few statements. */
export interface WatchStore {
  /** Notified with the commit that adds rows to the outbox. */
  readonly outboxChannel: string;
  /** The oldest rows first, but for those. */
  readOutbox(db: Queryable, limit: number, except: readonly number[]): Promise<OutboxRow[]>;
  addToOutbox(db: Queryable, targets: readonly WatchTarget[], nowMs: number): Promise<void>;
  /** Removes rows and tells those who wait for them. */
  removeFromOutbox(db: Queryable, outboxIds: readonly number[]): Promise<void>;
  resolveTargets(db: Queryable, targets: readonly WatchTarget[]): Promise<ConcernedIds>;
  /**
   * The next publication's sequence. In a repeatable-read transaction, as its first call: it waits for any other publication
   * under way before the snapshot is taken, so that a higher sequence never stands on an older snapshot.
   */
  beginPublication(tx: Queryable): Promise<number>;
  /** What the watches of those tags and shared conditions hold at most, with schedules expanded until then (epoch ms); none of those that are empty. */
  countSizes(
    db: Queryable,
    concerned: Pick<ConcernedIds, 'tagIds' | 'conditionIds'>,
    horizonMs: number,
  ): Promise<WatchSize[]>;
  readTagFacts(db: Queryable, tagIds: readonly string[]): Promise<WatchFacts>;
  readSharedFacts(db: Queryable, conditionIds: readonly string[]): Promise<WatchFacts>;
  /** Of those that are on record. */
  readWearerFacts(db: Queryable, wearerIds: readonly string[]): Promise<WearerFacts[]>;
  /** By wearerId. */
  readCustody(db: Queryable, wearerIds: readonly string[]): Promise<ReadonlyMap<string, readonly CustodyPeriod[]>>;
  /** When each term was first published, in the order given, epoch ms; those that were not are recorded as of now. */
  recordTerms(tx: Queryable, terms: readonly TermKey[], nowMs: number): Promise<number[]>;
  /** Hashes of what was published last, by id. */
  readPublished(db: Queryable, kind: Published['kind'], ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  recordPublished(db: Queryable, published: readonly Published[], nowMs: number): Promise<void>;
  /** `sequence`: the last that was given out; 0: none. */
  readPublicationState(
    db: Queryable,
  ): Promise<{ epoch: string | null; expandedUntilMs: number | null; sequence: number }>;
  writePublicationState(db: Queryable, state: { epoch: string; expandedUntilMs: number }): Promise<void>;
  /** Forgets what was published: the log is another one, or knows better. */
  forgetPublished(db: Queryable): Promise<void>;
  /** Goes on behind that sequence. At once, whatever becomes of the transaction. */
  raiseSequence(db: Queryable, sequence: number): Promise<void>;
  /** What scope needs of some wearers, as it is on record. */
  readWearerScopes(db: Queryable, wearerIds: readonly string[]): Promise<readonly WearerScope[]>;
  /** The same of every wearer, in the order of their ids, after the one given. */
  listWearerScopes(db: Queryable, after: string | null, limit: number): Promise<readonly WearerScope[]>;
  /** Wearers who are under an order that is not over, and may be without a tag, now or later. */
  listUntagged(db: Queryable, atMs: number): Promise<WatchTarget[]>;
  /** Everything that has a watch. */
  listAllTargets(db: Queryable): Promise<WatchTarget[]>;
  /** What has a schedule that has not ended at that time: the tags' wearers and the shared conditions. */
  listScheduledTargets(db: Queryable, atMs: number): Promise<WatchTarget[]>;
}
