/** Sends what the simulated tags say, second by second, for as long as the demonstration runs. */
import type { WirePing } from '../simulator/ping.js';
import type { Simulation } from '../simulator/simulation.js';
import { type Authorize, postPings } from './front-door.js';

const STEP_MS = 1000;
/** Where the machine slept or the program did not answer: the oldest minutes are let go, as a tag's small memory would. */
const BACKLOG_LIMIT_MS = 10 * 60_000;
/** One request's worth. */
const PINGS_PER_POST = 2000;

export interface Drive {
  readonly url: string;
  readonly simulation: Simulation;
  /** The first instant whose pings have not been sent yet. */
  readonly fromMs: number;
  readonly signal: AbortSignal;
  readonly authorize: Authorize;
  nowMs(): number;
}

/** Resolves when aborted. Pings that were not taken are sent again: their identity makes that harmless. */
export async function drive({ url, simulation, fromMs, signal, authorize, nowMs }: Drive): Promise<void> {
  let sentUntilMs = fromMs;
  while (!signal.aborted) {
    const untilMs = Math.floor(nowMs() / STEP_MS) * STEP_MS + 1;
    sentUntilMs = Math.max(sentUntilMs, untilMs - BACKLOG_LIMIT_MS);
    const pings = simulation.pingsBetween(sentUntilMs, untilMs);
    if (await postAll(url, pings, signal, authorize)) sentUntilMs = Math.max(sentUntilMs, untilMs);
    await pause(STEP_MS - (nowMs() % STEP_MS), signal);
  }
}

async function postAll(
  url: string,
  pings: readonly WirePing[],
  signal: AbortSignal,
  authorize: Authorize,
): Promise<boolean> {
  for (let index = 0; index < pings.length; index += PINGS_PER_POST) {
    if (!(await postPings(url, pings.slice(index, index + PINGS_PER_POST), signal, authorize))) return false;
  }
  return true;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
