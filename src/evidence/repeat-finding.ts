/**
 * The engine once more over what an alert rests on, compared with what is on record. Pure: a pack brings its inputs along, so whoever
 * has the pack and the engine can do the same.
 */
import { type FindingEvent, toFindingEvent } from '../alerts/event.js';
import type { EngineEvent } from '../engine/types.js';
import { prepareShared, startOrderedRerun } from '../roles/reconciler/ordered-rerun.js';
import { findAlert, madeAtMsOf, type RerunInputs, rerun } from '../roles/reconciler/rerun.js';

/** In which order the inputs are folded: as they came in, or, of what was judged again afterwards, as they were made. */
export type FoldOrder = 'as-received' | 'as-made';

export function foldOrderOf(findings: readonly FindingEvent[]): FoldOrder {
  return findings.some(({ historic }) => historic) ? 'as-made' : 'as-received';
}

/** What is compared of a finding, in words. */
export const COMPARED = 'start, end, why it ended, reason and strength of the finding';

/** What differs between the record and the re-run, in words; none: the same. `findings`: all of one alert, oldest first. */
export function repeatFinding(findings: readonly FindingEvent[], inputs: RerunInputs): string[] {
  const last = findings.at(-1);
  if (last === undefined) throw new Error('an alert has at least one finding');
  const events = foldOrderOf(findings) === 'as-made' ? rerunInOrder(inputs) : rerun(inputs);
  const sought = {
    ...last,
    episode: {
      startedAtMs: Date.parse(last.episode.startedAt),
      endedAtMs: last.episode.endedAt === null ? null : Date.parse(last.episode.endedAt),
    },
  };
  const found = findAlert(events, sought);
  const wasConfirmed = last.strength === 'confirmed' || findings.some(({ type }) => type === 'confirmed');
  // Amended in order of time, a strength need not have been told by its own event.
  const isConfirmed = found !== null && (found.isConfirmed || found.last.strength === 'confirmed');
  return compare(last, wasConfirmed, found === null ? null : toFindingEvent(found.last), isConfirmed);
}

/** What the reconciler finds: of each alert what told its strength, and how it stands. */
function rerunInOrder({ activationId, watch, shared, pings, untilMs }: RerunInputs): EngineEvent[] {
  const inOrder = [...pings].sort((a, b) => madeAtMsOf(a) - madeAtMsOf(b));
  const startMs = inOrder[0] === undefined ? untilMs : madeAtMsOf(inOrder[0]);
  const again = startOrderedRerun(activationId, watch, prepareShared(shared), startMs);
  again.take(inOrder);
  return again.finish(untilMs).found.flatMap(({ raised, last }) => [raised, last]);
}

function compare(
  last: FindingEvent,
  wasConfirmed: boolean,
  found: FindingEvent | null,
  isConfirmed: boolean,
): string[] {
  const stands = found !== null && found.type !== 'withdrawn';
  if (last.type === 'withdrawn') return stands ? ['the record has it taken back, the re-run has not'] : [];
  if (!stands) return ['the re-run finds nothing at that time'];
  const pairs = [
    ['start', last.episode.startedAt, found.episode.startedAt],
    ['end', last.episode.endedAt ?? 'none', found.episode.endedAt ?? 'none'],
    ['end because', last.endedBecause ?? 'none', found.endedBecause ?? 'none'],
    ['reason', last.reason ?? 'none', found.reason ?? 'none'],
    ['strength', wasConfirmed ? 'confirmed' : 'suspected', isConfirmed ? 'confirmed' : 'suspected'],
  ] as const;
  return pairs
    .filter(([, record, again]) => record !== again)
    .map(([name, record, again]) => `${name}: on record ${record}, again ${again}`);
}
