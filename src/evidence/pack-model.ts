/** What a pack is made of, gathered from the record. Plain data: everything that a pack says is computed from it. */
import type { Alert } from '../alerts/alert.js';
import type { FindingEvent } from '../alerts/event.js';
import type { ZonePriority } from '../engine/types.js';
import type { TrailFix } from '../formats/trails/trail.js';
import type { ChainLink } from '../ports/audit.js';
import type { StoredRecord } from '../ports/records.js';
import type { DeletedStretch } from '../ports/retention.js';
import type { RerunInputs } from '../roles/reconciler/rerun.js';
import type { RecordedEvent } from '../store/alerts.js';
import { tellDeleted } from '../views/presence.js';
import type { Edition } from '../wire/pack.js';

/** One alert with all that was found and done, and what it rests on. */
export interface PackAlert {
  readonly alert: Alert;
  /** In the order of the log, the refused actions too. */
  readonly events: readonly RecordedEvent[];
  /** Those of `events`, oldest first. */
  readonly findings: readonly FindingEvent[];
  /** Null: it is about no condition, or what it was about is not on record any more. */
  readonly inputs: RerunInputs | null;
  /** What the order said of what was breached; null: it is about no condition, or its words are not on record. */
  readonly wording: string | null;
  /** Of what it rests on something was deleted because of its age: that begins before the time of the pack. */
  readonly areInputsDeleted?: true;
}

/** The versions of a record that matter, oldest first. */
export interface PackRecord {
  readonly kind: string;
  readonly versions: readonly StoredRecord[];
}

/** How far a fix was from the boundary of a zone, and what it says by itself. */
export interface Measured {
  /** Negative inside. */
  readonly signedDistanceMetres: number;
  /** How many times better a violation foresees the fix than compliance; null: it did not count. */
  readonly likelihoodRatio: number | null;
}

/** A version of a condition with a version of a zone that an alert is about. */
export interface PackTerm {
  /** `C-9@3/Z-4@2`. */
  readonly key: string;
  readonly conditionId: string;
  readonly zoneId: string;
  readonly zoneVersion: number;
  readonly priority: ZonePriority;
}

export interface PackFix {
  readonly fix: TrailFix;
  /** By the key of the term; a message without a position has none. */
  readonly measured: ReadonlyMap<string, Measured>;
}

/** Who looked at what it is about, acted on it or took it away. */
export interface PackAudit {
  /** Of the chain when the pack was gathered, which may be some moments behind what was done; null: nothing was chained. */
  readonly head: { readonly position: number; readonly hash: string } | null;
  /** From when on, epoch ms. */
  readonly fromMs: number;
  /** Those about the wearer alone, in the order of the chain. */
  readonly links: readonly PackLink[];
  /** There are more than a pack holds. */
  readonly isCut: boolean;
  /** How many name the wearer beside others. */
  readonly amongOthers: number;
}

/** An entry with its place in the chain, by which the force finds it, and its hash, hexadecimal. */
export type PackLink = Omit<ChainLink, 'hash'> & { readonly hash: string };

export interface PackModel {
  readonly wearerId: string;
  /** Of the track, epoch ms; the end is excluded. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly alerts: readonly PackAlert[];
  readonly terms: readonly PackTerm[];
  readonly records: readonly PackRecord[];
  /** In the order of device time. */
  readonly track: readonly PackFix[];
  readonly audit: PackAudit;
  /** How many messages of that time were deleted because of their age, as far as is known: a silence may be theirs. */
  readonly deletedPings: number;
  /** Of these the stretches, the first first. */
  readonly deleted: readonly DeletedStretch[];
}

/** As it is read from the record, before anything is computed of it. */
export interface PackSource extends Omit<PackModel, 'terms' | 'track'> {
  readonly track: readonly TrailFix[];
}

/** Who wants which pack, and by what program it is made. */
export interface PackOrder {
  readonly packId: string;
  readonly edition: Edition;
  readonly marking: string;
  readonly madeAtMs: number;
  readonly madeBy: string;
  readonly recipient: string;
  readonly purpose: string;
  /** The program, and the hash of its engine. */
  readonly program: { readonly version: string; readonly engine: string };
}

/** A silence in the evidence. */
export interface PackGap {
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: it is so long that nothing can be excluded. */
  readonly cannotExclude: readonly string[] | null;
}

/** The silences of the tag: what of them retention made is none, and stands in `deleted`. */
export function gapsOf({ track, deleted }: Pick<PackModel, 'track' | 'deleted'>): PackGap[] {
  return track.flatMap(({ fix: { gapBefore, fixedAtMs } }) => {
    if (gapBefore === undefined) return [];
    const cannotExclude =
      gapBefore.cannotExclude?.map(
        (one) => `${one.conditionId}@${one.conditionVersion}/${one.zoneId}@${one.zoneVersion}`,
      ) ?? null;
    const silence = { presence: 'unknown' as const, fromMs: gapBefore.fromMs, untilMs: fixedAtMs };
    return tellDeleted([silence], deleted)
      .filter(({ presence }) => presence === 'unknown')
      .map(({ fromMs, untilMs }) => ({ fromMs, toMs: untilMs, cannotExclude }));
  });
}
