/** The counters of every role as Prometheus metrics. Names and labels are what operators alert on: add, never rename. */
import { Counter, collectDefaultMetrics, Histogram, Gauge as PromGauge, Registry } from 'prom-client';
import type { Answered } from '../http/app.js';
import type { EngineCounters } from '../roles/engine/engine-worker.js';
import type { ReconcilerCounters } from '../roles/reconciler/reconciler.js';
import type { RecorderCounters } from '../roles/recorder/recorder.js';

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** One value for each value of its label; what is not named has none. */
export interface GaugeBy extends Omit<Gauge, 'read'> {
  readonly label: string;
  readonly read: () => Readonly<Record<string, number>>;
}

/** Read when `/metrics` is asked for. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  /** Null: not known now, and so not told. */
  readonly read: () => number | null | Promise<number | null>;
}

export interface Metrics {
  readonly registry: Registry;
  readonly engine: EngineCounters;
  readonly intake: { pingsTaken(count: number): void; pingRejected(reason: string): void };
  readonly http: {
    pingsAccepted(count: number): void;
    pingRejected(reason: string): void;
    answered(answer: Answered): void;
  };
  readonly feed: { clientCutOff(why: string): void };
  readonly log: { partitionsAssigned(group: string): void };
  readonly recorder: RecorderCounters;
  readonly reconciler: ReconcilerCounters;
  addGauge(gauge: Gauge): void;
  addGaugeBy(gauge: GaugeBy): void;
}

/** 4xx and its like: a status of its own each would be a series of its own each. */
const statusClass = (status: number) => `${Math.floor(status / 100)}xx`;

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const taken = new Counter({
    name: 'tagwatch_pings_taken_total',
    help: 'Pings that tagwatch.inputs has taken, by the door they came through.',
    labelNames: ['door'],
    registers,
  });
  const rejected = new Counter({
    name: 'tagwatch_rejected_total',
    help: 'Messages that could not be used, by door and reason.',
    labelNames: ['door', 'reason'],
    registers,
  });
  /** Since the counter was last read: to count into it takes as long as to fold the ping. */
  const foldedSince = new Map<string, number>();
  new Counter({
    name: 'tagwatch_pings_folded_total',
    help: 'Pings the engine has folded, by outcome: judged, or why they carried no evidence.',
    labelNames: ['outcome'],
    registers,
    collect() {
      for (const [outcome, count] of foldedSince) this.inc({ outcome }, count);
      foldedSince.clear();
    },
  });
  const events = new Counter({
    name: 'tagwatch_alert_events_total',
    help: 'Events the engine has appended, by kind and type.',
    labelNames: ['kind', 'type'],
    registers,
  });
  const latency = new Histogram({
    name: 'tagwatch_alert_latency_seconds',
    help: 'From the receipt of the input that caused an event until the alert log has it.',
    buckets: LATENCY_SECONDS,
    registers,
  });
  const checkpointed = new Counter({
    name: 'tagwatch_states_checkpointed_total',
    help: 'State records written by the engine.',
    registers,
  });
  const recorded = new Counter({
    name: 'tagwatch_pings_recorded_total',
    help: 'Pings that stand in the database, by whether the tag was fitted when they came; repeated: they stood there before.',
    labelNames: ['fitted'],
    registers,
  });
  const recordedOther = new Counter({
    name: 'tagwatch_records_recorded_total',
    help: 'Alert events and rejected messages that stand in the database; refused: records that it would not take.',
    labelNames: ['what'],
    registers,
  });
  const reconciled = new Counter({
    name: 'tagwatch_reconciliations_total',
    help: 'Re-runs over the past: a difference was sent to the engine, the record agreed, the activation was gone, or it failed.',
    labelNames: ['outcome'],
    registers,
  });
  const reconcileSeconds = new Histogram({
    name: 'tagwatch_reconcile_seconds',
    help: 'How long a re-run over the past took, reading and comparing included.',
    buckets: LATENCY_SECONDS,
    registers,
  });
  new PromGauge({
    name: 'tagwatch_build_info',
    help: 'Always 1; which program this is stands in the labels.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1);
  const answers = new Histogram({
    name: 'tagwatch_http_request_seconds',
    help: 'How long requests took to be answered, by method, route (none: there is nothing at the address) and class of status.',
    labelNames: ['method', 'route', 'status'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  const cutOff = new Counter({
    name: 'tagwatch_feed_clients_cut_off_total',
    help: 'Consoles that were cut off because they did not read: too much waited for them, nothing moved, or pings went unanswered.',
    labelNames: ['why'],
    registers,
  });
  const assigned = new Counter({
    name: 'tagwatch_rebalances_total',
    help: 'How often this process was given partitions, by consumer group; once at its start is usual.',
    labelNames: ['group'],
    registers,
  });
  return {
    registry,
    engine: {
      pingFolded(notJudged) {
        const outcome = notJudged ?? 'judged';
        foldedSince.set(outcome, (foldedSince.get(outcome) ?? 0) + 1);
      },
      eventAppended: ({ kind, type }) => events.inc({ kind, type }),
      alertLatency: (seconds) => latency.observe(seconds),
      inputRejected: (reason) => rejected.inc({ door: 'engine', reason }),
      statesCheckpointed: (count) => checkpointed.inc(count),
    },
    intake: {
      pingsTaken: (count) => taken.inc({ door: 'kafka' }, count),
      pingRejected: (reason) => rejected.inc({ door: 'kafka', reason }),
    },
    http: {
      pingsAccepted: (count) => taken.inc({ door: 'http' }, count),
      pingRejected: (reason) => rejected.inc({ door: 'http', reason }),
      answered: ({ method, route, status, elapsedMs }) =>
        answers.observe({ method, route: route ?? 'none', status: statusClass(status) }, elapsedMs / 1000),
    },
    feed: { clientCutOff: (why) => cutOff.inc({ why }) },
    log: { partitionsAssigned: (group) => assigned.inc({ group }) },
    recorder: {
      pingsRecorded: (fitted, count) => recorded.inc({ fitted }, count),
      pingsRepeated: (count) => recorded.inc({ fitted: 'repeated' }, count),
      alertEventsRecorded: (count) => recordedOther.inc({ what: 'alert-event' }, count),
      rejectedRecorded: (count) => recordedOther.inc({ what: 'rejected' }, count),
      auditChained: (count) => recordedOther.inc({ what: 'audit' }, count),
      recordsRefused: (count) => recordedOther.inc({ what: 'refused' }, count),
    },
    reconciler: {
      reconciled(outcome, seconds) {
        reconciled.inc({ outcome });
        reconcileSeconds.observe(seconds);
      },
    },
    addGaugeBy({ name, help, label, read }) {
      new PromGauge({
        name,
        help,
        labelNames: [label],
        registers,
        collect() {
          this.reset();
          for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
        },
      });
    },
    addGauge({ name, help, read }) {
      new PromGauge({
        name,
        help,
        registers,
        async collect() {
          const value = await read();
          if (value === null) this.reset();
          else this.set(value);
        },
      });
    },
  };
}
