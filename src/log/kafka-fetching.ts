/** Records from Kafka for one consumer: a fetch per leading broker at a time, and one batch a partition kept ahead. */
import type { Cluster } from 'kafkajs';
import type { TopicPartition } from '../ports/event-log.js';
import { backoffDelayMs } from './backoff.js';
import type { RecordSource } from './delivery.js';
import { errorType, type KafkaContext, orUnavailable, repairCluster } from './kafka-client.js';
import { type Bounds, fetchBounds, fetchFrom, findLeaders } from './kafka-records.js';
import type { Fetched, RecentReader } from './recent-fetches.js';

interface Slot extends TopicPartition {
  /** Where the next fetch begins. */
  fromOffset: number;
  /** Whether somebody could use more: there is nothing in the buffer. */
  hungry: boolean;
  buffer: Fetched | null;
  /** When the buffer was filled; this and the next two by `performance.now()`, which no clock that is set moves. */
  filledAtMs: number;
  /** When the broker was asked last. */
  askedAtMs: number;
  /** When a less patient consumer of this process had what was wanted. */
  servedAtMs: number;
  /** What there is when `fromOffset` turned out to lie outside of the log: reading goes on at its start. */
  movedTo: Bounds | null;
  /** Knows where it is, with what is in the buffer. */
  readonly reader: RecentReader;
  /** Tells whoever reads it that there is news. */
  readonly wake: () => void;
}

const NEVER_MS = Number.NEGATIVE_INFINITY;

/** Bounds that are asked for by one request. */
interface Asking {
  readonly at: TopicPartition[];
  readonly answers: Promise<readonly Bounds[]>;
}

/** Whom another consumer's fetches have served so lately does not ask the broker, which would send all of it once more, ms. */
const SERVED_MS = 1_000;

/** As long as another consumer's fetches serve some partitions, the broker is asked for the others this often, ms. */
const ASK_EVERY_MS = 200;

/** With so many in an answer there may be a backlog: the next is asked for at once. */
const MANY_RECORDS = 500;

const countRecords = (answers: readonly Fetched[]): number =>
  answers.reduce((sum, { records }) => sum + records.length, 0);

export interface Fetching {
  readonly source: Pick<RecordSource, 'read' | 'watch' | 'release' | 'bounds'>;
  stop(): void;
}

/** How long the broker holds a fetch at least, ms: below it, asking again costs more than waiting. */
const SHORTEST_WAIT_MS = 5;

