/**
 * When a ping was made, as far as is known, in SQL: a clock that is ahead of the receipt does not say (`engine/fold/clocks.ts`).
 * `limit` is the parameter that holds how far ahead is too far, in seconds.
 */
export const isAhead = (limit: string, row = 'ping'): string =>
  `(${row}.fixed_at > ${row}.received_at + make_interval(secs => ${limit}))`;

export const madeAt = (limit: string, row = 'ping'): string =>
  `(case when ${isAhead(limit, row)} then ${row}.received_at else ${row}.fixed_at end)`;

/** No door takes a ping that is dated further ahead (`formats/pings/tagwatch-ping.ts`). */
export const MOST_AHEAD = "interval '1 day'";
