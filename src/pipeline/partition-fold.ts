/**
 * The engine's memory for one partition of the inputs, and the folding of one record into it. Synchronous: what it yields is
 * appended by `engine-worker.ts`. Everything it learns stands in the log, so folding twice yields the same events.
 */
import { type ActivationState, advance, initialState, passAtOnce, upgradeState } from '../engine/advance.js';
import { activationFor, type CompiledActivation, type CompiledTag, compileTag, joinShared } from '../engine/compile.js';
import type { EngineInput } from '../engine/inputs.js';
import { firstChangeMs, pastOf } from '../engine/past-change.js';
import { applyShared, createSharedIndex, type SharedIndex } from '../engine/shared-index.js';
import type { EngineEvent, NotJudged, Ping, ReconcileRequest, SharedWatch, TagWatch, Term } from '../engine/types.js';
import { withClosedActivations } from './closed-activations.js';
import type { StateRecord } from './states.js';
import type { HistoryRecord, InputRecord, ReconcileRecord } from './topics.js';

interface TagEntry {
  readonly watch: TagWatch;
  readonly compiled: CompiledTag;
  readonly appliedOffset: number;
  dirty: boolean;
  /** Where its pings have gone last: most are kept there without a way to their activation by its name. */
  latest: Latest | null;
}

interface Latest {
  readonly entry: ActivationEntry;
  /** Number of the activation's disc. */
  readonly disc: number;
}

interface ActivationEntry {
  tagId: string;
  state: ActivationState;
  appliedOffset: number;
  nextDueAtMs: number | null;
  lastPing: { readonly ping: Ping; readonly receivedAtMs: number } | null;
  dirty: boolean;
  /** What the newest checkpoint of this entry held: a record in the topic that is older is a zombie's. */
  checkpointedOffset: number;
}

interface SharedEntry {
  readonly shared: SharedWatch;
  readonly appliedOffset: number;
  dirty: boolean;
}

export interface PartitionFold {
  readonly partition: number;
  readonly tags: Map<string, TagEntry>;
  readonly activations: Map<string, ActivationEntry>;
  readonly shared: Map<string, SharedEntry>;
  readonly sharedIndex: SharedIndex;
  /** The next input offset to fold: everything before it has been. */
  position: number;
  tickAtMs: number;
  /** The `through` that was last written, to notice a zombie's older one. */
  throughOffset: number;
}

/** What folding one record yielded. */
export interface Folded {
  readonly events: readonly EngineEvent[];
  /** Of a ping: why it did not count; null where it was judged, or where the record is no ping. */
  readonly notJudged: NotJudged | null;
  /** What of the past is to be judged again, to be appended to this partition. */
  readonly reconcile: readonly ReconcileRecord[];
}

/** `advance` threw: the state of that activation is as it was, and the input is for `tagwatch.rejected`. */
export interface FoldFault {
  readonly activationId: string;
  readonly error: unknown;
}

const NOTHING: Folded = { events: [], notJudged: null, reconcile: [] };

export function emptyFold(partition: number): PartitionFold {
  return {
    partition,
    tags: new Map(),
    activations: new Map(),
    shared: new Map(),
    sharedIndex: createSharedIndex(),
    position: 0,
    tickAtMs: 0,
    throughOffset: 0,
  };
}

/** Puts a stored state in its place: the newest of its key (`states-restore.ts`). */
export function restoreState(fold: PartitionFold, record: StateRecord): void {
  switch (record.type) {
    case 'watch':
      fold.tags.set(record.watch.tagId, {
        watch: record.watch,
        compiled: compileTag(record.watch),
        appliedOffset: record.appliedOffset,
        dirty: false,
        latest: null,
      });
      return;
    case 'activation':
      fold.activations.set(record.activationId, {
        tagId: record.tagId,
        state: upgradeState(record.state),
        appliedOffset: record.appliedOffset,
        nextDueAtMs: record.nextDueAtMs,
        lastPing: record.lastPing,
        dirty: false,
        checkpointedOffset: record.appliedOffset,
      });
      return;
    case 'shared':
      if (applyShared(fold.sharedIndex, record.shared))
        fold.shared.set(record.shared.conditionId, {
          shared: record.shared,
          appliedOffset: record.appliedOffset,
          dirty: false,
        });
      return;
    case 'through':
      fold.position = record.offset;
      fold.throughOffset = record.offset;
      fold.tickAtMs = record.tickAtMs;
      return;
    case 'epoch':
    case 'published':
      return;
  }
}

