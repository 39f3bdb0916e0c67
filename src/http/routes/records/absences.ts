/** `/absences`: when a wearer may be elsewhere than an order demands. */
import Type from 'typebox';
import { type AbsenceContent, absences } from '../../../store/absences.js';
import type { RecordFault } from '../../../store/records.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { createInstantReader, dropUndefined } from './instants.js';
import { Instant, Line, type RecordDeps, registerRecord } from './record-routes.js';

const MAX_CONDITIONS = 100;
export const MAX_REASON_LENGTH = 500;

const Body = Type.Object(
  {
    orderId: RecordId,
    conditionIds: Type.Optional(
      Type.Array(RecordId, {
        minItems: 1,
        maxItems: MAX_CONDITIONS,
        uniqueItems: true,
        description: 'Without it: the order’s curfews, inclusions and restrictions; an exclusion has to be named',
      }),
    ),
    startsAt: Instant,
    endsAt: Type.String({ ...Instant, description: 'At `startsAt`: it never was' }),
    reason: Line(MAX_REASON_LENGTH),
  },
  { additionalProperties: false },
);

export function registerAbsences(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/absences',
    idName: 'absenceId',
    name: 'absence',
    table: absences,
    operations: { read: 'records.read', write: 'absences.write' },
    body: Body,
    parse(body: AbsenceContent) {
      const errors: RecordFault[] = [];
      const instants = createInstantReader(errors);
      const { orderId, conditionIds, reason } = body;
      const startsAt = instants.read('/startsAt', body.startsAt);
      const endsAt = instants.read('/endsAt', body.endsAt);
      instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
      if (errors.length > 0) return { ok: false, errors };
      const put = dropUndefined<AbsenceContent>({ orderId, conditionIds, startsAt, endsAt, reason });
      return { ok: true, put };
    },
    toWire: (content) => content,
  });
}
