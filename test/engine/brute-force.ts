/**
 * The engine again without any of its shortcuts, to hold it to: no index, no cache, no horizon, no snapshots, no short path, no
 * due times. The whole track is kept; every fix is folded into every term, own and shared, by the same rule functions, and
 * after every input every term is asked what stands. It never calls `advance`.
 */
import { unknownBetween, unknownSince } from '../../src/engine/fold/between.js';
import type { FoldedTerm } from '../../src/engine/fold/episode.js';
import { isReachable, sigmaMetres, whyNotJudged } from '../../src/engine/fold/evidence.js';
import { foldBuffer, foldTerm, standingBuffer, standingEpisodes, suspectedJump } from '../../src/engine/fold/fold.js';
import { backlogFromMs } from '../../src/engine/fold/horizon.js';
import {
  AT_ONCE,
  type Episode,
  type Finding,
  type HeldBack,
  type KeptFix,
  type Told,
  type ToldOver,
} from '../../src/engine/state.js';
import { recall, tell, withRecalled } from '../../src/engine/tell/tell.js';
import {
  AGREEING_FIXES,
  AHEAD_LIMIT_MS,
  CLOCK_AHEAD_FIXES,
  CLOCK_AHEAD_WITHIN_MS,
  CLOCK_RIGHT_OVER_MS,
  KEPT_FIXES,
} from '../../src/engine/thresholds.js';
import type { EngineEvent, Ping } from '../../src/engine/types.js';
import type { CompiledOwn } from '../../src/engine/watch/compile.js';
import { type PreparedTerm, termsByKey } from '../../src/engine/watch/terms.js';

/** What the whole track up to now makes of every term. */
interface Plain {
  /** Evidence, oldest first: all there ever was. */
  readonly fixes: KeptFix[];
  /** Fixes at an impossible speed that may yet agree. */
  waiting: readonly KeptFix[];
  /** When the newest evidence was received, if it came delayed; else -Infinity. */
  backlogMs: number;
  readonly open: Map<string, Episode>;
}

export interface BruteForce {
  /** A ping newer than all before it, or a repeated one. */
  ping(ping: Ping, receivedAtMs: number): readonly EngineEvent[];
  tick(atMs: number): readonly EngineEvent[];
}

/** A fix as it is judged; null where a ping carries none that counts. */
export function fixOf(ping: Ping, receivedAtMs: number, own: CompiledOwn): KeptFix | null {
  if (whyNotJudged(ping, receivedAtMs, own) !== null) return null;
  const { latitude, longitude, accuracyMetres } = ping.position!;
  const metres = accuracyMetres ?? own.defaultAccuracyMetres!;
  return {
    fixedAtMs: ping.fixedAtMs,
    latitude,
    longitude,
    accuracyMetres: metres,
    sigmaMetres: sigmaMetres(metres, own.accuracyConvention),
  };
}

/** What the newest fix is evidence of: itself, nothing yet, or itself with those that waited for it. */
function weigh(plain: Plain, fix: KeptFix): readonly KeptFix[] {
  const anchor = plain.fixes.at(-1);
  if (anchor === undefined || isReachable(anchor, fix)) {
    plain.waiting = [];
    return [fix];
  }
  const last = plain.waiting.at(-1);
  const run = last !== undefined && isReachable(last, fix) ? [...plain.waiting, fix] : [fix];
  plain.waiting = run.length < AGREEING_FIXES ? run : [];
  return run.length < AGREEING_FIXES ? [] : run;
}

/** Folds a fix that is newer than all into every term; returns what it settled. */
function fold(plain: Plain, own: CompiledOwn, terms: readonly PreparedTerm[], fix: KeptFix): Finding[] {
  const settled: Finding[] = [];
  for (const each of weigh(plain, fix)) {
    const before = plain.fixes.slice(-KEPT_FIXES);
    const last = before.at(-1) ?? null;
    for (const term of terms) {
      const folded = foldTerm(term, own, plain.open.get(term.key) ?? null, before, each);
      take(plain, term.key, folded, settled);
      const { buffer } = term;
      if (buffer !== null) {
        const approach = plain.open.get(buffer.key) ?? null;
        take(plain, buffer.key, foldBuffer(buffer, own, approach, before, each, folded), settled);
      }
      const unknown = unknownBetween(term, own, last, each, folded.coveredUntilMs);
      if (unknown !== null) settled.push(unknown);
    }
    plain.fixes.push(each);
  }
  return settled;
}

