/**
 * What was found of an alert, in sentences for people who decide about a wearer. A suspicion never reads as more: every sentence that
 * says what a wearer may have done says by itself how sure that is. Whether a condition was breached no sentence says.
 */
import { strengthOf } from '../alerts/alert.js';
import type { Disposition, FindingEvent } from '../alerts/event.js';
import { ratioWords } from '../alerts/evidence-words.js';
import { ENDS, REASONS, wrongOf } from '../alerts/finding-words.js';
import { toLocalTime } from './local-time.js';
import type { PackAlert } from './pack-model.js';

export type Certainty = 'confirmed' | 'suspected' | 'withdrawn';

export const CERTAINTY_WORDS: Readonly<Record<Certainty, string>> = {
  confirmed: 'CONFIRMED by the evidence threshold',
  suspected: 'SUSPECTED, not confirmed',
  withdrawn: 'WITHDRAWN',
};

/** What a person decided; it is theirs and not what the engine found. */
export const DECISION_WORDS: Readonly<Record<Disposition, string>> = {
  'breach-confirmed': 'breach confirmed',
  'breach-suspected': 'breach suspected, not confirmed',
  'reasonable-excuse': 'reasonable excuse',
  'authorised-absence': 'authorised absence',
  'no-action': 'no action',
  referred: 'referred',
  'gps-drift': 'GPS drift',
  'equipment-fault': 'equipment fault',
  'in-custody': 'in custody',
  'already-dealt-with': 'already dealt with',
  duplicate: 'duplicate',
};

/** Local time with its offset, and UTC: 01:30 comes twice in one night of the year. */
export const bothTimes = (instant: string): string => `${toLocalTime(Date.parse(instant))} (${instant})`;

export function certaintyOf({ alert: { finding, confirmedAt } }: Pick<PackAlert, 'alert'>): Certainty {
  return finding.type === 'withdrawn' ? 'withdrawn' : strengthOf(finding, confirmedAt);
}

/** The finding whose evidence counts: the newest that confirmed or suspected it, else the first. */
export function strongestOf({ findings }: Pick<PackAlert, 'findings'>): FindingEvent {
  const resting = findings.filter(({ explanation }) => explanation.fixes.length > 0);
  return resting.find(({ type }) => type === 'confirmed') ?? resting[0] ?? findings[0]!;
}

/** Nothing of a place, a distance or a likelihood is in these: they are said in every edition. */
export function summarise(pack: PackAlert): string[] {
  const { finding } = pack.alert;
  const claim = `the wearer ${wrongOf(strongestOf(pack))} from ${bothTimes(finding.episode.startedAt)}${endOf(finding)}`;
  const sentences = [CLAIMS[certaintyOf(pack)](claim)];
  if (finding.reason !== undefined)
    sentences.push(`What it is about, as far as that is ${certaintyOf(pack)}: the wearer ${REASONS[finding.reason]}.`);
  if (finding.window !== undefined)
    sentences.push(
      `The window of the curfew: ${bothTimes(finding.window.opensAt)} to ${bothTimes(finding.window.closesAt)}.`,
    );
  if (finding.inCustody === true) sentences.push('The wearer is on record as in custody.');
  sentences.push(
    `First raised at ${bothTimes(pack.alert.raisedAt)}; ${pack.findings.length === 1 ? 'one revision' : `${pack.findings.length} revisions`} of the finding.`,
  );
  return sentences;
}

const CLAIMS: Readonly<Record<Certainty, (claim: string) => string>> = {
  confirmed: (claim) => `By the evidence of the tag, which reached the threshold for confirmation, ${claim}.`,
  suspected: (claim) => `It is suspected, and not confirmed, that ${claim}. The evidence did not reach the threshold.`,
  withdrawn: (claim) =>
    `This finding was withdrawn and does not stand. Before that it had said that ${claim}. What came since leaves no reason for it.`,
};

function endOf({ episode, endedBecause }: FindingEvent): string {
  if (episode.endedAt === null) return ' on, with no end in the evidence of this pack';
  const between = episode.endedAfter === undefined ? '' : `, or earlier, but after ${bothTimes(episode.endedAfter)}`;
  const why = endedBecause === undefined ? undefined : ENDS[endedBecause];
  return ` until ${bothTimes(episode.endedAt)}${between}${why === undefined ? '' : `, when ${why}`}`;
}

/** As in `22.3 m inside the boundary`. */
export const distanceWords = (signedMetres: number): string =>
  `${Math.abs(signedMetres)} m ${signedMetres < 0 ? 'inside' : 'outside'} the boundary`;

/** A row for each fix that a finding rests on: time, distance, accuracy, what it says by itself. */
export function restingRows({ kind, explanation }: FindingEvent): string[][] {
  return explanation.fixes.map((fix) => [
    bothTimes(fix.fixedAt),
    distanceWords(fix.signedDistanceMetres),
    fix.accuracyMetres === null ? 'not stated' : `${fix.accuracyMetres} m`,
    fix.likelihoodRatio === undefined
      ? ''
      : [ratioWords(kind, fix.likelihoodRatio), `(ratio ${fix.likelihoodRatio})`].filter(Boolean).join(' '),
  ]);
}
