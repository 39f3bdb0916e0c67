/** A run of k6 as a report that can be read years later: what ran, on what, and how it went. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Machine, machineLine } from '../machine.js';
import type { LoadTestName, ProfileName } from '../profiles.js';
import type { Settled } from './settled.js';

/** What k6's `handleSummary` is given, as far as it is used. */
export interface K6Summary {
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly type: 'trend' | 'counter' | 'rate' | 'gauge';
        readonly values: Readonly<Record<string, number>>;
        readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
      }
    >
  >;
}

export interface LoadRun {
  readonly name: LoadTestName;
  readonly profileName: ProfileName;
  readonly profile: object;
  readonly services: string;
  readonly tags: number;
  readonly machine: Machine;
  readonly summary: K6Summary;
  readonly settled: Settled;
  readonly faults: readonly string[];
}

const TRENDS = ['ping_to_event_ms', 'receipt_to_event_ms', 'resume_to_caught_up_ms', 'http_req_duration'];
const STATISTICS = ['count', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'] as const;

const shown = (value: number | undefined) =>
  value === undefined ? '' : Number.isInteger(value) ? String(value) : value.toFixed(1);

/** Thresholds that were not kept. */
export function brokenThresholds({ metrics }: K6Summary): string[] {
  return Object.entries(metrics).flatMap(([metric, { thresholds, values }]) =>
    Object.entries(thresholds ?? {})
      .filter(([, { ok }]) => !ok)
      .map(([threshold]) => `${metric} ${threshold}: ${JSON.stringify(values)}`),
  );
}

/** One line that says how it went. */
export function closingLine({ name, profileName, services, summary, settled, faults }: LoadRun): string {
  const count = (metric: string) => summary.metrics[metric]?.values.count ?? 0;
  const trend = (metric: string) => {
    const values = summary.metrics[metric]?.values;
    return `p50 ${shown(values?.med)} ms, p99 ${shown(values?.['p(99)'])} ms`;
  };
  const told =
    name === 'ingest'
      ? `${count('pings_accepted')} pings accepted, ${settled.taken - settled.recorded} not on record ` +
        `${settled.drainMs} ms later; request ${trend('http_req_duration')}`
      : `${count('events_received')} events received over ${count('feed_connections')} connections, ` +
        `${count('events_missed')} missed, ${count('events_doubled')} doubled; ping to event ${trend('ping_to_event_ms')}`;
  return `load ${name} (${profileName}, ${services}): ${told}: ${faults.length === 0 ? 'passed' : 'FAILED'}`;
}

function markdown(run: LoadRun): string {
  const { name, profileName, profile, services, tags, machine, summary, settled, faults } = run;
  const trends = TRENDS.filter((trend) => (summary.metrics[trend]?.values.count ?? 0) > 0);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const counters = Object.entries(summary.metrics).filter(([, { type }]) => type === 'counter');
  return [
    `# Load: ${name}, ${profileName}`,
    '',
    closingLine(run),
    '',
    `- ${machineLine(machine)}`,
    `- on ${services}, k6 beside it on the same machine; ${tags} tags`,
    `- \`${JSON.stringify(profile)}\``,
    `- taken ${settled.taken}, folded ${settled.folded}, recorded ${settled.recorded}, ${settled.drainMs} ms after the last one`,
    '',
    row(['ms', ...STATISTICS]),
    row(['---', ...STATISTICS.map(() => '---:')]),
    ...trends.map((trend) => row([trend, ...STATISTICS.map((each) => shown(summary.metrics[trend]!.values[each]))])),
    '',
    row(['counter', 'count']),
    row(['---', '---:']),
    ...counters.map(([counter, { values }]) => row([counter, shown(values.count)])),
    '',
    faults.length === 0 ? 'Every threshold was kept.' : 'Not kept:',
    ...faults.map((fault) => `- ${fault}`),
    '',
  ].join('\n');
}

/** Writes `NAME-PROFILE-TIME.md` and `.json`; answers the path of the first. */
export function writeReport(folder: string, run: LoadRun): string {
  mkdirSync(folder, { recursive: true });
  const base = join(folder, `${run.name}-${run.profileName}-${run.machine.at.replaceAll(/[:.]/g, '-')}`);
  writeFileSync(`${base}.json`, `${JSON.stringify(run, null, 2)}\n`);
  writeFileSync(`${base}.md`, markdown(run));
  return `${base}.md`;
}
