/** `/suspensions`: while alerts of a wearer are held back, for a reason and until an end. */
import Type from 'typebox';
import type { RecordFault } from '../../../store/records.js';
import { type SuspensionContent, suspensions } from '../../../store/suspensions.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { MAX_REASON_LENGTH } from './absences.js';
import { createInstantReader, dropUndefined } from './instants.js';
import { Instant, Line, type RecordDeps, registerRecord } from './record-routes.js';

const Body = Type.Object(
  {
    wearerId: RecordId,
    conditionId: Type.Optional(Type.String({ ...RecordId, description: 'Without it: all of the wearer’s' })),
    startsAt: Instant,
    endsAt: Type.String({ ...Instant, description: 'What was held back is told then; at `startsAt`: it never was' }),
    reason: Line(MAX_REASON_LENGTH),
  },
  { additionalProperties: false },
);

export function registerSuspensions(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/suspensions',
    idName: 'suspensionId',
    name: 'suspension',
    table: suspensions,
    operations: { read: 'suspensions.read', write: 'suspensions.write' },
    body: Body,
    parse(body: SuspensionContent) {
      const errors: RecordFault[] = [];
      const instants = createInstantReader(errors);
      const { wearerId, conditionId, reason } = body;
      const startsAt = instants.read('/startsAt', body.startsAt);
      const endsAt = instants.read('/endsAt', body.endsAt);
      instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
      if (errors.length > 0) return { ok: false, errors };
      return {
        ok: true,
        put: dropUndefined<SuspensionContent>({ wearerId, conditionId, startsAt, endsAt, reason }),
      };
    },
    toWire: (content) => content,
  });
}
