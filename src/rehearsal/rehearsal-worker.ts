/**
 * The thread in which drafts are rehearsed: a month of one wearer takes a second at a stretch, and alerts do not wait for it. It is given
 * one activation after the other, its pings a day at a time.
 */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { ReceivedPing } from '../store/rerun.js';
import { rehearse } from './rehearse.js';
import type { RehearsedWatch } from './rehearsed-watch.js';

/** Behind whatever has work to do for a live alert: 19 is the least. */
const NICE = 10;

/** What the thread is told. */
export type ToWorker =
  | { readonly type: 'pings'; readonly pings: readonly ReceivedPing[] }
  | { readonly type: 'forget' }
  | ({ readonly type: 'judge'; readonly activationId: string; readonly untilMs: number } & RehearsedWatch);

// Of a thread alone on Linux; elsewhere of the whole process.
if (process.platform === 'linux') setPriority(0, NICE);

let received: ReceivedPing[] = [];

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'pings') {
    received.push(...message.pings);
    return;
  }
  if (message.type === 'forget') {
    received = [];
    return;
  }
  const { type: _, ...inputs } = message;
  const pings = received.sort(
    (a, b) => a.receivedAtMs - b.receivedAtMs || a.logOffset - b.logOffset || a.logPlace - b.logPlace,
  );
  received = [];
  parentPort?.postMessage(rehearse({ ...inputs, pings }));
});
