/** `GET /api/v1/alerts`. What is unresolved comes from memory alone, so it is there while the database is away. */
import { Type } from 'typebox';
import type { Alert } from '../../../alerts/alert.js';
import { type AlertFilter, compareNewestFirst, matchesFilter } from '../../../alerts/register.js';
import { DatabaseUnavailable } from '../../../ports/database.js';
import { isStorable } from '../../../store/text.js';
import { AlertItemSchema, AlertKindSchema } from '../../../wire/alert-schemas.js';
import type { App } from '../../app.js';
import { readInstants } from '../../plugins/instants.js';
import {
  DEFAULT_LIST_LIMIT,
  decodeCursor,
  encodeCursor,
  FOREIGN_CURSOR,
  ListOf,
  ListQuery,
  MAX_LIST_LIMIT,
} from '../../plugins/lists.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { PrioritySchema, prioritise, Rated } from './prioritise.js';
import { MAX_ALERT_ID_LENGTH } from './read.js';
import { type AlertDeps, assertCaughtUp, tellAlert } from './sources.js';

const Query = Type.Interface([ListQuery], {
  status: Type.Optional(Type.Enum(['open', 'closed'])),
  wearerId: Type.Optional(Type.String({ maxLength: 64 })),
  kind: Type.Optional(AlertKindSchema),
  from: Type.Optional(Type.String({ description: 'raised at or after this instant' })),
  to: Type.Optional(Type.String({ description: 'raised before this instant' })),
});

const Item = Type.Interface([AlertItemSchema], { priority: Type.Optional(PrioritySchema) });
const Answer = Type.Interface([ListOf(Item)], {
  rated: Rated,
  complete: Type.Boolean({ description: 'false: the database is away, so older closed alerts are not among them' }),
});

export function registerListAlerts(app: App, deps: AlertDeps): void {
  const schema = {
    summary: 'Alerts, raised last first',
    tags: ['alerts'],
    querystring: Query,
    response: { 200: Answer, ...problemResponses(400, 503) },
  };
  app.get(
    '/api/v1/alerts',
    { schema, config: { operation: 'alerts.read', keepsToScope: true } },
    async (request, reply) => {
      const { status, wearerId, kind, from, to, cursor, limit = DEFAULT_LIST_LIMIT } = request.query;
      const { instants, errors } = readInstants({ from, to }, 'query');
      const after = cursor === undefined ? undefined : readCursor(cursor);
      if (after === null) errors.push(FOREIGN_CURSOR);
      if (errors.length > 0) return sendProblem(reply, { status: 400, detail: 'The query cannot be read.', errors });
      assertCaughtUp(deps.alertLog);
      const { alerts, next, complete } = await listVisible(deps, ({ finding }) => sees(request, finding.wearerId), {
        limit,
        ...(status === undefined ? {} : { status }),
        ...(wearerId === undefined ? {} : { wearerId }),
        ...(kind === undefined ? {} : { kind }),
        ...(instants.from === undefined ? {} : { from: new Date(instants.from).toISOString() }),
        ...(instants.to === undefined ? {} : { to: new Date(instants.to).toISOString() }),
        ...(after ? { after } : {}),
      });
      const { rated, priorityOf } = await prioritise(request, deps, alerts);
      const items = alerts.map((alert) => ({ ...tellAlert(request, alert), ...priorityOf(alert) }));
      return { items, next, complete, rated };
    },
  );
}

const Key = Type.Tuple([Type.String(), Type.String({ maxLength: MAX_ALERT_ID_LENGTH })]);

function readCursor(cursor: string): AlertFilter['after'] | null {
  const [text, alertId] = decodeCursor(cursor, Key) ?? [];
  if (text === undefined || alertId === undefined || !isStorable(alertId)) return null;
  const { raisedAt } = readInstants({ raisedAt: text }).instants;
  return raisedAt === undefined ? null : { raisedAt: new Date(raisedAt).toISOString(), alertId };
}

interface Page {
  readonly alerts: readonly Alert[];
  readonly next: string | null;
  readonly complete: boolean;
}

