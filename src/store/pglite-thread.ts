/** The thread of the embedded database as seen by the program: statements in, answers out. */
import { Worker } from 'node:worker_threads';
import { DatabaseUnavailable } from '../ports/database.js';
import { UnderWay } from '../under-way.js';
import { workerFile } from '../worker-file.js';
import { asPortError } from './errors.js';
import type { Reply, Request, WorkerOptions } from './pglite-messages.js';

export interface Answer {
  readonly rows: Record<string, unknown>[];
  readonly rowCount: number;
  readonly command: string | null;
}

export interface PgliteThread {
  /** `params: null`: several statements; the answer is the last one's. */
  query(sql: string, params: readonly (string | null)[] | null): Promise<Answer>;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Closes the database, then the thread; bounded by `CLOSE_LIMIT_MS`. */
  close(): Promise<void>;
}

const CLOSE_LIMIT_MS = 10_000;

/** Starts the thread; resolves when the database answers, rejects when it cannot be opened. */
export async function startPgliteThread(
  options: WorkerOptions,
  onNotification: (channel: string, payload: string) => void,
): Promise<PgliteThread> {
  const worker = new Worker(workerFile(import.meta.url, 'pglite-worker.js', 'The embedded database'), {
    workerData: options,
  });
  const waiting = new UnderWay<{ resolve(answer: Answer): void; reject(error: unknown): void }>();
  let nextId = 1;
  let failure: unknown = null;
  let alive = true;

  const ended = new Promise<void>((resolve) => {
    worker.once('error', (error) => {
      failure = error;
    });
    worker.once('exit', () => {
      alive = false;
      for (const { reject } of waiting.values()) reject(gone());
      waiting.clear();
      resolve();
    });
  });
  const gone = () => new DatabaseUnavailable('The embedded database has ended', { cause: failure });

  const ready = new Promise<void>((resolve, reject) => {
    worker.on('message', (reply: Reply) => {
      if (reply.type === 'ready') resolve();
      else if (reply.type === 'notification') onNotification(reply.channel, reply.payload);
      else {
        const caller = waiting.get(reply.id);
        waiting.delete(reply.id);
        if (reply.type === 'answer') caller?.resolve(reply);
        else caller?.reject(asPortError(Object.assign(new Error(reply.error.message), withoutNulls(reply.error))));
      }
    });
    void ended.then(() => reject(failure instanceof Error ? failure : gone()));
  });

  async function send(request: Request): Promise<Answer> {
    if (!alive) throw gone();
    return await new Promise<Answer>((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });
  }

  await ready;
  return {
    query: async (sql, params) => await send({ id: nextId++, type: 'query', sql, params }),
    ended,
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_LIMIT_MS);
      });
      await Promise.race([send({ id: nextId++, type: 'close' }).catch(() => {}), limit]);
      clearTimeout(timer);
      await worker.terminate();
      await ended;
    },
  };
}

function withoutNulls(error: { code: string | null; constraint: string | null }): object {
  return {
    ...(error.code === null ? {} : { code: error.code }),
    ...(error.constraint === null ? {} : { constraint: error.constraint }),
  };
}
