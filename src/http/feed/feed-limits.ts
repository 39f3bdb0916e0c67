/** How many clients the feed takes, how much of each, and how long it waits for them. */
import { DEFAULT_FEED_CLIENT_LIMITS, type FeedClientLimits } from './feed-client.js';

export interface FeedLimits extends FeedClientLimits {
  readonly connections: number;
  /** Of one subject who has signed in: one script must not take everybody's place. */
  readonly connectionsOfOne: number;
  readonly heartbeatMs: number;
  /** The largest message a client may send. */
  readonly messageBytes: number;
  /** How long a client that knows more than this process (it comes from another one) waits for it to catch up. */
  readonly catchUpMs: number;
  /** How long clients may take to say goodbye when the feed stops. */
  readonly closeMs: number;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  ...DEFAULT_FEED_CLIENT_LIMITS,
  connections: 1_000,
  connectionsOfOne: 50,
  heartbeatMs: 10_000,
  messageBytes: 131_072,
  catchUpMs: 5_000,
  closeMs: 2_000,
};
