/**
 * The engine's memory for one partition of the inputs, and the folding of one record into it. Synchronous: what it yields is
 * appended by `engine-worker.ts`. Everything it learns stands in the log, so folding twice yields the same events.
 */
import { upgradeState } from '../../engine/advance.js';
import { madeAtMs } from '../../engine/fold/clocks.js';
import { isZeroPosition } from '../../engine/fold/evidence.js';
import { newestAtMsOf } from '../../engine/fold/horizon.js';
import type { EngineInput } from '../../engine/inputs.js';
import { isConcernedNow } from '../../engine/near/concerned.js';
import { applyShared, createSharedIndex, termsOfCondition } from '../../engine/near/shared-index.js';
import { firstChangeMs, pastOf } from '../../engine/past/past-change.js';
import {
  heardUpToMs,
  hearSupplier,
  NO_SUPPLIERS,
  type SupplierChange,
  tickSuppliers,
} from '../../engine/suppliers/suppliers.js';
import { countTags, tellSuppliers } from '../../engine/suppliers/tell-supplier.js';
import { NO_LATENESS, noteLateness, usualLatenessOf } from '../../engine/suppliers/usual-lateness.js';
import { CLOCK_NOT_BEHIND_MS } from '../../engine/thresholds.js';
import type { EngineEvent, SharedWatch, Term } from '../../engine/types.js';
import { activationFor, type CompiledOwn, joinShared } from '../../engine/watch/compile.js';
import type { StateRecord } from '../../ports/states.js';
import {
  type HistoryRecord,
  INPUT_PARTITIONS,
  type InputRecord,
  type ReconcileRecord,
  SUPPLIERS_TOLD_IN,
  type SupplierTagsRecord,
} from '../../ports/topics.js';
import { asFirstPublished, compileAlone, foldWatch } from './fold-watch.js';
import { foldWearer, restoreWearer, tickWearers } from './fold-wearer.js';
import { askWhoseItIs, forgetWhatIsOver } from './forget.js';
import { holdLast, holdPing, timesOf } from './held-ping.js';
import {
  type ActivationEntry,
  activationEntry,
  createEntry,
  createTagEntry,
  type Folded,
  type FoldFault,
  NOTHING,
  orFault,
  type PartitionFold,
  requestOf,
  step,
  stepAdopted,
} from './partition-memory.js';

export { emptyFold, type PartitionFold } from './partition-memory.js';

/** Puts a stored state in its place: the newest of its key (`states-restore.ts`). */
export function restoreState(fold: PartitionFold, record: StateRecord): void {
  switch (record.type) {
    case 'watch':
      fold.tags.set(record.watch.tagId, createTagEntry(record.watch, record.appliedOffset, false));
      return;
    case 'activation':
      fold.activations.set(record.activationId, {
        tagId: record.tagId,
        state: upgradeState(record.state),
        appliedOffset: record.appliedOffset,
        nextDueAtMs: record.nextDueAtMs,
        lastPing: record.lastPing && holdLast(record.lastPing),
        source: record.source ?? null,
        dirty: false,
        checkpointedOffset: record.appliedOffset,
      });
      return;
    case 'shared':
      if (!applyShared(fold.sharedIndex, record.shared)) return;
      fold.shared.set(record.shared.conditionId, {
        shared: record.shared,
        appliedOffset: record.appliedOffset,
        dirty: false,
      });
      if (record.appliedOffset > fold.sharedChange.offset)
        fold.sharedChange = { offset: record.appliedOffset, atMs: record.shared.publishedAtMs };
      return;
    case 'wearer':
      restoreWearer(fold, record);
      return;
    case 'through':
      fold.position = record.offset;
      fold.throughOffset = record.offset;
      fold.tickAtMs = record.tickAtMs;
      fold.suppliers = record.suppliers ?? NO_SUPPLIERS;
      fold.supplierAlerts = record.supplierAlerts ?? [];
      fold.lateness = record.lateness ?? NO_LATENESS;
      return;
    case 'epoch':
    case 'published':
    case 'gone':
      return;
  }
}

