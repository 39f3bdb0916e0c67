/** Sends a batch of pings through the front door, again and again until it is answered. */
import type { WirePing } from '../formats/tracks/track-item.js';
import { type Answer, type RequestOptions, readJson, requestUntilAnswered } from './request.js';

/** A ping that the server refused, or warns of, by its place in the batch. */
export interface Refusal {
  readonly index: number;
  readonly reason: string;
  readonly detail: string;
}

export type SendOutcome =
  | {
      readonly kind: 'answered';
      readonly accepted: number;
      readonly rejected: readonly Refusal[];
      /** What was left out, or is missing, of pings that were taken. */
      readonly warnings: readonly Refusal[];
    }
  /** The batch has to be cut. */
  | { readonly kind: 'too-large'; readonly detail: string }
  /** It makes no sense to go on: `detail` says why. */
  | { readonly kind: 'failed'; readonly detail: string };

export type SenderOptions = RequestOptions;

function toOutcome({ status, text }: Answer): SendOutcome {
  const { accepted, rejected, warnings = [], detail, title } = readJson(text);
  if ((status === 202 || status === 422) && typeof accepted === 'number' && Array.isArray(rejected)) {
    const warned = Array.isArray(warnings) ? (warnings as Refusal[]) : [];
    return { kind: 'answered', accepted, rejected: rejected as Refusal[], warnings: warned };
  }
  const said = [detail, title].find((each) => typeof each === 'string') ?? 'this is not an answer of Tagwatch';
  return { kind: status === 413 ? 'too-large' : 'failed', detail: `HTTP ${status}: ${said}` };
}

/** One request; it may be sent several times, which a ping's identity makes harmless. */
export async function sendPings(pings: readonly WirePing[], options: SenderOptions): Promise<SendOutcome> {
  const input = { method: 'POST', path: '/api/v1/pings', body: JSON.stringify(pings) } as const;
  const answer = await requestUntilAnswered(input, options);
  return 'gaveUp' in answer ? { kind: 'failed', detail: answer.gaveUp } : toOutcome(answer);
}
