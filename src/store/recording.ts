/** The recorder's tables, together. */
import type { RecordTables } from '../ports/record-tables.js';
import { foldAlertEvents } from './alerts.js';
import { findChained, insertCheckpoint, insertLinks, readLastLink } from './audit.js';
import { refusesData } from './errors.js';
import { insertPings, makePingPartitions } from './pings.js';
import { movePositions, readPosition } from './positions.js';
import { mergeReconcileRequests } from './reconcile.js';
import { insertRejected } from './rejected.js';

export const recordTables: RecordTables = {
  readPosition,
  movePositions,
  makePingPartitions,
  insertPings,
  mergeReconcileRequests,
  foldAlertEvents,
  insertRejected,
  readLastLink,
  findChained,
  insertLinks,
  insertCheckpoint,
  refusesData,
};
