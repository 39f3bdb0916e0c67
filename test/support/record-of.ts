/** The engine's events as the record would hold them: what a reconciliation is compared with. */

import { type RecordedEpisode, sayingOf } from '../../src/engine/past/reconcile.js';
import type { EngineEvent } from '../../src/engine/types.js';
import { termKeyOf } from '../../src/engine/watch/terms.js';

/** Of the events of an alert, those with a revision that stands already are repeats, as for every reader. */
export function recordOf(events: readonly EngineEvent[]): RecordedEpisode[] {
  const recorded = new Map<string, RecordedEpisode>();
  for (const event of events) {
    const termKey = termKeyOf(event);
    if (termKey === null || event.revision <= (recorded.get(event.alertId)?.revision ?? 0)) continue;
    const { alertId, revision } = event;
    recorded.set(alertId, { alertId, revision, termKey, withdrawn: event.type === 'withdrawn', last: sayingOf(event) });
  }
  return [...recorded.values()];
}
