/** What the engine found, in words. Every kind, type and rule has its words, or this does not compile. */
import { type AlertItem, strengthOf } from '../../alerts/alert.js';
import type { ContactOutcome, Disposition } from '../../alerts/event.js';
import { ratioWords } from '../../alerts/evidence-words.js';
import { KIND_WORDS } from '../../alerts/kind-words.js';
import { VIOLATIONS } from '../../alerts/violation.js';
import type { AlertKind, EndedBecause, Reason, Rule, Severity } from '../../engine/types.js';
import type { Verb } from '../api.js';
import { personWords } from './people-words.js';
import { duration, hourAndMinute, timeOfDay } from './times.js';

export { KIND_WORDS };

export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  'late-home': 'not home when the window opened',
  'left-during': 'left home during the window',
  'out-for-whole-window': 'out for the whole window',
  'out-at-end': 'out when the window closed',
  'not-read': 'what it sends is not read',
  'never-heard': 'never heard from since it was fitted',
  silent: 'nothing was heard of it for too long',
  'no-fix': 'heard from, but without a position that can be used',
  'no-tag': 'an order is in force and no tag is fitted',
};

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

const ENDED_WORDS: Readonly<Record<EndedBecause, string>> = {
  complied: 'the wearer complied again',
  'window-closed': 'the curfew window closed',
  'version-changed': 'the condition was changed',
  'absence-began': 'an authorised absence began',
  'order-ended': 'the order ended',
  'tag-removed': 'the tag was removed',
  'tag-fitted': 'a tag was fitted',
  restored: 'the device reported that it is well again',
};

const RULE_WORDS: Readonly<Record<Rule, string>> = {
  'two-fixes': 'Two fixes in a row are needed to confirm; one proves nothing.',
  'first-fix': 'This condition is confirmed by one good fix.',
  belief: 'Confirmed when the fixes together make it at least as likely as the threshold.',
  crossing: 'Found from the line between two fixes, which may not be the route taken.',
  edge: 'Judged at the edge of the curfew window, from where the wearer was then.',
  device: 'Reported by the tag itself.',
  silence: 'Found because nothing was heard.',
};

export const DISPOSITION_WORDS: Readonly<Record<Disposition, string>> = {
  'breach-confirmed': 'Breach confirmed',
  'breach-suspected': 'Breach suspected',
  'reasonable-excuse': 'Reasonable excuse',
  'authorised-absence': 'Authorised absence',
  'no-action': 'No action',
  referred: 'Referred',
  'gps-drift': 'GPS drift',
  'equipment-fault': 'Equipment fault',
  'in-custody': 'In custody',
  'already-dealt-with': 'Already dealt with',
  duplicate: 'Duplicate',
};

export const CONTACT_WORDS: Readonly<Record<ContactOutcome, string>> = {
  informed: 'Informed',
  'message-left': 'Message left',
  'not-reached': 'Not reached',
  declined: 'Did not want to know',
};

/** On the button of each act. */
export const VERB_WORDS: Readonly<Record<Verb, string>> = {
  acknowledge: 'Acknowledge',
  take: 'Take',
  dispose: 'Close the alert …',
  note: 'Note …',
  'victim-contact': 'Victim contact …',
  assign: 'Assign …',
  'hand-over': 'Hand over …',
  release: 'Give back',
  suspend: 'Suspend …',
  'propose-suspension': 'Propose to suspend …',
  'agree-suspension': 'Agree to the suspension …',
  'refuse-suspension': 'Refuse the suspension',
  resume: 'End the suspension',
  'request-review': 'Ask for a review …',
  reopen: 'Reopen …',
};

/** Behind `1 alert` and behind `12 alerts`; where both are the same, once. */
const DONE_WORDS: Readonly<Record<Verb, string | readonly [one: string, many: string]>> = {
  acknowledge: 'acknowledged',
  take: 'taken',
  dispose: 'closed',
  note: 'noted',
  'victim-contact': ['has the victim contact on record', 'have the victim contact on record'],
  assign: 'assigned',
  'hand-over': 'handed over',
  release: 'given back',
  suspend: 'suspended',
  'propose-suspension': ['is proposed to be suspended', 'are proposed to be suspended'],
  'agree-suspension': 'suspended, as proposed',
  'refuse-suspension': 'not suspended',
  resume: 'no longer suspended',
  'request-review': ['waits for a review', 'wait for a review'],
  reopen: 'reopened',
};

