/**
 * The engine once more over stored inputs of one activation, as if everything had come in order and in time: every fix when it
 * was made, every condition and absence known when it began. What the reconciler compares with the record.
 */
import { type ActivationState, advance, initialState } from '../../engine/advance.js';
import { newestOf } from '../../engine/fold/horizon.js';
import type { EngineInput } from '../../engine/inputs.js';
import { applyShared, createSharedIndex, type SharedIndex } from '../../engine/near/shared-index.js';
import { isPublishedInTime } from '../../engine/past/past-change.js';
import { collectFound, type FoundEpisode, type RecordedEpisode } from '../../engine/past/reconcile.js';
import type { Episode } from '../../engine/state.js';
import { DELAYED_AFTER_MS } from '../../engine/thresholds.js';
import type { SharedWatch, TagWatch, Term } from '../../engine/types.js';
import { type CompiledActivation, compileTag, joinShared } from '../../engine/watch/compile.js';
import { bufferKey, termKey } from '../../engine/watch/terms.js';
import { madeAtMsOf, type StoredPing } from './rerun.js';

/** Shared conditions as they would have stood, and the keys of their terms. */
export interface OrderedShared {
  readonly index: SharedIndex;
  readonly keys: ReadonlySet<string>;
}

/** Terms that were never published are left out: they never applied. */
function knownFromStart(terms: readonly Term[], keys: Set<string>): Term[] {
  return terms
    .filter((term) => Number.isFinite(term.publishedAtMs))
    .map((term) => {
      keys.add(termKey(term)).add(bufferKey(termKey(term)));
      // A millisecond before, so that its start is an edge like any other and no switching on; but nobody asked whether it was unknown.
      const late = { publishedAtMs: term.startsAtMs - 1, askedFromMs: term.publishedAtMs };
      const published = isPublishedInTime(term) ? {} : late;
      if (term.absences === undefined) return { ...term, ...published };
      const absences = term.absences.map((one) => ({ ...one, knownFromMs: Math.min(one.knownFromMs, one.startsAtMs) }));
      return { ...term, ...published, absences };
    });
}

export function prepareShared(shared: readonly SharedWatch[]): OrderedShared {
  const index = createSharedIndex();
  const keys = new Set<string>();
  for (const each of shared) applyShared(index, { ...each, terms: knownFromStart(each.terms, keys) });
  return { index, keys };
}

export interface OrderedRerun {
  /** Folds pings in the order in which they were made (`madeAtMsOf`); later calls go on where earlier ones ended. */
  take(pings: readonly StoredPing[]): void;
  /** Lets time pass until then; answers what stands. `newestFixAtMs` is -Infinity where no fix counted. */
  finish(untilMs: number): { readonly found: FoundEpisode[]; readonly newestFixAtMs: number };
  /** How many episodes are held. */
  size(): number;
  /** Whether one that began until then goes on. */
  goesOn(untilMs: number): boolean;
  /** Whether it can tell of what is on record: not of before the first ping that it was given, nor of terms that are not judged here. */
  canTellOf(recorded: RecordedEpisode): boolean;
}

/** Throws where the watch lacks the activation. `startMs`: nothing is known of before. */
export function startOrderedRerun(
  activationId: string,
  watch: TagWatch,
  shared: OrderedShared,
  startMs: number,
): OrderedRerun {
  const own = new Set<string>();
  const activations = watch.activations.map((each) => ({ ...each, terms: knownFromStart(each.terms, own) }));
  const compiled = compileTag({ ...watch, activations });
  const worn = compiled.activations.find((each) => each.activationId === activationId);
  if (worn === undefined) throw new Error(`the watch of ${watch.tagId} lacks activation ${activationId}`);
  const joined: CompiledActivation = joinShared(worn, shared.index);
  const episodes = new Map<string, FoundEpisode>();
  let state: ActivationState = initialState(activationId);
  let nextDueAtMs: number | null = null;
  let beganAtMs = Number.POSITIVE_INFINITY;

  function give(input: EngineInput, delayedByMs: number): void {
    const result = advance(state, input, joined);
    state = result.state;
    nextDueAtMs = result.nextDueAtMs;
    if (result.events.length === 0) return;
    const events = result.events.map((event) => ({ ...event, delayedByMs }));
    collectFound(episodes, events);
  }

  function tickUntil(atMs: number): void {
    let tickedAtMs = Number.NEGATIVE_INFINITY;
    while (nextDueAtMs !== null && nextDueAtMs <= atMs && nextDueAtMs > tickedAtMs) {
      tickedAtMs = nextDueAtMs;
      give({ type: 'tick', atMs: tickedAtMs }, 0);
    }
  }

  /** Of an edge that found the tag silent: whether that is more than the beginning of what was read. */
  function isKnown({ last }: FoundEpisode): boolean {
    return last.kind !== 'unknown-at-edge' || last.episode.startedAtMs >= beganAtMs;
  }

  give({ type: 'watch', atMs: startMs }, 0);
  return {
    take(pings) {
      for (const stored of pings) {
        const madeAtMs = madeAtMsOf(stored);
        if (madeAtMs < worn.fittedAtMs || madeAtMs >= worn.removedAtMs) continue;
        beganAtMs = Math.min(beganAtMs, madeAtMs);
        tickUntil(madeAtMs);
        const delayMs = stored.receivedAtMs - madeAtMs;
        // As if it had come at once: a clock that is ahead is still ahead of that.
        const input = { type: 'ping', ping: stored.ping, receivedAtMs: madeAtMs } as const;
        give(input, delayMs > DELAYED_AFTER_MS ? delayMs : 0);
      }
    },
    finish(untilMs) {
      tickUntil(untilMs);
      const found = [...episodes.values()].filter(isKnown).map((one) => ({ ...one, open: openOf(one, state.open) }));
      return { found, newestFixAtMs: newestOf(state)?.fixedAtMs ?? Number.NEGATIVE_INFINITY };
    },
    size: () => episodes.size,
    goesOn: (untilMs) =>
      [...episodes.values()].some(
        ({ last: { episode } }) => episode.endedAtMs === null && episode.startedAtMs <= untilMs,
      ),
    canTellOf: ({ termKey: key, last }) =>
      last.episode.startedAtMs >= beganAtMs && (own.has(key) || shared.keys.has(key)),
  };
}

/** The key of a warning is that of its buffer: an episode has a key of its own, whatever its kind. */
function openOf({ termKey: key, last: { episode } }: FoundEpisode, open: readonly Episode[]): Episode | null {
  const { startedAtMs } = episode;
  return open.find((each) => each.raised && each.termKey === key && each.startedAtMs === startedAtMs) ?? null;
}
