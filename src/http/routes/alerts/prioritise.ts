/**
 * In which order the one who asks should look at alerts, as the console orders them: judged for each answer by what this reader may see
 * of each wearer, and kept nowhere.
 */
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { maySee } from '../../../access/may.js';
import type { Alert } from '../../../alerts/alert.js';
import { DatabaseUnavailable } from '../../../ports/database.js';
import { judgePriority, type Priority, WANTED, type WearersPriorityFacts } from '../../../wire/priority.js';
import { RAG_RATINGS } from '../../../wire/rag.js';
import { findDealtWith } from '../../../wire/recall.js';
import { principalOf } from '../../plugins/principal.js';
import type { AlertDeps } from './sources.js';

/** How long an answer waits for the record, ms: alerts are told without it. */
const WAIT_MS = 1_000;

const Moved = Type.Integer({ description: 'by how many severities' });
export const PrioritySchema = Type.Unsafe<Priority>(
  Type.Object(
    {
      rank: Type.Integer({ description: 'greater comes first' }),
      taken: Type.Enum(['low', 'medium', 'high', 'critical'], { description: 'the severity as which it is looked at' }),
      because: Type.Array(
        Type.Union([
          Type.Object({ fact: Type.Enum(['in-custody', 'dealt-with']), moved: Type.Literal('last') }),
          Type.Object({ fact: Type.Enum([...WANTED]), moved: Moved }),
          Type.Object({ fact: Type.Literal('rag'), rag: Type.Enum([...RAG_RATINGS]), moved: Moved }),
        ]),
        { description: 'each fact that moved it; none: it is as severe as it is' },
      ),
    },
    {
      description:
        'in which order to look, by what the one who asks may see; absent: it is closed, or the record did not answer. Never in an event, a hand-off or a pack',
    },
  ),
);

export const Rated = Type.Boolean({
  description: 'false: the record did not answer in time, so no item has a priority',
});

/** `rated` false: the record did not answer in time, and nothing has a priority. */
export async function prioritise(
  request: FastifyRequest,
  { priority: { table, readFacts }, clock }: Pick<AlertDeps, 'priority' | 'clock'>,
  alerts: readonly Alert[],
): Promise<{ readonly rated: boolean; readonly priorityOf: (alert: Alert) => { readonly priority?: Priority } }> {
  const wearerIds = [...new Set(alerts.filter(isOpen).map(({ finding }) => finding.wearerId))];
  const reading = () => readFacts(wearerIds, clock.nowMs());
  const known = wearerIds.length === 0 ? NOTHING : await withinWait(reading(), request.log);
  if (known === null) return { rated: false, priorityOf: () => ({}) };
  const seesRag = (wearerId: string) =>
    maySee(principalOf(request), 'schemes.read', request.server.access.findWearer(wearerId));
  const judge = ({ alertId, finding: { severity, inCustody, wearerId } }: Alert): Priority =>
    judgePriority(
      {
        severity,
        inCustody: inCustody === true,
        dealtWith: findDealtWith(known.requests, { alertId, wearerId }) !== null,
        wanted: known.wantedOf(wearerId),
        rag: seesRag(wearerId) ? known.ragOf(wearerId) : null,
      },
      table,
    );
  return { rated: true, priorityOf: (alert) => (isOpen(alert) ? { priority: judge(alert) } : {}) };
}

const isOpen = ({ status }: Alert): boolean => status === 'open';
const NOTHING: WearersPriorityFacts = { ragOf: () => null, wantedOf: () => null, requests: [] };

/** Null where it comes too late, or not. That the record is away its own watch tells; anything else is a fault of ours. */
async function withinWait<T>(reading: Promise<T>, logger: FastifyRequest['log']): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), WAIT_MS);
  });
  const found = reading.catch((error: unknown) => {
    if (!(error instanceof DatabaseUnavailable))
      logger.error({ err: error }, 'in which order to look at alerts could not be judged');
    return null;
  });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
