/** One of the threads that do a trial's work. */
import { parentPort } from 'node:worker_threads';
import { doTask, type Task } from './tasks.js';

const port = parentPort;
if (port === null) throw new Error('worker.js is started by the trial, as a thread');
port.on('message', (task: Task) => port.postMessage(doTask(task)));