function take(plain: Plain, key: string, { open, settled }: FoldedTerm, all: Finding[]): void {
  if (open === null) plain.open.delete(key);
  else plain.open.set(key, open);
  all.push(...settled);
}

/** What stands at `nowMs` while no newer fix has come; `toldOf` gives what was said of a term's silence. */
function stand(
  plain: Plain,
  own: CompiledOwn,
  terms: readonly PreparedTerm[],
  nowMs: number,
  toldOf: (termKey: string, newest: KeptFix | null) => Told | undefined,
): Finding[] {
  const fixes = plain.fixes.slice(-KEPT_FIXES);
  const newest = fixes.at(-1) ?? null;
  const jump = plain.waiting[0];
  return terms.flatMap((term) => {
    const findings = standingEpisodes(term, own, plain.open.get(term.key) ?? null, fixes, plain.backlogMs);
    const { buffer } = term;
    const approach = buffer === null ? null : (plain.open.get(buffer.key) ?? null);
    const near = buffer === null ? [] : standingBuffer(buffer, own, approach, fixes, plain.backlogMs, findings);
    const coveredUntilMs = findings.length === 0 ? -Infinity : (findings.at(-1)!.end?.atMs ?? Infinity);
    const suspected = jump === undefined ? null : suspectedJump(term, own, jump, newest, findings, plain.backlogMs);
    if (suspected !== null) findings.push(suspected);
    const unknown = unknownSince(term, own, newest, plain.backlogMs, coveredUntilMs, nowMs, toldOf(term.key, newest));
    return [...findings, ...near, ...(unknown === null ? [] : [unknown])];
  });
}

