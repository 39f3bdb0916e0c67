/** A consumer on Kafka: takes part in its group (or reads alone), and goes on over errors until it is stopped. */
import type { ConsumeOptions, Consumer, TopicPartition } from '../ports/event-log.js';
import { backoffDelayMs, settlesWithin, sleep } from './backoff.js';
import { type Delivery, startDelivery } from './delivery.js';
import {
  connectCluster,
  dropCluster,
  errorType,
  type KafkaContext,
  knownPartitions,
  openCluster,
  repairCluster,
} from './kafka-client.js';
import { startFetching } from './kafka-fetching.js';
import { createMembership, type Membership } from './kafka-membership.js';

/** Beyond draining, what coming to an end may take before the connections are cut. */
const LEAVE_LIMIT_MS = 5_000;

/** Starts in the background: where Kafka is away, it goes on trying. */
export function startConsumer(context: KafkaContext, options: ConsumeOptions): Consumer {
  const { log, timings } = context;
  const { group, topics } = options;
  const stopping = new AbortController();
  // Two sets of connections, so that a fetch that waits at the broker never holds up a heartbeat or a rejoin (3.7 s seen).
  const coordination = openCluster(context);
  const fetching = openCluster(context);
  const retry = { firstMs: timings.retryFirstMs, maxMs: timings.retryMaxMs };
  let failures = 0;
  let delivering = false;

  function deliver(
    assignment: readonly TopicPartition[],
    membership: Membership | null,
    positions: Map<string, number>,
  ) {
    const { source, stop } = startFetching(context, fetching, assignment);
    const delivery = startDelivery({
      source: {
        ...source,
        startOffset: ({ topic, partition }) => positions.get(`${topic}/${partition}`) ?? 0,
        commit: membership && options.commit ? (at, offset) => membership.commit(at, offset) : null,
        // Nobody takes partitions away from one that reads alone.
        lastHeartbeatAtMs: () => membership?.lastAnsweredAtMs() ?? Date.now(),
      },
      assignment,
      handler: options.handler,
      group,
      log,
      retry,
      revokeLimitMs: timings.revokeLimitMs,
    });
    delivering = true;
    const end = async (how?: 'lost') => {
      await delivery.stop(how);
      stop();
      delivering = false;
    };
    return { ...delivery, stop: end } satisfies Delivery;
  }

  /** One assignment of a group, from joining to the next rebalance or the stop. Rejects where it was lost by an error. */
  async function takePart(membership: Membership): Promise<void> {
    await connectCluster(coordination, topics);
    await connectCluster(fetching, topics);
    const assignment = await membership.join();
    // The leader may know of partitions that are newer than what we know.
    await fetching.refreshMetadata();
    const counts = knownPartitions(coordination, topics);
    const positions = options.commit ? await membership.committed(assignment) : new Map<string, number>();
    log.info({ group, assignment: describe(assignment) }, 'Joined the group');
    failures = 0;
    const delivery = deliver(assignment, membership, positions);
    let lookedUpAtMs = Date.now();
    try {
      for (;;) {
        await sleep(timings.heartbeatIntervalMs, stopping.signal);
        if (stopping.signal.aborted) return await giveUp(delivery, membership);
        const { standing, error } = await membership.heartbeat();
        if (standing === 'rebalancing') return await giveUp(delivery, membership);
        if (standing === 'lost') throw error;
        if (standing === 'unreachable') await bearWith(membership, error);
        else if (membership.isLeader() && Date.now() - lookedUpAtMs > timings.metadataIntervalMs) {
          lookedUpAtMs = Date.now();
          if (await hasGrown(counts)) return await giveUp(delivery, membership);
        }
      }
    } catch (error) {
      await delivery.stop('lost');
      throw error;
    }
  }

  /** While partitions are being given up, the coordinator has to go on hearing of us. */
  async function giveUp(delivery: Delivery, membership: Membership): Promise<void> {
    let given = false;
    const giving = delivery.stop().finally(() => {
      given = true;
    });
    while (!given) {
      if (!(await settlesWithin(giving, timings.heartbeatIntervalMs))) await membership.heartbeat();
    }
    await giving;
  }

  /** A coordinator that is away for less than a session costs nothing: the group is as it was when it is back. */
  async function bearWith(membership: Membership, error: unknown): Promise<void> {
    const silentMs = Date.now() - membership.lastAnsweredAtMs();
    log.warn({ group, error: errorType(error), silentMs }, "The group's coordinator did not answer a heartbeat");
    if (silentMs > timings.sessionLimitMs) throw error;
    await repairCluster(coordination, error);
  }

  async function hasGrown(before: ReadonlyMap<string, number>): Promise<boolean> {
    await coordination.refreshMetadata().catch(() => {});
    return [...knownPartitions(coordination, topics)].some(([topic, count]) => count > before.get(topic)!);
  }

  /** Every partition, from when the topics are there until their number changes or the stop. */
  async function readAlone(): Promise<void> {
    await connectCluster(fetching, topics);
    await fetching.refreshMetadata();
    const counts = knownPartitions(fetching, topics);
    const assignment = [...counts].flatMap(([topic, count]) =>
      Array.from({ length: count }, (_, partition) => ({ topic, partition })),
    );
    failures = 0;
    const delivery = deliver(assignment, null, new Map());
    for (;;) {
      await sleep(timings.metadataIntervalMs, stopping.signal);
      if (!stopping.signal.aborted) await fetching.refreshMetadata().catch(() => {});
      const grown = [...knownPartitions(fetching, topics)].some(([topic, count]) => count > counts.get(topic)!);
      if (grown || stopping.signal.aborted) return delivery.stop();
    }
  }

  async function run(): Promise<void> {
    const membership = group === null ? null : createMembership(coordination, group, topics, timings);
    while (!stopping.signal.aborted) {
      try {
        await (membership ? takePart(membership) : readAlone());
      } catch (error) {
        if (stopping.signal.aborted) break;
        // Members that join at the same moment send each other round again: nothing is wrong.
        if (errorType(error) === 'REBALANCE_IN_PROGRESS') continue;
        const delayMs = backoffDelayMs(retry, failures++);
        log.warn(
          { group, topics, error: errorType(error), failures, delayMs },
          'Kafka cannot be read; it is tried again',
        );
        await sleep(delayMs, stopping.signal);
        await Promise.all([coordination, fetching].map((cluster) => repairCluster(cluster, error)));
      }
    }
    await membership?.leave().catch((error: unknown) => {
      log.debug({ group, error: errorType(error) }, 'The group was not told of leaving; it will notice');
    });
  }

  const running = run();
  let stopped: Promise<void> | null = null;

  async function stop(): Promise<void> {
    stopping.abort();
    // What is under way is brought to its end; a join that waits for others ends with the connection.
    const limitMs = LEAVE_LIMIT_MS + (delivering ? 2 * timings.revokeLimitMs : 0);
    if (!(await settlesWithin(running, limitMs))) {
      log.warn({ group, topics }, 'A consumer did not come to an end and is cut off');
    }
    dropCluster(coordination);
    dropCluster(fetching);
  }

  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Numbers by topic, for the log. */
function describe(assignment: readonly TopicPartition[]): Record<string, string> {
  const numbers: Record<string, string> = {};
  for (const { topic, partition } of assignment) {
    numbers[topic] = topic in numbers ? `${numbers[topic]},${partition}` : String(partition);
  }
  return numbers;
}
