/** One delivery by HTTP, signed as Standard Webhooks has it. Whatever is not 2xx is no delivery. */
import { Webhook } from 'standardwebhooks';
import type { Clock } from '../../ports/clock.js';
import type { Teller } from './event-sender.js';
import { toWebhookMessage } from './webhook-message.js';

/** How long a receiver may take to answer, ms. */
export const ANSWER_LIMIT_MS = 15_000;

const LANES = { atOnce: 16, retryFirstMs: 500, retryMaxMs: 30_000, awayAfter: 12 };

export interface WebhookReceiver {
  readonly receiverId: string;
  readonly url: string;
  readonly secrets: readonly string[];
}

/** `secrets`: more than one while they are changed; each signs, and the receiver takes whichever it has. */
export function createWebhookTeller(receiver: WebhookReceiver, clock: Clock): Teller {
  const signers = receiver.secrets.map((secret) => new Webhook(secret));
  const tell: Teller['tell'] = async ([accepted], stopping) => {
    const { id, body } = toWebhookMessage(accepted!);
    const at = new Date(clock.nowMs());
    const late = AbortSignal.timeout(ANSWER_LIMIT_MS);
    let response: Response;
    try {
      response = await fetch(receiver.url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.any([late, stopping]),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'tagwatch',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': signers.map((signer) => signer.sign(id, at, body)).join(' '),
        },
        body,
      });
    } catch (error) {
      throw new Error(late.aborted ? `no answer within ${ANSWER_LIMIT_MS / 1000} s` : whyNot(error));
    }
    // Nothing of it is read; where it never ends, that is the receiver's trouble.
    await response.body?.cancel().catch(() => {});
    if (!response.ok) throw new Error(`answered ${response.status}`);
  };
  return { wants: () => true, laneOf: ({ event }) => event.wearerId, tell, storesAfter: 100, lanes: LANES };
}

/** What `fetch` says is always the same; the cause has a code. */
function whyNot(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'no connection';
}
