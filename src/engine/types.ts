/** The engine's words: what it takes, what it keeps, what it says. Instants are epoch ms; distances metres; WGS84 degrees. */

export const MECHANISMS = ['GPS', 'RF', 'LBS', 'WIFI'] as const;
export type Mechanism = (typeof MECHANISMS)[number];

export const DEVICE_EVENTS = [
  'strap-tamper',
  'strap-restored',
  'case-tamper',
  'case-restored',
  'battery-low',
  'battery-critical',
  'charging-started',
  'charging-stopped',
  'no-gps',
  'gps-restored',
  'jamming',
  'powered-on',
  'powered-off',
] as const;
export type DeviceEvent = (typeof DEVICE_EVENTS)[number];

/** One position at one device time. `accuracyMetres` is null where neither the ping nor the tag's model gave one. */
export interface Position {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMetres: number | null;
  readonly mechanism: Mechanism;
}

/** One message from a tag, parsed and validated. `identity` is the sequence and a hash of the content (`docs/wire.md`). */
export interface Ping {
  readonly tagId: string;
  readonly identity: string;
  readonly sequence: number | null;
  readonly fixedAtMs: number;
  readonly position: Position | null;
  /** Why the position that came was not taken; absent: none came, or it was. */
  readonly positionIgnored?: string;
  readonly deviceEvents: readonly DeviceEvent[];
  readonly speedKmh: number | null;
  readonly headingDegrees: number | null;
  readonly altitudeMetres: number | null;
  readonly satellites: number | null;
  readonly batteryPercent: number | null;
}

export type ConditionKind = 'exclusion' | 'inclusion' | 'restriction' | 'curfew';
export type ZonePriority = 'victim' | 'high' | 'standard';
export type AccuracyConvention = 'r68' | 'r95';

/** Geometry of one version of a zone; validated before it gets here (invariant 13). */
export interface Zone {
  readonly zoneId: string;
  readonly version: number;
  readonly priority: ZonePriority;
  readonly bufferMetres: number | null;
  readonly shape:
    | { readonly type: 'circle'; readonly longitude: number; readonly latitude: number; readonly radiusMetres: number }
    /** MultiPolygon coordinates as in GeoJSON: polygons, rings (first outer, then holes), closed, [longitude, latitude]. */
    | {
        readonly type: 'polygons';
        readonly polygons: readonly (readonly (readonly (readonly [number, number])[])[])[];
      };
}

/**
 * One version of a condition with one version of one zone, over the interval in which both stood: `startsAtMs` (included) to
 * `endsAtMs` (excluded, null: open). It already is the intersection of order, condition, both versions.
 */
export interface Term {
  readonly conditionId: string;
  readonly conditionVersion: number;
  /** Key into the zones that come with it: `zoneId@version`. */
  readonly zoneKey: string;
  readonly kind: ConditionKind;
  readonly confirmOn: 'belief' | 'first-fix';
  readonly graceMs: number;
  readonly startsAtMs: number;
  readonly endsAtMs: number | null;
  /** Why it ends at `endsAtMs`. */
  readonly endsBecause: 'version-changed' | 'order-ended' | null;
  /** When this term was first published: ticks judge no edge before it, and it is the switch-on of a backdated term. */
  readonly publishedAtMs: number;
  /** Of a re-run, as if it had been published earlier: when it was in truth, before which ticks judge no edge. Absent otherwise. */
  readonly askedFromMs?: number;
  /** Flat, sorted, disjoint: opensAtMs, closesAtMs, … in UTC. Null: active always. Expanded by the publisher. */
  readonly windows: readonly number[] | null;
  /** Until when `windows` is complete. */
  readonly windowsUntilMs: number | null;
  /** The rules of local time that `windows` were expanded with; the engine passes it by. Absent without windows. */
  readonly tzdbVersion?: string;
  /** When the wearer is allowed to be elsewhere, by start; absent where there are none. */
  readonly absences?: readonly Absence[];
}

/** An authorised absence, or the part of it over which one version of it stood. */
export interface Absence {
  readonly absenceId: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  /** When it was recorded. What was violated before it was known stays told, but its minutes are reasonable. */
  readonly knownFromMs: number;
}

