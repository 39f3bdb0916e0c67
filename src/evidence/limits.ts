/** What a finding does not show, and what speaks against it: computed from the same record, and said beside it. */

import { bothTimes, certaintyOf, strongestOf } from './finding-sentences.js';
import { notJudgedWords } from './not-judged-words.js';
import { gapsOf, type PackAlert, type PackModel } from './pack-model.js';

/** What holds of every finding by tag. */
export const GENERAL_LIMITS: readonly string[] = [
  'A finding is computed from the messages of a tag. It is no decision that a condition was breached: that is for people and for the court.',
  'It shows where a tag was, as far as that can be known. It does not show who wore it, why it was there, or what its wearer meant to do.',
  'A position by satellite is an estimate. Walls, trees and reflections between buildings can move it by 100 m and more, and several in a row alike. The accuracy beside it is the device’s own estimate, not a limit of its error.',
  'Where the tag was between two positions is not known. A straight line between them on a map is not the way that was taken.',
  'A fault of the device, a battery that is low, or charging can look like interference. No message here has been tested on the device itself.',
];

const instantOf = (ms: number) => new Date(ms).toISOString();
const minutes = (ms: number) => `${Math.round(ms / 6_000) / 10} min`;
/** A fix is at least so many times likelier from compliance: it speaks against the finding. */
const AGAINST_RATIO = 0.5;

/** Nothing of a place, a distance or a likelihood is in these: they are said in every edition. */
export function limitsOfTrack(model: PackModel): string[] {
  const { track } = model;
  const rejected = new Map<string, number>();
  for (const { fix } of track) {
    if (fix.notJudged !== null) rejected.set(fix.notJudged, (rejected.get(fix.notJudged) ?? 0) + 1);
  }
  const count = [...rejected.values()].reduce((sum, n) => sum + n, 0);
  const limits = [`${count} of the ${track.length} messages of this time did not count as evidence.`];
  for (const [reason, n] of [...rejected].sort()) limits.push(`Not counted because ${notJudgedWords(reason)}: ${n}.`);
  const unplaced = track.filter(({ fix }) => fix.latitude === null && fix.notJudged === null).length;
  if (unplaced > 0) limits.push(`${unplaced} carried no position that could be used.`);
  return [...limits, ...deletedLimits(model), ...gapLimits(model), ...recordLimits(model)];
}

/** Of so many stretches the first are said one by one; the tracks tell of each. */
const STRETCHES_SAID = 10;

export function deletedLimits({ deletedPings, deleted }: Pick<PackModel, 'deletedPings' | 'deleted'>): string[] {
  const limits = deleted
    .slice(0, STRETCHES_SAID)
    .map(
      ({ fromMs, toMs, messages }) =>
        `What the tag sent from ${bothTimes(instantOf(fromMs))} to ${bothTimes(instantOf(toMs))} was deleted because of its age (${messagesWords(messages)}): that nothing is shown then is no silence of the tag.`,
    );
  if (deleted.length > STRETCHES_SAID)
    limits.push(`So were ${deleted.length - STRETCHES_SAID} more stretches, which track.csv names.`);
  if (deletedPings > 0)
    limits.push(
      `At least ${messagesWords(deletedPings)} of this time, or of a stretch that overlaps it, had been deleted because of their age when this pack was made: where nothing is shown, something may have been sent.`,
    );
  return limits;
}

const messagesWords = (count: number): string => (count === 1 ? 'one message' : `${count} messages`);

function gapLimits(model: PackModel): string[] {
  const gaps = gapsOf(model);
  if (gaps.length === 0)
    return [`There is no ${model.deleted.length === 0 ? '' : 'other '}gap in the evidence of this time.`];
  const longest = gaps.reduce((a, b) => (b.toMs - b.fromMs > a.toMs - a.fromMs ? b : a));
  const [from, to] = [instantOf(longest.fromMs), instantOf(longest.toMs)];
  return [
    `${gaps.length === 1 ? 'There is one gap' : `There are ${gaps.length} gaps`} in the evidence${model.deleted.length === 0 ? '' : ' beside what was deleted'}, ${minutes(gaps.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0))} in all. Where the tag was then is not known.`,
    `The longest is of ${minutes(longest.toMs - longest.fromMs)}: ${bothTimes(from)} to ${bothTimes(to)}.`,
  ];
}

const RECORDS: Readonly<Record<string, string>> = {
  absence: 'An authorised absence',
  suspension: 'A suspension of conditions',
  'custody-period': 'A period in custody',
};

/** What was on record that may explain it, in the version that was known last. */
function recordLimits({ records, fromMs, toMs }: PackModel): string[] {
  return records.flatMap(({ kind, versions }) => {
    const [what, last] = [RECORDS[kind], versions.at(-1)];
    if (what === undefined || last === undefined) return [];
    const { startsAt, endsAt } = last.content as { readonly startsAt: string; readonly endsAt?: string };
    // What only touches it, or ended before, explains nothing of it.
    if (Date.parse(startsAt) >= toMs || (endsAt !== undefined && Date.parse(endsAt) <= fromMs)) return [];
    const until = endsAt === undefined ? ' on' : ` to ${bothTimes(endsAt)}`;
    return [`${what} is on record for a part of this time: ${bothTimes(startsAt)}${until}.`];
  });
}

