/** Goes through the chain as it stands in the database and tells what is not as it was chained. */
import type { ChainLink, SignedCheckpoint } from '../ports/audit.js';
import { BEFORE_FIRST, hashLink } from './chain.js';
import { type JudgeCheckpoint, NOT_SIGNED } from './checkpoint.js';

export type ChainFault =
  /** The entry is not what was chained, or what stood before it is not. */
  | { readonly type: 'changed'; readonly position: number }
  | { readonly type: 'removed'; readonly from: number; readonly to: number }
  /** It stands behind one of a later place in the same log: inserted, or out of its order. */
  | { readonly type: 'out-of-order'; readonly position: number }
  /** A writer's entries that were never chained. */
  | { readonly type: 'lost'; readonly writer: string; readonly from: number; readonly to: number }
  | { readonly type: 'cut'; readonly size: number; readonly checkpointSize: number; readonly at: string }
  | { readonly type: 'rewritten'; readonly checkpointSize: number; readonly at: string }
  | { readonly type: 'bad-checkpoint'; readonly name: string; readonly why: string };

export interface NamedCheckpoint {
  readonly name: string;
  /** Null: the file holds none. */
  readonly checkpoint: SignedCheckpoint | null;
}

export interface Verified {
  readonly size: number;
  readonly writers: number;
  /** Checkpoints that are signed by the key and fit. */
  readonly checkpointsHeld: number;
  /** Up to where a checkpoint says what the chain was; 0: none does, so a tail that was cut or written anew cannot be seen. */
  readonly heldUpTo: number;
  readonly faults: readonly ChainFault[];
  /** Whether there were more faults than are named. */
  readonly hasMoreFaults: boolean;
}

const MAX_FAULTS = 1_000;
/** Numbers of a writer that are missing, remembered while they may still come: kept entries are chained later than newer ones. */
const MAX_HOLES = 1_000_000;

interface WriterSeen {
  highest: number;
  readonly holes: Set<number>;
}

/** `links` in the order of their positions; `judge` null: no checkpoint can be judged, and there must be none. */
export async function verifyChain(
  links: AsyncIterable<readonly ChainLink[]>,
  checkpoints: readonly NamedCheckpoint[],
  judge: JudgeCheckpoint | null,
): Promise<Verified> {
  const faults: ChainFault[] = [];
  let faultCount = 0;
  const tell = (fault: ChainFault): void => {
    faultCount++;
    if (faults.length < MAX_FAULTS) faults.push(fault);
  };
  const wanted = new Map<number, SignedCheckpoint[]>();
  for (const { name, checkpoint } of checkpoints) {
    if (checkpoint === null) {
      tell({ type: 'bad-checkpoint', name, why: 'it holds no checkpoint' });
      continue;
    }
    const why = judge === null ? NOT_SIGNED : judge(checkpoint);
    if (why !== null) tell({ type: 'bad-checkpoint', name, why });
    else wanted.set(checkpoint.size, [...(wanted.get(checkpoint.size) ?? []), checkpoint]);
  }
  const writers = new Map<string, WriterSeen>();
  let previous: Uint8Array = BEFORE_FIRST;
  let position = 0;
  let last: { readonly epoch: string; readonly offset: number } | null = null;
  let heldUpTo = 0;
  let checkpointsHeld = 0;

  function compareWithCheckpoints(size: number): void {
    for (const { root, at } of wanted.get(size) ?? []) {
      if (root === Buffer.from(previous).toString('hex')) {
        checkpointsHeld++;
        heldUpTo = size;
      } else tell({ type: 'rewritten', checkpointSize: size, at });
    }
    wanted.delete(size);
  }

  compareWithCheckpoints(0);
  for await (const page of links) {
    for (const link of page) {
      if (link.position !== position + 1) tell({ type: 'removed', from: position + 1, to: link.position - 1 });
      else if (!Buffer.from(hashLink(previous, link.offset, link.entry)).equals(link.hash))
        tell({ type: 'changed', position: link.position });
      if (last !== null && last.epoch === link.epoch && link.offset <= last.offset)
        tell({ type: 'out-of-order', position: link.position });
      // From what is stored, so that one fault does not make every later entry one.
      previous = link.hash;
      position = link.position;
      last = link;
      noteWriter(writers, link.entry);
      compareWithCheckpoints(position);
    }
  }
  for (const [size, ofSize] of wanted) {
    for (const { at } of ofSize)
      tell(
        size > position
          ? { type: 'cut', size: position, checkpointSize: size, at }
          : { type: 'rewritten', checkpointSize: size, at },
      );
  }
  for (const [writer, { holes }] of writers)
    for (const [from, to] of toRuns(holes)) tell({ type: 'lost', writer, from, to });
  return {
    size: position,
    writers: writers.size,
    checkpointsHeld,
    heldUpTo,
    faults,
    hasMoreFaults: faultCount > faults.length,
  };
}

function noteWriter(writers: Map<string, WriterSeen>, { writer, n }: ChainLink['entry']): void {
  let seen = writers.get(writer);
  if (seen === undefined) {
    seen = { highest: 0, holes: new Set() };
    writers.set(writer, seen);
  }
  if (n <= seen.highest) seen.holes.delete(n);
  else {
    for (let missing = seen.highest + 1; missing < n && seen.holes.size < MAX_HOLES; missing++) seen.holes.add(missing);
    seen.highest = n;
  }
}

function toRuns(numbers: ReadonlySet<number>): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === n - 1) run[1] = n;
    else runs.push([n, n]);
  }
  return runs;
}
