/**
 * What comes and goes with every ping dies young: what V8 keeps of it until the next full collection is what full collections come from, and
 * during one of them alerts wait a tenth of a second. Two ways in which it is kept, dead, are easily written again: through a map or set
 * that is filled and emptied all the time, and by an object that is spread first and added to (Node 20).
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createKafka, DEFAULT_TIMINGS } from '../src/log/kafka-client.js';
import { NO_SECURITY } from '../src/log/kafka-security.js';
import { UnderWay } from '../src/under-way.js';
import { silentLog } from './support/silent-log.js';

const CHILD = fileURLToPath(new URL('./support/outlived-child.mjs', import.meta.url));

const growthOfOld = (what: string) =>
  Number(execFileSync(process.execPath, ['--max-semi-space-size=32', CHILD, what], { encoding: 'utf8' }));

it.each(['requests that wait for their answers', 'fetches for several readers', 'a ping that is read'])(
  '%s',
  (what) => {
    expect(growthOfOld(what)).toBeLessThan(4);
  },
);

it('it would be found: a map that is filled and emptied keeps what went through it', () => {
  expect(growthOfOld('a map that is filled and emptied')).toBeGreaterThan(8);
});

it('kafkajs keeps its requests so', () => {
  createKafka(['127.0.0.1:1'], 'test', NO_SECURITY, silentLog, DEFAULT_TIMINGS);
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');
  expect(new RequestQueue({}).inflight).toBeInstanceOf(UnderWay);
});
