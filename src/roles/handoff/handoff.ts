/** The hand-off role: one sender for each receiver that is configured, of which one process of all tells it. */
import type { AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import type { EventLog } from '../../ports/event-log.js';
import { handoffRecord, readHandoffs } from '../../ports/handoff.js';
import type { Log } from '../../ports/log.js';
import { HANDOFF } from '../../ports/topics.js';
import { createPost } from './post-webhook.js';
import { startWebhookSender, type WebhookSender } from './webhook-sender.js';

export interface Receiver {
  readonly receiverId: string;
  readonly url: string;
  readonly secrets: readonly string[];
}

export interface Handoff {
  /** By receiver, of those that this process tells: events in memory that are not delivered. */
  waiting(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

export async function startHandoff(deps: {
  readonly receivers: readonly Receiver[];
  readonly log: EventLog;
  readonly audit: Pick<AuditTrail, 'keep'>;
  readonly epoch: string;
  readonly clock: Clock;
  readonly logger: Log;
}): Promise<Handoff> {
  const { receivers, log, clock } = deps;
  await forgetOthers(log, new Set(receivers.map(({ receiverId }) => receiverId)));
  const senders = new Map<string, WebhookSender>();
  const stop = async () => {
    await Promise.all([...senders.values()].map((sender) => sender.stop()));
  };
  try {
    for (const receiver of receivers) {
      const { receiverId } = receiver;
      senders.set(receiverId, await startWebhookSender({ ...deps, receiverId, post: createPost(receiver, clock) }));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    waiting: () =>
      Object.fromEntries(
        [...senders].flatMap(([receiverId, sender]) => {
          const waiting = sender.waiting();
          return waiting === null ? [] : [[receiverId, waiting]];
        }),
      ),
    stop,
  };
}

/** Nobody is missed where nobody is configured. */
async function forgetOthers(log: EventLog, configured: ReadonlySet<string>): Promise<void> {
  const others = [...(await readHandoffs(log)).values()].filter(
    ({ receiverId, removed }) => removed !== true && !configured.has(receiverId),
  );
  if (others.length === 0) return;
  await log.append(
    HANDOFF,
    others.map((record) => handoffRecord({ ...record, failing: null, removed: true })),
  );
}
