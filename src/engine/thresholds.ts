/** Every number the engine judges by; `SPEC.md` gives the reasons. They are the defaults of all conditions for now. */

/** Fixes further apart are not consecutive, and a state older than this is unknown: a gap over five minutes is missing data. */
export const GAP_LIMIT_MS = 300_000;

/** A tick judges an edge this long after it: a ping a minute arrives with delay, so at the instant itself half would be unknown. */
export const SETTLE_MS = 90_000;

/** A fix dated further ahead of its receipt is the device's clock being wrong. */
export const AHEAD_LIMIT_MS = 60_000;

/** A fix received later than this after its own time counts as delayed, and the event says by how much. */
export const DELAYED_AFTER_MS = 60_000;

/** Episodes that a suspension holds back at once; the oldest is told before one more is kept. */
export const MAX_HELD_BACK = 16;

/** Fixes kept in the state: an edge looks at two before it, a switch-on at those that came while it was being published. */
export const KEPT_FIXES = 8;

/** A fix up to this much older than the newest is put in its place; what is older is the reconciler's. */
export const HORIZON_MS = 1_800_000;

/** The horizon is shorter where it would hold more fixes than this: memory and the work of one late fix are bounded by it. */
export const HORIZON_FIXES = 120;

/** Snapshots within the horizon: closer ones make a late fix cheaper and the state larger. */
export const SNAPSHOT_EVERY_MS = 900_000;
export const SNAPSHOT_EVERY_FIXES = 40;
