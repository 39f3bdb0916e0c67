/** The engine's events as the record would hold them: what a reconciliation is compared with. */

import { type RecordedEpisode, sayingOf } from '../../src/engine/past/reconcile.js';
import type { ActivationState } from '../../src/engine/state.js';
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

/**
 * Episodes of one term and kind that are at once; but what begins at fixes that wait, or goes on while some do, is left as it is until one
 * agrees with them.
 */
export function pairsAtOnce(
  told: readonly RecordedEpisode[],
  { waiting }: ActivationState,
): (readonly [EngineEvent['episode'], EngineEvent['episode']])[] {
  const waitsFromMs = waiting[0]?.fixedAtMs ?? Infinity;
  const standing = told.filter(({ withdrawn, last: { episode } }) => {
    const rests = episode.startedAtMs >= waitsFromMs || (episode.endedAtMs === null && waiting.length > 0);
    return !withdrawn && !rests;
  });
  return standing.flatMap((a, i) =>
    standing.slice(i + 1).flatMap((b) => {
      const [p, q] = [a.last.episode, b.last.episode];
      const isSame = a.termKey === b.termKey && a.last.kind === b.last.kind;
      const isApart = p.startedAtMs >= (q.endedAtMs ?? Infinity) || q.startedAtMs >= (p.endedAtMs ?? Infinity);
      return isSame && !isApart ? [[p, q] as const] : [];
    }),
  );
}
