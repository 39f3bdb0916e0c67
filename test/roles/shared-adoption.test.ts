/**
 * A shared condition that changes takes a step of those tags alone that it may mean something to; the others adopt it with their next
 * input. What is told, and what is asked of the record, is what it would be if every tag took a step for every change.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ActivationState, advance, initialState } from '../../src/engine/advance.js';
import { applyShared, createSharedIndex } from '../../src/engine/near/shared-index.js';
import { firstChangeMs, pastOf } from '../../src/engine/past/past-change.js';
import type { EngineEvent, ReconcileRequest, TagWatch, Term } from '../../src/engine/types.js';
import { type CompiledTag, compileTag, joinShared } from '../../src/engine/watch/compile.js';
import { type StateRecord, stateKey } from '../../src/ports/states.js';
import type { InputRecord } from '../../src/ports/topics.js';
import { takeCheckpoint } from '../../src/roles/engine/checkpoint.js';
import { emptyFold, foldInput, type PartitionFold, restoreState } from '../../src/roles/engine/partition-fold.js';
import type { World } from '../engine/random-world.js';
import { createWorld, DRIVEN } from '../engine/shortcut-worlds.js';
import { runs } from '../support/random.js';

const TICK_MS = 60_000;

interface Said {
  readonly events: readonly EngineEvent[];
  readonly requests: readonly ReconcileRequest[];
}

/** The inputs of a partition in which a world's tag is one of some, the others never heard of again, with ticks between them. */
function inputsOf({ first, steps }: World): InputRecord[] {
  const records: InputRecord[] = [{ type: 'watch', watch: first }];
  let tickAtMs = Math.ceil(steps[0]!.atMs / TICK_MS) * TICK_MS;
  for (const step of steps) {
    for (; tickAtMs < step.atMs; tickAtMs += TICK_MS) records.push({ type: 'tick', atMs: tickAtMs });
    if ('shared' in step) records.push({ type: 'shared', shared: step.shared });
    else if ('watch' in step) records.push({ type: 'watch', watch: step.watch });
    else if (step.input.type === 'ping') records.push(step.input);
  }
  return records;
}

/** Every tag takes a step for every change: the plain way. */
function playPlainly(records: readonly InputRecord[]): Said {
  const index = createSharedIndex();
  const events: EngineEvent[] = [];
  const requests: ReconcileRequest[] = [];
  const shared = new Map<string, readonly Term[]>();
  let watch = null as TagWatch | null;
  let tag: CompiledTag | null = null;
  let state: ActivationState = initialState('A-1');
  let dueAtMs: number | null = null;
  const give = (input: Parameters<typeof advance>[1]) => {
    const result = advance(state, input, joinShared(tag!.newest!, index));
    state = result.state;
    dueAtMs = result.nextDueAtMs;
    events.push(...result.events);
    if (result.reconcile !== null) requests.push(result.reconcile);
  };
  const ask = (changedMs: number, before: CompiledTag | null, atMs: number) => {
    const past = pastOf(state, changedMs, before?.newest ?? undefined, tag!.newest!, atMs);
    if (past !== null) requests.push(past);
  };
  for (const record of records) {
    if (record.type === 'ping') give(record);
    else if (record.type === 'tick') {
      if (dueAtMs !== null && dueAtMs <= record.atMs) give(record);
    } else if (record.type === 'watch') {
      const before = tag;
      tag = compileTag(record.watch, tag ?? undefined);
      give({ type: 'watch', atMs: record.watch.publishedAtMs });
      const { activations, publishedAtMs } = record.watch;
      ask(
        firstChangeMs(watch === null ? [] : watch.activations[0]!.terms, activations[0]!.terms, publishedAtMs),
        before,
        publishedAtMs,
      );
      watch = record.watch;
    } else if (record.type === 'shared') {
      if (!applyShared(index, record.shared)) continue;
      give({ type: 'watch', atMs: record.shared.publishedAtMs });
      const { conditionId, terms, publishedAtMs } = record.shared;
      ask(firstChangeMs(shared.get(conditionId) ?? [], terms, publishedAtMs), tag, -Infinity);
      shared.set(record.shared.conditionId, record.shared.terms);
    }
  }
  return { events, requests };
}

/** As the engine's role does it; `restartAt`: it goes on from a checkpoint there. Counts the tags that were as they had been after a change. */
function playInPartition(records: readonly InputRecord[], restartAt: number, spared: { count: number }): Said {
  let fold = emptyFold(0);
  const topic = new Map<string, StateRecord>();
  const events: EngineEvent[] = [];
  const requests: ReconcileRequest[] = [];
  records.forEach((record, offset) => {
    const folded = foldInput(fold, record, offset, ({ error }) => {
      throw error;
    });
    events.push(...folded.events);
    for (const { type, tagId, activationId, ...request } of folded.reconcile) requests.push(request);
    if (record.type === 'shared' && fold.activations.get('A-1')!.appliedOffset < offset) spared.count++;
    if (offset !== restartAt) return;
    for (const state of takeCheckpoint(fold)) topic.set(stateKey(state), structuredClone(state));
    fold = restore(topic);
  });
  return { events, requests };
}

function restore(topic: ReadonlyMap<string, StateRecord>): PartitionFold {
  const fold = emptyFold(0);
  for (const record of topic.values()) restoreState(fold, structuredClone(record));
  return fold;
}

it('says and asks the same as a step of every tag for every change, also over a restart', () => {
  const spared = { count: 0 };
  let said = 0;
  const world = fc.record({
    seed: fc.integer({ min: 0 }),
    isDriven: fc.boolean(),
    restart: fc.double({ min: 0, max: 1 }),
  });
  fc.assert(
    fc.property(world, ({ seed, isDriven, restart }) => {
      const records = inputsOf(isDriven ? createWorld(String(seed), DRIVEN) : createWorld(String(seed)));
      const plainly = playPlainly(records);
      const lazily = playInPartition(records, Math.floor(restart * records.length), spared);
      expect(JSON.stringify(lazily.events)).toBe(JSON.stringify(plainly.events));
      expect(lazily.requests).toEqual(plainly.requests);
      said += plainly.events.length;
    }),
    { numRuns: runs(120) },
  );
  expect(said).toBeGreaterThan(300);
  expect(spared.count).toBeGreaterThan(100);
});
