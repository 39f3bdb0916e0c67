/**
 * One run through the engine as the service gives it: the fold of a partition, inputs in the order of their receipt, conditions when
 * they were published, ticks every five seconds where they can matter, and what came too late judged again when the tag is quiet.
 */
import { toFindingEvent } from '../alerts/event.js';
import { compareWithRecord } from '../engine/past/reconcile.js';
import type { EngineEvent, ReconcileRequest, SharedWatch, TagWatch, Term } from '../engine/types.js';
import type { InputRecord } from '../ports/topics.js';
import { emptyFold, foldInput } from '../roles/engine/partition-fold.js';
import { prepareShared, startOrderedRerun } from '../roles/reconciler/ordered-rerun.js';
import { toRecordedEpisode } from '../roles/reconciler/recorded-episode.js';
import type { StoredPing } from '../roles/reconciler/rerun.js';
import { ACTIVATION_ID, type Stage, sharedWatchesOf, watchOf } from './world.js';

const TICK_MS = 5_000;
/** The reconciler waits until the tag has been quiet for so long. */
const QUIET_MS = 60_000;

/** What one activation is given. */
export interface EngineInputs {
  /** As it stands when everything was published; the terms say when each was. */
  readonly watch: TagWatch;
  readonly shared: readonly SharedWatch[];
  /** In order of receipt. */
  readonly observations: readonly StoredPing[];
  /** What other tags of the same supplier send, in order of receipt: nobody wears them here. Absent: none is heard of. */
  readonly others?: readonly StoredPing[];
  readonly fromMs: number;
  /** Up to when time passes. */
  readonly toMs: number;
}

export function playEngine(stage: Stage): EngineEvent[] {
  return playInputs({ ...stage, watch: watchOf(stage), shared: sharedWatchesOf(stage) });
}

const SUPPLIER = 'pings';

export function playInputs({ watch, shared, observations, others = [], fromMs, toMs }: EngineInputs): EngineEvent[] {
  const fold = emptyFold(0);
  const events: EngineEvent[] = [];
  const stored: StoredPing[] = [];
  let asked: ReconcileRequest | null = null;
  let askedAtMs = Number.POSITIVE_INFINITY;
  let offset = 0;
  let nowMs = fromMs - TICK_MS;

  const take = (record: InputRecord): void => {
    const folded = foldInput(fold, record, offset++, ({ error }) => {
      throw error;
    });
    if (folded.events.length > 0) events.push(...folded.events);
    for (const request of folded.reconcile) {
      asked = asked === null ? request : widest(asked, request);
      askedAtMs = nowMs;
    }
  };

  const tickUntil = (untilMs: number): void => {
    for (;;) {
      const due = fold.activations.get(ACTIVATION_ID)?.nextDueAtMs ?? null;
      if (due === null) return;
      const atMs = Math.max(Math.ceil(due / TICK_MS) * TICK_MS, Math.ceil((nowMs + 1) / TICK_MS) * TICK_MS);
      if (atMs > untilMs) return;
      nowMs = atMs;
      take({ type: 'tick', atMs });
    }
  };

  const reconcileUntil = (untilMs: number): void => {
    while (asked !== null && askedAtMs + QUIET_MS <= untilMs) {
      const request = asked;
      asked = null;
      tickUntil(askedAtMs + QUIET_MS);
      nowMs = Math.max(nowMs, askedAtMs + QUIET_MS);
      const rerun = startOrderedRerun(ACTIVATION_ID, watch, prepareShared(shared), fromMs);
      rerun.take([...stored].sort((a, b) => a.ping.fixedAtMs - b.ping.fixedAtMs));
      const { found, newestFixAtMs } = rerun.finish(nowMs);
      const changes = compareWithRecord(found, recordedEpisodes(events), request, rerun.canTellOf);
      if (changes.length === 0) continue;
      take({ type: 'history', activationId: ACTIVATION_ID, tagId: watch.tagId, atMs: nowMs, newestFixAtMs, changes });
    }
  };

  const passUntil = (atMs: number): void => {
    reconcileUntil(atMs);
    tickUntil(atMs);
    nowMs = Math.max(nowMs, atMs);
  };

  const publications = publicationsOf(watch, shared, fromMs);
  let sequence = 0;
  const publish = (atMs: number): void => {
    sequence++;
    for (const each of shared) {
      const terms = knownAt(each.terms, atMs);
      if (terms.length > 0) take({ type: 'shared', shared: { ...each, sequence, publishedAtMs: atMs, terms } });
    }
    take({ type: 'watch', watch: watchAt(watch, atMs, sequence) });
  };

  publish(publications[0]!);
  let next = 1;
  let nextOther = 0;
  for (const { ping, receivedAtMs } of observations) {
    for (; nextOther < others.length && others[nextOther]!.receivedAtMs <= receivedAtMs; nextOther++)
      take({ type: 'ping', ...others[nextOther]!, source: SUPPLIER });
    for (; next < publications.length && publications[next]! <= receivedAtMs; next++) {
      passUntil(publications[next]!);
      publish(publications[next]!);
    }
    passUntil(receivedAtMs);
    // A request is put off by the ones that follow it, not by pings.
    stored.push({ ping, receivedAtMs });
    take({ type: 'ping', ping, receivedAtMs, ...(others.length === 0 ? {} : { source: SUPPLIER }) });
  }
  for (; next < publications.length; next++) {
    passUntil(publications[next]!);
    publish(publications[next]!);
  }
  passUntil(toMs);
  return events;
}

const knownAt = (terms: readonly Term[], atMs: number): Term[] => terms.filter((term) => term.publishedAtMs <= atMs);

function watchAt(watch: TagWatch, atMs: number, sequence: number): TagWatch {
  const activations = watch.activations.map((each) => ({ ...each, terms: knownAt(each.terms, atMs) }));
  return { ...watch, sequence, publishedAtMs: atMs, activations };
}

/** The beginning, and whenever a term was published after it. */
function publicationsOf(watch: TagWatch, shared: readonly SharedWatch[], fromMs: number): number[] {
  const terms = [...watch.activations.flatMap((each) => each.terms), ...shared.flatMap((each) => each.terms)];
  const later = terms.map((term) => term.publishedAtMs).filter((atMs) => atMs > fromMs);
  return [fromMs, ...new Set(later.sort((a, b) => a - b))];
}

function widest(a: ReconcileRequest, b: ReconcileRequest): ReconcileRequest {
  return {
    fromMs: Math.min(a.fromMs, b.fromMs),
    toMs: Math.max(a.toMs, b.toMs),
    baseAtMs: Math.max(a.baseAtMs, b.baseAtMs),
  };
}

function recordedEpisodes(events: readonly EngineEvent[]) {
  const newest = new Map(events.map((event) => [event.alertId, event]));
  return [...newest.values()].map((event) => toRecordedEpisode(toFindingEvent(event))).filter((one) => one !== null);
}
