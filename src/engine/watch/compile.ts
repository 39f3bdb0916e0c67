/** From a watch as it is published to what the fold asks for every fix: zones prepared, terms by key, shared ones attached. */
import type { PreparedZone } from '../geometry/zone.js';
import type { SharedIndex } from '../near/shared-index.js';
import { addDisc, handOver, removeDisc } from '../quiet/safe-disc.js';
import type { AccuracyConvention, Activation, CustodyPeriod, EngineOptions, Suspension, TagWatch } from '../types.js';
import { type PreparedTerm, prepareTerms, termsByKey } from './prepared-term.js';

/**
 * One activation with its own terms. One that has vanished from its tag's watch is closed by compiling it once more with
 * `removedAtMs` and giving its state a `watch` input: what is open ends there, because `tag-removed`. Then nothing is due.
 */
export interface CompiledOwn {
  readonly activationId: string;
  readonly wearerId: string;
  readonly tagId: string;
  readonly sequence: number;
  readonly fittedAtMs: number;
  /** Infinity while the tag is fitted. */
  readonly removedAtMs: number;
  readonly defaultAccuracyMetres: number | null;
  readonly suspensions: readonly Suspension[];
  readonly custodyPeriods: readonly CustodyPeriod[];
  readonly accuracyConvention: AccuracyConvention;
  readonly terms: readonly PreparedTerm[];
  readonly termKeys: readonly string[];
  readonly termByKey: ReadonlyMap<string, PreparedTerm>;
  readonly plain: boolean;
  /** The first instant from which on a term that still stands has no edges any more, its schedule being expanded no further. */
  readonly expandedUntilMs: number;
  /** What `joinShared` made last, so that joining for every ping allocates nothing. */
  joined: CompiledActivation | null;
  /** What it made of the watch before this one, until it makes one of this: the number of its disc goes over. */
  joinedBefore: CompiledActivation | null;
}

/** One activation with its own and the shared terms; the shared index is alive, not a copy. */
export interface CompiledActivation {
  readonly own: CompiledOwn;
  readonly shared: SharedIndex;
  /** Without shortcuts, where either of them is. */
  readonly plain: boolean;
  /** Number of its disc in `shared.discs`, of the state that was last advanced with it. */
  readonly disc: number;
}

export interface CompiledTag {
  /** The last of `activations`: almost every fix belongs to it. */
  readonly newest: CompiledOwn | null;
  readonly tagId: string;
  readonly sequence: number;
  /** In order of `fittedAtMs`, never overlapping. */
  readonly activations: readonly CompiledOwn[];
  readonly shapes: ReadonlyMap<string, PreparedZone>;
}

/**
 * Prepares a tag's watch. With the one it replaces, polygons of zone versions that both name are not prepared again. Throws
 * where a term names a zone that is not there.
 */
export function compileTag(watch: TagWatch, previous?: CompiledTag, options: EngineOptions = {}): CompiledTag {
  const shapes = new Map<string, PreparedZone>();
  for (const key of Object.keys(watch.zones)) {
    const shape = previous?.shapes.get(key);
    if (shape !== undefined) shapes.set(key, shape);
  }
  const activations = watch.activations.map((activation): CompiledOwn => {
    const terms = prepareTerms(activation.terms, watch.zones, shapes);
    const before = previous?.activations.find((each) => each.activationId === activation.activationId);
    return {
      // First what every fix asks for: it lies together then.
      joined: null,
      joinedBefore: before?.joined ?? before?.joinedBefore ?? null,
      fittedAtMs: activation.fittedAtMs,
      removedAtMs: activation.removedAtMs ?? Infinity,
      accuracyConvention: watch.accuracyConvention,
      defaultAccuracyMetres: watch.defaultAccuracyMetres,
      activationId: activation.activationId,
      wearerId: activation.wearerId,
      tagId: watch.tagId,
      sequence: watch.sequence,
      suspensions: activation.suspensions ?? [],
      custodyPeriods: activation.custodyPeriods ?? [],
      terms,
      termKeys: terms.map((term) => term.key),
      termByKey: termsByKey(terms),
      plain: options.plain ?? false,
      expandedUntilMs: expandedUntilMsOf(activation),
    };
  });
  const newest = activations.at(-1) ?? null;
  return { newest, tagId: watch.tagId, sequence: watch.sequence, activations, shapes };
}

function expandedUntilMsOf({ terms, removedAtMs }: Activation): number {
  let firstMs = Infinity;
  for (const { windowsUntilMs, endsAtMs } of terms) {
    const endMs = Math.min(endsAtMs ?? Infinity, removedAtMs ?? Infinity);
    if (windowsUntilMs !== null && windowsUntilMs < endMs) firstMs = Math.min(firstMs, windowsUntilMs);
  }
  return firstMs;
}

/** The activation in force at a device time (fittedAt ≤ t < removedAt); null: not fitted then. */
export function activationFor(tag: CompiledTag, fixedAtMs: number): CompiledOwn | null {
  const { newest } = tag;
  if (newest !== null && newest.fittedAtMs <= fixedAtMs) return fixedAtMs < newest.removedAtMs ? newest : null;
  for (let i = tag.activations.length - 2; i >= 0; i--) {
    const own = tag.activations[i]!;
    if (own.fittedAtMs <= fixedAtMs) return fixedAtMs < own.removedAtMs ? own : null;
  }
  return null;
}

/** The same object for the same index, so it may be called for every ping. The watch before this one is not used any more then. */
export function joinShared(own: CompiledOwn, shared: SharedIndex): CompiledActivation {
  if (own.joined === null || own.joined.shared !== shared) {
    const before = own.joinedBefore?.shared === shared ? own.joinedBefore : null;
    const disc = before === null ? addDisc(shared.discs, own.terms) : before.disc;
    if (before !== null) handOver(shared.discs, disc, before.own.terms, own.terms);
    own.joined = { own, shared, plain: own.plain || shared.plain, disc };
    own.joinedBefore = null;
  }
  return own.joined;
}

/** Gives back what joining took of the index. The activation must not be joined with it any more. */
export function leaveShared(own: CompiledOwn, shared: SharedIndex): void {
  for (const joined of [own.joined, own.joinedBefore]) {
    if (joined?.shared === shared) removeDisc(shared.discs, joined.disc, joined.own.terms);
  }
  own.joined = null;
  own.joinedBefore = null;
}
