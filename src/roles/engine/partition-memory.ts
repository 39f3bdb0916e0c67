/** What the engine remembers of one partition of the inputs, and how one activation of it takes a step. */
import { type ActivationState, advance, initialState } from '../../engine/advance.js';
import type { EngineInput } from '../../engine/inputs.js';
import { createSharedIndex, type SharedIndex } from '../../engine/near/shared-index.js';
import { NO_SUPPLIERS, type Suppliers } from '../../engine/suppliers/suppliers.js';
import type { SupplierAlerts } from '../../engine/suppliers/tell-supplier.js';
import { type Lateness, NO_LATENESS } from '../../engine/suppliers/usual-lateness.js';
import type { EngineEvent, NotJudged, ReconcileRequest, SharedWatch, TagWatch } from '../../engine/types.js';
import { type CompiledActivation, type CompiledOwn, type CompiledTag, joinShared } from '../../engine/watch/compile.js';
import type { WearerState } from '../../engine/wearers/wearer-state.js';
import { readStoredWatch, type StateRecord, type StoredWatch } from '../../ports/states.js';
import type { ReconcileRecord, SupplierTagsRecord } from '../../ports/topics.js';
import { forgetAtMsOf } from '../../watchlist/over.js';
import type { HeldPing } from './held-ping.js';
import { compileHeld, type HeldWatch, holdWatch } from './held-watch.js';

export interface TagEntry {
  readonly watch: HeldWatch;
  readonly compiled: CompiledTag;
  readonly appliedOffset: number;
  dirty: boolean;
  /** From when on something of it may be forgotten, epoch ms. */
  readonly forgetAtMs: number;
}

export interface ActivationEntry {
  tagId: string;
  state: ActivationState;
  appliedOffset: number;
  nextDueAtMs: number | null;
  lastPing: HeldPing | null;
  /** By whom it was heard of last; null: nobody knows. */
  source: string | null;
  dirty: boolean;
  /** What the newest checkpoint of this entry held: a record in the topic that is older is a zombie's. */
  checkpointedOffset: number;
}

export interface SharedEntry {
  readonly shared: SharedWatch;
  readonly appliedOffset: number;
  dirty: boolean;
}

export interface WearerEntry {
  readonly state: WearerState;
  readonly appliedOffset: number;
  /** From when on a tick says more, epoch ms; Infinity: none does. */
  readonly dueAtMs: number;
  dirty: boolean;
}

export interface PartitionFold {
  readonly partition: number;
  readonly tags: Map<string, TagEntry>;
  readonly activations: Map<string, ActivationEntry>;
  readonly shared: Map<string, SharedEntry>;
  /** By wearerId: those of whom something is judged beside any tag. */
  readonly wearers: Map<string, WearerEntry>;
  readonly sharedIndex: SharedIndex;
  /**
   * The newest change of the shared conditions: at which input it came, and when it was published. An entry that has applied less is yet
   * to adopt it (`adoptShared`).
   */
  sharedChange: { readonly offset: number; readonly atMs: number };
  /** The next input offset to fold: everything before it has been. */
  position: number;
  tickAtMs: number;
  suppliers: Suppliers;
  /** Of the partition that tells of suppliers. */
  supplierAlerts: SupplierAlerts;
  lateness: Lateness;
  /** The `through` that was last written, to notice a zombie's older one. */
  throughOffset: number;
  /** Keys of states that are forgotten, whose tombstones are to be written, and at which input each was. */
  readonly gone: Map<string, number>;
  /**
   * The watches of forgotten tags as they were then, without activations, by tagId: they are written before the `through` that the
   * tombstones stand behind. What stands in the topic may be from when somebody wore the tag, and a crash between the two would have
   * that go on.
   */
  readonly emptied: Map<string, Extract<StateRecord, { readonly type: 'watch' }>>;
}

/** What folding one record yielded. */
export interface Folded {
  readonly events: readonly EngineEvent[];
  /** Of a ping: why it did not count; null where it was judged, or where the record is no ping. */
  readonly notJudged: NotJudged | null;
  /** What of the past is to be judged again, to be appended to this partition. */
  readonly reconcile: readonly ReconcileRecord[];
  /** How many tags are of suppliers that were found away, to be appended to the partition that tells it. */
  readonly counted?: readonly SupplierTagsRecord[];
}

/** Something threw: what is held of whom it is about is as it was, and the input is for `tagwatch.rejected`. */
export interface FoldFault {
  /** Null: it is about no activation alone. */
  readonly activationId: string | null;
  readonly error: unknown;
}

/** What `run` answers; undefined, and told, where it throws: what is wrong with one is to keep nobody else from being judged. */
export function orFault<T>(
  activationId: string | null,
  onFault: (fault: FoldFault) => void,
  run: () => T,
): T | undefined {
  try {
    return run();
  } catch (error) {
    onFault({ activationId, error });
    return undefined;
  }
}

export const NOTHING: Folded = { events: [], notJudged: null, reconcile: [] };

