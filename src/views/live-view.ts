/**
 * Where everybody is now, and which tag is on whom: the api's own view of `tagwatch.states` and the inputs after them. It needs
 * the log alone, so positions go on while the database is away.
 */
import {
  isAhead,
  madeAtMs,
  noteAhead,
  noteRight,
  noteSentAhead,
  stillAhead,
  wasSentAhead,
} from '../engine/fold/clocks.js';
import { isZeroPosition } from '../engine/fold/evidence.js';
import type { SentAhead, TimedFix } from '../engine/state.js';
import type { Activation, Ping, TagWatch } from '../engine/types.js';
import type { ConsumerHandler, EventLog, LogRecord, PartitionControl, TopicPartition } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { type InputAt, readInputs } from '../ports/ping-records.js';
import { hasPosition, type LastPing, type LivePing, livePart, type StateRecord } from '../ports/states.js';
import { decodeJson, INPUTS, STATES } from '../ports/topics.js';
import { countOver, FORGET_AFTER_MS, forgetAtMsOf, withoutOldestOf } from '../watchlist/over.js';

/** Positions are told once a second: they may be read a little later, many at a time. */
const PATIENCE_MS = 50;
/** How often subscribers are told: so at most one position a second per wearer. */
export const POSITIONS_INTERVAL_MS = 1_000;
/** How often what is over is looked for, ms. */
const FORGET_EVERY_MS = 3_600_000;

/** The newest ping of a wearer that has a position. */
export interface LivePosition {
  readonly wearerId: string;
  readonly activationId: string;
  readonly receivedAtMs: number;
  /** How far the clock of the tag was ahead of the receipt: the fix was made then. */
  readonly clockAheadMs?: number;
  readonly ping: LivePing;
}

export interface LiveView {
  /** Resolves when states and inputs have been read up to where they ended at the start. */
  readonly caughtUp: Promise<void>;
  isCaughtUp(): boolean;
  /** The newest position of a wearer; null where none is held. */
  position(wearerId: string): LivePosition | null;
  positions(): Iterable<LivePosition>;
  /** The default accuracy of the tag's model, metres; null: it has none, or nobody knows the tag. */
  defaultAccuracy(tagId: string): number | null;
  /** Who wore a tag at an instant (epoch ms). */
  activationAt(tagId: string, atMs: number): Activation | 'unknown-tag' | 'not-fitted';
  /** Calls back every `POSITIONS_INTERVAL_MS` with what changed since, perhaps nothing; returns how to end it. */
  subscribe(onChanged: (changed: readonly LivePosition[]) => void): () => void;
  stop(): Promise<void>;
}

export interface LiveViewDeps {
  readonly log: EventLog;
  readonly logger: Log;
  readonly positionsIntervalMs?: number;
  /** Called with each input that the recorder writes, behind what the states hold. */
  readonly onRecordable?: (partition: number, offset: number, appendedAtMs: number) => void;
}

