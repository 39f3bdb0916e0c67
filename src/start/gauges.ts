/** What `/metrics` reads of the parts when it is asked: what is up, how far each is behind, how full it is. */

import type { AlarmHealth } from '../alerts/alarm-health.js';
import type { AlertRegister } from '../alerts/register.js';
import { countStanding } from '../alerts/standing.js';
import type { Feed } from '../http/feed/feed.js';
import type { Clock } from '../ports/clock.js';
import type { Database } from '../ports/database.js';
import type { DatabaseWatch } from '../roles/database-watch.js';
import type { EngineWorker } from '../roles/engine/engine-worker.js';
import type { Handoff } from '../roles/handoff/handoff.js';
import { INTAKE_GROUP } from '../roles/intake/intake.js';
import type { LogWatch } from '../roles/log-watch.js';
import type { Reconciler } from '../roles/reconciler/reconciler.js';
import type { Recorder } from '../roles/recorder/recorder.js';
import { measureOutbox } from '../store/outbox.js';
import type { HandoffView } from '../views/handoff.js';
import type { Metrics } from './metrics.js';
import type { WatchedGroups } from './watched-groups.js';

/** As the work, or null where what it asks is away. */
const orNull = (work: Promise<number | null>): Promise<number | null> => work.catch(() => null);

export function addLogGauges(metrics: Metrics, logWatch: LogWatch): void {
  metrics.addGauge({
    name: 'tagwatch_log_up',
    help: '1 while the event log answers, 0 while it is away.',
    read: () => (logWatch.isPresent() ? 1 : 0),
  });
}

export function addDatabaseGauges(metrics: Metrics, own: Database, watch: DatabaseWatch): void {
  metrics.addGauge({
    name: 'tagwatch_database_up',
    help: '1 while the database answers and has the schema of this program, 0 while it is away.',
    read: () => (watch.isPresent() ? 1 : 0),
  });
  for (const state of ['total', 'idle', 'waiting'] as const)
    metrics.addGauge({
      name: `tagwatch_database_connections_${state}`,
      help:
        state === 'waiting'
          ? 'Statements that wait for a connection to the database.'
          : `Connections to the database${state === 'idle' ? ' that nobody uses' : ''}; absent with the embedded one.`,
      read: () => own.connections?.()[state] ?? null,
    });
}

export function addOutboxGauges(metrics: Metrics, db: Database, clock: Clock): void {
  metrics.addGauge({
    name: 'tagwatch_outbox_rows',
    help: 'Changes of records that the engine has yet to be told; absent while the database is away.',
    read: () => orNull(measureOutbox(db).then(({ rows }) => rows)),
  });
  metrics.addGauge({
    name: 'tagwatch_outbox_age_seconds',
    help: 'How long the oldest of them has waited, 0 where none waits; absent while the database is away.',
    read: () =>
      orNull(
        measureOutbox(db).then(({ oldestAtMs }) =>
          oldestAtMs === null ? 0 : Math.max(0, clock.nowMs() - oldestAtMs) / 1000,
        ),
      ),
  });
}

export function addEngineGauges(metrics: Metrics, engine: EngineWorker, clock: Clock): void {
  metrics.addGauge({
    name: 'tagwatch_engine_lag_inputs',
    help: 'Inputs that the engine has yet to fold.',
    read: () => engine.status().lag,
  });
  metrics.addGauge({
    name: 'tagwatch_checkpoint_age_seconds',
    help: 'Since when the partition that waits longest for its checkpoint does; absent where this process owns none.',
    read: () => {
      const { checkpointedAtMs } = engine.status();
      return checkpointedAtMs === null ? null : Math.max(0, clock.nowMs() - checkpointedAtMs) / 1000;
    },
  });
}

export function addIntakeGauges(metrics: Metrics, groups: WatchedGroups): void {
  metrics.addGauge({
    name: 'tagwatch_intake_lag_records',
    help: 'Messages of suppliers that intake has yet to take, as of its last batches.',
    read: () => groups.behind(INTAKE_GROUP),
  });
}

