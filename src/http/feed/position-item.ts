/** A live position as it stands on the wire. */
import type { LivePing } from '../../ports/states.js';
import type { PositionItem } from '../../wire/feed-messages.js';

/** The newest ping of a wearer that has a position (`views/live-view.ts`). */
export interface FeedPosition {
  readonly wearerId: string;
  readonly activationId: string;
  readonly receivedAtMs: number;
  /** How far the clock of the tag was ahead of the receipt: the fix was made then. */
  readonly clockAheadMs?: number;
  readonly ping: LivePing;
}

export function toPositionItem({
  wearerId,
  activationId,
  receivedAtMs,
  clockAheadMs,
  ping,
}: FeedPosition): PositionItem {
  const { latitude, longitude, accuracyMetres, mechanism } = ping.position;
  const { tagId, speedKmh, headingDegrees, batteryPercent } = ping;
  return {
    wearerId,
    tagId,
    activationId,
    fixedAt: new Date(ping.fixedAtMs).toISOString(),
    receivedAt: new Date(receivedAtMs).toISOString(),
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
    latitude,
    longitude,
    accuracyMetres,
    mechanism,
    speedKmh,
    headingDegrees,
    batteryPercent,
  };
}
