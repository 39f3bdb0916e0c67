import type { Admin } from 'kafkajs';
import { expect } from 'vitest';

const PARTITIONS = 2;

/** A topic of two partitions with settings of its own, once each has a leader: kafkajs's own waiting gives up where the broker does not know it yet. */
export async function makeTopic(admin: Admin, topic: string, config: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, configEntries }], waitForLeaders: false });
  const countLed = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions.filter(({ leader }) => leader >= 0).length;
  };
  await expect.poll(countLed).toBe(PARTITIONS);
}
