/** What the feed says in the audit of one client: that it opened, what it subscribed to, and what it had been sent when it closed. */
import type { IncomingMessage } from 'node:http';
import type { Operation } from '../../access/operations.js';
import type { Principal } from '../../access/principal.js';
import type { AuditOutcome, AuditTrail } from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import { toAuditFacts } from '../plugins/audit-facts.js';
import { correlationIdOf, requestIdOf } from '../plugins/correlation.js';

export interface FeedEntry {
  readonly fromSeq?: number;
  readonly toSeq?: number;
  readonly wearerIds?: Iterable<string>;
  readonly outcome?: AuditOutcome;
}

/** Rejects with `AuditUnavailable`. */
export type SayOfClient = (what: 'open' | 'subscribe' | 'close', entry?: FeedEntry) => Promise<void>;

export function sayOfClient(
  deps: { readonly audit: AuditTrail | undefined; readonly clock: Clock; readonly address: string | undefined },
  request: IncomingMessage,
  principal: Principal | null,
): SayOfClient {
  const { audit, clock, address } = deps;
  const correlationId = correlationIdOf({ headers: request.headers, id: requestIdOf(request) });
  return async (what, entry = {}) => {
    const operation: Operation = what === 'subscribe' ? 'positions.read' : 'alerts.read';
    // Alerts go on while the audit is away.
    await audit?.keep(
      toAuditFacts({
        what: operation,
        act: 'consultation',
        outcome: 'done',
        ...entry,
        operationId: `feed ${what}`,
        correlationId,
        atMs: clock.nowMs(),
        principal,
        address,
      }),
    );
  };
}