/** So many are named of those that were refused. */
const NAMED = 3;

/** What became of an act on several: `2 alerts closed. 1 was not, of Adam Kerr: its row says why.` `refused`: of whom each is. */
export function manyDoneWords(verb: Verb, done: number, refused: readonly string[]): string {
  const words = DONE_WORDS[verb];
  const [one, many] = typeof words === 'string' ? [words, words] : words;
  const of = [...new Set(refused)];
  const more = of.length > NAMED ? ` and ${of.length - NAMED} ${of.length - NAMED === 1 ? 'other' : 'others'}` : '';
  const whom = of.length === 0 ? '' : `, of ${of.slice(0, NAMED).join(', ')}${more}`;
  const why =
    refused.length === 1
      ? `1 was not${whom}: its row says why.`
      : `${refused.length} were not${whom}: their rows say why.`;
  if (done === 0) return `Nothing was done. ${why}`;
  const told = done === 1 ? `1 alert ${one}.` : `${done} alerts ${many}.`;
  return refused.length === 0 ? told : `${told} ${why}`;
}

/** Nobody was seen in the zone: the line between two fixes goes through it. */
const CROSSING_WORDS = 'May have crossed an exclusion zone';

/** What it is, in a line: `Curfew: left home during the window`, `In an exclusion zone: Larkmead Primary School`. */
export function title(item: AlertItem, zoneName: string | null): string {
  const what = item.reason === undefined ? zoneName : REASON_WORDS[item.reason];
  const kind = item.explanation.rule === 'crossing' ? CROSSING_WORDS : KIND_WORDS[item.kind];
  return what === null ? kind : `${kind}: ${what}`;
}

/** `Confirmed`, `Suspected`: how sure; `Ended` and `Withdrawn`: what became of it. */
export function certainty(item: AlertItem): 'Confirmed' | 'Suspected' | 'Withdrawn' {
  if (item.type === 'withdrawn') return 'Withdrawn';
  return strengthOf(item, item.confirmedAt) === 'suspected' ? 'Suspected' : 'Confirmed';
}

/** Whether it goes on, and since when or for how long. */
export function episodeWords(item: AlertItem, nowMs: number): string {
  const startedMs = Date.parse(item.episode.startedAt);
  if (item.type === 'withdrawn')
    return `withdrawn: ${item.historic ? 'the past, judged again,' : 'what came in later'} did not bear it out`;
  const found = item.historic ? 'found afterwards: ' : '';
  if (item.episode.endedAt === null)
    return `${found}going on for ${duration(nowMs - startedMs)}${item.inCustody === true ? ', wearer in custody' : ''}`;
  const why = item.endedBecause === undefined ? '' : `, ${ENDED_WORDS[item.endedBecause]}`;
  return `${found}ended after ${duration(Date.parse(item.episode.endedAt) - startedMs)}${why}`;
}

const metres = (value: number) => `${Math.round(Math.abs(value))} m`;

/** The finding in sentences, with the fixes it rests on. */
export function explain(item: AlertItem, nowMs: number): string[] {
  const { explanation, window } = item;
  const time = (instant: string) => timeOfDay(Date.parse(instant), nowMs);
  const sentences = [
    RULE_WORDS[explanation.rule],
    `The evidence sufficed at ${time(item.foundAt)} by the tag's own clock.`,
  ];
  if (explanation.crossing !== undefined) {
    const { chordMetres, depthMetres } = explanation.crossing;
    sentences.push(`It goes ${metres(chordMetres)} through the zone, up to ${metres(depthMetres)} from its boundary.`);
  }
  if (window !== undefined) {
    const at = (instant: string) => hourAndMinute(Date.parse(instant), nowMs);
    sentences.push(`Curfew window from ${at(window.opensAt)} to ${at(window.closesAt)}.`);
  }
  if (explanation.edgeAt !== undefined) sentences.push(`The edge is at ${time(explanation.edgeAt)}.`);
  if (explanation.newestFixAt === null) sentences.push('No fix was ever received from this tag.');
  else if (explanation.newestFixAt !== undefined) {
    sentences.push(`The newest fix then was of ${time(explanation.newestFixAt)}.`);
  }
  const believed = beliefWords(item);
  if (believed !== null) sentences.push(believed);
  if (item.delayedByMs > 0) {
    sentences.push(`The fix arrived ${duration(item.delayedByMs)} after it was made.`);
  }
  if (item.inCustody === true) sentences.unshift('The wearer is recorded as in custody.');
  if (item.absenceId !== undefined) sentences.push(`Authorised absence ${item.absenceId} covers some of this time.`);
  if (item.unreasonableMinutes !== undefined) {
    sentences.push(`${item.unreasonableMinutes} min so far without authorised absence.`);
  }
  if (item.confirmedAt !== undefined && certainty(item) === 'Suspected') {
    sentences.push('It was confirmed before; what came in since makes it a suspicion only.');
  }
  if (item.historic)
    sentences.push(
      'Found afterwards: the past was judged again, because data came too late for the live judgement or a record was dated back.',
    );
  return sentences;
}