/** Begins to fetch whatever is asked for through `source`, over all errors, until it is stopped. */
export function startFetching({ log, timings, recent }: KafkaContext, cluster: Cluster, patienceMs: number): Fetching {
  /** Of the partitions that somebody watches. */
  const slots = new Map<string, Slot>();
  const busyLeaders = new Set<string | null>();
  let stopped = false;
  let scheduled = false;
  let failures = 0;

  /** In a turn of its own, so that partitions that were taken from one after the other are asked for together. */
  function schedule(): void {
    if (scheduled || stopped) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (!stopped) fetchHungry();
    });
  }

  function fetchHungry(): void {
    const hungry = [...slots.values()].filter((slot) => slot.hungry);
    for (const [leader, own] of leadersOf(hungry)) {
      if (busyLeaders.has(leader)) continue;
      busyLeaders.add(leader);
      fetchOnce(leader, own)
        .catch((error: unknown) => log.error({ err: error }, 'A fetch failed beyond repair'))
        .finally(() => {
          busyLeaders.delete(leader);
          schedule();
        });
    }
  }

  /** A cluster that has lost its connections may not know any leader: that is repaired like a leader that is away. */
  function leadersOf(hungry: readonly Slot[]): ReadonlyMap<string | null, readonly Slot[]> {
    try {
      return findLeaders(cluster, hungry);
    } catch {
      return new Map([[null, hungry]]);
    }
  }

  async function fetchOnce(leader: string | null, own: readonly Slot[]): Promise<void> {
    const beganAtMs = performance.now();
    try {
      if (leader === null) throw new Error('Nobody leads the partition at the moment');
      const served = own.filter(takeRecent);
      for (const slot of served) slot.servedAtMs = beganAtMs;
      const isServed = ({ servedAtMs, reader, fromOffset }: Slot) =>
        beganAtMs - servedAtMs < SERVED_MS && reader.willCome(fromOffset);
      const askEveryMs = served.length > 0 || own.some(isServed) ? ASK_EVERY_MS : 0;
      const asked = own.filter((slot) => slot.hungry && !isServed(slot) && beganAtMs - slot.askedAtMs >= askEveryMs);
      if (asked.length === 0) return await pause(patienceMs);
      for (const slot of asked) slot.askedAtMs = beganAtMs;
      const wanted = asked.map(({ topic, partition, fromOffset }) => ({ topic, partition, fromOffset }));
      // Those who are served are not to wait for the others.
      const waitMs = askEveryMs === 0 ? holdMs(beganAtMs) : Math.min(holdMs(beganAtMs), patienceMs);
      const answers = await fetchFrom(cluster, leader, wanted, waitMs);
      failures = 0;
      for (const answer of answers) recent.keep(answer, patienceMs);
      if (stopped) return;
      const isNews = answers.map(accept).includes(true);
      // A broker that answers at once and brings nothing (a batch that compaction has emptied) must not make us spin.
      const waitedMs = performance.now() - beganAtMs;
      if (!isNews && waitedMs < waitMs / 2) await pause(waitMs);
      else if (patienceMs > 0 && countRecords(answers) < MANY_RECORDS) await pause(patienceMs);
    } catch (error) {
      if (stopped) return;
      await recover(error);
    }
  }

  /** Whether a less patient consumer of this process has what is wanted. */
  function takeRecent(slot: Slot): boolean {
    const answer = slot.reader.take(slot.fromOffset);
    return answer !== null && accept(answer);
  }

  /**
   * How long the broker may hold a fetch that finds nothing. A partition whose buffer is full is not in it, and once it is read from
   * it has to wait until that fetch comes back: so at most as long again as it has been full, and hardly where that is now.
   */
  function holdMs(nowMs: number): number {
    let sinceMs = Number.POSITIVE_INFINITY;
    for (const { buffer, filledAtMs } of slots.values()) if (buffer) sinceMs = Math.min(sinceMs, nowMs - filledAtMs);
    return Math.min(timings.fetchWaitMs, Math.max(SHORTEST_WAIT_MS, sinceMs));
  }

  /** Keeps an answer for its reader, unless the reader wants something else by now; tells whether it moves anything. */
  function accept(answer: Fetched): boolean {
    const slot = slots.get(slotKey(answer));
    if (!slot?.hungry || slot.fromOffset !== answer.fromOffset) return true;
    if (answer.nextOffset === answer.fromOffset) return false;
    slot.buffer = answer;
    slot.filledAtMs = performance.now();
    slot.hungry = false;
    slot.reader.moveTo(answer.nextOffset);
    slot.wake();
    return true;
  }

  async function recover(error: unknown): Promise<void> {
    const { topic, partition } = error as Partial<TopicPartition>;
    const slot = topic !== undefined && partition !== undefined && slots.get(slotKey({ topic, partition }));
    if (errorType(error) === 'OFFSET_OUT_OF_RANGE' && slot) {
      await moveIntoBounds(slot).catch((cause: unknown) => recover(cause));
      return;
    }
    const delayMs = backoffDelayMs({ firstMs: timings.retryFirstMs, maxMs: timings.retryMaxMs }, failures++);
    log.warn({ error: errorType(error), failures, delayMs }, 'Kafka did not answer a fetch; it is tried again');
    await pause(delayMs);
    if (!stopped) await repairCluster(cluster, error);
  }

  /** What retention dropped is skipped; what lies behind the end belongs to a log that is no more, so all of the new is read. */
  async function moveIntoBounds(slot: Slot): Promise<void> {
    const { topic, partition, fromOffset } = slot;
    const [bounds] = await fetchBounds(cluster, [slot]);
    const { startOffset, endOffset } = bounds!;
    if (slot.fromOffset !== fromOffset) return;
    // It was moved while we looked: as with any other error, not at once again.
    if (fromOffset >= startOffset && fromOffset <= endOffset) return pause(timings.retryFirstMs);
    if (fromOffset > 0) {
      log.warn(
        { topic, partition, fromOffset, startOffset, endOffset },
        'The log does not have the offset; reading from its start',
      );
    }
    slot.movedTo = bounds!;
    slot.hungry = false;
    slot.wake();
  }

  function wantFrom(slot: Slot, offset: number): void {
    slot.buffer = null;
    slot.movedTo = null;
    slot.fromOffset = offset;
    slot.hungry = true;
    slot.reader.moveTo(offset);
    schedule();
  }

  /**
   * Of what is asked about in one turn, by who leads it: who looks at a dozen partitions makes one request of each broker, and one that
   * hangs holds up nobody but those it leads.
   */
  const asking = new Map<string, Asking>();

  function askTogether(leader: string): Asking {
    const at: TopicPartition[] = [];
    const answers = new Promise(setImmediate).then(() => {
      asking.delete(leader);
      return fetchBounds(cluster, at);
    });
    const together = { at, answers };
    asking.set(leader, together);
    return together;
  }

  async function boundsOf(wanted: TopicPartition): Promise<Bounds> {
    const leader = leaderOf(wanted);
    const alone = async () => (await fetchBounds(cluster, [wanted]))[0]!;
    if (leader === null) return await alone();
    const { at, answers } = asking.get(leader) ?? askTogether(leader);
    const known = at.findIndex((one) => slotKey(one) === slotKey(wanted));
    const nth = known < 0 ? at.push(wanted) - 1 : known;
    try {
      return (await answers)[nth]!;
    } catch (error) {
      if (at.length === 1) throw error;
      // It may be another one that its broker no longer leads.
      return await alone();
    }
  }

  function leaderOf(at: TopicPartition): string | null {
    try {
      return [...findLeaders(cluster, [at]).keys()][0] ?? null;
    } catch {
      return null;
    }
  }

  return {
    source: {
      read(at, position) {
        const slot = slots.get(slotKey(at));
        if (!slot) return null;
        if (slot.movedTo !== null && slot.fromOffset === position) {
          const { startOffset: nextOffset, endOffset } = slot.movedTo;
          wantFrom(slot, nextOffset);
          return { ...placeOf(at), records: [], nextOffset, endOffset };
        }
        const { buffer } = slot;
        if (!buffer || position < buffer.fromOffset || position >= buffer.nextOffset) {
          if (!slot.hungry || slot.fromOffset !== position) wantFrom(slot, position);
          return null;
        }
        wantFrom(slot, buffer.nextOffset);
        const records =
          position === buffer.fromOffset ? buffer.records : buffer.records.filter(({ offset }) => offset >= position);
        return { ...placeOf(at), records, nextOffset: buffer.nextOffset, endOffset: buffer.endOffset };
      },
      watch(at, onNews) {
        const { topic, partition } = at;
        const nothing = { fromOffset: 0, hungry: false, buffer: null, movedTo: null };
        const never = { filledAtMs: NEVER_MS, askedAtMs: NEVER_MS, servedAtMs: NEVER_MS };
        const reader = recent.join(at, patienceMs);
        const slot: Slot = { topic, partition, ...nothing, ...never, reader, wake: onNews };
        slots.set(slotKey(at), slot);
        return () => {
          reader.leave();
          // Whoever was given the partition again meanwhile has a slot of its own.
          if (slots.get(slotKey(at)) === slot) slots.delete(slotKey(at));
        };
      },
      release(at) {
        const slot = slots.get(slotKey(at));
        if (slot) Object.assign(slot, { hungry: false, buffer: null, movedTo: null });
      },
      bounds: (at) => orUnavailable('bounds', timings.answerLimitMs, boundsOf(at)),
    },
    stop() {
      stopped = true;
    },
  };
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

function slotKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs).unref();
  });
}
