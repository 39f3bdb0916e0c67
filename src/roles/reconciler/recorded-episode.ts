/** Alerts as the record holds them in the words of the engine: what a re-run is compared with. */
import type { FindingEvent } from '../../alerts/event.js';
import type { HistoricSaying } from '../../engine/inputs.js';
import type { RecordedEpisode } from '../../engine/past/reconcile.js';
import { termKeyOf } from '../../engine/watch/terms.js';

/** From an alert's newest finding; null where it is about no condition. */
export function toRecordedEpisode(finding: FindingEvent): RecordedEpisode | null {
  const termKey = termKeyOf(finding);
  if (termKey === null) return null;
  const { alertId, revision, type } = finding;
  return { alertId, revision, termKey, withdrawn: type === 'withdrawn', last: toSaying(finding) };
}

/** Undoes `toFindingEvent`, without what the engine gives an event. */
function toSaying(finding: FindingEvent): HistoricSaying {
  const { eventId, alertId, revision, raisedAt, historic, wearerId, tagId, activationId, inCustody, ...told } = finding;
  const { severityBecause, severityTable, ...rest } = told;
  const { strength, episode, foundAt, window, explanation, ...same } = rest;
  return {
    ...same,
    // Of before strength was told: confirmed says so, and of the others the weaker is the safer.
    strength: strength ?? (finding.type === 'confirmed' ? 'confirmed' : 'suspected'),
    episode: {
      startedAtMs: Date.parse(episode.startedAt),
      endedAtMs: episode.endedAt === null ? null : Date.parse(episode.endedAt),
      ...(episode.endedAfter === undefined ? {} : { endedAfterMs: Date.parse(episode.endedAfter) }),
    },
    foundAtMs: Date.parse(foundAt),
    ...(window === undefined
      ? {}
      : { window: { opensAtMs: Date.parse(window.opensAt), closesAtMs: Date.parse(window.closesAt) } }),
    explanation: toExplanation(explanation),
  };
}

function toExplanation(explanation: FindingEvent['explanation']): HistoricSaying['explanation'] {
  const { fixes, edgeAt, newestFixAt, ...same } = explanation;
  return {
    ...same,
    fixes: fixes.map(({ fixedAt, ...fix }) => ({ fixedAtMs: Date.parse(fixedAt), ...fix })),
    ...(edgeAt === undefined ? {} : { edgeAtMs: Date.parse(edgeAt) }),
    ...(newestFixAt === undefined ? {} : { newestFixAtMs: newestFixAt === null ? null : Date.parse(newestFixAt) }),
  };
}
