/**
 * `npm run bench`: how fast the engine judges, beside two plain designs of rbush and Turf in the same run. It reports; it never
 * fails on time. It fails where the designs do not agree on what is inside.
 *
 *   npm run bench -- [--only A,B] [--tags 20000] [--seconds 2] [--json FILE]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resultLines } from './bench/report.js';
import { runWorkload, WORKLOADS, type WorkloadName, type WorkloadResult } from './bench/workloads.js';
import { describeMachine, machineLine } from './machine.js';

const HELP = `npm run bench -- [OPTIONS]

  --only A,B     these workloads alone (${Object.entries(WORKLOADS)
    .map(([name, { title }]) => `${name}: ${title}`)
    .join('; ')})
  --tags N       tags in A, B and C, a hundredth of them in D (20000)
  --seconds S    measured for each design and pattern (2)
  --json FILE    the figures as JSON, too`;

/** Half of all fixes lie within 50 m of a boundary in that pattern; other zones may stand near, too. */
const LEAST_NEAR_SHARE = 0.4;

interface Options {
  readonly only: readonly WorkloadName[];
  readonly tags: number;
  readonly seconds: number;
  readonly json: string | null;
}

function readOptions(argv: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string' },
      tags: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '2' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return HELP;
  const names = Object.keys(WORKLOADS) as WorkloadName[];
  const only = values.only === undefined ? names : (values.only.toUpperCase().split(',') as WorkloadName[]);
  const [tags, seconds] = [Number(values.tags), Number(values.seconds)];
  if (!only.every((name) => names.includes(name))) return `--only: known are ${names.join(', ')}\n\n${HELP}`;
  if (!Number.isInteger(tags) || tags < 10 || tags > 200_000) return `--tags: 10 to 200000\n\n${HELP}`;
  if (!(seconds > 0 && seconds <= 600)) return `--seconds: above 0, 600 at most\n\n${HELP}`;
  return { only, tags, seconds, json: values.json ?? null };
}

/** Each workload in a process of its own: what the compiler learned of one must not serve or spoil the next. */
async function runApart(name: WorkloadName, { tags, seconds }: Options): Promise<WorkloadResult> {
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
  const options = readOptions(process.argv.slice(2));
  if (typeof options === 'string') {
    console.log(options);
    return options === HELP ? 0 : 2;
  }
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