/**
 * Folds the record at `offset`. Records below `fold.position`, and of an entity those that its state has applied, are skipped.
 * Where `advance` throws for one activation, `onFault` is told, that state stays as it was, and the others go on.
 */
export function foldInput(
  fold: PartitionFold,
  record: InputRecord,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  if (offset < fold.position) return NOTHING;
  fold.position = offset + 1;
  switch (record.type) {
    case 'ping':
      return foldPing(fold, record, offset, onFault);
    case 'watch':
      return foldWatch(fold, record.watch, offset, onFault);
    case 'shared':
      return foldShared(fold, record.shared, offset, onFault);
    case 'tick':
      return foldTick(fold, record.atMs, offset, onFault);
    case 'history':
      return foldHistory(fold, record, offset, onFault);
    case 'reconcile':
      return NOTHING;
  }
}

function foldPing(
  fold: PartitionFold,
  record: Extract<InputRecord, { type: 'ping' }>,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const { ping, receivedAtMs } = record;
  const tag = fold.tags.get(ping.tagId);
  if (!tag) return { ...NOTHING, notJudged: 'unknown-tag' };
  if (keepAtOnce(tag.latest, record, offset, fold.sharedIndex)) return NOTHING;
  const own = activationFor(tag.compiled, ping.fixedAtMs);
  if (!own) return { ...NOTHING, notJudged: 'not-fitted' };
  const entry = activationEntry(fold, own.activationId, ping.tagId);
  if (offset <= entry.appliedOffset) return NOTHING;
  const watch = joinShared(own, fold.sharedIndex);
  if (tag.latest?.entry !== entry || tag.latest.disc !== watch.disc) tag.latest = { entry, disc: watch.disc };
  const yielded = step(entry, record, watch, offset, onFault);
  if (ping.position && ping.fixedAtMs >= (entry.lastPing?.ping.fixedAtMs ?? Number.NEGATIVE_INFINITY))
    entry.lastPing = { ping, receivedAtMs };
  return yielded;
}

/** Keeps a ping that means nothing to any term, as `advance` would; false, and nothing is changed, where that is to be looked for. */
function keepAtOnce(
  latest: Latest | null,
  record: Extract<InputRecord, { type: 'ping' }>,
  offset: number,
  shared: SharedIndex,
): boolean {
  if (latest === null || offset <= latest.entry.appliedOffset) return false;
  const { entry, disc } = latest;
  try {
    if (!passAtOnce(entry.state, record, shared, disc)) return false;
  } catch {
    // A broken invariant: `advance` comes upon it as well, where it is told.
    return false;
  }
  entry.appliedOffset = offset;
  entry.dirty = true;
  // Newer than all that were judged; a ping from ahead of its time may have been newer.
  if (record.ping.fixedAtMs >= (entry.lastPing?.ping.fixedAtMs ?? Number.NEGATIVE_INFINITY)) {
    entry.lastPing = { ping: record.ping, receivedAtMs: record.receivedAtMs };
  }
  return true;
}