export function emptyFold(partition: number): PartitionFold {
  return {
    partition,
    tags: new Map(),
    activations: new Map(),
    shared: new Map(),
    wearers: new Map(),
    sharedIndex: createSharedIndex(),
    sharedChange: { offset: -1, atMs: 0 },
    position: 0,
    tickAtMs: 0,
    suppliers: NO_SUPPLIERS,
    supplierAlerts: [],
    lateness: NO_LATENESS,
    throughOffset: 0,
    gone: new Map(),
    emptied: new Map(),
  };
}

/**
 * Read and compiled when that is asked for first, so that a partition that comes is not held up by all of its tags. A class, as an object
 * with a getter of its own is held as a table, which takes 600 bytes more a tag.
 */
class Tag implements TagEntry {
  readonly appliedOffset: number;
  dirty: boolean;
  readonly forgetAtMs: number;
  private held: HeldWatch | null;
  private made: CompiledTag | null = null;
  /** As it stands in the states; null: it is read. */
  private value: Uint8Array | null;

  constructor(
    { appliedOffset, forgetAtMs }: Pick<StoredWatch, 'appliedOffset' | 'forgetAtMs'>,
    dirty: boolean,
    held: HeldWatch | null,
    value: Uint8Array | null,
  ) {
    this.appliedOffset = appliedOffset;
    this.dirty = dirty;
    this.forgetAtMs = forgetAtMs;
    this.held = held;
    this.value = value;
  }

  get watch(): HeldWatch {
    if (this.held === null) {
      this.held = holdWatch(readStoredWatch({ value: this.value! }));
      this.value = null;
    }
    return this.held;
  }

  get compiled(): CompiledTag {
    this.made ??= compileHeld(this.watch);
    return this.made;
  }
}

export function createTagEntry(watch: TagWatch, appliedOffset: number, dirty: boolean): TagEntry {
  return new Tag({ appliedOffset, forgetAtMs: forgetAtMsOf(watch) }, dirty, holdWatch(watch), null);
}

export function storedTagEntry(stored: StoredWatch): TagEntry {
  return new Tag(stored, false, null, stored.value);
}

/** Null, and told, where another tag has it: an activation stays with its tag. */
export function activationEntry(
  fold: PartitionFold,
  activationId: string,
  tagId: string,
  onFault: (fault: FoldFault) => void,
): ActivationEntry | null {
  const held = fold.activations.get(activationId);
  if (held === undefined) {
    const fresh = createEntry(activationId, tagId);
    fold.activations.set(activationId, fresh);
    return fresh;
  }
  if (held.tagId === tagId) return held;
  onFault({ activationId, error: new Error(`it is tag ${held.tagId}'s, and tag ${tagId} has it too`) });
  return null;
}

export function createEntry(activationId: string, tagId: string): ActivationEntry {
  return {
    tagId,
    state: initialState(activationId),
    appliedOffset: -1,
    nextDueAtMs: null,
    lastPing: null,
    source: null,
    dirty: true,
    checkpointedOffset: -1,
  };
}

export function requestOf({ tagId, state }: ActivationEntry, request: ReconcileRequest | null): ReconcileRecord[] {
  return request === null ? [] : [{ type: 'reconcile', activationId: state.activationId, tagId, ...request }];
}

/**
 * Lets an activation adopt the shared conditions before its next input, where it did not when they changed: the `watch` input that it
 * did not get then, at the time it would have had it. Answers what that told.
 */
export function adoptShared(
  fold: PartitionFold,
  entry: ActivationEntry,
  own: CompiledOwn,
  offset: number,
  onFault: (fault: FoldFault) => void,
): readonly EngineEvent[] {
  const { sharedChange, sharedIndex } = fold;
  if (entry.appliedOffset >= sharedChange.offset || entry.state.knownTerms === null) return NO_EVENTS;
  const input: EngineInput = { type: 'watch', atMs: sharedChange.atMs };
  return step(entry, input, joinShared(own, sharedIndex), offset, onFault).events;
}

const NO_EVENTS: readonly EngineEvent[] = [];

/** Takes a step under the shared conditions as they stand, which are adopted first. */
export function stepAdopted(
  fold: PartitionFold,
  entry: ActivationEntry,
  own: CompiledOwn,
  input: EngineInput,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const adopted = adoptShared(fold, entry, own, offset, onFault);
  const folded = step(entry, input, joinShared(own, fold.sharedIndex), offset, onFault);
  return adopted.length === 0 ? folded : { ...folded, events: [...adopted, ...folded.events] };
}

export function step(
  entry: ActivationEntry,
  input: EngineInput,
  watch: CompiledActivation,
  offset: number,
  onFault: (fault: FoldFault) => void,
): Folded {
  const advanced = orFault(entry.state.activationId, onFault, () => advance(entry.state, input, watch));
  entry.appliedOffset = offset;
  entry.dirty = true;
  if (advanced === undefined) return NOTHING;
  const { state, events, nextDueAtMs, notJudged, reconcile } = advanced;
  entry.state = state;
  entry.nextDueAtMs = nextDueAtMs;
  return { events, notJudged, reconcile: requestOf(entry, reconcile) };
}
