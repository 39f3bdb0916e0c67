/** Why an alert was raised, in sentences. Instants are told in UTC. */
import type { FindingEvent } from '../alerts/event.js';
import { ratioWords } from '../alerts/evidence-words.js';
import { ENDS, REASONS, wrongOf } from '../alerts/finding-words.js';

const JUDGED_AGAIN =
  'So it stands since the past was judged again: fixes had come too late for the live judgement, or a record was dated back.';

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** One line a sentence. `first`: its first event; `strongest`: the one whose evidence counts; `last`: how it stands. */
export function explainInWords(first: FindingEvent, strongest: FindingEvent, last: FindingEvent): string[] {
  const { episode } = last;
  const lines = [
    `Alert ${last.alertId}: ${last.kind}, ${last.severity}, wearer ${last.wearerId}, tag ${last.tagId}.`,
    `Condition ${last.conditionId} (version ${last.conditionVersion}), zone ${last.zoneId} (version ${last.zoneVersion}).`,
    `The wearer ${wrongOf(last)} from ${episode.startedAt}${endOf(last)}.`,
  ];
  if (last.reason !== undefined) lines.push(`The wearer ${REASONS[last.reason]}.`);
  if (last.window !== undefined) lines.push(`The window: ${last.window.opensAt} to ${last.window.closesAt}.`);
  lines.push(ruleOf(strongest), ...strongest.explanation.fixes.map((fix) => `  ${fixLine(strongest, fix)}`));
  lines.push(
    `First raised at ${first.raisedAt}${delayOf(first)}, ${howOf(strongest)}; ${last.revision} events in all.`,
  );
  if (last.historic) lines.push(JUDGED_AGAIN);
  if (last.type === 'withdrawn') {
    const instead = last.supersededBy === undefined ? '' : ` in favour of alert ${last.supersededBy}`;
    lines.push(`It was taken back at ${last.raisedAt}${instead}: what came since leaves no reason for it.`);
  }
  return lines;
}

function endOf({ episode, endedBecause }: FindingEvent): string {
  if (episode.endedAt === null) return ' on; it has no end yet';
  const why = endedBecause === undefined ? undefined : ENDS[endedBecause];
  const between = episode.endedAfter === undefined ? '' : ` (somewhere after ${episode.endedAfter})`;
  return ` until ${episode.endedAt}${between}${why === undefined ? '' : `, when ${why}`}`;
}

function ruleOf({ explanation }: FindingEvent): string {
  const thresholds = Object.entries(explanation.thresholds).map(([name, value]) => `${name} ${value}`);
  const belief = explanation.belief === undefined ? '' : `, belief ${explanation.belief}`;
  const edge = explanation.edgeAt === undefined ? '' : ` at the edge of ${explanation.edgeAt}`;
  const silence =
    explanation.newestFixAt === undefined
      ? ''
      : `; the newest fix before was of ${explanation.newestFixAt ?? 'no time'}`;
  const crossing =
    explanation.crossing === undefined
      ? ''
      : `; the straight line between the fixes outside, which need not be the way taken, goes ` +
        `${explanation.crossing.chordMetres} m through the zone, up to ${explanation.crossing.depthMetres} m from its boundary`;
  const rests = explanation.fixes.length === 0 ? '' : '; it rests on:';
  return `Rule ${explanation.rule}${edge}${belief} (${thresholds.join(', ')})${silence}${crossing}${rests}`;
}

function fixLine({ kind }: FindingEvent, fix: FindingEvent['explanation']['fixes'][number]): string {
  const metres = Math.abs(fix.signedDistanceMetres);
  const side = fix.signedDistanceMetres < 0 ? 'inside' : 'outside';
  const accuracy = fix.accuracyMetres === null ? 'unknown accuracy' : `accuracy ${fix.accuracyMetres} m`;
  const words = ratioWords(kind, fix.likelihoodRatio);
  const says = words === null ? '' : `; ${words} (likelihood ratio ${fix.likelihoodRatio})`;
  return `the fix of ${fix.fixedAt}: ${metres} m ${side} the boundary, ${accuracy}${says}`;
}

function delayOf({ delayedByMs }: FindingEvent): string {
  return delayedByMs > 0 ? ` by a fix that came ${seconds(delayedByMs)} after its own time` : '';
}

function howOf({ type, foundAt }: FindingEvent): string {
  return type === 'suspected' ? 'never confirmed' : `the evidence sufficed at ${foundAt}`;
}
