/** What somebody may do, in words, for those whose roles do not include alerts. Pure. */
import type { Operation } from '../../access/operations.js';

/** Of what can be done without alerts; where there are no words, the console has nothing to offer. */
export const OPERATION_WORDS: Readonly<Partial<Record<Operation, string>>> = {
  'metrics.read': 'read the metrics',
  'records.write': 'write wearers, orders, zones and conditions',
  'schemes.write': 'write what is judged about wearers',
  'rag.write': 'propose RAG ratings, and agree to those of others',
  'tasks.write': 'write tasks, visits and letters',
  'plans.read': 'read risk management plans',
  'plans.write': 'write risk management plans',
  'notes.write': 'write notes about wearers',
  'intelligence.read': 'read intelligence about wearers',
  'intelligence.write': 'write intelligence about wearers',
  'tags.read': 'read tags and their models',
  'tags.write': 'write tags and their models',
  'shared.read': 'read what applies to all wearers',
  'shared.write': 'agree to what is to apply to all wearers',
  'suspensions.read': 'read suspensions',
  'pings.write': 'send pings',
  'rejected.read': 'look at rejected messages',
  'audit.read': 'read who did, saw or disclosed what',
  'proposals.read': 'read proposals',
  'proposals.write': 'propose, and agree to what others propose',
  'sessions.end': 'end sessions',
  'grants.read': 'read who has which rights',
  'grants.write': 'give and take rights, with a second person',
  'holds.read': 'read legal holds',
  'holds.place': 'place legal holds',
  'holds.lift': 'lift legal holds, with a second person',
};
