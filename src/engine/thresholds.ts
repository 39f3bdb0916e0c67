/** Every number the engine judges by; `SPEC.md` gives the reasons. They are the defaults of all conditions for now. */
import { ln } from './geometry/exact.js';

/** Fixes further apart are not consecutive, and a state older than this is unknown: a gap over five minutes is missing data. */
export const GAP_LIMIT_MS = 300_000;

/** A tick judges an edge this long after it: a ping a minute arrives with delay, so at the instant itself half would be unknown. */
export const SETTLE_MS = 90_000;

/** A fix dated further ahead of its receipt is the device's clock being wrong. */
export const AHEAD_LIMIT_MS = 60_000;
/** So many fixes from the future within so long are a clock that runs ahead, and no mistake. */
export const CLOCK_AHEAD_FIXES = 3;
export const CLOCK_AHEAD_WITHIN_MS = 600_000;
/** So many of them that are not ahead, received over so long, are a clock that is right again: fewer, or at once, may be late. */
export const CLOCK_RIGHT_OVER_MS = 90_000;

/** Later than the others of its supplier by so much, without exception, is a clock that may run behind: no queue on the way is so long for one tag alone. */
export const CLOCK_BEHIND_MS = 600_000;
/** In two windows of so long and so many messages, one after the other, the least lateness is the same but for so much: a store that is sent gets less late. */
export const CLOCK_BEHIND_WINDOW_MS = 1_800_000;
export const CLOCK_BEHIND_MESSAGES = 3;
export const CLOCK_BEHIND_STEADY_MS = 120_000;
/** So little over the others, so many times in a row, is a clock that is right again. */
export const CLOCK_NOT_BEHIND_MS = 300_000;
/** The others are a sample of so many tags at most in each half-hour; of fewer than so many nothing is said. */
export const USUAL_LATENESS_TAGS = 16;
export const USUAL_LATENESS_OTHERS = 5;
export const USUAL_LATENESS_WINDOW_MS = 1_800_000;

/** A fix this near to 0° 0° in both directions, a kilometre, is a receiver without a fix: nobody is tagged in the Gulf of Guinea. */
export const ZERO_DEGREES = 0.009;

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

/** σ in one direction within the radius that holds 68 or 95 of a hundred fixes, for a round normal error: √(−2 ln(1 − p)). */
export const R68_PER_SIGMA = 1.51;
export const R95_PER_SIGMA = 2.45;

/** Tags claim 2 m beside walls that throw them off by 20: under open sky the best hold 5 m in one direction most of the time. */
export const SIGMA_FLOOR_METRES = 5;

/** Fixes that are anywhere, whatever accuracy they claim. Also what caps a fix: 0.945 is below what confirms, so no lone fix does. */
export const OUTLIER_SHARE = 0.11;

/** Whoever is not in a zone is looked for within this of it, most of the time. */
export const SURROUNDINGS_METRES = 200;

/** The share of time that he is farther away, anywhere in this many times the surroundings; outliers are spread over more still. */
export const FAR_SHARE = 0.2;
export const FAR_SPREAD = 10;
export const OUTLIER_SPREAD = 100;

/** Of a zone with holes that must not be entered, the share of time near it that whoever is not in it is in a hole. */
export const HOLE_SHARE = 0.5;

/** Log odds under this (one reading a fiftieth likelier than the other) are none: the fix could be either. */
export const LEAST_EVIDENCE = 0.02;

/**
 * Errors of fixes nearer in time than this are the same error in good part (the same satellites, the same walls): that long where σ
 * is at most 8 m (open sky), by so much longer for every metre that it is more (whoever has a poor fix is indoors, and goes on having
 * one), up to ten minutes.
 */
export const CORRELATION_MS = 10_000;
export const OPEN_SKY_SIGMA_METRES = 8;
export const CORRELATION_MS_PER_METRE = 7_000;
export const LONGEST_CORRELATION_MS = 600_000;

/** What is believed moves towards not knowing by a tenth a minute. */
export const KEEPS_PER_MINUTE = 0.9;

/**
 * After a silence so long nothing is left of what was believed. Until then two good fixes confirm, though presence between them is
 * unknown: a tag that sends every six minutes, or a store of which most was lost, can prove a visit.
 */
export const FORGET_MS = 1_800_000;

/** Belief in a violation: it confirms from here on, is raised above one half, and taken back and over at the other two. */
export const CONFIRM_AT = 0.95;
export const SUSPECT_ABOVE = 0.5;
export const WITHDRAW_AT = 0.35;
export const END_AT = 0.05;

