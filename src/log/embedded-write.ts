/**
 * What LMDB says of a write that failed (a full disk). Each operation of a transaction has a promise of its own that is refused with it, and
 * the reason comes in yet another: one that nobody hears would end the program.
 */
import { LogUnavailable } from '../ports/event-log.js';
import { settlesWithin } from './backoff.js';

/** How long the reason may take to come, after the failure itself. */
const REASON_LIMIT_MS = 1_000;

/** For an operation within a transaction: the transaction says whether it was written. */
export function hearWrite(written: Promise<unknown>): void {
  written.catch(() => {});
}

/** Waits for a write. Rejects with `LogUnavailable` where it failed. */
export async function settleWrite(written: Promise<unknown>): Promise<void> {
  try {
    await written;
  } catch (error) {
    throw new LogUnavailable(`The embedded log could not write: ${await readWriteFault(error)}`, { cause: error });
  }
}

/** Why a write failed, in the words of the system where they come. */
async function readWriteFault(error: unknown): Promise<string> {
  const { message, commitError } = error as Error & { readonly commitError?: Promise<unknown> };
  if (commitError === undefined) return message;
  let reason = message;
  const heard = commitError.catch((why: unknown) => {
    reason = (why as Error).message;
  });
  await settlesWithin(heard, REASON_LIMIT_MS);
  return reason;
}
