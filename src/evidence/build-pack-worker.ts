/** The thread that builds a pack: a report takes a second or more at a stretch, and alerts do not wait for it. One pack a thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { readSigningKey } from '../signing-key.js';
import { buildPack } from './build-pack.js';
import type { BuildRequest } from './build-pack-thread.js';

const { model, order, keyFile } = workerData as BuildRequest;
parentPort?.postMessage(await buildPack(model, order, readSigningKey(keyFile)));
