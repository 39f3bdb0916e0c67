/**
 * What kafkajs has and does not declare: a set of connections without a consumer, a coordinator's requests, a fetch's answer. Its version
 * is pinned, and the contract of the log against the real broker (`test/contracts/event-log.kafka.services.ts`: groups that change hands,
 * records with headers, holes and aborted transactions) fails where another one has these otherwise.
 */
import type { Broker, Cluster, IHeaders } from 'kafkajs';
import type { KafkaContext } from './kafka-client.js';

/** A set of connections of its own: a broker answers the requests of one connection one after the other. */
export function openCluster({ kafka, timings }: KafkaContext): Cluster {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: 'never joined',
    allowAutoTopicCreation: false,
    metadataMaxAge: timings.metadataIntervalMs,
    partitionAssigners: [
      (given) => {
        cluster = given.cluster;
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  if (!cluster) throw new Error('This version of kafkajs does not hand its cluster to assigners.');
  return cluster;
}

/** The requests of a coordinator that kafkajs has and does not declare. */
export interface Coordinator extends Broker {
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: { name: string; metadata: Buffer }[];
  }): Promise<{
    generationId: number;
    leaderId: string;
    memberId: string;
    members: { memberId: string; memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
}

export async function findCoordinator(cluster: Cluster, groupId: string): Promise<Coordinator> {
  return (await cluster.findGroupCoordinator({ groupId })) as Coordinator;
}

/** A record as kafkajs decodes it. */
export interface RawRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
  readonly isControlRecord?: boolean;
  readonly batchContext?: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
  };
}

export interface RawPartition {
  readonly partition: number;
  /** One past the last record that those who read what is committed may see; lower than the end while a transaction is open. */
  readonly lastStableOffset: string;
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
  readonly messages: readonly RawRecord[];
}

export async function fetchRaw(
  broker: Broker,
  request: Parameters<Broker['fetch']>[0],
): Promise<{
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly RawPartition[] }[];
}> {
  return (await broker.fetch(request)) as { responses: { topicName: string; partitions: RawPartition[] }[] };
}
