/** The demonstration uses what every supplier and administrator uses: the public API over HTTP. */

import type { WirePing } from '../simulator/ping.js';
import type { RecordLine } from '../simulator/records.js';

/** So many requests under way: more do not make one database faster. */
const CONCURRENT_PUTS = 8;
const REQUEST_LIMIT_MS = 60_000;
/** What a `PUT` answers whose publication takes longer. */
const STILL_UNDER_WAY = 202;

/** Thrown where the API refuses what the demonstration sends: a fault of ours. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Who asks, as headers: asked before each request, because tokens end. */
export type Authorize = () => Promise<Readonly<Record<string, string>>>;
/** Where nobody signs in. */
const AS_LOCAL: Authorize = async () => ({});

async function send(
  url: string,
  method: 'PUT' | 'POST',
  body: unknown,
  authorize: Authorize,
  signal?: AbortSignal,
  type = 'application/json',
): Promise<Response> {
  const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
  return fetch(url, {
    method,
    headers: { 'content-type': type, ...(await authorize()) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
  });
}

/**
 * Puts records, several at once; `wait`: until the engine, and scope, have been told of each, however long that takes: what is said of
 * a person before the engine knows the condition would be judged without it. Throws {@link Refused}.
 */
export async function putAll(
  url: string,
  records: readonly RecordLine[],
  wait: boolean,
  signal: AbortSignal,
  authorize = AS_LOCAL,
): Promise<void> {
  const queue = records.values();
  const put = async ({ kind, id, body }: RecordLine): Promise<number> => {
    const path = `/${kind}s/${id}`;
    const answer = await send(`${url}/api/v1${path}${wait ? '' : '?wait=false'}`, 'PUT', body, authorize, signal);
    const text = await answer.text();
    if (!answer.ok) throw new Refused(`PUT ${path} answered ${answer.status}: ${text}`);
    return answer.status;
  };
  const work = async () => {
    for (const record of queue) while ((await put(record)) === STILL_UNDER_WAY && wait);
  };
  await Promise.all(Array.from({ length: CONCURRENT_PUTS }, work));
}

/** Writes records in one go, all of them or none, without waiting until they are told. Throws {@link Refused}. */
export async function importAll(
  url: string,
  lines: readonly RecordLine[],
  signal: AbortSignal,
  authorize = AS_LOCAL,
): Promise<void> {
  const body = lines.map((line) => JSON.stringify(line)).join('\n');
  const path = '/api/v1/records/import?wait=false';
  const answer = await send(`${url}${path}`, 'POST', body, authorize, signal, 'application/x-ndjson');
  if (!answer.ok) throw new Refused(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
}

/** Posts pings. False: not taken, send the same again. Throws {@link Refused} where some are not understood. */
export async function postPings(
  url: string,
  pings: readonly WirePing[],
  signal: AbortSignal,
  authorize = AS_LOCAL,
): Promise<boolean> {
  let answer: Response;
  let text: string;
  try {
    answer = await send(`${url}/api/v1/pings`, 'POST', pings, authorize, signal);
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

/** Proposes a record, and has somebody else agree to it. Throws {@link Refused}. */
export async function agreeOn(
  url: string,
  record: { readonly kind: string; readonly id: string; readonly body: unknown; readonly reason: string },
  propose: Authorize,
  agree: Authorize,
  signal: AbortSignal,
): Promise<void> {
  const proposed = await send(`${url}/api/v1/proposals`, 'POST', record, propose, signal);
  const said = await proposed.text();
  if (!proposed.ok) throw new Refused(`POST /proposals answered ${proposed.status}: ${said}`);
  const { proposalId } = JSON.parse(said) as { proposalId: string };
  const agreed = await send(`${url}/api/v1/proposals/${proposalId}/approve`, 'POST', {}, agree, signal);
  if (!agreed.ok) throw new Refused(`approving it answered ${agreed.status}: ${await agreed.text()}`);
}
