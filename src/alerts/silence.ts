/** Which tags tell nothing: the register, the cohort and a briefing mean the same by it. Pure. */
import type { AlertKind } from '../engine/types.js';
import type { Alert } from './alert.js';
import { compareOldestFirst } from './standing.js';

export const SILENT_KINDS: readonly AlertKind[] = ['powered-off', 'unmonitored', 'no-gps'];

/** Of what is unresolved: the tags that tell nothing still, silent longest first. */
export const listSilentTags = (open: Iterable<Alert>): Alert[] =>
  [...open]
    .filter(({ finding: { kind, episode } }) => SILENT_KINDS.includes(kind) && episode.endedAt === null)
    .sort(
      (a, b) =>
        Date.parse(a.finding.episode.startedAt) - Date.parse(b.finding.episode.startedAt) || compareOldestFirst(a, b),
    );
