/** A ping as it stands in its row. */
import type { DeviceEvent, Mechanism, Ping } from '../engine/types.js';

/** A ping's row with `PING_COLUMNS`. */
export interface StoredPingRow {
  identity: string;
  sequence: number | null;
  fixed_at: Date;
  received_at: Date;
  latitude: number | null;
  longitude: number | null;
  accuracy_metres: number | null;
  mechanism: Mechanism | null;
  position_ignored: string | null;
  speed_kmh: number | null;
  heading_degrees: number | null;
  altitude_metres: number | null;
  satellites: number | null;
  battery_percent: number | null;
  device_events: DeviceEvent[];
}

export const PING_COLUMNS = `identity, sequence, fixed_at, received_at, st_y(position) as latitude, st_x(position) as longitude,
  accuracy_metres, mechanism, position_ignored, speed_kmh, heading_degrees, altitude_metres, satellites, battery_percent, device_events`;

/** A row as the ping that came in. */
export function toStoredPing(
  tagId: string,
  row: StoredPingRow,
): { readonly ping: Ping; readonly receivedAtMs: number } {
  return { ping: toPing(tagId, row), receivedAtMs: row.received_at.getTime() };
}

function toPing(tagId: string, row: StoredPingRow): Ping {
  const { latitude, longitude, mechanism } = row;
  return {
    tagId,
    identity: row.identity,
    sequence: row.sequence,
    fixedAtMs: row.fixed_at.getTime(),
    position:
      latitude === null || longitude === null || mechanism === null
        ? null
        : { latitude, longitude, accuracyMetres: row.accuracy_metres, mechanism },
    ...(row.position_ignored !== null && { positionIgnored: row.position_ignored }),
    deviceEvents: row.device_events,
    speedKmh: row.speed_kmh,
    headingDegrees: row.heading_degrees,
    altitudeMetres: row.altitude_metres,
    satellites: row.satellites,
    batteryPercent: row.battery_percent,
  };
}
