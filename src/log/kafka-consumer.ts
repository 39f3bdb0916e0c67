/**
 * A consumer on Kafka: takes part in its group (or reads alone), and goes on over errors until it is stopped. When the group changes
 * it joins again while it goes on, and lets go of what is meant for others alone; they are given it in the round after that.
 */
import type { ConsumeOptions, Consumer, Revocation, TopicPartition } from '../ports/event-log.js';
import { backoffDelayMs, settlesWithin, sleep } from './backoff.js';
import { startDelivery } from './delivery.js';
import {
  connectCluster,
  dropCluster,
  errorType,
  type KafkaContext,
  knownPartitions,
  repairCluster,
} from './kafka-client.js';
import { startFetching } from './kafka-fetching.js';
import { createMembership, type Joined, type Membership } from './kafka-membership.js';
import { openCluster } from './kafka-undeclared.js';

/** How long leaving the group may take, and as long again whatever else is at hand, before the connections are cut. */
const LEAVE_LIMIT_MS = 5_000;

/** How often the coordinator is asked whether a round begins that is known to follow soon, ms. */
const ROUND_EXPECTED_EVERY_MS = 50;

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

  /** Begins with nothing. `positions`: where partitions begin unless they are sought, by `topic/partition`. */
  function deliver(membership: Membership | null, positions: ReadonlyMap<string, number>) {
    const { source, stop } = startFetching(context, fetching, options.patienceMs ?? 0);
    const delivery = startDelivery({
      source: {
        ...source,
        startOffset: ({ topic, partition }) => positions.get(`${topic}/${partition}`) ?? 0,
        commit: membership && options.commit ? (at, offset) => membership.commit(at, offset) : null,
        // Nobody takes partitions away from one that reads alone.
        lastHeartbeatAtMs: () => membership?.lastAnsweredAtMs() ?? Date.now(),
      },
      handler: options.handler,
      group,
      log,
      retry,
      revokeLimitMs: timings.revokeLimitMs,
    });
    delivering = true;
    const end = async (how: Revocation) => {
      await delivery.keepOnly([], how);
      stop();
      delivering = false;
    };
    return { ...delivery, end };
  }

  /** From joining a group to the stop, over all its changes. Rejects where what it holds was lost by an error. */
  async function takePart(membership: Membership): Promise<void> {
    await connectCluster(coordination, topics);
    await connectCluster(fetching, topics);
    const positions = new Map<string, number>();
    const delivery = deliver(membership, positions);
    const prepare = async (added: readonly TopicPartition[]) => {
      if (added.length === 0) return;
      // The leader may know of partitions that are newer than what we know; what cannot be fetched yet is tried again.
      await fetching.refreshMetadata().catch(() => {});
      if (options.commit) for (const [at, offset] of await membership.committed(added)) positions.set(at, offset);
    };
    try {
      while (!stopping.signal.aborted) {
        const claimed = delivery.held();
        const joined = await joinHolding(membership, claimed);
        if (joined === 'stopping') return await delivery.end('given-up');
        const { assignment, isWaiting } = joined;
        await prepare(assignment.filter((at) => !includes(claimed, at)));
        log.info({ group, assignment: describe(assignment) }, 'Joined the group');
        failures = 0;
        // What was let go of meanwhile counts too: the others wait for us to say so.
        const hasToLetGo = claimed.some((at) => !includes(assignment, at));
        const lettingGo = delivery.keepOnly(assignment, 'given-up');
        delivery.add(assignment);
        await untilNextRound(membership, hasToLetGo ? lettingGo : null, isWaiting);
      }
      await heartbeatWhile(membership, delivery.end('given-up'));
    } catch (error) {
      await delivery.end('lost');
      throw error;
    }
  }

  /**
   * Joins while `claimed` is held; an error that leaves open whether the group goes on with us is borne as long as nobody else can
   * have what we hold.
   */
  async function joinHolding(membership: Membership, claimed: readonly TopicPartition[]): Promise<Joined | 'stopping'> {
    const aborted = new Promise<'stopping'>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve('stopping'), { once: true });
    });
    while (!stopping.signal.aborted) {
      try {
        // It may take as long as others need to come.
        return await Promise.race([membership.join(claimed), aborted]);
      } catch (error) {
        const standing = membership.standingOf(error);
        // Members that join at the same moment send each other round again: nothing is wrong.
        if (standing === 'rebalancing') continue;
        if (standing !== 'unreachable' || claimed.length === 0) throw error;
        await bearWith(membership, error);
        await sleep(timings.retryFirstMs, stopping.signal);
      }
    }
    return 'stopping';
  }

  /** Heartbeats until there is a reason to join again: the group changes, or what was to be let go of has been. */
  async function untilNextRound(
    membership: Membership,
    lettingGo: Promise<void> | null,
    isWaiting: boolean,
  ): Promise<void> {
    const counts = knownPartitions(coordination, topics);
    const intervalMs = isWaiting ? ROUND_EXPECTED_EVERY_MS : timings.heartbeatIntervalMs;
    let lookedUpAtMs = Date.now();
    for (;;) {
      const waited = sleep(intervalMs, stopping.signal);
      if ((await Promise.race([waited, ...(lettingGo ? [lettingGo.then(() => 'let go' as const)] : [])])) === 'let go')
        return;
      if (stopping.signal.aborted) return;
      const { standing, error } = await membership.heartbeat();
      if (standing === 'rebalancing') return;
      if (standing === 'lost') throw error;
      if (standing === 'unreachable') await bearWith(membership, error);
      else if (membership.isLeader() && Date.now() - lookedUpAtMs > timings.metadataIntervalMs) {
        lookedUpAtMs = Date.now();
        if (await hasGrown(counts)) return;
      }
    }
  }

  /** While partitions are being given up, the coordinator has to go on hearing of us. */
  async function heartbeatWhile(membership: Membership, giving: Promise<void>): Promise<void> {
    while (!(await settlesWithin(giving, timings.heartbeatIntervalMs))) await membership.heartbeat();
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

  /** Every partition, from when the topics are there until the stop. */
  async function readAlone(): Promise<void> {
    await connectCluster(fetching, topics);
    const delivery = deliver(null, new Map());
    try {
      await fetching.refreshMetadata();
      while (!stopping.signal.aborted) {
        const assignment = [...knownPartitions(fetching, topics)].flatMap(([topic, count]) =>
          Array.from({ length: count }, (_, partition) => ({ topic, partition })),
        );
        failures = 0;
        delivery.add(assignment);
        await sleep(timings.metadataIntervalMs, stopping.signal);
        if (!stopping.signal.aborted) await fetching.refreshMetadata().catch(() => {});
      }
    } finally {
      await delivery.end('given-up');
    }
  }

  async function run(): Promise<void> {
    const membership = group === null ? null : createMembership(coordination, group, topics, timings);
    while (!stopping.signal.aborted) {
      try {
        await (membership ? takePart(membership) : readAlone());
      } catch (error) {
        if (stopping.signal.aborted) break;
        const delayMs = backoffDelayMs(retry, failures++);
        log.warn(
          { group, topics, error: errorType(error), failures, delayMs },
          'Kafka cannot be read; it is tried again',
        );
        await sleep(delayMs, stopping.signal);
        await Promise.all([coordination, fetching].map((cluster) => repairCluster(cluster, error)));
      }
    }
    const leaving = membership?.leave().catch((error: unknown) => {
      log.debug({ group, error: errorType(error) }, 'The group was not told of leaving; it will notice');
    });
    // Behind a join that waits for others it comes to nothing.
    if (leaving) await settlesWithin(leaving, LEAVE_LIMIT_MS);
  }

  const running = run();
  let stopped: Promise<void> | null = null;

  async function stop(): Promise<void> {
    stopping.abort();
    // What is under way is brought to its end; what waits for Kafka ends with the connection.
    const limitMs = 2 * LEAVE_LIMIT_MS + (delivering ? 3 * timings.revokeLimitMs : 0);
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

function includes(assignment: readonly TopicPartition[], at: TopicPartition): boolean {
  return assignment.some(({ topic, partition }) => topic === at.topic && partition === at.partition);
}

/** Numbers by topic, for the log. */
function describe(assignment: readonly TopicPartition[]): Record<string, string> {
  const numbers: Record<string, string> = {};
  for (const { topic, partition } of assignment) {
    numbers[topic] = topic in numbers ? `${numbers[topic]},${partition}` : String(partition);
  }
  return numbers;
}