/**
 * Folds the input at `offset`, behind which the fold then stands at `next`: of a record that holds many, both have fractions
 * (`ports/ping-records.ts`). What is below `fold.position`, and of an entity what its state has applied, is skipped.
 * Where it throws for one activation, or for one tag's watch, `onFault` is told, what is held of that stays as it was, and the others go on.
 */
export function foldInput(
  fold: PartitionFold,
  record: InputRecord,
  offset: number,
  onFault: (fault: FoldFault) => void,
  next = offset + 1,
): Folded {
  if (offset < fold.position) return NOTHING;
  fold.position = next;
  return orFault(null, onFault, () => foldBy(fold, record, offset, onFault)) ?? NOTHING;
}

function foldBy(fold: PartitionFold, record: InputRecord, offset: number, onFault: (fault: FoldFault) => void): Folded {
  switch (record.type) {
    case 'ping':
      return foldPing(fold, record, offset, onFault);
    case 'watch':
      return foldWatch(fold, record.watch, offset, onFault);
    case 'shared':
      return foldShared(fold, record.shared, offset, onFault);
    case 'wearer':
      return foldWearer(fold, record.wearer, offset);
    case 'tick':
      return foldTick(fold, record.atMs, offset, onFault);
    case 'supplier':
      fold.suppliers = hearSupplier(fold.suppliers, record);
      return NOTHING;
    case 'supplier-tags':
      fold.supplierAlerts = countTags(fold.supplierAlerts, record, INPUT_PARTITIONS);
      return NOTHING;
    case 'history':
      return foldHistory(fold, record, offset, onFault);
    case 'reconcile':
      return NOTHING;
  }
}

type PingRecord = Extract<InputRecord, { type: 'ping' }>;

function foldPing(
  fold: PartitionFold,
  record: PingRecord,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const { ping, receivedAtMs, source } = record;
  // Before anything is asked of the tag, whose state may have applied the ping: what a restore folds again comes to the same.
  if (source !== undefined)
    fold.lateness = noteLateness(fold.lateness, { source, tagId: ping.tagId, fixedAtMs: ping.fixedAtMs, receivedAtMs });
  const tag = fold.tags.get(ping.tagId);
  if (!tag) return { ...NOTHING, notJudged: 'unknown-tag', reconcile: askWhoseItIs(fold, ping) };
  const madeMs = madeAtMs({ fixedAtMs: ping.fixedAtMs, receivedAtMs });
  const own = activationFor(tag.compiled, madeMs);
  if (!own) {
    const reconcile = askWhoseItIs(fold, ping);
    return { ...NOTHING, notJudged: reconcile.length > 0 ? 'beyond-horizon' : 'not-fitted', reconcile };
  }
  const entry = activationEntry(fold, own.activationId, ping.tagId, onFault);
  if (entry === null || offset <= entry.appliedOffset) return NOTHING;
  const yielded = stepAdopted(fold, entry, own, withUsual(fold, record), offset, onFault);
  const isNew = yielded.notJudged !== 'ahead-of-clock' && yielded.notJudged !== 'repeated';
  if (source !== undefined && entry.state.device.heardAtMs === receivedAtMs) entry.source = source;
  const { position } = ping;
  if (position !== null && !isZeroPosition(position) && isNew && madeMs >= lastMadeAtMs(entry))
    entry.lastPing = holdPing(entry.lastPing, ping, position, receivedAtMs);
  return yielded;
}

/** Of a ping that is late, how late the others of its supplier are. */
function withUsual({ lateness }: PartitionFold, record: PingRecord): EngineInput {
  const { ping, receivedAtMs, source } = record;
  if (source === undefined || receivedAtMs - ping.fixedAtMs < CLOCK_NOT_BEHIND_MS) return record;
  const usual = usualLatenessOf(lateness, source, ping.tagId);
  return usual === null ? record : { ...record, usual };
}