/** While alerts of one wearer, or of one condition of that wearer, are held back. One version, by when it stood. */
export interface Suspension {
  readonly suspensionId: string;
  /** Null: all conditions. */
  readonly conditionId: string | null;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly knownFromMs: number;
  /** When another version took its place; null: it stands. */
  readonly knownUntilMs: number | null;
}

/** While a wearer is in custody. One version, by when it stood. */
export interface CustodyPeriod {
  readonly custodyPeriodId: string;
  readonly startsAtMs: number;
  /** Null: no end is known. */
  readonly endsAtMs: number | null;
  readonly knownFromMs: number;
  readonly knownUntilMs: number | null;
}

/** One tag on one wearer over one period, and what applies to it. */
export interface Activation {
  readonly activationId: string;
  readonly wearerId: string;
  readonly fittedAtMs: number;
  readonly removedAtMs: number | null;
  readonly terms: readonly Term[];
  /** Absent where there are none. */
  readonly suspensions?: readonly Suspension[];
  readonly custodyPeriods?: readonly CustodyPeriod[];
}

/** All that applies to one tag. A lower `sequence` than the one held is ignored. */
export interface TagWatch {
  readonly tagId: string;
  readonly sequence: number;
  readonly publishedAtMs: number;
  readonly accuracyConvention: AccuracyConvention;
  readonly defaultAccuracyMetres: number | null;
  readonly intervalSeconds: number;
  /** A tag that is not heard from for so long is unmonitored; absent: nobody asks (a publisher of before). */
  readonly silentAfterSeconds?: number;
  /** In order of `fittedAtMs`; never overlapping. Those that were over at `overUntilMs` may be left out. */
  readonly activations: readonly Activation[];
  /** Fixes of before that may belong to an activation that is left out: the record knows. Absent where none is. */
  readonly overUntilMs?: number;
  readonly zones: Readonly<Record<string, Zone>>;
}

/** One condition that applies to all wearers, with every version of it. */
export interface SharedWatch {
  readonly conditionId: string;
  readonly sequence: number;
  readonly publishedAtMs: number;
  readonly terms: readonly Term[];
  readonly zones: Readonly<Record<string, Zone>>;
}

export type EventType = 'suspected' | 'confirmed' | 'amended' | 'ended' | 'withdrawn';
export type AlertKind = ConditionKind | 'buffer' | 'unknown-at-edge' | 'supplier-silent' | NoticeKind;
/** What a tag says of itself, or what its messages say of it. */
export type DeviceKind =
  | 'strap-tamper'
  | 'case-tamper'
  | 'battery-low'
  | 'battery-critical'
  | 'charging-overdue'
  | 'powered-off'
  | 'no-gps'
  | 'jamming'
  | 'never-moves'
  | 'unmonitored';
/** About the watching itself: neither a place nor a condition. */
export type NoticeKind = DeviceKind | 'clock-ahead' | 'clock-behind' | 'schedule-ran-out';
export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type Rule = 'two-fixes' | 'first-fix' | 'belief' | 'crossing' | 'edge' | 'device' | 'silence';
export type CurfewReason = 'late-home' | 'left-during' | 'out-for-whole-window' | 'out-at-end';
/** Why nobody is watched: by a tag that is fitted, or for want of one. */
export type SilenceReason = 'never-heard' | 'silent' | 'no-fix' | 'no-tag';
/** Why nothing comes of a supplier: it sends nothing, or nobody reads it. */
export type AwayReason = 'silent' | 'not-read';
export type Reason = CurfewReason | SilenceReason | AwayReason;
/** What an amendment says more than what was said before: an alert that was dealt with is unresolved again by it. */
export type Strengthening = 'again' | 'reason';
export type EndedBecause =
  | 'complied'
  | 'window-closed'
  | 'version-changed'
  | 'absence-began'
  | 'order-ended'
  | 'tag-removed'
  | 'tag-fitted'
  | 'restored';

export interface ExplainedFix {
  readonly fixedAtMs: number;
  readonly latitude: number;
  readonly longitude: number;
  /** To the zone's boundary, negative inside. */
  readonly signedDistanceMetres: number;
  readonly accuracyMetres: number | null;
  /** How many times better a violation foresees the fix by itself than compliance does; 1: it could be either. */
  readonly likelihoodRatio?: number;
}

