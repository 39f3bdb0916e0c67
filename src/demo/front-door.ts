/** The demonstration uses what every supplier and administrator uses: the public API over HTTP. */

import type { WirePing } from '../simulator/ping.js';
import type { RecordPut } from '../simulator/records.js';

/** So many requests under way: more do not make one database faster. */
const CONCURRENT_PUTS = 8;
const REQUEST_LIMIT_MS = 60_000;

/** Thrown where the API refuses what the demonstration sends: a fault of ours. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

async function send(url: string, method: 'PUT' | 'POST', body: unknown, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
  return fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
}

/** Puts records, several at once; `wait`: each is answered once the engine has been told. Throws {@link Refused}. */
export async function putAll(
  url: string,
  puts: readonly RecordPut[],
  wait: boolean,
  signal: AbortSignal,
): Promise<void> {
  const queue = puts.values();
  const work = async () => {
    for (const { path, body } of queue) {
      const answer = await send(`${url}/api/v1${path}${wait ? '' : '?wait=false'}`, 'PUT', body, signal);
      const text = await answer.text();
      if (!answer.ok) throw new Refused(`PUT ${path} answered ${answer.status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_PUTS }, work));
}

/** Posts pings. False: not taken, send the same again. Throws {@link Refused} where some are not understood. */
export async function postPings(url: string, pings: readonly WirePing[], signal: AbortSignal): Promise<boolean> {
  let answer: Response;
  let text: string;
  try {
    answer = await send(`${url}/api/v1/pings`, 'POST', pings, signal);
    text = await answer.text();
  } catch {
    return false;
  }
  if (answer.status >= 500) return false;
  if (!answer.ok) throw new Refused(`POST /pings answered ${answer.status}: ${text}`);
  const { rejected } = JSON.parse(text) as { rejected: readonly unknown[] };
  if (rejected.length > 0) throw new Refused(`POST /pings rejected ${JSON.stringify(rejected.slice(0, 3))}`);
  return true;
}