/** When the newest ping with a position was made. */
function lastMadeAtMs({ lastPing }: ActivationEntry): number {
  return lastPing === null ? Number.NEGATIVE_INFINITY : madeAtMs(timesOf(lastPing));
}

/**
 * An import of a thousand zones must not take a step of every tag for each: only those take one that the condition may mean something to
 * as they stand, or that something is due of. The others adopt it with their next input (`stepAdopted`).
 */
function foldShared(
  fold: PartitionFold,
  told: SharedWatch,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const { sharedIndex } = fold;
  const { conditionId, publishedAtMs } = told;
  const before: readonly Term[] = fold.shared.get(conditionId)?.shared.terms ?? [];
  const shared = { ...told, terms: asFirstPublished(before, told.terms) };
  const termsBefore = termsOfCondition(sharedIndex, conditionId);
  if (!applyShared(sharedIndex, shared)) return NOTHING;
  fold.shared.set(conditionId, { shared, appliedOffset: offset, dirty: true });
  fold.sharedChange = { offset, atMs: publishedAtMs };
  const terms = [...termsBefore, ...termsOfCondition(sharedIndex, conditionId)];
  const changedMs = firstChangeMs(before, shared.terms, publishedAtMs);
  const events: EngineEvent[] = [];
  const reconcile: ReconcileRecord[] = [];
  const adopt = (entry: ActivationEntry): void => {
    const { state, nextDueAtMs } = entry;
    const isDue = nextDueAtMs !== null && nextDueAtMs <= publishedAtMs;
    const steps = isDue || isConcernedNow(state, conditionId, terms);
    if (!steps && changedMs >= newestAtMsOf(state)) return;
    const own = ownOf(fold, entry, onFault);
    if (own === undefined) return;
    if (steps) {
      const input = { type: 'watch', atMs: publishedAtMs } as const;
      events.push(...step(entry, input, joinShared(own, sharedIndex), offset, onFault).events);
    }
    const closes = !steps && sharedIndex.newestPublishedAtMs > state.sharedPublishedAtMs;
    reconcile.push(...requestOf(entry, pastOf(entry.state, changedMs, own, own, -Infinity, closes)));
  };
  for (const entry of fold.activations.values()) {
    if (offset > entry.appliedOffset) orFault(entry.state.activationId, onFault, () => adopt(entry));
  }
  return { events, notJudged: null, reconcile };
}

/** Undefined: its tag's watch does not have it, or is not to be compiled, which is told. */
function ownOf(
  fold: PartitionFold,
  { tagId, state: { activationId } }: ActivationEntry,
  onFault: (fault: FoldFault) => void,
): CompiledOwn | undefined {
  const tag = fold.tags.get(tagId);
  if (tag === undefined) return undefined;
  const compiled = orFault(activationId, onFault, () => tag.compiled);
  return compiled?.activations.find((each) => each.activationId === activationId);
}

function foldHistory(
  fold: PartitionFold,
  record: HistoryRecord,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const entry = fold.activations.get(record.activationId);
  if (entry === undefined) return foldHistoryOfForgotten(record, offset, onFault);
  if (entry.tagId !== record.tagId || offset <= entry.appliedOffset) return NOTHING;
  const own = ownOf(fold, entry, onFault);
  return own ? stepAdopted(fold, entry, own, record, offset, onFault) : NOTHING;
}

/** No fix is judged by it. */
const UNKNOWN_MODEL = {
  accuracyConvention: 'r68',
  defaultAccuracyMetres: null,
  intervalSeconds: 60,
  sequence: 0,
} as const;