function foldWatch(fold: PartitionFold, watch: TagWatch, offset: number, onFault: (fault: FoldFault) => void): Folded {
  const held = fold.tags.get(watch.tagId);
  if (held && watch.sequence <= held.watch.sequence) return NOTHING;
  const current = withClosedActivations(watch, held?.watch);
  const compiled = compileTag(current, held?.compiled);
  fold.tags.set(watch.tagId, { watch: current, compiled, appliedOffset: offset, dirty: true, latest: null });
  const events: EngineEvent[] = [];
  const reconcile: ReconcileRecord[] = [];
  for (const activation of current.activations) {
    const own = compiled.activations.find((each) => each.activationId === activation.activationId);
    if (!own) throw new Error(`compiled watch of ${watch.tagId} lacks activation ${activation.activationId}`);
    const entry = activationEntry(fold, activation.activationId, watch.tagId);
    if (offset <= entry.appliedOffset) continue;
    const input: EngineInput = { type: 'watch', atMs: watch.publishedAtMs };
    events.push(...step(entry, input, joinShared(own, fold.sharedIndex), offset, onFault).events);
    const before = held?.watch.activations.find((each) => each.activationId === activation.activationId);
    const changedMs = firstChangeMs(before?.terms ?? [], activation.terms);
    const heldOwn = held?.compiled.activations.find((each) => each.activationId === activation.activationId);
    reconcile.push(...requestOf(entry, pastOf(entry.state, changedMs, heldOwn, own)));
  }
  return { events, notJudged: null, reconcile };
}

function requestOf({ tagId, state }: ActivationEntry, request: ReconcileRequest | null): ReconcileRecord[] {
  return request === null ? [] : [{ type: 'reconcile', activationId: state.activationId, tagId, ...request }];
}

function foldShared(
  fold: PartitionFold,
  shared: SharedWatch,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const before: readonly Term[] = fold.shared.get(shared.conditionId)?.shared.terms ?? [];
  if (!applyShared(fold.sharedIndex, shared)) return NOTHING;
  fold.shared.set(shared.conditionId, { shared, appliedOffset: offset, dirty: true });
  const folded = stepAll(fold, { type: 'watch', atMs: shared.publishedAtMs }, offset, onFault, () => true);
  const changedMs = firstChangeMs(before, shared.terms);
  if (changedMs === Infinity) return folded;
  const reconcile = [...fold.activations.values()].flatMap((entry) => {
    const own = ownOf(fold, entry);
    return own ? requestOf(entry, pastOf(entry.state, changedMs, own, own)) : [];
  });
  return { ...folded, reconcile };
}

function ownOf(fold: PartitionFold, { tagId, state }: ActivationEntry) {
  return fold.tags.get(tagId)?.compiled.activations.find((each) => each.activationId === state.activationId);
}

function foldHistory(
  fold: PartitionFold,
  record: HistoryRecord,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const entry = fold.activations.get(record.activationId);
  if (entry === undefined || entry.tagId !== record.tagId || offset <= entry.appliedOffset) return NOTHING;
  const own = ownOf(fold, entry);
  return own ? step(entry, record, joinShared(own, fold.sharedIndex), offset, onFault) : NOTHING;
}

function foldTick(fold: PartitionFold, atMs: number, offset: number, onFault: (fault: FoldFault) => void): Folded {
  fold.tickAtMs = Math.max(fold.tickAtMs, atMs);
  const isDue = (entry: ActivationEntry) => entry.nextDueAtMs !== null && entry.nextDueAtMs <= atMs;
  return stepAll(fold, { type: 'tick', atMs }, offset, onFault, isDue);
}

function stepAll(
  fold: PartitionFold,
  input: EngineInput,
  offset: number,
  onFault: (fault: FoldFault) => void,
  applies: (entry: ActivationEntry) => boolean,
): Folded {
  const events: EngineEvent[] = [];
  for (const entry of fold.activations.values()) {
    if (offset <= entry.appliedOffset || !applies(entry)) continue;
    const own = ownOf(fold, entry);
    if (own) events.push(...step(entry, input, joinShared(own, fold.sharedIndex), offset, onFault).events);
  }
  return { events, notJudged: null, reconcile: [] };
}

