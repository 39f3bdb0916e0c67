/** Activations: one tag on one wearer over one period. */
import Type from 'typebox';
import type { RecordFault } from '../../ports/records.js';
import { TagIdSchema } from '../../wire/ping-schema.js';
import { RecordId } from '../../wire/record-id.js';
import { createInstantReader } from '../instants.js';
import { Instant, type RecordRule, type Refusal, saidUnless } from '../rule.js';

export interface ActivationContent {
  readonly tagId: string;
  readonly wearerId: string;
  readonly fittedAt: string;
  readonly removedAt?: string;
}

const stays = (field: string) =>
  `an activation stays with its ${field}: set removedAt (to fittedAt, if it never was) and write another`;

export const activation: RecordRule<ActivationContent> = {
  kind: 'activation',
  name: 'activation',
  path: '/activations',
  idName: 'activationId',
  body: Type.Object(
    { tagId: TagIdSchema, wearerId: RecordId, fittedAt: Instant, removedAt: Type.Optional(Instant) },
    { additionalProperties: false },
  ),
  parse(body: ActivationContent) {
    const errors: RecordFault[] = [];
    const instants = createInstantReader(errors);
    const fittedAt = instants.read('/fittedAt', body.fittedAt);
    const removedAt = instants.readOptional('/removedAt', body.removedAt);
    instants.checkEnd('/removedAt', fittedAt, removedAt, 'fittedAt');
    return saidUnless(errors, { ...body, fittedAt, ...(removedAt === undefined ? {} : { removedAt }) });
  },
  // Alerts name the activation, its tag and its wearer: these stay what they were.
  keeps: { tagId: stays('tagId'), wearerId: stays('wearerId') },
  references: ({ tagId, wearerId }) => [
    { pointer: '/tagId', kind: 'tag', id: tagId },
    { pointer: '/wearerId', kind: 'wearer', id: wearerId },
  ],
  // Always the tag first: two that write at once wait for each other in one direction only.
  locks: async ({ tagId, wearerId }) => [`tag:${tagId}`, `wearer:${wearerId}`],
  async judge(written, facts, tx) {
    const overlaps = await facts.findOverlaps(
      tx,
      written.map(({ id }) => id),
    );
    const refusals = new Map<string, Refusal>();
    for (const id of new Set(overlaps.map(({ activationId }) => activationId))) {
      const conflicts = overlaps.flatMap((overlap) => (overlap.activationId === id ? [overlap.other] : []));
      const named = conflicts.map(({ activationId }) => activationId).join(', ');
      const detail = `The tag or the wearer is taken in this period by ${named}.`;
      refusals.set(id, { type: 'conflict', detail, conflicts });
    }
    return refusals;
  },
  targets: ({ content }) => [{ kind: 'tag', id: content.tagId }],
};
