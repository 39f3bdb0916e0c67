/** `/activations`: one tag on one wearer over one period. */
import Type from 'typebox';
import { type ActivationContent, activations } from '../../../store/activations.js';
import type { RecordFault } from '../../../store/records.js';
import { TagIdSchema } from '../../../wire/ping-schema.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { createInstantReader, dropUndefined } from './instants.js';
import { Instant, type RecordDeps, registerRecord } from './record-routes.js';

const Body = Type.Object(
  { tagId: TagIdSchema, wearerId: RecordId, fittedAt: Instant, removedAt: Type.Optional(Instant) },
  { additionalProperties: false },
);

export function registerActivations(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/activations',
    idName: 'activationId',
    name: 'activation',
    table: activations,
    body: Body,
    parse(body: ActivationContent) {
      const errors: RecordFault[] = [];
      const instants = createInstantReader(errors);
      const { tagId, wearerId } = body;
      const fittedAt = instants.read('/fittedAt', body.fittedAt);
      const removedAt = instants.readOptional('/removedAt', body.removedAt);
      instants.checkEnd('/removedAt', fittedAt, removedAt, 'fittedAt');
      if (errors.length > 0) return { ok: false, errors };
      return { ok: true, put: dropUndefined<ActivationContent>({ tagId, wearerId, fittedAt, removedAt }) };
    },
    toWire: (content) => content,
  });
}
