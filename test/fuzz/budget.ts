/** How long a fuzz goes on and from which seed: the same seed makes the same rounds again. */
import { randomFrom } from '../support/random.js';

/** What each target of `npm run test:fuzz` gets unless TAGWATCH_FUZZ_SECONDS says otherwise. */
const DEFAULT_SECONDS = 60;
/** What a target gets within `npm test`: enough for the faults that lie near. */
export const UNIT_SECONDS = 2;

export interface FuzzRound {
  /** From 0 (included) to 1 (excluded). */
  readonly random: () => number;
  /** From 0. */
  readonly number: number;
}

/** Seconds for one target of the long run, from the environment. */
export function readFuzzSeconds(): number {
  const text = process.env['TAGWATCH_FUZZ_SECONDS'] ?? String(DEFAULT_SECONDS);
  const seconds = Number(text);
  if (!(seconds > 0)) throw new Error(`TAGWATCH_FUZZ_SECONDS must be a number of seconds over 0; it is ${text}`);
  return seconds;
}

function readSeed(): number {
  const text = process.env['TAGWATCH_FUZZ_SEED'];
  if (text === undefined) return Math.floor(Math.random() * 2 ** 31);
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Error(`TAGWATCH_FUZZ_SEED must be a whole number from 0; it is ${text}`);
  }
  return seed;
}

/**
 * Runs rounds until the time is over (one at least) and answers how many. A round that throws ends the fuzz, with its number
 * and the line that runs it again; all that a round does has to come out of its `random`. Round N of seed S starts as round 0
 * of seed S + N does, so that a failure is had again at once.
 */
export async function fuzz(
  name: string,
  seconds: number,
  runRound: (round: FuzzRound) => void | Promise<void>,
): Promise<number> {
  const seed = readSeed();
  const rerun = (from: number) => `TAGWATCH_FUZZ_SEED=${from} npm run test:fuzz -- -t '${name}'`;
  process.stdout.write(`fuzz ${name} seed ${seed}: rerun with ${rerun(seed)}\n`);
  const endsAtMs = performance.now() + seconds * 1_000;
  let number = 0;
  do {
    try {
      await runRound({ random: randomFrom(seed + number), number });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`fuzz ${name}, round ${number}: ${message}\nrerun with ${rerun(seed + number)}`, {
        cause: error,
      });
    }
    number++;
  } while (performance.now() < endsAtMs);
  process.stdout.write(`fuzz ${name}: ${number} rounds in ${seconds} s\n`);
  return number;
}