export interface Explanation {
  readonly rule: Rule;
  readonly belief?: number;
  readonly fixes: readonly ExplainedFix[];
  /** The edge that was judged, for rule `edge`. */
  readonly edgeAtMs?: number;
  /** For rule `crossing`: of the straight line between the fixes outside, the part in the zone and its greatest depth. */
  readonly crossing?: { readonly chordMetres: number; readonly depthMetres: number };
  /** The newest fix when an edge found the tag silent; null: none ever. */
  readonly newestFixAtMs?: number | null;
  /** Thresholds that were applied, by name with unit. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** What the engine says. The same inputs give the same bytes. */
export interface EngineEvent {
  readonly eventId: string;
  readonly alertId: string;
  readonly revision: number;
  readonly type: EventType;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** How sure the engine is after this event; an amendment may take a confirmation back to a suspicion. */
  readonly strength: 'suspected' | 'confirmed';
  readonly wearerId: string;
  readonly tagId: string;
  readonly activationId: string;
  readonly conditionId: string | null;
  readonly conditionVersion: number | null;
  readonly zoneId: string | null;
  readonly zoneVersion: number | null;
  /** Of the zone that it is about, as it stands in the watch now. */
  readonly zonePriority?: ZonePriority;
  readonly episode: {
    readonly startedAtMs: number;
    readonly endedAtMs: number | null;
    /** Where the end lies between two instants (a gap): the last fix that was still in violation. */
    readonly endedAfterMs?: number;
  };
  /** In the tag's own time: the fix or edge at which the evidence sufficed. */
  readonly foundAtMs: number;
  /** Receipt or tick time of the input that caused this event. */
  readonly raisedAtMs: number;
  /** Receipt minus device time of the fix that caused it where that is over a minute; otherwise 0. */
  readonly delayedByMs: number;
  /** How far the tag's clock was ahead of the receipt of the fix that caused it: that fix was judged at its receipt. */
  readonly clockAheadMs?: number;
  /** How far the tag's clock may be behind: by how much all its messages are later than those of the others of its supplier. */
  readonly clockBehindMs?: number;
  readonly historic: boolean;
  readonly reason?: Reason;
  readonly strengthened?: Strengthening;
  readonly window?: { readonly opensAtMs: number; readonly closesAtMs: number };
  readonly endedBecause?: EndedBecause;
  /** The absence that ended it, or that covers a part of it. */
  readonly absenceId?: string;
  /** Of a curfew: how long it has lasted, up to the newest fix in violation or its end, without authorised absence. */
  readonly unreasonableMinutes?: number;
  readonly inCustody?: true;
  readonly supersededBy?: string;
  /** Of a supplier that is away: how many tags were heard of last by it. */
  readonly coversTags?: number;
  readonly explanation: Explanation;
}

/** How the engine works, given where a watch is compiled and where the shared index is made. */
export interface EngineOptions {
  /**
   * Turns every shortcut off: each fix takes the long path and meets every zone by the plain search. The events are the same
   * bytes with it on and off; it is the reference that the shortcuts are held to. Default: false.
   */
  readonly plain?: boolean;
}

/** A part of an activation's past that is to be judged again over what is on record. */
export interface ReconcileRequest {
  readonly fromMs: number;
  readonly toMs: number;
  /** The live base: what begins at or after it is the live fold's. */
  readonly baseAtMs: number;
  /** It is about what the tag sent before anybody knew rightly whose it was: of no moment where it sent nothing then. */
  readonly unclaimed?: true;
}

/** Why a ping did not count as evidence; null: it was judged. Stored beside the ping, counted in the metrics. */
export type NotJudged =
  | 'no-position'
  /** Within a kilometre of 0° 0°, where receivers without a fix believe to be. */
  | 'zero-position'
  | 'no-accuracy'
  | 'mechanism'
  | 'ahead-of-clock'
  /** No wearer gets there from the newest fix that counted; it may count later, with those that agree with it. */
  | 'impossible-speed'
  /** It says nothing new of an instant that was judged. */
  | 'repeated'
  /** Older than what the state can still judge: the reconciler's. */
  | 'beyond-horizon'
  | 'unknown-tag'
  | 'not-fitted';
