/**
 * What comes and goes with every ping dies young: what V8 keeps of it until the next full collection is what full collections come from, and
 * during one of them alerts wait a tenth of a second. Two ways in which it is kept, dead, are easily written again: through a map or set
 * that is filled and emptied all the time, and by an object that is spread first and added to (Node 20).
 */
import { createRequire } from 'node:module';
import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { parsePing } from '../src/formats/pings/tagwatch-ping.js';
import { createKafka, DEFAULT_TIMINGS } from '../src/log/kafka-client.js';
import { NO_SECURITY } from '../src/log/kafka-security.js';
import { createRecentFetches } from '../src/log/recent-fetches.js';
import { UnderWay } from '../src/under-way.js';
import { silentLog } from './support/silent-log.js';

const MEGABYTE = 1_048_576;
const TIMES = 60_000;

const oldBytes = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')!.space_used_size;

/** The most that what is old grew by, MB, while `step` was called again and again and the young were collected many times. */
function growthOfOld(step: (nth: number) => void): number {
  const young: unknown[] = [];
  const churn = (count: number) => {
    for (let i = 0; i < count; i++) young[0] = new Array(60).fill(i);
  };
  // What is there from the start is old before it is counted, as in a program that has run for a while.
  for (let nth = 0; nth < 20; nth++) step(nth);
  churn(400_000);
  let least = oldBytes();
  let most = 0;
  for (let nth = 20; nth < TIMES; nth++) {
    step(nth);
    churn(10);
    if (nth % 100 === 0) {
      const now = oldBytes();
      least = Math.min(least, now);
      most = Math.max(most, now - least);
    }
  }
  return most / MEGABYTE;
}

const message = (nth: number) => ({
  tagId: `T-${nth % 500}`,
  sequence: nth,
  fixedAt: '2026-11-20T12:00:00Z',
  latitude: 51.2,
  longitude: 0.3 + nth / 1e6,
  accuracyMetres: 5,
});
const receivedAtMs = Date.parse('2026-11-20T12:00:01Z');

it.each<[string, () => (nth: number) => void]>([
  [
    'requests that wait for their answers',
    () => {
      const underWay = new UnderWay<unknown>();
      return (nth) => {
        underWay.set(nth, { nth, bytes: new Array(60).fill(nth) });
        underWay.delete(nth - 8);
      };
    },
  ],
  [
    'fetches for several readers',
    () => {
      const recent = createRecentFetches();
      const [topic, partition] = ['inputs', 0];
      recent.join({ topic, partition }, 0);
      const patient = recent.join({ topic, partition }, 50);
      return (nth) => {
        const value = new Uint8Array(500);
        const record = { topic, partition, offset: nth, appendedAtMs: 0, key: null, value, headers: {} };
        recent.keep(
          { topic, partition, fromOffset: nth, nextOffset: nth + 1, records: [record], endOffset: nth + 1 },
          0,
        );
        patient.moveTo(nth - 8);
      };
    },
  ],
  ['a ping that is read', () => (nth) => void parsePing(message(nth), receivedAtMs)],
])('%s', (_, begin) => {
  expect(growthOfOld(begin())).toBeLessThan(4);
});

it('kafkajs keeps its requests so', () => {
  createKafka(['127.0.0.1:1'], 'test', NO_SECURITY, silentLog, DEFAULT_TIMINGS);
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  expect(new RequestQueue({}).inflight).toBeInstanceOf(UnderWay);
});

// The last: V8 remembers where what lives long was made, and makes the next there in what is old.
it('it would be found: a map that is filled and emptied keeps what went through it', () => {
  const map = new Map<number, unknown>();
  const growth = growthOfOld((nth) => {
    map.set(nth, { nth, bytes: new Array(60).fill(nth) });
    map.delete(nth - 8);
  });
  expect(growth).toBeGreaterThan(8);
});
