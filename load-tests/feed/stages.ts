/** Where an alert's time went on its way to the feed, read from the log after the run: all clocks are this machine's. */
import { connectKafka } from '../../src/log/kafka.js';
import { withTopicPrefix } from '../../src/log/prefixed.js';
import type { Log } from '../../src/ports/log.js';
import { readInputs } from '../../src/ports/ping-records.js';
import { ALERTS, decodeJson, INPUT_PARTITIONS, INPUTS } from '../../src/ports/topics.js';

/** An alert that was told; `key`: its tag and when its ping was fixed. Epoch ms. */
export interface ToldAlert {
  readonly key: string;
  readonly sentAtMs: number;
  readonly toldAtMs: number;
}

export const keyOf = (tagId: string, fixedAtMs: number): string => `${tagId}/${fixedAtMs}`;

const STAGES = ['sent → taken', 'taken → inputs', 'inputs → alerts', 'alerts → feed'] as const;
const silent: Log = { debug() {}, info() {}, warn() {}, error: (...said: unknown[]) => console.error(...said) };

/** A line a stage: how long it took of all, and of those that took longest of all to be told. */
export async function describeStages(
  env: Readonly<Record<string, string>>,
  told: readonly ToldAlert[],
): Promise<string[]> {
  const written = await readWritten(env, new Set(told.map(({ key }) => key)));
  const ways = told
    .flatMap(({ key, sentAtMs, toldAtMs }) => {
      const { takenAtMs, inputsAtMs, alertsAtMs } = written.get(key) ?? {};
      if (takenAtMs === undefined || inputsAtMs === undefined || alertsAtMs === undefined) return [];
      return [{ times: [sentAtMs, takenAtMs, inputsAtMs, alertsAtMs, toldAtMs], wholeMs: toldAtMs - sentAtMs }];
    })
    .sort((a, b) => a.wholeMs - b.wholeMs);
  const slowest = ways.slice(Math.floor(ways.length * 0.98));
  return STAGES.map((name, stage) => {
    const took = (of: typeof ways) => of.map(({ times }) => times[stage + 1]! - times[stage]!).sort((a, b) => a - b);
    const all = took(ways);
    const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))];
    return `${name.padEnd(16)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; the slowest fiftieth on the whole: ${took(slowest).join(' ')} ms`;
  });
}

interface Written {
  takenAtMs?: number;
  inputsAtMs?: number;
  alertsAtMs?: number;
}

/** When intake took each of these pings, when the inputs had it, and when the alerts had what came of it. */
async function readWritten(
  env: Readonly<Record<string, string>>,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Written>> {
  const brokers = env.KAFKA_BROKERS!.split(',');
  const log = withTopicPrefix(connectKafka({ brokers, clientId: 'stages', log: silent }), env.KAFKA_TOPIC_PREFIX!);
  const written = new Map<string, Written>();
  const note = (key: string, what: Written) => {
    if (keys.has(key)) written.set(key, { ...what, ...written.get(key) });
  };
  try {
    const inputs = Array.from({ length: INPUT_PARTITIONS }, (_, partition) => ({ topic: INPUTS, partition }));
    await log.readToEnd(inputs, async ({ records }) => {
      for (const record of records) {
        for (const { input } of readInputs(record)) {
          if (input.type !== 'ping') continue;
          const { ping, receivedAtMs } = input;
          note(keyOf(ping.tagId, ping.fixedAtMs), { takenAtMs: receivedAtMs, inputsAtMs: record.appendedAtMs });
        }
      }
    });
    await log.readToEnd([{ topic: ALERTS, partition: 0 }], async ({ records }) => {
      for (const { value, appendedAtMs } of records) {
        const event = decodeJson(value!) as { type?: string; tagId?: string; foundAt?: string };
        if (event.type !== 'confirmed' || event.tagId === undefined || event.foundAt === undefined) continue;
        note(keyOf(event.tagId, Date.parse(event.foundAt)), { alertsAtMs: appendedAtMs });
      }
    });
  } finally {
    await log.close();
  }
  return written;
}
