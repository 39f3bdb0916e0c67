/**
 * The one way in which records of every kind are written, one or thousands: in one transaction with their versions, their authorship
 * and what has to be told to the engine; all of them, or none.
 */
import type { Database, Queryable } from '../ports/database.js';
import type { NewVersion, RecordFault, RecordKind, RecordStore, StoredRecord } from '../ports/records.js';
import { RECORD_KINDS } from '../ports/records.js';
import type { WatchTarget } from '../ports/watch.js';
import type { RecordRule, Reference, Refusal, Said } from './rule.js';
import { ruleOf } from './rules.js';
import {
  checkEffectiveAt,
  checkGiven,
  decideEffectiveAt,
  holds,
  isSame,
  type Precondition,
  type StandingGiven,
} from './versioning.js';

/** A record to be written. No two of one call have the same kind and id. */
export interface RecordPut {
  readonly kind: RecordKind;
  readonly id: string;
  readonly said: Said<object>;
  readonly changeReason: string | null;
  readonly precondition: Precondition | null;
  readonly given: StandingGiven;
}

/** Who writes, and by which request. */
export interface Writer {
  readonly author: string;
  readonly correlationId: string | null;
}

export interface RecordWritten {
  readonly type: 'created' | 'changed' | 'unchanged';
  readonly record: StoredRecord;
}

export type WriteOutcome =
  /** By the put's place; of the watches that all of them together would make, by none. */
  | { readonly type: 'refused'; readonly refusals: ReadonlyMap<number, Refusal>; readonly general: Refusal | null }
  | {
      readonly type: 'written';
      /** In the order of the puts. */
      readonly written: readonly RecordWritten[];
      /** Rows to wait for until all of it is published; for an unchanged record those of an earlier change. */
      readonly outboxIds: readonly number[];
    };

/** Reads what a change would make of the watches concerned and tells what is too large; called after the write, in its transaction. */
export type MeasureWatches = (
  tx: Queryable,
  targets: readonly WatchTarget[],
  nowMs: number,
) => Promise<readonly { readonly kind: string; readonly id: string; readonly bytes: number }[]>;

export interface WriteDeps {
  readonly db: Database;
  readonly store: RecordStore;
  readonly measure: MeasureWatches;
}

/** Rolls a transaction back with the reasons. */
class Refused extends Error {
  constructor(
    readonly refusals: ReadonlyMap<number, Refusal>,
    readonly general: Refusal | null,
  ) {
    super('refused');
  }
}

interface Placed extends RecordPut {
  /** Among the puts. */
  readonly place: number;
}

/** What one call is in the course of. */
interface Writing {
  readonly tx: Queryable;
  readonly store: RecordStore;
  readonly writer: Writer;
  readonly nowMs: number;
  readonly written: RecordWritten[];
  readonly refusals: Map<number, Refusal>;
  /** `kind:id` of what was refused: who refers to it need not be told so. */
  readonly refusedNames: Set<string>;
  readonly changed: Map<string, WatchTarget>;
  readonly unchanged: Map<string, WatchTarget>;
}

const nameOf = ({ kind, id }: { readonly kind: string; readonly id: string }): string => `${kind}:${id}`;

/**
 * Asked in the transaction of a change, once nobody else can write what it is about: whether it may be made at all, and what else is
 * to be made with it. Its rejection undoes everything.
 */
export type Guard = (tx: Queryable) => Promise<void>;

/** Writes records, or says why not. Rejects only where the guard does, and where the database is away or broken. */
export async function writeRecords(
  deps: WriteDeps,
  puts: readonly RecordPut[],
  writer: Writer,
  nowMs: number,
  guard: Guard = async () => {},
): Promise<WriteOutcome> {
  const { db, store } = deps;
  try {
    return await db.transaction(async (tx): Promise<WriteOutcome> => {
      await lock(tx, store, puts);
      const writing = await writeAll(deps, tx, puts, writer, nowMs, guard);
      if (writing.refusals.size > 0) throw new Refused(writing.refusals, null);
      const targets = [...writing.changed.values()];
      const tooLarge = await findTooLarge(deps, writing);
      if (tooLarge !== null) throw new Refused(new Map(), tooLarge);
      // The newest cause is told for all of them: a row is about its target.
      const cause = puts.at(-1);
      const added = cause === undefined ? [] : await store.addToOutbox(tx, cause, targets, nowMs);
      const pending = await store.readPending(tx, [...writing.unchanged.values()]);
      return { type: 'written', written: writing.written, outboxIds: [...added, ...pending] };
    });
  } catch (error) {
    if (error instanceof Refused) return { type: 'refused', refusals: error.refusals, general: error.general };
    throw error;
  }
}

