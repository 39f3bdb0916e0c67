/**
 * `GET /api/v1/register`: everything unresolved, oldest first, with why it stands there. From memory, as it has to be there always; the
 * record adds in which order to look.
 */
import { Type } from 'typebox';
import { compareOldestFirst, countStanding, whyItStands } from '../../../alerts/standing.js';
import { AlertItemSchema, InstantSchema } from '../../../wire/alert-schemas.js';
import { StandingCountsSchema } from '../../../wire/standing-schemas.js';
import type { App } from '../../app.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { PrioritySchema, prioritise, Rated } from './prioritise.js';
import { MAX_ALERT_ID_LENGTH } from './read.js';
import { type AlertDeps, assertCaughtUp, tellAlert } from './sources.js';

const WHY = [
  'not-seen',
  'not-taken',
  'not-disposed',
  'suspended',
  'suspension-proposed',
  'review-requested',
  'more-found',
  'reopened',
] as const;
const Count = Type.Integer({ minimum: 0 });
const Item = Type.Interface([AlertItemSchema], {
  priority: Type.Optional(PrioritySchema),
  why: Type.Array(Type.Enum([...WHY]), { description: 'why it still stands there' }),
});
const Handoff = Type.Object({
  receiverId: Type.String(),
  why: Type.Enum(['not-delivered', 'no-sender'], {
    description: 'it does not take what it is sent; or nobody sends, as the role `handoff` runs nowhere',
  }),
  since: InstantSchema,
  tries: Type.Union([Count, Type.Null()]),
  error: Type.Union([Type.String(), Type.Null()], { description: 'what the last try came to' }),
  behind: Type.Integer({ minimum: 0, description: 'records of the alert log that it may have yet to be told of' }),
});
const Answer = Type.Interface([ListOf(Item)], {
  counts: StandingCountsSchema,
  rated: Rated,
  failingHandoffs: Type.Array(Handoff, { description: 'receivers of the hand-off that are not told; of no scope' }),
});
const RegisterQuery = Type.Object({
  ...ListQuery.properties,
  rate: Type.Optional(
    Type.Boolean({ description: 'false: no item has a priority, and the record is not asked for what they go by' }),
  ),
});
const NOT_RATED = { rated: false, priorityOf: () => ({}) };
const Key = Type.Tuple([Type.String({ maxLength: 32 }), Type.String({ maxLength: MAX_ALERT_ID_LENGTH })]);

export function registerListRegister(app: App, deps: AlertDeps): void {
  const schema = {
    summary: 'Everything unresolved, raised first first, with why it stands there, and counts of all of it',
    tags: ['alerts'],
    querystring: RegisterQuery,
    response: { 200: Answer, ...problemResponses(400, 503) },
  };
  app.get(
    '/api/v1/register',
    { schema, config: { operation: 'alerts.read', keepsToScope: true } },
    async (request, reply) => {
      const { cursor, limit = DEFAULT_LIST_LIMIT, rate = true } = request.query;
      const key = cursor === undefined ? undefined : decodeCursor(cursor, Key);
      if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
      assertCaughtUp(deps.alertLog);
      const seen = deps.alertLog.open().filter(({ finding }) => sees(request, finding.wearerId));
      const after = key && { raisedAt: key[0], alertId: key[1] };
      const rest = seen
        .filter((alert) => after === undefined || compareOldestFirst(after, alert) < 0)
        .sort(compareOldestFirst);
      const nowMs = deps.clock.nowMs();
      const now = new Date(nowMs).toISOString();
      const page = toPage(rest, limit, ({ raisedAt, alertId }) => [raisedAt, alertId]);
      const { rated, priorityOf } = rate ? await prioritise(request, deps, page.items) : NOT_RATED;
      return {
        ...page,
        items: page.items.map((alert) => ({
          ...tellAlert(request, alert),
          why: whyItStands(alert, now),
          ...priorityOf(alert),
        })),
        rated,
        counts: countStanding(seen, nowMs),
        failingHandoffs: [...deps.failingHandoffs()],
      };
    },
  );
}
