/** Activations: one tag on one wearer over one period. */
import type { Queryable } from '../ports/database.js';
import { checkReferences, lockNames, type RecordFault } from './records.js';
import { defineSimpleRecord } from './simple-record.js';

export interface ActivationContent {
  readonly tagId: string;
  readonly wearerId: string;
  readonly fittedAt: string;
  readonly removedAt?: string;
}

/** How many activations in the way are named. */
const MAX_CONFLICTS = 10;

/** Activations of the same tag or wearer that overlap this one; periods include their start and exclude their end. */
async function findOverlaps(tx: Queryable, id: string, put: ActivationContent) {
  const { rows } = await tx.query<{
    activation_id: string;
    tag_id: string;
    wearer_id: string;
    fitted_at: Date;
    removed_at: Date | null;
  }>(
    `select activation_id, tag_id, wearer_id, fitted_at, removed_at from activation
     where activation_id <> $1 and (tag_id = $2 or wearer_id = $3)
       and tstzrange(fitted_at, removed_at) && tstzrange($4::timestamptz, $5::timestamptz)
     order by fitted_at limit $6::int`,
    [id, put.tagId, put.wearerId, put.fittedAt, put.removedAt ?? null, MAX_CONFLICTS],
  );
  return rows.map((row) => ({
    activationId: row.activation_id,
    tagId: row.tag_id,
    wearerId: row.wearer_id,
    fittedAt: row.fitted_at.toISOString(),
    ...(row.removed_at === null ? {} : { removedAt: row.removed_at.toISOString() }),
  }));
}

export const activations = defineSimpleRecord<ActivationContent>(
  'activation',
  [
    { field: 'tagId', column: 'tag_id', type: 'text' },
    { field: 'wearerId', column: 'wearer_id', type: 'text' },
    { field: 'fittedAt', column: 'fitted_at', type: 'instant' },
    { field: 'removedAt', column: 'removed_at', type: 'instant' },
  ],
  {
    async check(tx, put, { id, current }) {
      // Always the tag first: two that write at once wait for each other in one direction only.
      await lockNames(tx, `tag:${put.tagId}`, `wearer:${put.wearerId}`);
      const errors: RecordFault[] = [];
      // Alerts name the activation, its tag and its wearer: these stay what they were.
      for (const field of ['tagId', 'wearerId'] as const) {
        if (current === null || current.content[field] === put[field]) continue;
        const detail = `an activation stays with its ${field}: set removedAt (to fittedAt, if it never was) and write another`;
        errors.push({ pointer: `/${field}`, detail });
      }
      errors.push(
        ...(await checkReferences(tx, [
          { pointer: '/tagId', kind: 'tag', id: put.tagId },
          { pointer: '/wearerId', kind: 'wearer', id: put.wearerId },
        ])),
      );
      if (errors.length > 0) return { type: 'invalid', errors };
      const conflicts = await findOverlaps(tx, id, put);
      if (conflicts.length === 0) return null;
      const named = conflicts.map(({ activationId }) => activationId).join(', ');
      return { type: 'conflict', detail: `The tag or the wearer is taken in this period by ${named}.`, conflicts };
    },
    targets: (put) => [{ kind: 'tag', id: put.tagId }],
  },
);
