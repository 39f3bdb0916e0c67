/** `GET /api/v1/conditions-now?wearerId=`: what a wearer has to keep at this moment, and when that changes next. */
import { Type } from 'typebox';
import type { Clock } from '../../../ports/clock.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import { RecordId } from '../../../wire/record-id.js';
import type { ConditionsNow } from '../../../wire/timeline.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { type Asker, askerOf } from '../records/record-scope.js';

export interface ConditionsNowDeps {
  /** Null: there is no such wearer. Of conditions that `asker` may not read nothing is told. Rejects with `DatabaseUnavailable`. */
  readonly readConditionsNow: (wearerId: string, nowMs: number, asker: Asker) => Promise<ConditionsNow | null>;
  readonly clock: Clock;
}

const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Answer = Type.Unsafe<ConditionsNow>(
  Type.Object({
    wearerId: Type.String(),
    asOf: InstantSchema,
    conditions: Type.Array(
      Type.Object({
        conditionId: Type.String(),
        conditionVersion: Type.Integer(),
        kind: Type.String(),
        zoneId: Type.String(),
        appliesToAll: Type.Boolean(),
        wording: Maybe(Type.String({ description: 'what the order says by that version; null: it is not on record' })),
        isInForce: Type.Boolean(),
        changesAt: Maybe(InstantSchema),
        endsBecause: Maybe(Type.String({ description: 'what ends it then; null: it begins then' })),
      }),
      { description: 'by the terms that the engine judges by; none without a tag' },
    ),
    nextChangeAt: Maybe(InstantSchema),
    complete: Type.Boolean({ description: 'false: more conditions apply to all wearers than are told' }),
  }),
);

export function registerConditionsNow(app: App, deps: ConditionsNowDeps): void {
  const schema = {
    summary: 'The conditions of a wearer in force now, and the next change',
    tags: ['records'],
    querystring: Type.Object({ wearerId: RecordId }),
    response: { 200: Answer, ...problemResponses(400, 404, 503) },
  };
  app.get(
    '/api/v1/conditions-now',
    { schema, config: { operation: 'records.read', keepsToScope: true } },
    async (request, reply) => {
      const { wearerId } = request.query;
      const found = sees(request, wearerId)
        ? await deps.readConditionsNow(wearerId, deps.clock.nowMs(), askerOf(request))
        : null;
      if (found === null) return sendProblem(reply, { status: 404, detail: `There is no wearer ${wearerId}.` });
      noteAudited(request, { wearerIds: [wearerId], rowCount: found.conditions.length });
      return reply.send(found);
    },
  );
}