/** What would become of each put, by its place. One without either refers to one that is refused. */
export interface Preview {
  readonly written: ReadonlyMap<number, RecordWritten>;
  readonly refusals: ReadonlyMap<number, Refusal>;
  readonly general: Refusal | null;
}

/** Rolls a transaction back with what it would have made. */
class Previewed extends Error {
  constructor(readonly preview: Preview) {
    super('previewed');
  }
}

/**
 * The same writing, undone: what {@link writeRecords} would make of all of them, and of each that it would refuse why. Nobody who writes
 * waits for it, but of the same records: where one of them comes to be meanwhile, it rejects as the database does (`23505`).
 */
export async function previewRecords(
  deps: WriteDeps,
  puts: readonly RecordPut[],
  writer: Writer,
  nowMs: number,
  guard: Guard = async () => {},
): Promise<Preview> {
  try {
    return await deps.db.transaction(async (tx): Promise<Preview> => {
      const writing = await writeAll(deps, tx, puts, writer, nowMs, guard);
      const { refusals } = writing;
      const general = await findTooLarge(deps, writing);
      const made = [...writing.written.entries()].filter(([place, one]) => one !== undefined && !refusals.has(place));
      throw new Previewed({ written: new Map(made), refusals, general });
    });
  } catch (error) {
    if (error instanceof Previewed) return error.preview;
    throw error;
  }
}

/** Writes what can be written; what cannot is among the refusals. */
async function writeAll(
  { store }: WriteDeps,
  tx: Queryable,
  puts: readonly RecordPut[],
  writer: Writer,
  nowMs: number,
  guard: Guard,
): Promise<Writing> {
  await guard(tx);
  const writing: Writing = {
    tx,
    store,
    writer,
    nowMs,
    written: [],
    refusals: new Map(),
    refusedNames: new Set(),
    changed: new Map(),
    unchanged: new Map(),
  };
  for (const kind of RECORD_KINDS) {
    const group = puts.flatMap((put, place) => (put.kind === kind ? [{ ...put, place }] : []));
    if (group.length > 0) await writeKind(writing, ruleOf(kind), group);
  }
  return writing;
}

/** A watch that all of them together would make too large; null: there is none. */
async function findTooLarge({ measure }: WriteDeps, { tx, changed, nowMs }: Writing): Promise<Refusal | null> {
  const targets = [...changed.values()];
  const [tooLarge] = targets.length === 0 ? [] : await measure(tx, targets, nowMs);
  if (tooLarge === undefined) return null;
  const detail = `this would make the watch of ${tooLarge.kind} ${tooLarge.id} ${tooLarge.bytes} bytes; at most 1,000,000 are taken`;
  return { type: 'invalid', errors: [{ pointer: '', detail }] };
}

/** One waits for those that write the same; many wait for everybody, and everybody for them. */
async function lock(tx: Queryable, store: RecordStore, puts: readonly RecordPut[]): Promise<void> {
  const [only] = puts;
  if (only === undefined) return;
  if (puts.length > 1) return await store.lock(tx, null);
  await store.lock(tx, [nameOf(only)]);
  const names = (await ruleOf(only.kind).locks?.(only.said.content, store, tx)) ?? [];
  if (names.length > 0) await store.lock(tx, names);
}

async function writeKind(writing: Writing, rule: RecordRule, group: readonly Placed[]): Promise<void> {
  const { tx, store, nowMs, refusals, refusedNames } = writing;
  const refuse = (put: Placed, refusal: Refusal): void => {
    refusals.set(put.place, refusal);
    refusedNames.add(nameOf(put));
  };
  const standing = await store.find(
    tx,
    rule.kind,
    group.map(({ id }) => id),
  );
  const wanted: Placed[] = [];
  for (const put of group) {
    const current = standing.get(put.id) ?? null;
    const errors = checkGiven(put.given, current);
    if (!holds(put.precondition, put.given, current?.version ?? null)) {
      refuse(put, { type: 'precondition', version: current?.version ?? null });
    } else if (errors.length > 0) {
      refuse(put, { type: 'invalid', errors });
    } else if (current !== null && isSame(rule, put.said, current, nowMs)) {
      writing.written[put.place] = { type: 'unchanged', record: current };
      const draft = { id: put.id, content: put.said.content, isNew: false };
      for (const target of rule.targets(draft)) writing.unchanged.set(nameOf(target), target);
    } else {
      wanted.push(put);
    }
  }
  const faults = await findFaults(writing, rule, wanted, standing);
  const versions: NewVersion[] = [];
  const drafts: { readonly put: Placed; readonly id: string; readonly content: object; readonly isNew: boolean }[] = [];
  for (const put of wanted) {
    const errors = faults.get(put.place);
    if (errors !== undefined) {
      refusedNames.add(nameOf(put));
      if (errors.length > 0) refuse(put, { type: 'invalid', errors });
      continue;
    }
    const current = standing.get(put.id) ?? null;
    const version = toVersion(writing, rule, put, current);
    const isNew = current === null;
    versions.push(version);
    drafts.push({ put, id: put.id, content: put.said.content, isNew });
    const { areaSquareMetres: _, ...record } = version;
    writing.written[put.place] = { type: isNew ? 'created' : 'changed', record };
  }
  if (versions.length === 0) return;
  await store.write(tx, rule.kind, versions);
  const judged = (await rule.judge?.(drafts, store, tx, nowMs)) ?? new Map<string, Refusal>();
  for (const draft of drafts) {
    const refusal = judged.get(draft.id);
    if (refusal !== undefined) refuse(draft.put, refusal);
    for (const target of rule.targets(draft)) writing.changed.set(nameOf(target), target);
  }
}

