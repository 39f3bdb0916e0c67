/** Who may read what of crimes that were matched. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { maySee } from '../../../access/may.js';
import type { Database } from '../../../ports/database.js';
import { findBatch, type StoredBatch } from '../../../store/crime-batches.js';
import { listRuns, type StoredRun } from '../../../store/crime-runs.js';
import { noteAudited } from '../../plugins/audit.js';
import { principalOf } from '../../plugins/principal.js';
import { sendProblem } from '../../plugins/problems.js';

/** Of every route of them. */
export const CONFIG = { operation: 'crimes.match', keepsToScope: true } as const;

export function createCrimeAccess(db: Database) {
  const seenOf = (request: FastifyRequest, wearerIds: readonly string[]): string[] =>
    wearerIds.filter((id) => maySee(principalOf(request), CONFIG.operation, request.server.access.findWearer(id)));
  /** Read by who asked for it, and by whoever may see everybody it concerns. */
  const isReadable = (request: FastifyRequest, batch: StoredBatch, runs: readonly StoredRun[]): boolean =>
    isOwn(request, batch) ||
    (runs.some(({ wearerIds }) => wearerIds.length > 0) &&
      runs.every(({ wearerIds }) => seenOf(request, wearerIds).length === wearerIds.length));
  const isOwn = (request: FastifyRequest, batch: StoredBatch): boolean =>
    batch.requestedBy === principalOf(request).subjectId;
  const findReadable = async (request: FastifyRequest, batchId: string) => {
    noteAudited(request, { subjectId: batchId, subjectType: 'crime-batch' });
    const batch = await findBatch(db, batchId);
    if (batch === null) return null;
    const runs = await listRuns(db, [batchId]);
    if (isReadable(request, batch, runs)) return { batch, runs };
    noteAudited(request, { hidden: runs[0]?.wearerIds ?? [] });
    return null;
  };
  const missing = (reply: FastifyReply, batchId: string) =>
    sendProblem(reply, { status: 404, detail: `There is no batch ${batchId}.` });
  return { seenOf, isOwn, isReadable, findReadable, missing };
}
