/**
 * What time it is for whoever reads the inputs: the clocks of the hosts that wrote them, held against the log's own. Time that a clock
 * ahead has told would end what goes on, for good; one that is behind would let silence last.
 */
import type { CustodyPeriod, Suspension, TagWatch, Term } from '../engine/types.js';
import type { Clock } from './clock.js';
import type { LogBatch } from './event-log.js';
import type { Log } from './log.js';
import type { InputRecord } from './topics.js';

/** Clocks further apart than this are told, ms. */
const SKEW_LIMIT_MS = 60_000;

export interface LogTime {
  note(batch: LogBatch): void;
  /** What a tick says: now, or the newest time of the log where that is later. Tells once of a clock that is far behind. */
  tickAtMs(): number;
}

export function createLogTime(clock: Clock, logger: Log): LogTime {
  let newestMs = Number.NEGATIVE_INFINITY;
  let isTold = false;
  return {
    note({ records }) {
      newestMs = Math.max(newestMs, records.at(-1)?.appendedAtMs ?? newestMs);
    },
    tickAtMs() {
      const nowMs = clock.nowMs();
      const behindMs = newestMs - nowMs;
      if (behindMs > SKEW_LIMIT_MS && !isTold)
        logger.error({ behindMs }, 'engine: the clock of this machine is behind the log’s: let NTP set it');
      isTold = behindMs > SKEW_LIMIT_MS;
      return Math.max(nowMs, newestMs);
    },
  };
}

/**
 * An input with the times that its host gave it as far as they are believed: up to when the log took it. When a fix was made is the
 * tag's own time, and stays as it is. The same object where there is nothing to be taken off.
 */
export function believed(input: InputRecord, appendedAtMs: number): InputRecord {
  const upTo = (ms: number) => Math.min(ms, appendedAtMs);
  switch (input.type) {
    case 'ping':
      return input.receivedAtMs <= appendedAtMs ? input : { ...input, receivedAtMs: appendedAtMs };
    case 'tick':
    case 'history':
      return { ...input, atMs: upTo(input.atMs) };
    case 'watch':
      return { ...input, watch: believedWatch(input.watch, appendedAtMs) };
    case 'shared': {
      const { publishedAtMs, terms } = input.shared;
      const shared = { publishedAtMs: upTo(publishedAtMs), terms: believedTerms(terms, appendedAtMs) };
      return { ...input, shared: { ...input.shared, ...shared } };
    }
    case 'wearer': {
      const { publishedAtMs, custodyPeriods } = input.wearer;
      const custody =
        custodyPeriods === undefined ? {} : { custodyPeriods: believedPeriods(custodyPeriods, appendedAtMs) };
      return { ...input, wearer: { ...input.wearer, publishedAtMs: upTo(publishedAtMs), ...custody } };
    }
    case 'supplier': {
      const read = input.read.map((each) => ({ ...each, readThroughMs: upTo(each.readThroughMs) }));
      return { ...input, read, lastAtMs: input.lastAtMs === null ? null : upTo(input.lastAtMs) };
    }
    case 'supplier-tags':
    case 'reconcile':
      return input;
  }
}

function believedWatch(watch: TagWatch, appendedAtMs: number): TagWatch {
  const activations = watch.activations.map((each) => ({
    ...each,
    terms: believedTerms(each.terms, appendedAtMs),
    ...(each.suspensions === undefined ? {} : { suspensions: believedPeriods(each.suspensions, appendedAtMs) }),
    ...(each.custodyPeriods === undefined
      ? {}
      : { custodyPeriods: believedPeriods(each.custodyPeriods, appendedAtMs) }),
  }));
  return { ...watch, publishedAtMs: Math.min(watch.publishedAtMs, appendedAtMs), activations };
}

function believedTerms(terms: readonly Term[], appendedAtMs: number): Term[] {
  return terms.map((term) => {
    const publishedAtMs = Math.min(term.publishedAtMs, appendedAtMs);
    if (term.absences === undefined) return { ...term, publishedAtMs };
    const absences = term.absences.map((one) => ({ ...one, knownFromMs: Math.min(one.knownFromMs, appendedAtMs) }));
    return { ...term, publishedAtMs, absences };
  });
}

function believedPeriods<P extends Suspension | CustodyPeriod>(periods: readonly P[], appendedAtMs: number): P[] {
  return periods.map((one) => ({
    ...one,
    knownFromMs: Math.min(one.knownFromMs, appendedAtMs),
    knownUntilMs: one.knownUntilMs === null ? null : Math.min(one.knownUntilMs, appendedAtMs),
  }));
}
