/** A thread of its own for a run (`matching-worker.ts`). */
import { Worker } from 'node:worker_threads';
import type { MatchOptions } from '../matching/judge.js';
import type { CrimeResult } from '../matching/match-crimes.js';
import type { RecordedFix } from '../store/match-fixes.js';
import { workerFile } from '../worker-file.js';
import type { PlacedScene } from './examine.js';
import type { FromMatching, ToMatching } from './matching-worker.js';

/** Of the thread alone: what wants more ends it, and not the program. */
const MEMORY_MB = 2_048;

export interface MatchingThread {
  /** Of the wearer who is examined next, a part after the other in order of time. */
  give(fixes: readonly RecordedFix[]): void;
  /** Rejects where the thread ended. */
  examine(wearerId: string): Promise<void>;
  /** When everybody is examined: of so many crimes, in their order. */
  results(from: number, count: number): Promise<readonly CrimeResult<PlacedScene>[]>;
  /** At once, whatever it does. */
  stop(): Promise<void>;
}

export function startMatchingThread(crimes: readonly PlacedScene[], options: MatchOptions): MatchingThread {
  const worker = new Worker(workerFile(import.meta.url, 'matching-worker.js', 'Matching crimes'), {
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const ended = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread that matches crimes ended')));
  });
  // Told to who waits for an answer; where nobody does there is nobody to tell.
  ended.catch(() => {});
  const tell = (message: ToMatching) => worker.postMessage(message);
  const ask = async (message: ToMatching): Promise<FromMatching> => {
    const answer = new Promise<FromMatching>((resolve) => {
      worker.once('message', resolve);
    });
    tell(message);
    return await Promise.race([answer, ended]);
  };
  tell({ type: 'begin', crimes, options });
  return {
    give: (fixes) => tell({ type: 'fixes', fixes }),
    async examine(wearerId) {
      await ask({ type: 'examine', wearerId });
    },
    async results(from, count) {
      const answer = await ask({ type: 'results', from, count });
      return answer.type === 'results' ? answer.results : [];
    },
    async stop() {
      await worker.terminate();
    },
  };
}
