/**
 * Prints the most that what is old grew by, in MB, while what the first argument names went on again and again and the young were collected
 * many times. A process of its own: V8 remembers where what lives long was made, and makes the next there in what is old.
 */
import { getHeapSpaceStatistics } from 'node:v8';
import { parsePing } from '../../dist/formats/pings/tagwatch-ping.js';
import { createRecentFetches } from '../../dist/log/recent-fetches.js';
import { UnderWay } from '../../dist/under-way.js';

const TIMES = 60_000;

/** Of what is put and taken away again each holds the newest eight. */
const STEPS = {
  'requests that wait for their answers': () => {
    const underWay = new UnderWay();
    return (nth) => {
      underWay.set(nth, { nth, bytes: new Array(60).fill(nth) });
      underWay.delete(nth - 8);
    };
  },
  'fetches for several readers': () => {
    const recent = createRecentFetches();
    const [topic, partition] = ['inputs', 0];
    recent.join({ topic, partition }, 0);
    const patient = recent.join({ topic, partition }, 50);
    return (nth) => {
      const value = new Uint8Array(500);
      const record = { topic, partition, offset: nth, appendedAtMs: 0, key: null, value, headers: {} };
      const [fromOffset, nextOffset] = [nth, nth + 1];
      recent.keep({ topic, partition, fromOffset, nextOffset, records: [record], endOffset: nextOffset }, 0);
      patient.moveTo(nth - 8);
    };
  },
  'a ping that is read': () => {
    const receivedAtMs = Date.parse('2026-11-20T12:00:01Z');
    return (nth) =>
      void parsePing(
        {
          tagId: `T-${nth % 500}`,
          sequence: nth,
          fixedAt: '2026-11-20T12:00:00Z',
          latitude: 51.2,
          longitude: 0.3 + nth / 1e6,
          accuracyMetres: 5,
        },
        receivedAtMs,
      );
  },
  'a map that is filled and emptied': () => {
    const map = new Map();
    return (nth) => {
      map.set(nth, { nth, bytes: new Array(60).fill(nth) });
      map.delete(nth - 8);
    };
  },
};

const oldBytes = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size;

const step = STEPS[process.argv[2]]();
const young = [];
const churn = (count) => {
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
process.stdout.write(String(most / 1_048_576));
