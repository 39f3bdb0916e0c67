/** What is read of a wearer's past: pings as they stand on record. */
import type { Mechanism, NotJudged } from '../engine/types.js';
import type { TrailModel } from './watch.js';

/** A ping as it was recorded, with or without a position. Instants are epoch ms. */
export interface TrailPoint {
  readonly tagId: string;
  readonly activationId: string;
  readonly identity: string;
  readonly sequence: number | null;
  readonly fixedAtMs: number;
  readonly receivedAtMs: number;
  /** Null, with longitude and mechanism: it has no position. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  /** As the tag said it; null: it did not. */
  readonly accuracyMetres: number | null;
  readonly mechanism: Mechanism | null;
  /** Why the position that came was not taken; absent: none came, or it was. */
  readonly positionIgnored?: string;
  readonly speedKmh: number | null;
  readonly headingDegrees: number | null;
  readonly altitudeMetres: number | null;
  readonly satellites: number | null;
  readonly batteryPercent: number | null;
  readonly deviceEvents: readonly string[];
  /** Why it was no evidence, where the reason lies in the ping itself; null: nothing in it spoke against it. */
  readonly notJudged: NotJudged | null;
  /** What its tag's model says; null: the tag has none. Of the points of a trail. */
  readonly model?: TrailModel | null;
}

/** With the place it is at. */
export type Placed<Point extends Pick<TrailPoint, 'latitude' | 'longitude' | 'mechanism'>> = Point & {
  readonly latitude: number;
  readonly longitude: number;
  readonly mechanism: Mechanism;
};
