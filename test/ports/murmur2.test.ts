import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { murmur2, partitionOfKey } from '../../src/ports/murmur2.js';

describe('murmur2', () => {
  it("gives the values of Kafka's own test (org.apache.kafka.common.utils.UtilsTest)", () => {
    const known = {
      '21': -973932308,
      foobar: -790332482,
      'a-little-bit-long-string': -985981536,
      'a-little-bit-longer-string': -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
    };
    for (const [text, hash] of Object.entries(known)) expect(murmur2(new TextEncoder().encode(text))).toBe(hash);
  });

  it("agrees with kafkajs's default partitioner on any key and count", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const message = { key: Buffer.from(key), value: null };
        const theirs = Partitioners.DefaultPartitioner()({ topic: 't', partitionMetadata, message });
        expect(partitionOfKey(key, count)).toBe(theirs);
      }),
    );
  });
});
