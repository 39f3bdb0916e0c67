/**
 * The thread of the embedded database: a long statement blocks it, and the program goes on. Statements come one by one from
 * `pglite.ts`, which alone knows about transactions.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { postgis } from '@electric-sql/pglite-postgis';
import type { Reply, Request, SentError, WorkerOptions } from './pglite-messages.js';
import { elementParsers } from './values.js';

const port = parentPort;
if (port === null) throw new Error('pglite-worker runs in a worker thread only');
const { directory } = workerData as WorkerOptions;
const say = (reply: Reply) => port.postMessage(reply);

/** No other object that PGlite lists has so many. */
const MANY_KEYS = 5_000;

/**
 * PGlite finds each function of PostGIS by a new list of the 23,265 names that it exports (`Object.keys(exports).indexOf(name)`, 1,233
 * times): ten of the twenty seconds of a core that making a database takes. In this thread that list, which never changes, is kept.
 */
function keepLongListOfKeys(): void {
  const keysOf = Object.keys;
  let kept: { readonly of: object; readonly keys: string[] } | null = null;
  Object.keys = (of: object): string[] => {
    if (kept?.of === of) return kept.keys;
    const keys = keysOf(of);
    if (keys.length > MANY_KEYS) kept = { of, keys };
    return keys;
  };
}

const BYTEA = 17;
keepLongListOfKeys();
const db = await PGlite.create({
  ...(directory === null ? {} : { dataDir: directory }),
  extensions: { postgis },
  parsers: { ...elementParsers },
  // Parameters arrive as PostgreSQL's text already.
  serializers: { [BYTEA]: (text: string) => text },
});
await db.exec("set timezone = 'UTC'; set datestyle = 'ISO'");
db.onNotification((channel, payload) => say({ type: 'notification', channel, payload }));

function describe(error: unknown): SentError {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  if (!(error instanceof Error)) return { message: String(error), code: null, constraint: null };
  const fields = error as Error & { code?: unknown; constraint?: unknown };
  return { message: error.message, code: text(fields.code), constraint: text(fields.constraint) };
}

async function answer(request: Request): Promise<void> {
  if (request.type === 'close') {
    await db.close();
    say({ type: 'answer', id: request.id, rows: [], rowCount: 0, command: null });
    return;
  }
  const { id, sql, params } = request;
  const result =
    params === null
      ? (await db.exec(sql)).at(-1)
      : await db.query<Record<string, unknown>>(sql, params as (string | null)[]);
  say({
    type: 'answer',
    id,
    rows: (result?.rows ?? []) as Record<string, unknown>[],
    rowCount: result?.rowCount ?? 0,
    command: result?.command ?? null,
  });
}

port.on('message', (request: Request) => {
  answer(request).catch((error: unknown) => say({ type: 'failed', id: request.id, error: describe(error) }));
});
say({ type: 'ready' });
