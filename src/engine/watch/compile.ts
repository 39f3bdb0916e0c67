/**
 * From a watch as it is published to what the fold asks for every fix: zones prepared, terms by key, shared ones attached; and what is
 * recorded of a wearer and no condition, suspended alerts and custody, by what was known at an instant.
 */
import { boxOf as boxOfZone, type PreparedZone } from '../geometry/zone.js';
import type { SharedIndex } from '../near/shared-index.js';
import { type ActivationState, exactly } from '../state.js';
import type {
  AccuracyConvention,
  Activation,
  CustodyPeriod,
  EngineOptions,
  Suspension,
  TagWatch,
  Zone,
} from '../types.js';
import { type NamedZone, outerShape, type PreparedTerm, prepareTerms } from './terms.js';

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
  /** Infinity: silence is not judged. */
  readonly silentAfterMs: number;
  readonly suspensions: readonly Suspension[];
  readonly custodyPeriods: readonly CustodyPeriod[];
  readonly accuracyConvention: AccuracyConvention;
  readonly terms: readonly PreparedTerm[];
  readonly termKeys: readonly string[];
  /** Of the terms those that are violated outside their zone: no step passes them by. */
  readonly everywhere: readonly PreparedTerm[];
  /** The others, and their boxes: west, south, east, north of each. In one list, so that who is far from all reads one place in memory. */
  readonly exclusions: readonly PreparedTerm[];
  readonly boxes: readonly number[];
  readonly plain: boolean;
  /** The first instant from which on a term that still stands has no edges any more, its schedule being expanded no further. */
  readonly expandedUntilMs: number;
  /** What `joinShared` made last, so that joining for every ping allocates nothing. */
  joined: CompiledActivation | null;
}

/** One activation with its own and the shared terms; the shared index is alive, not a copy. */
export interface CompiledActivation {
  readonly own: CompiledOwn;
  readonly shared: SharedIndex;
  /** Without shortcuts, where either of them is. */
  readonly plain: boolean;
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
export function compileTag(
  watch: Omit<TagWatch, 'zones'> & { readonly zones: Readonly<Record<string, Zone | NamedZone>> },
  previous?: Pick<CompiledTag, 'shapes'>,
  options: EngineOptions = {},
): CompiledTag {
  const shapes = new Map<string, PreparedZone>();
  for (const key of Object.keys(watch.zones)) {
    const shape = previous?.shapes.get(key);
    if (shape !== undefined) shapes.set(key, shape);
  }
  const activations = watch.activations.map((activation): CompiledOwn => {
    const terms = prepareTerms(activation.terms, watch.zones, shapes);
    // Mostly all of them: the list is there once then, which is 90 bytes a tag.
    const exclusions = terms.every((term) => term.violatedInside)
      ? terms
      : exactly(terms.filter((term) => term.violatedInside));
    return {
      // First what every fix asks for: it lies together then.
      joined: null,
      fittedAtMs: activation.fittedAtMs,
      removedAtMs: activation.removedAtMs ?? Infinity,
      accuracyConvention: watch.accuracyConvention,
      defaultAccuracyMetres: watch.defaultAccuracyMetres,
      silentAfterMs: (watch.silentAfterSeconds ?? Infinity) * 1000,
      activationId: activation.activationId,
      wearerId: activation.wearerId,
      tagId: watch.tagId,
      sequence: watch.sequence,
      suspensions: activation.suspensions ?? [],
      custodyPeriods: activation.custodyPeriods ?? [],
      terms,
      termKeys: terms.map((term) => term.key),
      everywhere: exactly(terms.filter((term) => !term.violatedInside)),
      exclusions,
      boxes: exactly(exclusions.flatMap(boxOf)),
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

function boxOf(term: PreparedTerm): readonly number[] {
  const { west, south, east, north } = boxOfZone(outerShape(term));
  return [west, south, east, north];
}

/** The same object for the same index, so it may be called for every ping. */
export function joinShared(own: CompiledOwn, shared: SharedIndex): CompiledActivation {
  if (own.joined === null || own.joined.shared !== shared) {
    own.joined = { own, shared, plain: own.plain || shared.plain };
  }
  return own.joined;
}

/** Whether the state was last advanced with this watch. A shared term that ended needs a `watch` input to be noticed. */
export function knowsWatch(state: ActivationState, { own, shared }: CompiledActivation): boolean {
  return (
    state.knownTerms !== null &&
    state.watchSequence === own.sequence &&
    state.sharedPublishedAtMs >= shared.newestPublishedAtMs
  );
}

type Known = { readonly knownFromMs: number; readonly knownUntilMs: number | null };

function isKnown({ knownFromMs, knownUntilMs }: Known, nowMs: number): boolean {
  return knownFromMs <= nowMs && nowMs < (knownUntilMs ?? Infinity);
}

/** Until when alerts about a condition are held back, as far as is known now; null: they are not. */
export function suspendedUntilMs(
  { suspensions }: Pick<CompiledOwn, 'suspensions'>,
  conditionId: string,
  nowMs: number,
): number | null {
  let untilMs = nowMs;
  // One may follow another without a gap; each is passed once.
  for (let i = 0; i < suspensions.length; i++) {
    const next = suspensions.find(
      (one) =>
        (one.conditionId ?? conditionId) === conditionId &&
        isKnown(one, nowMs) &&
        one.startsAtMs <= untilMs &&
        untilMs < one.endsAtMs,
    );
    if (next === undefined) break;
    untilMs = next.endsAtMs;
  }
  return untilMs > nowMs ? untilMs : null;
}

/** Whether the wearer was in custody at an instant, as far as is known now. */
export function isInCustody(
  { custodyPeriods }: Pick<CompiledOwn, 'custodyPeriods'>,
  atMs: number,
  nowMs: number,
): boolean {
  return custodyPeriods.some(
    (one) => isKnown(one, nowMs) && one.startsAtMs <= atMs && atMs < (one.endsAtMs ?? Infinity),
  );
}

/** When custody next begins or ends, as far as is known now; Infinity: never. */
export function nextCustodyEdgeMs({ custodyPeriods }: Pick<CompiledOwn, 'custodyPeriods'>, nowMs: number): number {
  const edges = custodyPeriods
    .filter((one) => isKnown(one, nowMs))
    .flatMap(({ startsAtMs, endsAtMs }) => [startsAtMs, endsAtMs ?? Infinity]);
  return Math.min(Infinity, ...edges.filter((atMs) => atMs > nowMs));
}