/** The log odds of `CONFIRM_AT`: belief goes no further, so that two fixes in a row can always turn it. */
export const CERTAIN_LOG_ODDS = ln(CONFIRM_AT / (1 - CONFIRM_AT));

/** Where nothing is raised log odds go no lower: one good fix is always worth a suspicion, and two confirm. */
export const CLEAR_LOG_ODDS = -2.5;

/** One fix confirms a first-fix condition that a violation foresees so many times better than compliance. */
export const FIRST_FIX_RATIO = 4;

/**
 * A fix further from the one before it than this allows, less `SPEED_SIGMAS` of the errors of both, is an error of one of them:
 * 360 km/h is above the fastest train in Britain (300 on HS1) and below an aircraft.
 */
export const SPEED_LIMIT_METRES_PER_SECOND = 100;
export const SPEED_SIGMAS = 3;

/** So many fixes in a row that agree with each other, and not with the fix before them, are right, and that one was wrong. */
export const AGREEING_FIXES = 3;

/**
 * A line between two fixes is a crossing from this depth on, in σ of the worse one: 30 m at the floor. Whoever walks round a
 * corner at a ping a minute cuts it by less.
 */
export const CROSSING_DEPTH_SIGMAS = 6;

/** The fastest journey a crossing is taken from: trains do 56 m/s, and beyond this a jump of the position is as good a reason. */
export const CROSSING_SPEED_LIMIT_METRES_PER_SECOND = 60;

/** A gap up to this leaves open the zones that the straight line across it goes through; a longer one leaves all of them open. */
export const CANNOT_EXCLUDE_LIMIT_MS = 3_600_000;

/** Fixes that an explanation names at most. */
export const EVIDENCE_FIXES = 6;

/** What a tag says of itself: so much battery is low, and well above it no longer, so that a figure that moves to and fro is one episode. */
export const BATTERY_LOW_PERCENT = 20;
export const BATTERY_LOW_OVER_PERCENT = 30;
export const BATTERY_CRITICAL_PERCENT = 10;
export const BATTERY_CRITICAL_OVER_PERCENT = 15;

/** A tag whose battery is low for so long and that is not put to charge: it lasts some hours more. */
export const CHARGING_OVERDUE_MS = 7_200_000;

/** So many messages over so long without a fix that can be used are a tag without GPS; a house without a view of the sky takes minutes. */
export const NO_GPS_AFTER_MS = 1_800_000;
export const NO_GPS_MESSAGES = 3;

/** So many positions by network over so long without one by GPS: jamming is suspected. */
export const JAMMING_AFTER_MS = 900_000;
export const JAMMING_MESSAGES = 5;

/** A fix so soon after the device told of jamming, or of no GPS, is not the end of it. */
export const DEVICE_SETTLE_MS = 300_000;

/** A device that tells the same once more after so long a pause tells of another thing that happened. */
export const DEVICE_AGAIN_MS = 1_800_000;

/** Marks that are kept of one kind: what a device says within a day. */
export const DEVICE_MARKS = 24;

/** Nobody stays within this of one place for so long, beyond the accuracies; whoever is ill in bed does. */
export const MOVED_METRES = 100;
export const NEVER_MOVES_MS = 86_400_000;

/** Messages without a usable fix over so long, and so many: the wearer is heard of and not monitored. A night in a cellar is shorter. */
export const UNUSABLE_AFTER_MS = 14_400_000;
export const UNUSABLE_MESSAGES = 3;

/** A supplier that sent for many tags and sends nothing for so long is away; what is not read for so long by us is told, too. */
export const SUPPLIER_SILENT_AFTER_MS = 600_000;
export const SUPPLIER_NOT_READ_AFTER_MS = 900_000;

/** Nor is it told as away before the tag of it that sends most often has missed so many messages. */
export const SUPPLIER_MISSED_INTERVALS = 2;

/** So long its tags have when it is back; and so long the partitions of the inputs have to count them. */
export const SUPPLIER_GRACE_MS = 300_000;
export const SUPPLIER_COUNT_WAIT_MS = 60_000;

/** Where a tag is silent and its supplier was not read so far, it is looked at again so much later. */
export const SILENCE_LOOK_MS = 30_000;

/** An order in force without a tag for so long is told, and known for so long: a tag that is changed, records that are written one by one. */
export const NO_TAG_AFTER_MS = 3_600_000;
export const NO_TAG_KNOWN_MS = 300_000;