/** How the batteries, the clocks and the reports of the device were; said where places are. */
export function limitsOfDevice({ track }: PackModel): string[] {
  const limits: string[] = [];
  const batteries = track.flatMap(({ fix }) => fix.batteryPercent ?? []);
  const lowest = batteries.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (batteries.length > 0) limits.push(`The lowest state of the battery in this time was ${lowest} %.`);
  const ahead = track.filter(({ fix }) => fix.clockAheadMs !== undefined).length;
  if (ahead > 0)
    limits.push(
      `Of ${ahead} messages the clock of the tag was ahead of their receipt; they were judged at their receipt.`,
    );
  const reports = new Map<string, number>();
  for (const { fix } of track) for (const name of fix.deviceEvents) reports.set(name, (reports.get(name) ?? 0) + 1);
  const told = [...reports].sort().map(([name, n]) => `${name} ${n} times`);
  limits.push(
    told.length === 0 ? 'The device reported no event of its own.' : `The device reported: ${told.join(', ')}.`,
  );
  const stated = track.flatMap(({ fix }) => (fix.notJudged === null ? (fix.accuracyMetres ?? []) : []));
  if (stated.length > 0) {
    const sorted = stated.sort((a, b) => a - b);
    limits.push(
      `The accuracy that the device stated for the fixes that counted: ${sorted[0]} m at best, ${sorted[sorted.length >> 1]} m in the middle, ${sorted.at(-1)} m at worst.`,
    );
  }
  return limits;
}

/** One alert: what is weak in what it rests on. With distances and likelihoods. */
export function limitsOfAlert(pack: PackAlert, { track, terms }: PackModel): string[] {
  const { finding } = pack.alert;
  const certainty = certaintyOf(pack);
  const strongest = strongestOf(pack);
  const { fixes, rule } = strongest.explanation;
  const limits: string[] = [];
  if (certainty === 'suspected')
    limits.push('It is a suspicion: the evidence did not reach the threshold for confirmation.');
  if (certainty === 'withdrawn') limits.push('It was withdrawn: it shows nothing.');
  const withdrawn = pack.findings.filter(({ type }) => type === 'withdrawn').length;
  if (withdrawn > 0) limits.push(`It was taken back ${withdrawn} times in the course of its revisions.`);
  const near = fixes.filter(
    ({ signedDistanceMetres, accuracyMetres }) =>
      accuracyMetres === null || Math.abs(signedDistanceMetres) <= accuracyMetres,
  );
  if (fixes.length === 0) limits.push('It rests on no position.');
  else {
    const count = `It rests on ${fixes.length} ${fixes.length === 1 ? 'fix' : 'fixes'}`;
    limits.push(
      near.length === 0
        ? `${count}, farther from the boundary than the accuracy that the device stated, which is no limit of its error.`
        : `${count}; ${near.length} of them no farther from the boundary than their stated accuracy, so that each by itself could be from the other side.`,
    );
  }
  if (fixes.length === 1) limits.push('It rests on one single position: nothing else bears it out.');
  if (rule === 'crossing')
    limits.push(
      'No fix lies in the zone: it is inferred from the straight line between two fixes outside, which need not be the way taken.',
    );
  if (rule === 'first-fix')
    limits.push('This condition is confirmed by one good fix, without waiting for a second one.');
  if (rule === 'edge')
    limits.push('It is judged at the edge of a window from positions before and after, not from one at that moment.');
  if (rule === 'silence') limits.push('It is found because nothing was heard: it does not show where the tag was.');
  if (rule === 'device') limits.push('It is what the device itself reported; it was not inspected by this program.');
  const key = terms.find(
    ({ conditionId, zoneId }) => conditionId === finding.conditionId && zoneId === finding.zoneId,
  )?.key;
  const endMs = finding.episode.endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(finding.episode.endedAt);
  const within = track.filter(
    ({ fix: { fixedAtMs } }) => fixedAtMs >= Date.parse(finding.episode.startedAt) && fixedAtMs <= endMs,
  );
  const against = within.filter(({ measured }) => {
    const ratio = key === undefined ? undefined : measured.get(key)?.likelihoodRatio;
    return ratio !== undefined && ratio !== null && ratio <= AGAINST_RATIO;
  });
  const uncounted = within.filter(({ fix }) => fix.notJudged !== null);
  limits.push(
    `Messages within its time: ${within.length}; of these, by themselves against it: ${against.length}; not counted: ${uncounted.length}.`,
  );
  if (finding.delayedByMs > 0) limits.push(`What it rests on came ${minutes(finding.delayedByMs)} after it was made.`);
  if (finding.historic)
    limits.push(
      'It was found afterwards, when the past was judged again: data had come late, or a record was dated back.',
    );
  if (finding.absenceId !== undefined) limits.push(`The authorised absence ${finding.absenceId} covers a part of it.`);
  return limits;
}
