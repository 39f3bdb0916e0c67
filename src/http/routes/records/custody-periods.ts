/** `/custody-periods`: while a wearer is in custody, which alerts say. */
import Type from 'typebox';
import { type CustodyContent, custodyPeriods } from '../../../store/custody-periods.js';
import type { RecordFault } from '../../../store/records.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { createInstantReader, dropUndefined } from './instants.js';
import { Instant, type RecordDeps, registerRecord } from './record-routes.js';

const Body = Type.Object(
  {
    wearerId: RecordId,
    startsAt: Instant,
    endsAt: Type.Optional(Type.String({ ...Instant, description: 'At `startsAt`: it never was' })),
  },
  { additionalProperties: false },
);

export function registerCustodyPeriods(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/custody-periods',
    idName: 'custodyPeriodId',
    name: 'custody period',
    table: custodyPeriods,
    operations: { read: 'records.read', write: 'custody.write' },
    body: Body,
    parse(body: CustodyContent) {
      const errors: RecordFault[] = [];
      const instants = createInstantReader(errors);
      const startsAt = instants.read('/startsAt', body.startsAt);
      const endsAt = instants.readOptional('/endsAt', body.endsAt);
      instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
      if (errors.length > 0) return { ok: false, errors };
      return { ok: true, put: dropUndefined<CustodyContent>({ wearerId: body.wearerId, startsAt, endsAt }) };
    },
    toWire: (content) => content,
  });
}