/**
 * What is wrong with some puts before they are written, by place. Without any faults, it refers to one that is refused itself:
 * it cannot be written either, and has nothing of its own to mend.
 */
async function findFaults(
  { tx, store, nowMs, refusedNames }: Writing,
  rule: RecordRule,
  puts: readonly Placed[],
  standing: ReadonlyMap<string, StoredRecord>,
): Promise<ReadonlyMap<number, readonly RecordFault[]>> {
  const referencesOf = new Map(puts.map((put) => [put.place, rule.references?.(put.said.content, put.id) ?? []]));
  const isMissing = await findMissing(tx, store, [...referencesOf.values()].flat());
  const faults = new Map<number, readonly RecordFault[]>();
  for (const put of puts) {
    const current = standing.get(put.id) ?? null;
    const missing = referencesOf.get(put.place)!.filter(isMissing);
    const own = missing.filter((reference) => !refusedNames.has(nameOf(reference)));
    const errors = [
      ...checkEffectiveAt(rule, put.said, current, nowMs),
      ...checkKept(rule, put.said.content, current),
      ...(current === null ? [] : (rule.checkChange?.(current.content, put.said.content) ?? [])),
      ...checkSaid(rule, put.said.content, current),
      ...own.map(({ pointer, kind, id }) => ({ pointer, detail: `there is no ${kind} ${id}` })),
    ];
    if (errors.length > 0 || missing.length > 0) faults.set(put.place, errors);
  }
  return faults;
}

async function findMissing(
  tx: Queryable,
  store: RecordStore,
  references: readonly Reference[],
): Promise<(reference: Reference) => boolean> {
  const missing = new Set<string>();
  for (const kind of new Set(references.map((reference) => reference.kind))) {
    const ids = new Set(references.flatMap((reference) => (reference.kind === kind ? [reference.id] : [])));
    for (const id of await store.findMissing(tx, kind, [...ids])) missing.add(nameOf({ kind, id }));
  }
  return (reference) => missing.has(nameOf(reference));
}

function checkKept(rule: RecordRule, content: object, current: StoredRecord | null): RecordFault[] {
  if (current === null) return [];
  const [before, after] = [current.content, content] as readonly Readonly<Record<string, unknown>>[];
  const said = Object.entries(rule.keepsOnceSaid ?? {}).filter(([field]) => before?.[field] !== undefined);
  return [...Object.entries(rule.keeps ?? {}), ...said].flatMap(([field, detail]) =>
    before?.[field] === after?.[field] ? [] : [{ pointer: `/${field}`, detail: detail as string }],
  );
}

function checkSaid(rule: RecordRule, content: object, current: StoredRecord | null): RecordFault[] {
  const [before, after] = [current?.content ?? {}, content] as readonly Readonly<Record<string, unknown>>[];
  return (rule.mustSay ?? []).flatMap((field: string) =>
    (before?.[field] ?? null) === null || after?.[field] !== undefined
      ? []
      : [{ pointer: `/${field}`, detail: `stands in version ${current?.version}: repeat it, or lift it by null` }],
  );
}

function toVersion(
  { writer, nowMs }: Writing,
  rule: RecordRule,
  { id, said, changeReason, given }: Placed,
  current: StoredRecord | null,
): NewVersion {
  // What was answered and came back beside a change is the reason of the change before.
  const isRepeated = given.recordedAt !== undefined && changeReason === current?.changeReason;
  return {
    id,
    content: said.content,
    version: (current?.version ?? 0) + 1,
    ...decideEffectiveAt(rule, said, current, nowMs),
    recordedAt: new Date(nowMs).toISOString(),
    author: writer.author,
    changeReason: isRepeated ? null : changeReason,
    correlationId: writer.correlationId,
    ...(said.areaSquareMetres === undefined ? {} : { areaSquareMetres: said.areaSquareMetres }),
  };
}
