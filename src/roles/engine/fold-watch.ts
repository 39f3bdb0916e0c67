/** The folding of a tag's watch: what it changes for each activation, and what becomes of those that it leaves out. */

import type { EngineInput } from '../../engine/inputs.js';
import { firstAbsenceMovedMs, firstChangeMs, pastOf } from '../../engine/past/past-change.js';
import type { Activation, EngineEvent, TagWatch, Term } from '../../engine/types.js';
import { type CompiledOwn, type CompiledTag, compileTag, joinShared } from '../../engine/watch/compile.js';
import { termKey } from '../../engine/watch/terms.js';
import type { ReconcileRecord } from '../../ports/topics.js';
import { withoutOldestOf } from '../../watchlist/over.js';
import { countForgettable, forgetActivation } from './forget.js';
import {
  activationEntry,
  adoptShared,
  createTagEntry,
  type Folded,
  type FoldFault,
  NOTHING,
  orFault,
  type PartitionFold,
  requestOf,
  step,
} from './partition-memory.js';

/**
 * Terms as first published: a publication that is told of the future is believed to be of when the log took each watch that tells it
 * (`ports/log-time.ts`), and a term that is known is not switched on again.
 */
export function asFirstPublished(before: readonly Term[], after: readonly Term[]): readonly Term[] {
  const known = new Map(before.map((term) => [termKey(term), term.publishedAtMs]));
  const firstMs = (term: Term) => Math.min(term.publishedAtMs, known.get(termKey(term)) ?? Infinity);
  if (after.every((term) => firstMs(term) === term.publishedAtMs)) return after;
  return after.map((term) => ({ ...term, publishedAtMs: firstMs(term) }));
}

function termsOf(watch: Pick<TagWatch, 'activations'> | undefined, activationId: string): readonly Term[] {
  return watch?.activations.find((each) => each.activationId === activationId)?.terms ?? [];
}

export function foldWatch(
  fold: PartitionFold,
  told: TagWatch,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const held = fold.tags.get(told.tagId);
  const heldWatch = held && orFault(null, onFault, () => held.watch);
  if (heldWatch && told.sequence <= heldWatch.sequence) return NOTHING;
  const activations = told.activations.map((each) => ({
    ...each,
    terms: asFirstPublished(termsOf(heldWatch, each.activationId), each.terms),
  }));
  const given = { ...told, activations };
  const watch = withoutOldestOf(given, countForgettable(fold, given, fold.tickAtMs, offset));
  // Before anything is changed: one that cannot be compiled leaves all as it is. One that is held and cannot be, or not be read, is as none.
  const tag = createTagEntry(watch, offset, true);
  const { compiled } = tag;
  const heldCompiled = held && orFault(null, onFault, () => held.compiled);
  const events: EngineEvent[] = [];
  const reconcile: ReconcileRecord[] = [];
  for (const own of heldCompiled?.activations ?? []) {
    if (watch.activations.some(({ activationId }) => activationId === own.activationId)) continue;
    orFault(own.activationId, onFault, () => closeActivation(fold, own, given, offset, onFault, events, reconcile));
    forgetActivation(fold, own.activationId, offset);
  }
  fold.tags.set(watch.tagId, tag);
  const adopt = (activation: Activation): void => {
    const own = compiled.activations.find((each) => each.activationId === activation.activationId);
    if (!own) throw new Error(`compiled watch of ${watch.tagId} lacks activation ${activation.activationId}`);
    const entry = activationEntry(fold, activation.activationId, watch.tagId, onFault);
    if (entry === null || offset <= entry.appliedOffset) return;
    const heldOwn = heldCompiled?.activations.find((each) => each.activationId === activation.activationId);
    // Under the watch that stood when they changed.
    if (heldOwn) events.push(...adoptShared(fold, entry, heldOwn, offset, onFault));
    const before = termsOf(heldWatch, activation.activationId);
    const pastFromMs = firstAbsenceMovedMs(before, activation.terms);
    const input: EngineInput = { type: 'watch', atMs: watch.publishedAtMs, pastFromMs };
    events.push(...step(entry, input, joinShared(own, fold.sharedIndex), offset, onFault).events);
    const changedMs = firstChangeMs(before, activation.terms, watch.publishedAtMs);
    const past = pastOf(entry.state, changedMs, heldOwn, own, watch.publishedAtMs, false, pastFromMs);
    reconcile.push(...requestOf(entry, past));
  };
  // What is wrong with one takes nothing from what the others were told.
  for (const activation of watch.activations) orFault(activation.activationId, onFault, () => adopt(activation));
  return { events, notJudged: null, reconcile };
}

/** Tells the end of an activation that its tag's watch leaves out, as of its removal, into `events` and `reconcile`. */
function closeActivation(
  fold: PartitionFold,
  own: CompiledOwn,
  watch: TagWatch,
  offset: number,
  onFault: (fault: FoldFault) => void,
  events: EngineEvent[],
  reconcile: ReconcileRecord[],
): void {
  const { activationId, wearerId, fittedAtMs } = own;
  const entry = fold.activations.get(activationId);
  const named = watch.activations.find((each) => each.activationId === activationId)?.removedAtMs;
  const leftOutUntilMs = Math.max(watch.overUntilMs ?? watch.publishedAtMs, fittedAtMs);
  const removedAtMs = named ?? Math.min(own.removedAtMs, leftOutUntilMs, watch.publishedAtMs);
  const about = { activationId, wearerId, fittedAtMs, removedAtMs };
  const closed = compileAlone(watch, about, own);
  if (entry !== undefined && entry.tagId === watch.tagId && offset > entry.appliedOffset) {
    const input: EngineInput = { type: 'watch', atMs: watch.publishedAtMs };
    events.push(...adoptShared(fold, entry, own, offset, onFault));
    events.push(...step(entry, input, joinShared(closed, fold.sharedIndex), offset, onFault).events);
    reconcile.push(...requestOf(entry, pastOf(entry.state, Infinity, own, closed, watch.publishedAtMs)));
  }
}

/** One activation without terms, in the place of what was compiled of it before. */
export function compileAlone(
  watch: Omit<TagWatch, 'activations' | 'zones'>,
  about: Omit<Activation, 'terms'>,
  before?: CompiledOwn,
): CompiledOwn {
  const beforeTag: CompiledTag | undefined = before && {
    ...watch,
    newest: before,
    activations: [before],
    shapes: new Map(),
  };
  const compiled = compileTag({ ...watch, activations: [{ ...about, terms: [] }], zones: {} }, beforeTag);
  return compiled.activations[0]!;
}
