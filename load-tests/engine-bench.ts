/**
 * `npm run bench`: how fast the engine judges, beside two plain designs of rbush and Turf in the same run. It reports; it never
 * fails on time. It fails where the designs do not agree on what is inside.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resultLines } from './bench/report.js';
import { runWorkload, WORKLOADS, type WorkloadName, type WorkloadResult } from './bench/workloads.js';
import { describeMachine, machineLine } from './machine.js';
import { JSON_FILE, readAsked, wholeNumber, words } from './run/asked.js';

/** Half of all fixes lie within 50 m of a boundary in that pattern; other zones may stand near, too. */
const LEAST_NEAR_SHARE = 0.4;

const NAMES = Object.keys(WORKLOADS) as WorkloadName[];

const TITLES = NAMES.map((name) => `${name}: ${WORKLOADS[name].title}`).join('; ');

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 600)) throw new Error('above 0, 600 at most');
  return seconds;
}

function readNames(text: string): readonly WorkloadName[] {
  const names = text.toUpperCase().split(',') as WorkloadName[];
  if (!names.every((name) => NAMES.includes(name))) throw new Error(`known are ${NAMES.join(', ')}`);
  return names;
}

/** Each workload in a process of its own: what the compiler learned of one must not serve or spoil the next. */
async function runApart(
  name: WorkloadName,
  { tags, seconds }: { readonly tags: number; readonly seconds: number },
): Promise<WorkloadResult> {
  const child = fork(fileURLToPath(import.meta.url), [], {
    env: { ...process.env, TAGWATCH_BENCH_WORKLOAD: JSON.stringify({ name, tags, seconds }) },
    execArgv: ['--expose-gc', '--max-old-space-size=8192'],
  });
  let result: WorkloadResult | null = null;
  child.on('message', (message) => {
    result = message as WorkloadResult;
  });
  const [code] = await once(child, 'exit');
  if (result === null) throw new Error(`workload ${name} ended with ${code} and told nothing`);
  return result;
}

function faultsOf({ name, patterns }: WorkloadResult): string[] {
  return patterns.flatMap(({ pattern, agreement }) => [
    ...agreement.differences.slice(0, 5).map((difference) => `${name} ${pattern}: ${difference}`),
    ...(pattern === 'boundary' && agreement.nearShare < LEAST_NEAR_SHARE
      ? [`${name} ${pattern}: only ${agreement.nearShare} of the fixes are near a boundary`]
      : []),
    ...(agreement.inside === 0 ? [`${name} ${pattern}: no fix of the sample is inside: nothing was compared`] : []),
  ]);
}

async function main(): Promise<number> {
  const options = readAsked(null, {
    only: words('A,B', NAMES as readonly WorkloadName[], `these workloads alone (${TITLES})`, readNames),
    tags: wholeNumber(20_000, 10, 200_000, 'in A, B and C, a hundredth of them in D'),
    seconds: words('S', 2, 'measured for each design and pattern (2)', readSeconds),
    json: JSON_FILE,
  });
  if (typeof options === 'number') return options;
  const machine = describeMachine();
  console.log(machineLine(machine));
  console.log(
    'tagwatch: the engine; fair: own zones behind boxes, rbush for shared ones, Turf; naive: one rbush, Turf.',
  );
  const results: WorkloadResult[] = [];
  for (const name of options.only) {
    const result = await runApart(name, options);
    results.push(result);
    console.log(resultLines(result).join('\n'));
  }
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);
  const faults = results.flatMap(faultsOf);
  for (const fault of faults) console.error(`differs: ${fault}`);
  return faults.length > 0 ? 1 : 0;
}

const assigned = process.env.TAGWATCH_BENCH_WORKLOAD;
if (assigned === undefined) {
  process.exitCode = await main();
} else {
  const { name, tags, seconds } = JSON.parse(assigned) as { name: WorkloadName; tags: number; seconds: number };
  const result = runWorkload(name, tags, seconds);
  // Ends by itself once this is delivered.
  process.send!(result, () => process.disconnect());
}
