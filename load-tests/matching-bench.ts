/**
 * `npm run bench -- --matching`: how long crimes take to be matched against everybody's fixes, and how that grows with crimes, wearers and
 * days. Made people, a fix a minute; making and loading them is not counted. It reports; it never fails on time.
 */
import { DEFAULT_MATCH_OPTIONS } from '../src/matching/judge.js';
import { startMatching } from '../src/matching/match-crimes.js';
import { describeMachine, machineLine } from './machine.js';
import { makeCrimes, makeTrack } from './matching/made-tracks.js';
import { readAsked, wholeNumber } from './run/asked.js';

const SEED = 1_000;

interface Measured {
  readonly cpuSeconds: number;
  readonly fixes: number;
  readonly eliminated: number;
  readonly matches: number;
  readonly cannotSay: number;
}

/** One wearer's track at a time is there, as in a run. */
function measure(crimes: number, wearers: number, days: number): Measured {
  const matching = startMatching(makeCrimes(SEED, crimes, days), DEFAULT_MATCH_OPTIONS);
  let microseconds = 0;
  let fixes = 0;
  for (let nth = 0; nth < wearers; nth++) {
    const { track } = makeTrack(SEED + nth, days);
    fixes += track.atMs.length;
    const began = process.cpuUsage();
    matching.examine(track);
    const { user, system } = process.cpuUsage(began);
    microseconds += user + system;
  }
  const results = matching.results();
  const sum = (count: (result: (typeof results)[number]) => number) =>
    results.reduce((all, one) => all + count(one), 0);
  return {
    cpuSeconds: microseconds / 1_000_000,
    fixes,
    eliminated: sum(({ eliminated }) => eliminated),
    matches: sum(({ matches }) => matches.length),
    cannotSay: sum(({ cannotSay }) => cannotSay.length),
  };
}

function main(): number {
  const asked = readAsked('matching', {
    crimes: wholeNumber(10_000, 1, 1_000_000),
    wearers: wholeNumber(1_000, 1, 100_000),
    days: wholeNumber(7, 1, 366),
  });
  if (typeof asked === 'number') return asked;
  const { crimes, wearers, days } = asked;
  console.log(machineLine(describeMachine()));
  const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
  measure(Math.ceil(crimes / 100), Math.ceil(wearers / 20), days);
  for (const [c, w, d] of [
    [crimes / 4, wearers, days],
    [crimes, wearers / 4, days],
    [crimes, wearers, days / 2],
    [crimes, wearers, days],
  ].map((sizes) => sizes.map(Math.ceil)) as [number, number, number][]) {
    const { cpuSeconds, fixes, eliminated, matches, cannotSay } = measure(c, w, d);
    console.log(
      `${whole(c)} crimes × ${whole(w)} wearers × ${d} days (${whole(fixes)} fixes): ${cpuSeconds.toFixed(2)} s of CPU; ` +
        `${whole(eliminated)} eliminated, ${whole(matches)} matches, ${whole(cannotSay)} of which nobody can say`,
    );
  }
  return 0;
}

process.exitCode = main();
