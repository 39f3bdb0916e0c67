/**
 * The engine once more over stored inputs, for one activation: what `explain` compares with the record. Every term becomes
 * known when it was published, and ticks come when they are due, so what the live engine said is said again.
 */
import { advance, initialState } from '../../engine/advance.js';
import { madeAtMs } from '../../engine/fold/clocks.js';
import type { EngineInput } from '../../engine/inputs.js';
import { applyShared, createSharedIndex } from '../../engine/near/shared-index.js';
import type { EngineEvent, Ping, SharedWatch, TagWatch, Term } from '../../engine/types.js';
import { activationFor, compileTag, joinShared } from '../../engine/watch/compile.js';

export interface StoredPing {
  readonly ping: Ping;
  readonly receivedAtMs: number;
}

/** When a ping was made as far as is known: a clock that is ahead does not say. */
export const madeAtMsOf = ({ ping, receivedAtMs }: StoredPing): number =>
  madeAtMs({ fixedAtMs: ping.fixedAtMs, receivedAtMs });

export interface RerunInputs {
  readonly activationId: string;
  /** With every version of the conditions; terms that were never published are not in it. */
  readonly watch: TagWatch;
  readonly shared: readonly SharedWatch[];
  /** In the order in which they were received. */
  readonly pings: readonly StoredPing[];
  /** Up to when ticks come. */
  readonly untilMs: number;
}

/** All that the engine says. Throws where the watch lacks the activation. */
export function rerun({ activationId, watch, shared, pings, untilMs }: RerunInputs): EngineEvent[] {
  const startMs = Math.min(pings[0]?.receivedAtMs ?? untilMs, untilMs);
  const index = createSharedIndex();
  const events: EngineEvent[] = [];
  let sequence = 0;
  let compiled = compileTag(watchAt(watch, startMs, sequence));
  let state = initialState(activationId);
  let nextDueAtMs: number | null = null;
  const own = () => {
    const found = compiled.activations.find((each) => each.activationId === activationId);
    if (found === undefined) throw new Error(`the watch of ${watch.tagId} lacks activation ${activationId}`);
    return found;
  };
  const give = (input: EngineInput): void => {
    const result = advance(state, input, joinShared(own(), index));
    state = result.state;
    nextDueAtMs = result.nextDueAtMs;
    events.push(...result.events);
  };
  const publish = (atMs: number): void => {
    sequence++;
    compiled = compileTag(watchAt(watch, atMs, sequence), compiled);
    for (const each of shared) applyShared(index, { ...each, sequence, terms: knownAt(each.terms, atMs) });
    give({ type: 'watch', atMs });
  };
  const tickUntil = (atMs: number): void => {
    let tickedAtMs = Number.NEGATIVE_INFINITY;
    while (nextDueAtMs !== null && nextDueAtMs <= atMs && nextDueAtMs > tickedAtMs) {
      tickedAtMs = nextDueAtMs;
      give({ type: 'tick', atMs: tickedAtMs });
    }
  };

  publish(startMs);
  const publications = publicationsOf(watch, shared).filter((atMs) => atMs > startMs && atMs <= untilMs);
  for (const { ping, receivedAtMs } of pings) {
    while (publications.length > 0 && publications[0]! <= receivedAtMs) {
      const atMs = publications.shift()!;
      tickUntil(atMs);
      publish(atMs);
    }
    tickUntil(receivedAtMs);
    if (activationFor(compiled, madeAtMsOf({ ping, receivedAtMs }))?.activationId !== activationId) continue;
    give({ type: 'ping', ping, receivedAtMs });
  }
  for (const atMs of publications) {
    tickUntil(atMs);
    publish(atMs);
  }
  tickUntil(untilMs);
  return events;
}

const knownAt = (terms: readonly Term[], atMs: number): Term[] => terms.filter((term) => term.publishedAtMs <= atMs);

function watchAt(watch: TagWatch, atMs: number, sequence: number): TagWatch {
  const activations = watch.activations.map((each) => ({ ...each, terms: knownAt(each.terms, atMs) }));
  return { ...watch, sequence, activations };
}

function publicationsOf(watch: TagWatch, shared: readonly SharedWatch[]): number[] {
  const terms = [...watch.activations.flatMap((each) => each.terms), ...shared.flatMap((each) => each.terms)];
  return [...new Set(terms.map((term) => term.publishedAtMs))].sort((a, b) => a - b);
}

/** One alert as it stands after all that was said of it. */
export interface FoundAlert {
  readonly last: EngineEvent;
  readonly isConfirmed: boolean;
}

/**
 * What a re-run finds of one alert: of the same sort the one with its very interval, else the one with its id, else the oldest that
 * overlaps it. The id comes second: it holds the start as first raised, which hangs on when ticks came between late fixes.
 */
export function findAlert(
  events: readonly EngineEvent[],
  sought: Pick<
    EngineEvent,
    'alertId' | 'kind' | 'conditionId' | 'conditionVersion' | 'zoneId' | 'zoneVersion' | 'episode'
  >,
): FoundAlert | null {
  const alerts = new Map<string, FoundAlert>();
  for (const last of events) {
    const isConfirmed = last.type === 'confirmed' || (alerts.get(last.alertId)?.isConfirmed ?? false);
    alerts.set(last.alertId, { last, isConfirmed });
  }
  const suits = ({ last }: FoundAlert): boolean =>
    last.type !== 'withdrawn' &&
    last.kind === sought.kind &&
    last.conditionId === sought.conditionId &&
    last.conditionVersion === sought.conditionVersion &&
    last.zoneId === sought.zoneId &&
    last.zoneVersion === sought.zoneVersion &&
    last.episode.startedAtMs <= (sought.episode.endedAtMs ?? Number.POSITIVE_INFINITY) &&
    sought.episode.startedAtMs <= (last.episode.endedAtMs ?? Number.POSITIVE_INFINITY);
  const oldest = [...alerts.values()]
    .filter(suits)
    .sort((a, b) => a.last.episode.startedAtMs - b.last.episode.startedAtMs);
  const exact = oldest.find(
    ({ last: { episode } }) =>
      episode.startedAtMs === sought.episode.startedAtMs && episode.endedAtMs === sought.episode.endedAtMs,
  );
  return exact ?? alerts.get(sought.alertId) ?? oldest[0] ?? null;
}
