/** The instants that anything said here may lie between, epoch ms. */

/** No order or condition is older, or younger. Also what PostgreSQL and `Date` both hold without surprise. */
export const EARLIEST_MS = Date.UTC(1970, 0, 1);
export const LATEST_MS = Date.UTC(2200, 0, 1);