/** Nothing is held of it that could be told otherwise: the record alone says what there is to be said. */
function foldHistoryOfForgotten(
  { about, ...history }: HistoryRecord,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  if (about === undefined) return NOTHING;
  const { tagId } = history;
  const own = compileAlone({ ...UNKNOWN_MODEL, tagId, publishedAtMs: history.atMs }, about);
  return step(createEntry(about.activationId, tagId), history, joinShared(own, createSharedIndex()), offset, onFault);
}

function foldTick(fold: PartitionFold, atMs: number, offset: number, onFault: (fault: FoldFault) => void): Folded {
  fold.tickAtMs = Math.max(fold.tickAtMs, atMs);
  const isDue = (entry: ActivationEntry) => entry.nextDueAtMs !== null && entry.nextDueAtMs <= atMs;
  const ticked = tickSuppliers(fold.suppliers, atMs);
  fold.suppliers = ticked.suppliers;
  const heardBySource = new Map<string | null, number>();
  const tickOf = ({ source }: ActivationEntry): EngineInput => {
    const upToMs = heardBySource.get(source) ?? heardUpToMs(fold.suppliers, source);
    heardBySource.set(source, upToMs);
    return upToMs < atMs ? { type: 'tick', atMs, heardUpToMs: upToMs } : { type: 'tick', atMs };
  };
  const folded = stepAll(fold, tickOf, offset, onFault, isDue);
  forgetWhatIsOver(fold, fold.tickAtMs, offset, onFault);
  const events = [...folded.events, ...tickWearers(fold, atMs, offset, onFault)];
  // What the tags were told stands, whatever becomes of the rest.
  const told = orFault(null, onFault, () => tellOfSuppliers(fold, ticked.changes, atMs, events, onFault));
  return { ...folded, events, ...told };
}

function tellOfSuppliers(
  fold: PartitionFold,
  changes: readonly SupplierChange[],
  atMs: number,
  before: readonly EngineEvent[],
  onFault: (fault: FoldFault) => void,
): Pick<Folded, 'events' | 'counted'> {
  const counted = changes
    .filter(({ type }) => type === 'away')
    .map(({ supplier: { source }, away: { sinceMs } }): SupplierTagsRecord => {
      const counted = countTagsOf(fold, source, atMs, onFault);
      return { type: 'supplier-tags', source, sinceMs, partition: fold.partition, ...counted };
    });
  if (fold.partition !== SUPPLIERS_TOLD_IN) return { events: before, counted };
  const { alerts, events } = tellSuppliers(fold.supplierAlerts, changes, atMs, INPUT_PARTITIONS);
  fold.supplierAlerts = alerts;
  return { events: [...events, ...before], counted };
}

/** Tags that are worn, and how often the most frequent of them sends. */
function countTagsOf(
  fold: PartitionFold,
  source: string,
  atMs: number,
  onFault: (fault: FoldFault) => void,
): Pick<SupplierTagsRecord, 'tags' | 'shortestIntervalMs'> {
  let tags = 0;
  let shortestSeconds = Infinity;
  for (const entry of fold.activations.values()) {
    if (entry.source !== source || (ownOf(fold, entry, onFault)?.removedAtMs ?? -Infinity) <= atMs) continue;
    tags++;
    shortestSeconds = Math.min(shortestSeconds, fold.tags.get(entry.tagId)?.watch.intervalSeconds ?? Infinity);
  }
  return tags === 0 ? { tags } : { tags, shortestIntervalMs: shortestSeconds * 1000 };
}

function stepAll(
  fold: PartitionFold,
  inputOf: (entry: ActivationEntry) => EngineInput,
  offset: number,
  onFault: (fault: FoldFault) => void,
  applies: (entry: ActivationEntry) => boolean,
): Folded {
  const events: EngineEvent[] = [];
  for (const entry of fold.activations.values()) {
    if (offset <= entry.appliedOffset || !applies(entry)) continue;
    const own = ownOf(fold, entry, onFault);
    if (own) events.push(...stepAdopted(fold, entry, own, inputOf(entry), offset, onFault).events);
  }
  return { events, notJudged: null, reconcile: [] };
}
