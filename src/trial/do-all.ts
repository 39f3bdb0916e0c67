/** Does the parts of a trial on all processors; the results are in the order of the tasks. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Task, TaskResult } from './tasks.js';

export async function doAll(
  tasks: readonly Task[],
  onDone: (done: number, of: number) => void,
  threads: number = availableParallelism(),
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  let next = 0;
  let done = 0;
  async function work(): Promise<void> {
    const worker = new Worker(new URL('./worker.js', import.meta.url));
    try {
      while (next < tasks.length) {
        const index = next++;
        results[index] = await ask(worker, tasks[index]!);
        onDone(++done, tasks.length);
      }
    } finally {
      await worker.terminate();
    }
  }
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return results;
}

function ask(worker: Worker, task: Task): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (result: TaskResult) => {
      worker.off('error', reject);
      resolve(result);
    });
    worker.postMessage(task);
  });
}