/**
 * A page of those that may be seen. What is passed over leaves no trace in the answer: the cursor is the last of them, and where
 * none follows, there is none.
 */
async function listVisible(deps: AlertDeps, isVisible: (alert: Alert) => boolean, filter: AlertFilter): Promise<Page> {
  const found: Alert[] = [];
  for (let from = filter; ; ) {
    const page = await listAlerts(deps, from);
    found.push(...page.alerts.filter(isVisible));
    const after = page.next === null ? null : readCursor(page.next);
    if (after !== null && after !== undefined && found.length <= filter.limit) {
      if (found.length === filter.limit && page.alerts.every(isVisible)) return { ...page, alerts: found };
      from = { ...filter, limit: MAX_LIST_LIMIT, after };
      continue;
    }
    const alerts = found.slice(0, filter.limit);
    const last = found.length > filter.limit ? alerts.at(-1) : undefined;
    return { ...page, alerts, next: last === undefined ? null : encodeCursor([last.raisedAt, last.alertId]) };
  }
}

/** All that were raised in a time and may be seen, raised last first. Rejects with `DatabaseUnavailable` where older ones are not to be had. */
export async function listAllAlerts(
  deps: AlertDeps,
  isVisible: (alert: Alert) => boolean,
  time: { readonly from: string; readonly to: string },
): Promise<Alert[]> {
  const found: Alert[] = [];
  for (let after: AlertFilter['after'] | null = null; ; ) {
    const filter: AlertFilter = { ...time, limit: MAX_LIST_LIMIT, ...(after && { after }) };
    const { alerts, next, complete } = await listVisible(deps, isVisible, filter);
    if (!complete) throw new DatabaseUnavailable('older alerts are not to be had');
    found.push(...alerts);
    after = next === null ? null : (readCursor(next) ?? null);
    if (after === null) return found;
  }
}

async function listAlerts({ alertLog, record, logger }: AlertDeps, filter: AlertFilter): Promise<Page> {
  const wide = { ...filter, limit: filter.limit + 1 };
  const inMemory = alertLog.list(wide);
  if (filter.status === 'open' || alertLog.isComplete())
    return { ...toAlertPage([inMemory], filter.limit), complete: true };
  let onRecord: readonly Alert[];
  try {
    onRecord = await record.list(wide);
  } catch (error) {
    if (!(error instanceof DatabaseUnavailable)) throw error;
    logger.debug({}, 'alerts are listed from memory: the database is away');
    return { ...toAlertPage([inMemory], filter.limit), complete: false };
  }
  // Read again, because memory went on while the record was asked; and what memory holds is never behind the record.
  const newest = alertLog.list(wide);
  const isCurrent = (alert: Alert) => {
    const held = alertLog.get(alert.alertId);
    return held === null || matchesFilter(held, filter);
  };
  return { ...toAlertPage([newest, onRecord], filter.limit, isCurrent), complete: true };
}

/**
 * One page out of sorted sources, each read with one more than `limit`. The first source wins where several have an alert. A
 * source that was full says nothing about what comes after its last one, so the page ends there at the latest.
 */
export function toAlertPage(
  sources: readonly (readonly Alert[])[],
  limit: number,
  isCurrent: (alert: Alert) => boolean = () => true,
): { readonly alerts: readonly Alert[]; readonly next: string | null } {
  const ends = sources.flatMap((source) => (source.length > limit ? [source[source.length - 1]!] : []));
  const end = ends.sort(compareNewestFirst)[0];
  const byId = new Map<string, Alert>();
  for (const alert of sources.flat()) {
    if (end !== undefined && compareNewestFirst(alert, end) > 0) continue;
    if (!byId.has(alert.alertId) && isCurrent(alert)) byId.set(alert.alertId, alert);
  }
  const merged = [...byId.values()].sort(compareNewestFirst);
  const alerts = merged.slice(0, limit);
  const last = merged.length > limit ? alerts[limit - 1] : end;
  return { alerts, next: last === undefined ? null : encodeCursor([last.raisedAt, last.alertId]) };
}