export function addRecorderGauges(metrics: Metrics, recorder: Recorder, reconciler: Reconciler): void {
  metrics.addGauge({
    name: 'tagwatch_recorder_lag_records',
    help: 'Records that the recorder has yet to write; absent while the log is away.',
    read: () => orNull(recorder.lag().then((partitions) => partitions.reduce((sum, { behind }) => sum + behind, 0))),
  });
  metrics.addGauge({
    name: 'tagwatch_reconcile_requests_waiting',
    help: 'Activations whose past is to be judged again; absent while the database is away.',
    read: () => orNull(reconciler.waiting()),
  });
}

/** Over all wearers; who asks by `GET /alarm-health` is told of those within the scope. */
export function addAlarmGauges(metrics: Metrics, measure: () => AlarmHealth): void {
  metrics.addGauge({
    name: 'tagwatch_alarms_in_ten_minutes_a_position',
    help: 'Alerts raised in the last ten minutes for each person who acted in the last half hour; two are the most that can be managed.',
    read: () => measure().raisedInTenMinutesAPosition,
  });
  metrics.addGauge({
    name: 'tagwatch_alarm_flood_share',
    help: 'How much of the last day was a flood, 0 to 1; a flood is more than ten alerts in ten minutes until there are fewer than five.',
    read: () => measure().floodShare,
  });
  metrics.addGauge({
    name: 'tagwatch_alarm_flood',
    help: '1 while there is a flood.',
    read: () => (measure().floodSince === null ? 0 : 1),
  });
  metrics.addGauge({
    name: 'tagwatch_alarms_stale',
    help: 'Alerts that nobody has disposed of for over a day.',
    read: () => measure().stale,
  });
}

export function addHandoffGauges(metrics: Metrics, handoff: Handoff): void {
  metrics.addGaugeBy({
    name: 'tagwatch_handoff_waiting',
    help: 'Events in memory that a receiver of the hand-off has yet to take; only in the process that tells it.',
    label: 'receiver',
    read: () => handoff.waiting(),
  });
}

export function addFailingHandoffGauges(metrics: Metrics, view: HandoffView, clock: Clock): void {
  metrics.addGaugeBy({
    name: 'tagwatch_handoff_failing_seconds',
    help: 'How long a receiver of the hand-off has not been told what there is to tell; absent while everything goes through.',
    label: 'receiver',
    read: () =>
      Object.fromEntries(
        view.failing().map(({ receiverId, since }) => [receiverId, (clock.nowMs() - Date.parse(since)) / 1000]),
      ),
  });
}

export function addFeedGauges(metrics: Metrics, feed: Pick<Feed, 'connections' | 'sounds'>): void {
  metrics.addGauge({ name: 'tagwatch_feed_clients', help: 'Consoles on the feed.', read: feed.connections });
  metrics.addGauge({
    name: 'tagwatch_feed_consoles_audible',
    help: 'Consoles of supervisors on the feed that play sounds.',
    read: () => feed.sounds().filter(({ sound }) => sound === 'on').length,
  });
}

export function addStandingGauges(metrics: Metrics, alertLog: Pick<AlertRegister, 'open'>, clock: Clock): void {
  metrics.addGauge({
    name: 'tagwatch_alerts_open',
    help: 'Alerts that nobody has disposed of.',
    read: () => alertLog.open().length,
  });
  const countAll = () => countStanding(alertLog.open(), clock.nowMs());
  metrics.addGaugeBy({
    name: 'tagwatch_alerts_standing_by_kind',
    help: 'Alerts that nobody has disposed of, by kind.',
    label: 'kind',
    read: () => ({ ...countAll().byKind }),
  });
  metrics.addGaugeBy({
    name: 'tagwatch_alerts_standing_by_age',
    help: 'Alerts that nobody has disposed of, by how long ago they were raised.',
    label: 'age',
    read: () => countAll().byAge,
  });
}
