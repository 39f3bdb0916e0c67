/** `npm run trial`: what the engine detects, misses and falsely raises, where the truth is known. */
import { writeFileSync } from 'node:fs';
import { judgeAims } from './aims.js';
import { doAll } from './do-all.js';
import { readTrialOptions, type TrialOptions } from './options.js';
import { judgeTracks, trackLines } from './read-tracks.js';
import { assemble, type Findings, reportOf } from './report.js';
import { htmlOf } from './report-html.js';
import { readmeOf } from './report-readme.js';
import { textOf } from './report-text.js';
import { FULL, QUICK, tasksOf } from './tasks.js';

/** Answers the exit code: 0; 1 with `--strict` where an aim is missed; 2: the call was not understood. */
export async function runTrial(argv: readonly string[]): Promise<number> {
  const options = readTrialOptions(argv);
  if ('text' in options) {
    (options.ok ? console.log : console.error)(options.text);
    return options.ok ? 0 : 2;
  }
  const { seed, quick, tracks } = options;
  if (tracks !== null) {
    console.log(trackLines(await judgeTracks(tracks, seed)).join('\n'));
    return 0;
  }
  const results = await doAll(tasksOf(seed, quick ? QUICK : FULL), showProgress);
  return closeTrial(assemble(seed, results), options, (line) => console.log(line));
}

/** Prints and writes what was found; the exit code. */
export function closeTrial(
  findings: Findings,
  { strict, readme, json, html }: TrialOptions,
  print: (line: string) => void,
): number {
  const aims = judgeAims(findings);
  print((readme ? readmeOf : textOf)(findings, aims));
  if (json !== null) writeFileSync(json, `${JSON.stringify(reportOf(findings, aims), null, 2)}\n`);
  if (html !== null) writeFileSync(html, htmlOf(findings, aims));
  const missed = aims.filter(({ met }) => !met);
  if (!strict || missed.length === 0) return 0;
  print(`--strict, so this ends with 1: ${missed.map(({ name }) => name).join('; ')}`);
  return 1;
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(done === of ? '\r\x1b[K' : `\r${done} of ${of} parts`);
}
