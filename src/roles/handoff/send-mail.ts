/**
 * One mailbox is told by SMTP of what climbs to its roles: the first at once, and what comes within a minute of a mail in one mail after
 * it, so that a thousand alerts are not a thousand mails. What is critical waits for critical ones alone. What the mail server has taken is delivered: it has it in its own queue.
 */
import { createTransport, type Transporter } from 'nodemailer';
import type { EscalationRole } from '../../alerts/escalation.js';
import type { Teller } from './event-sender.js';
import { toMailMessage } from './mail-message.js';

/** How long the mail server may take to answer, ms. */
const ANSWER_LIMIT_MS = 15_000;
/** How long one that is under way may take to end when the program stops, ms: it would go again otherwise. */
const STOP_WAIT_MS = 5_000;
/** Slower than webhooks: a mail server takes it for abuse otherwise. */
const LANES = { atOnce: 1, retryFirstMs: 2_000, retryMaxMs: 60_000, awayAfter: 3 };
/** A mailbox gets no second mail of what is critical, or of what is not, within it, ms: short beside the minutes after which a critical alert climbs. */
const REST_MS = 60_000;

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `implicit`: from the first byte; `starttls`: nothing is sent before it; `none`: to this very machine alone. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | null;
  /** Certificates that are trusted instead of those that Node knows; null: those. */
  readonly ca: string | null;
  readonly from: string;
}

export interface MailReceiver {
  readonly receiverId: string;
  readonly address: string;
  readonly escalatedTo: readonly EscalationRole[];
  readonly server: MailServer;
}

export function createMailTeller(receiver: MailReceiver, publicUrl: string | null, restMs = REST_MS): Teller {
  const { address, escalatedTo, server } = receiver;
  const roles: ReadonlySet<string> = new Set(escalatedTo);
  const domain = server.from.slice(server.from.lastIndexOf('@') + 1);
  return {
    wants: ({ event }) => event.type === 'escalated' && roles.has(event.to ?? ''),
    laneOf: ({ alert }) => (alert.finding.severity === 'critical' ? 'critical' : 'others'),
    async tell(accepted, stopping) {
      const transport = openTransport(server);
      const { messageId, subject, text } = toMailMessage(accepted, { domain, publicUrl });
      const ended = new AbortController();
      try {
        const sending = transport.sendMail({
          from: server.from,
          to: address,
          messageId,
          subject,
          text,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        await Promise.race([sending, rejectAfterStop(stopping, ended.signal)]);
      } catch (error) {
        throw new Error(whyNot(error));
      } finally {
        ended.abort();
        transport.close();
      }
    },
    storesAfter: 1,
    lanes: { ...LANES, restMs },
  };
}

function openTransport({ host, port, tls, login, ca }: MailServer): Transporter {
  return createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: ANSWER_LIMIT_MS,
    greetingTimeout: ANSWER_LIMIT_MS,
    socketTimeout: ANSWER_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Never before `stopping`; lets go of it at `ended`. */
function rejectAfterStop(stopping: AbortSignal, ended: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const wait = () => {
      const timer = setTimeout(() => reject(new Error('stopped')), STOP_WAIT_MS);
      ended.addEventListener('abort', () => clearTimeout(timer), { once: true });
    };
    if (stopping.aborted) wait();
    else stopping.addEventListener('abort', wait, { once: true, signal: ended });
  });
}

/** A code, never what the server wrote: that may name whom it is for. */
function whyNot(error: unknown): string {
  const { responseCode, code, message = '' } = error as { responseCode?: unknown; code?: unknown; message?: string };
  if (typeof responseCode === 'number') return `answered ${responseCode}`;
  // Of a socket the code says no more than that; which fault it was stands in the text.
  if (/certificate/i.test(message)) return 'its certificate is not trusted';
  return /\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? (typeof code === 'string' ? code : 'no connection');
}
