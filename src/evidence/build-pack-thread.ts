/** A pack built beside the program, in a thread of its own. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { TrailFix } from '../formats/trails/trail.js';
import type { StoredPing } from '../roles/reconciler/rerun.js';
import { workerFile } from '../worker-file.js';
import type { PackOrder, PackSource } from './pack-model.js';

export interface BuildRequest {
  readonly source: PackSource;
  readonly order: PackOrder;
  readonly keyFile: string;
  /** Of the authority that is asked for a time stamp; null: none is. */
  readonly timeStampUrl: string | null;
}

export interface BuiltPack {
  readonly file: Uint8Array;
  /** Why it has no time stamp, though one was to be had; null: it has, or none was asked for. */
  readonly notStamped: string | null;
}

/** What goes to the thread, in this order: `build` last, with the pings of its alerts and its track left out. */
export type Piece =
  | { readonly type: 'pings'; readonly alertIndex: number; readonly pings: readonly StoredPing[] }
  | { readonly type: 'track'; readonly fixes: readonly TrailFix[] }
  | { readonly type: 'build'; readonly request: BuildRequest };

/** What goes to a thread is copied by who sends it: so many at a time take some milliseconds, in which nothing else is done. */
const ITEMS_PER_PIECE = 500;

/** Rejects where the signing key cannot be used, the thread ends without a pack, or `signal` says that nobody waits for it. */
export function buildPackBeside(request: BuildRequest, signal: AbortSignal): Promise<BuiltPack> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(import.meta.url, 'build-pack-worker.js', 'Building a pack'));
    const stop = () => void worker.terminate();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('the thread that builds packs ended without one'));
    });
    void sendInPieces(worker, request, signal).catch(reject);
  });
}

/** With a turn of the program between any two, so that alerts do not wait for a large pack. */
async function sendInPieces(worker: Worker, { source, ...rest }: BuildRequest, signal: AbortSignal): Promise<void> {
  for (const piece of piecesOf(source)) {
    if (signal.aborted) return;
    worker.postMessage(piece);
    await setImmediate();
  }
  const alerts = source.alerts.map((each) => ({
    ...each,
    inputs: each.inputs === null ? null : { ...each.inputs, pings: [] },
  }));
  const request: BuildRequest = { ...rest, source: { ...source, alerts, track: [] } };
  worker.postMessage({ type: 'build', request } satisfies Piece);
}

function* piecesOf({ alerts, track }: PackSource): Generator<Piece> {
  for (const [alertIndex, { inputs }] of alerts.entries())
    for (const pings of cut(inputs?.pings ?? [])) yield { type: 'pings', alertIndex, pings };
  for (const fixes of cut(track)) yield { type: 'track', fixes };
}

function* cut<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += ITEMS_PER_PIECE) yield items.slice(from, from + ITEMS_PER_PIECE);
}
