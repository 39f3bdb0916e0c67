/** A supplier that sends fixes over Kafka. */
import { Kafka, logLevel } from 'kafkajs';

/** Fixes at one place, the last of them a second ago, a minute between them; with a key, so that they keep their order. */
export async function sendFixes(
  brokers: readonly string[],
  tagId: string,
  place: { readonly latitude: number; readonly longitude: number },
  count = 2,
): Promise<void> {
  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const nowMs = Date.now();
  const messages = Array.from({ length: count }, (_, i) => {
    const fixedAt = new Date(nowMs - 1_000 - (count - 1 - i) * 60_000).toISOString();
    return { key: tagId, value: JSON.stringify({ tagId, fixedAt, ...place, accuracyMetres: 6 }) };
  });
  await producer.send({ topic: 'tagwatch.pings', messages });
  await producer.disconnect();
}