/** A tag from before its first ping, under terms that do not change. */
export function createBruteForce(own: CompiledOwn, terms: readonly PreparedTerm[]): BruteForce {
  const plain: Plain = { fixes: [], waiting: [], backlogMs: AT_ONCE, open: new Map() };
  const byKey = termsByKey(terms);
  let told: readonly Told[] = [];
  let over: ToldOver[] = [];
  let heldBack: readonly HeldBack[] = [];
  const toldOf = (termKey: string, newest: KeptFix | null): Told | undefined =>
    told.find(
      (each) =>
        each.termKey === termKey &&
        each.kind === 'unknown-at-edge' &&
        !each.withdrawn &&
        each.startedAtMs > (newest?.fixedAtMs ?? -Infinity),
    );

  const say = (cause: KeptFix | null, nowMs: number): readonly EngineEvent[] => {
    const silentSinceMs = plain.fixes.at(-1)?.fixedAtMs ?? null;
    const findings = cause === null ? [] : fold(plain, own, terms, cause);
    if (cause !== null && plain.waiting.length === 0) plain.backlogMs = backlogFromMs(cause.fixedAtMs, nowMs);
    findings.push(...stand(plain, own, terms, nowMs, toldOf));
    const newestAtMs = (plain.waiting.at(-1) ?? plain.fixes.at(-1))?.fixedAtMs ?? -Infinity;
    // What was told is never forgotten: the engine may forget only what cannot be found again.
    // Nothing is passed as told, so that all that is over is looked at.
    const recalled = recall(findings, [], over);
    const said = tell(findings, withRecalled(told, recalled), heldBack, {
      own,
      termOf: (termKey) => byKey.get(termKey),
      nowMs,
      cause,
      silentSinceMs: () => silentSinceMs,
      newest: plain.fixes.at(-1) ?? null,
      backlogMs: plain.backlogMs,
      newestAtMs,
      passedAtMs: () => Math.max(newestAtMs, 0),
    });
    told = said.told;
    heldBack = said.heldBack;
    over = [...recalled.over, ...said.over.map((each) => ({ told: each.told, passedAtMs: newestAtMs }))];
    return said.events;
  };

  /** All fixes from the future since the clock was last seen to be right. */
  let ahead: { readonly fixedAtMs: number; readonly receivedAtMs: number }[] = [];
  let isClockAhead = false;
  /** When those were received that were not ahead, since the last that was. */
  let rights: number[] = [];

  /** A fix from the future: nothing, or of a clock that runs ahead what it is as made when it was received. */
  const takeAhead = (ping: Ping, receivedAtMs: number): readonly EngineEvent[] => {
    const fix = fixOf({ ...ping, fixedAtMs: receivedAtMs }, receivedAtMs, own);
    if (fix === null || ahead.slice(-8).some(({ fixedAtMs }) => fixedAtMs === ping.fixedAtMs)) return [];
    ahead.push({ fixedAtMs: ping.fixedAtMs, receivedAtMs });
    rights = [];
    const recent = ahead.filter((each) => each.receivedAtMs > receivedAtMs - CLOCK_AHEAD_WITHIN_MS);
    isClockAhead ||= recent.length >= CLOCK_AHEAD_FIXES;
    if (!isClockAhead) return [];
    return say(fix, receivedAtMs).map((event) => ({ ...event, clockAheadMs: ping.fixedAtMs - receivedAtMs }));
  };

  return {
    ping(ping, receivedAtMs) {
      if (ping.position !== null && ping.fixedAtMs - receivedAtMs > AHEAD_LIMIT_MS)
        return takeAhead(ping, receivedAtMs);
      const fix = fixOf(ping, receivedAtMs, own);
      const newest = plain.waiting.at(-1) ?? plain.fixes.at(-1);
      if (fix === null || (newest !== undefined && fix.fixedAtMs <= newest.fixedAtMs)) return [];
      // What does not count may be one from before that is sent again, and says nothing of the clock.
      if (ping.fixedAtMs > (ahead.at(-1)?.receivedAtMs ?? Infinity)) rights.push(receivedAtMs);
      const isRight = rights.length >= CLOCK_AHEAD_FIXES && receivedAtMs - rights[0]! >= CLOCK_RIGHT_OVER_MS;
      if (isRight || (rights.length > 0 && !isClockAhead)) {
        ahead = [];
        rights = [];
        isClockAhead = false;
      }
      return say(fix, receivedAtMs);
    },
    tick: (atMs) => say(null, atMs),
  };
}

/** One alert as it stands in the end, however it was told. */
export interface Standing {
  readonly termKey: string;
  readonly kind: string;
  readonly strength: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly endedAfterMs: number | null;
  readonly endedBecause: string | null;
}

/**
 * What stands of a complete track, sorted by device time, when all is quiet: found from its fixes alone, without a word told on
 * the way. What was over within its grace is none.
 */
export function evaluateTrack(
  own: CompiledOwn,
  terms: readonly PreparedTerm[],
  track: readonly KeptFix[],
  nowMs: number,
): Standing[] {
  const plain: Plain = { fixes: [], waiting: [], backlogMs: AT_ONCE, open: new Map() };
  const byKey = termsByKey(terms);
  const findings = track.flatMap((fix) => fold(plain, own, terms, fix));
  findings.push(...stand(plain, own, terms, nowMs, () => undefined));
  return findings
    .filter(({ termKey, kind, startedAtMs, end, lastViolating }) => {
      if (kind === 'unknown-at-edge') return true;
      const lastsMs = (end?.atMs ?? Math.max(nowMs, lastViolating?.fixedAtMs ?? 0)) - startedAtMs;
      return startedAtMs <= nowMs && lastsMs >= byKey.get(termKey)!.term.graceMs;
    })
    .map(({ termKey, kind, strength, startedAtMs, end }) => {
      const isOver = end !== null && end.atMs <= nowMs;
      return {
        termKey,
        kind,
        strength,
        startedAtMs,
        endedAtMs: isOver ? end.atMs : null,
        endedAfterMs: isOver ? end.afterMs : null,
        endedBecause: isOver ? end.because : null,
      };
    });
}
