/** The hand-off role: one sender for each receiver that is configured, of which one process of all tells it. */
import type { AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import type { EventLog } from '../../ports/event-log.js';
import { handoffRecord, readHandoffs } from '../../ports/handoff.js';
import type { Log } from '../../ports/log.js';
import { HANDOFF } from '../../ports/topics.js';
import { type EventSender, startEventSender } from './event-sender.js';
import { createWebhookTeller, type WebhookReceiver } from './post-webhook.js';
import { createMailTeller, type MailReceiver } from './send-mail.js';

export type Receiver = WebhookReceiver | MailReceiver;

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
  /** Where the console is reached; null: not known. */
  readonly publicUrl: string | null;
  /** How long a mailbox gets no second mail, ms; absent: a minute. */
  readonly mailRestMs?: number;
}): Promise<Handoff> {
  const { receivers, log, clock, publicUrl, mailRestMs } = deps;
  await forgetOthers(log, new Set(receivers.map(({ receiverId }) => receiverId)));
  const senders = new Map<string, EventSender>();
  const stop = async () => {
    await Promise.all([...senders.values()].map((sender) => sender.stop()));
  };
  try {
    for (const receiver of receivers) {
      const { receiverId } = receiver;
      const teller =
        'url' in receiver ? createWebhookTeller(receiver, clock) : createMailTeller(receiver, publicUrl, mailRestMs);
      senders.set(receiverId, await startEventSender({ ...deps, receiverId, teller }));
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
