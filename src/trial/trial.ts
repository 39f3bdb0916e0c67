/** `npm run trial`: what the engine detects, misses and falsely raises, where the truth is known. */
import { writeFileSync } from 'node:fs';
import { judgeAims } from './aims.js';
import { doAll } from './do-all.js';
import { readTrialOptions } from './options.js';
import { assemble, reportOf } from './report.js';
import { textOf } from './report-text.js';
import { FULL, QUICK, tasksOf } from './tasks.js';

/** Answers the exit code: 0; 1 with `--strict` where an aim is missed; 2: the call was not understood. */
export async function runTrial(argv: readonly string[]): Promise<number> {
  const options = readTrialOptions(argv);
  if ('text' in options) {
    (options.ok ? console.log : console.error)(options.text);
    return options.ok ? 0 : 2;
  }
  const { seed, quick, strict, json } = options;
  const results = await doAll(tasksOf(seed, quick ? QUICK : FULL), showProgress);
  const findings = assemble(seed, results);
  const aims = judgeAims(findings);
  console.log(textOf(findings, aims));
  if (json !== null) writeFileSync(json, `${JSON.stringify(reportOf(findings, aims), null, 2)}\n`);
  const missed = aims.filter(({ met }) => !met);
  if (!strict || missed.length === 0) return 0;
  console.error(`\n--strict: ${missed.map(({ name }) => name).join('; ')}`);
  return 1;
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(done === of ? '\r\x1b[K' : `\r${done} of ${of} parts`);
}