/** Starts reading; resolves when reading has begun, which is before it has caught up. */
export async function startLiveView(deps: LiveViewDeps): Promise<LiveView> {
  const { log, logger, positionsIntervalMs = POSITIONS_INTERVAL_MS } = deps;
  const watches = new Map<string, TagWatch>();
  const latest = new Map<string, LivePosition>();
  const changed = new Set<string>();
  /** Of tags whose newest fix was dated ahead of its receipt. */
  const ahead = new Map<string, { readonly fixes: readonly TimedFix[]; readonly runs: boolean }>();
  /** What tags sent dated ahead: sent again once its date has come it is no news. */
  const sentAhead = new Map<string, SentAhead>();
  const subscribers = new Set<(changed: readonly LivePosition[]) => void>();
  /** By input partition: the next offset, and where catching up ends. Null until the states have been read. */
  let cursors: Map<number, { next: number; readonly target: number }> | null = null;
  let upToDate = false;
  let forgottenAtMs = Number.NEGATIVE_INFINITY;
  let unreadable = 0;
  let resolveCaughtUp: () => void = () => {};
  const caughtUp = new Promise<void>((resolve) => {
    resolveCaughtUp = resolve;
  });

  function applyWatch(watch: TagWatch): void {
    const before = watches.get(watch.tagId);
    if (before !== undefined && before.sequence >= watch.sequence) return;
    watches.set(watch.tagId, watch);
    for (const { activationId, wearerId } of before?.activations ?? []) {
      // A position that turned out to be of somebody else must not stay on the map under the wrong name.
      const isStill = watch.activations.some((one) => one.activationId === activationId && one.wearerId === wearerId);
      if (!isStill && latest.get(wearerId)?.activationId === activationId) latest.delete(wearerId);
    }
  }

  /** Lets go of who wore a tag long ago; the record knows where they were. */
  function forget(atMs: number): void {
    if (atMs - forgottenAtMs < FORGET_EVERY_MS) return;
    forgottenAtMs = atMs;
    for (const [tagId, watch] of watches) {
      if (forgetAtMsOf(watch) > atMs) continue;
      const count = countOver(watch, atMs - FORGET_AFTER_MS);
      for (const { wearerId, activationId } of watch.activations.slice(0, count)) {
        if (latest.get(wearerId)?.activationId === activationId) latest.delete(wearerId);
      }
      if (watch.activations.length > 0) watches.set(tagId, withoutOldestOf(watch, count));
      else {
        watches.delete(tagId);
        ahead.delete(tagId);
        sentAhead.delete(tagId);
      }
    }
  }

  function activationAt(tagId: string, atMs: number): Activation | 'unknown-tag' | 'not-fitted' {
    const watch = watches.get(tagId);
    if (watch === undefined) return 'unknown-tag';
    const isOn = ({ fittedAtMs, removedAtMs }: Activation) =>
      fittedAtMs <= atMs && (removedAtMs === null || atMs < removedAtMs);
    return watch.activations.findLast(isOn) ?? 'not-fitted';
  }

  /** Whether a fix from the future is one of a clock that runs ahead: then it was made when it was received. */
  function isJudged(ping: Ping, receivedAtMs: number): boolean {
    const { tagId, fixedAtMs } = ping;
    const fix = { fixedAtMs, receivedAtMs };
    const before = ahead.get(tagId);
    const sent = sentAhead.get(tagId);
    if (wasSentAhead(sent, ping)) return false;
    if (!isAhead(fix)) {
      const noted = before === undefined ? null : noteRight(before.fixes, fix, before.runs);
      if (noted === null) ahead.delete(tagId);
      else ahead.set(tagId, { fixes: noted, runs: before!.runs });
      const still = sent && stillAhead(sent, fixedAtMs);
      if (still !== undefined) sentAhead.set(tagId, still);
      else if (sent !== undefined) sentAhead.delete(tagId);
      return true;
    }
    const { fixes, runs } = noteAhead(before?.fixes ?? [], fix, before?.runs ?? false);
    ahead.set(tagId, { fixes, runs });
    sentAhead.set(tagId, noteSentAhead(sent, ping));
    return runs;
  }

  function applyPing(ping: LivePing, receivedAtMs: number): void {
    const madeMs = madeAtMs({ fixedAtMs: ping.fixedAtMs, receivedAtMs });
    const activation = activationAt(ping.tagId, madeMs);
    if (typeof activation === 'string') return;
    const { wearerId, activationId } = activation;
    const held = latest.get(wearerId);
    if (held && madeAtMs({ fixedAtMs: held.ping.fixedAtMs, receivedAtMs: held.receivedAtMs }) >= madeMs) return;
    const clock = madeMs === ping.fixedAtMs ? {} : { clockAheadMs: ping.fixedAtMs - madeMs };
    latest.set(wearerId, { wearerId, activationId, receivedAtMs, ...clock, ping: livePart(ping) });
    changed.add(wearerId);
  }

  /** One that the engine judges too. */
  function hearPing(ping: Ping, receivedAtMs: number): void {
    if (!hasPosition(ping) || isZeroPosition(ping.position) || !isJudged(ping, receivedAtMs)) return;
    applyPing(ping, receivedAtMs);
  }

  function readJson<T>(record: LogRecord): T | null {
    if (record.value === null) return null;
    try {
      return decodeJson<T>(record.value);
    } catch {
      tellUnreadable(record);
      return null;
    }
  }

  function readAll(record: LogRecord): readonly InputAt[] {
    if (record.value === null) return [];
    try {
      return readInputs(record);
    } catch {
      tellUnreadable(record);
      return [];
    }
  }

  function tellUnreadable({ topic, partition, offset }: LogRecord): void {
    unreadable++;
    logger.error({ topic, partition, offset, unreadable }, 'a record cannot be read and is skipped');
  }

  async function readStates(): Promise<Map<number, number>> {
    const through = new Map<number, number>();
    const pings: LastPing[] = [];
    const partitions = await log.partitionCount(STATES);
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic: STATES, partition }));
    await log.readToEnd(all, (batch) => {
      for (const record of batch.records) {
        const state = readJson<StateRecord>(record);
        if (state?.type === 'watch') applyWatch(state.watch);
        else if (state?.type === 'activation' && state.lastPing) pings.push(state.lastPing);
        else if (state?.type === 'through')
          through.set(batch.partition, Math.max(state.offset, through.get(batch.partition) ?? 0));
      }
    });
    // Only now, because compaction may leave a tag's watch behind its activations.
    // A state that a program from before wrote may hold 0° 0°.
    for (const { ping, receivedAtMs } of pings) if (!isZeroPosition(ping.position)) applyPing(ping, receivedAtMs);
    return through;
  }

  function noteProgress(): void {
    if (upToDate || cursors === null) return;
    for (const { next, target } of cursors.values()) if (next < target) return;
    upToDate = true;
    logger.info({ tags: watches.size, positions: latest.size }, 'the live view has caught up');
    resolveCaughtUp();
  }

  async function beginAt(assignment: readonly TopicPartition[], control: PartitionControl) {
    const through = await readStates();
    const begun = new Map<number, { next: number; readonly target: number }>();
    for (const at of assignment) {
      const { startOffset, endOffset } = await control.bounds(at);
      begun.set(at.partition, { next: Math.max(startOffset, through.get(at.partition) ?? 0), target: endOffset });
    }
    return begun;
  }

  const handler: ConsumerHandler = {
    async onAssigned(added, control) {
      cursors ??= await beginAt(added, control);
      for (const at of added) control.seek(at, cursors.get(at.partition)?.next ?? 0);
      noteProgress();
    },
    async onBatch(batch) {
      const cursor = cursors?.get(batch.partition);
      if (cursor === undefined) return;
      for (const record of batch.records) {
        if (record.offset < cursor.next) continue;
        for (const { input } of readAll(record)) {
          if (input.type === 'ping' || input.type === 'reconcile')
            deps.onRecordable?.(record.partition, record.offset, record.appendedAtMs);
          if (input.type === 'ping') hearPing(input.ping, input.receivedAtMs);
          else if (input.type === 'watch') applyWatch(input.watch);
          else if (input.type === 'tick') forget(input.atMs);
        }
        cursor.next = record.offset + 1;
      }
      cursor.next = Math.max(cursor.next, batch.nextOffset);
      noteProgress();
    },
  };
  const consumer = await log.consume({
    group: null,
    topics: [INPUTS],
    commit: false,
    patienceMs: PATIENCE_MS,
    handler,
  });

  const timer = setInterval(() => {
    const news = [...changed].flatMap((wearerId) => latest.get(wearerId) ?? []);
    changed.clear();
    for (const onChanged of subscribers) onChanged(news);
  }, positionsIntervalMs);
  timer.unref();

  return {
    caughtUp,
    isCaughtUp: () => upToDate,
    position: (wearerId) => latest.get(wearerId) ?? null,
    positions: () => latest.values(),
    defaultAccuracy: (tagId) => watches.get(tagId)?.defaultAccuracyMetres ?? null,
    activationAt,
    subscribe(onChanged) {
      subscribers.add(onChanged);
      return () => subscribers.delete(onChanged);
    },
    async stop() {
      clearInterval(timer);
      subscribers.clear();
      await consumer.stop();
    },
  };
}