function activationEntry(fold: PartitionFold, activationId: string, tagId: string): ActivationEntry {
  const held = fold.activations.get(activationId);
  if (held && held.tagId === tagId) return held;
  const fresh: ActivationEntry = {
    tagId,
    state: initialState(activationId),
    appliedOffset: -1,
    nextDueAtMs: null,
    lastPing: null,
    dirty: true,
    checkpointedOffset: -1,
  };
  // In its place where another tag has it, so that what that tag remembers of it is not another activation's.
  if (held) return Object.assign(held, fresh);
  fold.activations.set(activationId, fresh);
  return fresh;
}

function step(
  entry: ActivationEntry,
  input: EngineInput,
  watch: CompiledActivation,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  try {
    const { state, events, nextDueAtMs, notJudged, reconcile } = advance(entry.state, input, watch);
    entry.state = state;
    entry.nextDueAtMs = nextDueAtMs;
    entry.appliedOffset = offset;
    entry.dirty = true;
    return { events, notJudged, reconcile: requestOf(entry, reconcile) };
  } catch (error) {
    entry.appliedOffset = offset;
    entry.dirty = true;
    onFault({ activationId: entry.state.activationId, error });
    return NOTHING;
  }
}

/**
 * The states that changed since the last checkpoint (all of them with `full`), in the order that a crash in the middle of
 * writing needs: activations, then watches, then `through`. A watch is never ahead of an activation that has yet to fold what
 * came before it, so a restore folds every input under the watch that stood at it.
 */
export function takeCheckpoint(fold: PartitionFold): readonly StateRecord[] {
  const records: StateRecord[] = [];
  for (const [activationId, entry] of fold.activations) {
    if (!entry.dirty) continue;
    entry.dirty = false;
    entry.checkpointedOffset = entry.appliedOffset;
    const { tagId, state, appliedOffset, nextDueAtMs, lastPing } = entry;
    records.push({ type: 'activation', appliedOffset, tagId, activationId, state, nextDueAtMs, lastPing });
  }
  for (const entry of fold.tags.values()) {
    if (!entry.dirty) continue;
    entry.dirty = false;
    records.push({ type: 'watch', appliedOffset: entry.appliedOffset, watch: entry.watch });
  }
  for (const entry of fold.shared.values()) {
    if (!entry.dirty) continue;
    entry.dirty = false;
    records.push({ type: 'shared', appliedOffset: entry.appliedOffset, shared: entry.shared });
  }
  if (records.length === 0 && fold.throughOffset === fold.position) return [];
  fold.throughOffset = fold.position;
  records.push({ type: 'through', offset: fold.position, tickAtMs: fold.tickAtMs });
  return records;
}

/** Undoes `takeCheckpoint` for records that could not be written: they are dirty again. */
export function returnCheckpoint(fold: PartitionFold, records: readonly StateRecord[]): void {
  for (const record of records) writeOver(fold, record);
}

/**
 * Reads back what stands in the topic: a record behind what was last checkpointed here is a zombie's, and is written over at the
 * next checkpoint, because compaction keeps what was written last.
 */
export function noticeState(fold: PartitionFold, record: StateRecord): boolean {
  const isBehind =
    (record.type === 'activation' &&
      record.appliedOffset < (fold.activations.get(record.activationId)?.checkpointedOffset ?? -1)) ||
    (record.type === 'watch' && record.appliedOffset < (fold.tags.get(record.watch.tagId)?.appliedOffset ?? -1)) ||
    (record.type === 'shared' &&
      record.appliedOffset < (fold.shared.get(record.shared.conditionId)?.appliedOffset ?? -1)) ||
    (record.type === 'through' && record.offset < fold.throughOffset);
  if (isBehind) writeOver(fold, record);
  return isBehind;
}

/** The next checkpoint holds that state again: what stands in the topic is not it. */
export function writeOver(fold: PartitionFold, record: StateRecord): void {
  const entry =
    record.type === 'activation'
      ? fold.activations.get(record.activationId)
      : record.type === 'watch'
        ? fold.tags.get(record.watch.tagId)
        : record.type === 'shared'
          ? fold.shared.get(record.shared.conditionId)
          : undefined;
  if (entry) entry.dirty = true;
  if (record.type === 'through') fold.throughOffset = -1;
}