/** To a tenth, as it is told: one good fix makes 94.5 %, and that is not the 95 % that confirm. */
const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

/** What the fixes make of it together. Of one that a single fix confirmed that is no reason. */
function beliefWords(item: AlertItem): string | null {
  const { belief, rule, thresholds } = item.explanation;
  const { confirmAt } = thresholds;
  if (belief === undefined || rule !== 'belief') return null;
  if (item.episode.endedAt !== null && item.type === 'ended')
    return `The last fixes leave ${percent(belief)} for its going on.`;
  if (certainty(item) === 'Confirmed')
    return confirmAt === undefined ? null : `Taken together the fixes make it at least ${percent(confirmAt)} likely.`;
  return `Taken together the fixes make it ${percent(belief)} likely${wantedWords(belief, confirmAt)}.`;
}

/** What is still wanting to confirm it. */
function wantedWords(belief: number, confirmAt: number | undefined): string {
  if (confirmAt === undefined) return '';
  if (belief >= confirmAt) return '; it is confirmed once fixes some seconds apart agree';
  return `; it is confirmed from ${percent(confirmAt)} on`;
}

/** One fix of the explanation: `03:59:12: 31 m inside the zone, accurate to 9 m; 17 times likelier from inside the zone than from outside it`. */
export function explainFix(
  kind: AlertItem['kind'],
  fix: AlertItem['explanation']['fixes'][number],
  nowMs: number,
): string {
  const where = `${metres(fix.signedDistanceMetres)} ${fix.signedDistanceMetres <= 0 ? 'inside' : 'outside'} the zone`;
  const accuracy = fix.accuracyMetres === null ? 'accuracy not known' : `accurate to ${metres(fix.accuracyMetres)}`;
  const says = ratioWords(kind, fix.likelihoodRatio);
  return `${timeOfDay(Date.parse(fix.fixedAt), nowMs)}: ${where}, ${accuracy}${says === null ? '' : `; ${says}`}`;
}

/** Why an action was not taken: who was first and when, where somebody was. */
export function refusalWords(
  { detail, by, at }: { readonly detail: string; readonly by: string | null; readonly at: string | null },
  nowMs: number,
): string {
  if (by === null || at === null) return detail;
  return `${personWords(by)} was first, at ${timeOfDay(Date.parse(at), nowMs)}. Your action was not counted.`;
}

/** What speaks of a condition always has one: where none is told, it is kept from who looks. */
const OF_A_CONDITION: readonly AlertKind[] = [...VIOLATIONS, 'buffer', 'unknown-at-edge'];
export const isKeptFrom = ({ kind, conditionId }: Pick<AlertItem, 'kind' | 'conditionId'>): boolean =>
  conditionId === null && OF_A_CONDITION.includes(kind);

/** `condition C-9 version 3 · zone Z-4`. */
export function aboutWords(item: Pick<AlertItem, 'kind' | 'conditionId' | 'conditionVersion' | 'zoneId'>): string {
  if (isKeptFrom(item)) return 'condition and zone kept from you';
  const { conditionId, conditionVersion, zoneId } = item;
  const version = conditionVersion === null ? '' : ` version ${conditionVersion}`;
  return `condition ${conditionId ?? 'none'}${version} · zone ${zoneId ?? 'none'}`;
}
