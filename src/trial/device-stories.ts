/** Tags of which something is wrong, or looks as if it were: what is true of each, by kind of finding, and what is not. */
import type { NoticeKind } from '../engine/types.js';
import { delaySome, duplicate, holdBack, silence, skewClock, withoutPosition } from '../simulator/delivery.js';
import { type Observation, withDeviceEvents, withPing } from '../simulator/observe.js';
import type { Random } from '../simulator/random.js';
import { CELL_ONLY, OPEN_SKY, STREET } from '../simulator/surroundings.js';
import type { Track } from '../simulator/track.js';
import { HOUR_MS, journey, MINUTE_MS, minutes, ON_FOOT, spot, stageOf } from './scenario.js';
import type { Stage } from './world.js';

/** What is judged: everything that the engine finds of a tag itself. */
export const DEVICE_KINDS = [
  'strap-tamper',
  'case-tamper',
  'battery-low',
  'battery-critical',
  'charging-overdue',
  'powered-off',
  'no-gps',
  'jamming',
  'never-moves',
  'unmonitored',
  'clock-ahead',
  'clock-behind',
] as const satisfies readonly NoticeKind[];
export type JudgedKind = (typeof DEVICE_KINDS)[number];

/** It is so once in the run, and began between these two instants. */
export interface DeviceTruth {
  readonly kind: JudgedKind;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface DeviceStory {
  readonly name: string;
  readonly happens: string;
  stage(random: Random): { readonly stage: Stage; readonly truth: readonly DeviceTruth[] };
}

/** A model may be silent for so long. */
const SILENT_AFTER_S = 7_200;
/** Between the thing and the message that says it: two pings, one of which may be lost. */
const SLACK_MS = 3 * MINUTE_MS;
/** A battery's figure comes with an error: it is at its threshold that much earlier or later. */
const LEVEL_SLACK_MS = 12 * MINUTE_MS;

const began = (kind: JudgedKind, atMs: number, slackMs = SLACK_MS): DeviceTruth => ({
  kind,
  fromMs: atMs - slackMs,
  toMs: atMs + slackMs,
});

/** About the town, never long in one place. */
function walk(random: Random, toMs: number): Track {
  const track = journey(spot(0), minutes(0));
  const somewhere = () => spot(random.between(-600, 600), random.between(-600, 600));
  while (track.nowMs() < toMs) track.to(somewhere(), ON_FOOT).until(track.nowMs() + random.between(2, 25) * MINUTE_MS);
  return track.done();
}

const OTHER_TAGS = 8;
const OTHERS_EVERY_MS = 4 * MINUTE_MS;

/** Other tags of the same supplier, a few seconds after each other. */
function othersOf({ observations }: Stage, toMs: number, lateMsOf: (madeMs: number) => number) {
  const { ping } = observations[0]!;
  const sent = [];
  for (let atMs = minutes(0); atMs < toMs; atMs += OTHERS_EVERY_MS) {
    for (let other = 1; other <= OTHER_TAGS; other++) {
      const fixedAtMs = atMs + other * 7_000;
      const tagId = `OTHER-${other}`;
      const identity = `${tagId}-${fixedAtMs}`;
      sent.push({
        ping: { ...ping, tagId, identity, fixedAtMs },
        receivedAtMs: fixedAtMs + 4_000 + lateMsOf(fixedAtMs),
      });
    }
  }
  return sent;
}

type Deliver = (all: Observation[], random: Random, atMs: number) => Observation[];

/** Something happens within the second hour. */
function story(
  name: string,
  happens: string,
  hours: number,
  deliver: Deliver,
  truthAt: (atMs: number) => readonly DeviceTruth[],
  more: { readonly isStill?: true; readonly byNetworkMin?: number; readonly isSupplierLate?: true } = {},
): DeviceStory {
  return {
    name,
    happens,
    stage: (random) => {
      const atMs = minutes(60) + Math.round(random.between(0, 60) * MINUTE_MS);
      const toMs = minutes(hours * 60);
      const { isStill, byNetworkMin, isSupplierLate } = more;
      const outside = { fromMs: minutes(0), surroundings: isStill ? OPEN_SKY : STREET };
      const byNetwork =
        byNetworkMin === undefined
          ? []
          : [
              { fromMs: atMs, surroundings: CELL_ONLY },
              { fromMs: atMs + byNetworkMin * MINUTE_MS, surroundings: STREET },
            ];
      const stage = stageOf(random, {
        conditions: [],
        track: isStill ? journey(spot(0), minutes(0)).until(toMs).done() : walk(random, toMs),
        around: [outside, ...byNetwork],
        fromMs: minutes(0),
        toMs,
        // On their way some overtake each other, and some come twice.
        deliver: (all) => duplicate(random, delaySome(random, deliver(all, random, atMs), 0.2, 120), 0.05),
        also: { silentAfterSeconds: SILENT_AFTER_S },
      });
      const others = othersOf(stage, toMs, (madeMs) => (isSupplierLate && madeMs >= atMs ? LATE_MS : 0));
      return { stage: { ...stage, others }, truth: truthAt(atMs) };
    },
  };
}

/** Percent at each minute since it began to fall, told to a whole and wrong by one at most. */
const battery =
  (percentAt: (minute: number) => number): Deliver =>
  (all, random, atMs) =>
    all.map((each) => {
      const percent = percentAt((each.truth.atMs - atMs) / MINUTE_MS) + random.between(-1, 1);
      return withPing(each, { batteryPercent: Math.min(100, Math.max(1, Math.round(percent))) });
    });

const nothing: Deliver = (all) => all;
const none = () => [];
const LATE_MS = 40 * MINUTE_MS;

/** All that is made from an instant on is received so much later than otherwise. */
const late: Deliver = (all, _, atMs) =>
  all.map((each) => (each.truth.atMs < atMs ? each : { ...each, receivedAtMs: each.receivedAtMs + LATE_MS }));

/** Out of coverage for 90 minutes; then what is stored is sent oldest first, three in the time in which one is made. */
const slowStore: Deliver = (all, _, atMs) => {
  let sentMs = atMs + 90 * MINUTE_MS;
  return all.map((each) => {
    if (each.truth.atMs < atMs || each.receivedAtMs > sentMs + MINUTE_MS) return each;
    sentMs += MINUTE_MS / 3;
    return { ...each, receivedAtMs: Math.max(sentMs, each.receivedAtMs) };
  });
};
/** From 40 % at the beginning, two percent every quarter of an hour. */
const falling = (minute: number) => 40 - Math.max(0, minute) / 7.5;
const FALLS_TO_20_MS = 150 * MINUTE_MS;
const FALLS_TO_10_MS = 225 * MINUTE_MS;

export const DEVICE_STORIES: readonly DeviceStory[] = [
  story('quiet-day', 'Nothing is wrong, for 30 hours.', 30, nothing, none),
  story(
    'strap-open-for-4-minutes',
    'The strap is opened, and closed after four minutes.',
    4,
    (all, _, atMs) =>
      withDeviceEvents(withDeviceEvents(all, atMs, 'strap-tamper'), atMs + 4 * MINUTE_MS, 'strap-restored'),
    (atMs) => [began('strap-tamper', atMs)],
  ),
  story(
    'case-opened',
    'The case is opened and stays so.',
    4,
    (all, _, atMs) => withDeviceEvents(all, atMs, 'case-tamper'),
    (atMs) => [began('case-tamper', atMs)],
  ),
  story(
    'battery-runs-down-and-is-charged',
    'The battery falls from 40 % to 8 %, its figure going to and fro by one, and is charged.',
    8,
    (all, random, atMs) => {
      const chargedMin = 240;
      const percentAt = (minute: number) =>
        minute < chargedMin ? falling(minute) : falling(chargedMin) + (minute - chargedMin);
      return withDeviceEvents(battery(percentAt)(all, random, atMs), atMs + chargedMin * MINUTE_MS, 'charging-started');
    },
    (atMs) => [
      began('battery-low', atMs + FALLS_TO_20_MS, LEVEL_SLACK_MS),
      began('battery-critical', atMs + FALLS_TO_10_MS, LEVEL_SLACK_MS),
    ],
  ),
  story(
    'battery-low-and-not-charged',
    'The battery falls to 16 %, and nobody charges it for four hours.',
    9,
    battery((minute) => Math.max(16, falling(minute))),
    (atMs) => [
      began('battery-low', atMs + FALLS_TO_20_MS, LEVEL_SLACK_MS),
      began('charging-overdue', atMs + FALLS_TO_20_MS + 2 * HOUR_MS, LEVEL_SLACK_MS),
    ],
  ),
  story(
    'battery-to-and-fro',
    'The battery goes to and fro between 19 % and 27 % and is not charged: low once, and once it is too long.',
    8,
    battery((minute) => (minute < 0 ? 40 : 23 + 4 * Math.cos(minute / 20))),
    (atMs) => [
      { kind: 'battery-low', fromMs: atMs, toMs: atMs + 70 * MINUTE_MS },
      { kind: 'charging-overdue', fromMs: atMs + 2 * HOUR_MS, toMs: atMs + 2 * HOUR_MS + 70 * MINUTE_MS },
    ],
  ),
  story(
    'battery-above-its-threshold',
    'The battery stays between 22 % and 24 %, its figure going to and fro.',
    8,
    battery((minute) => 23 + Math.sin(minute / 20)),
    none,
  ),
  story(
    'switched-off-for-half-an-hour',
    'The tag says that it is switched off, and is heard again half an hour later.',
    4,
    (all, _, atMs) => {
      const [offMs, onMs] = [atMs, atMs + 30 * MINUTE_MS];
      const told = withDeviceEvents(withDeviceEvents(all, offMs, 'powered-off'), onMs, 'powered-on');
      const offAtMs = told.find(({ ping }) => ping.deviceEvents.includes('powered-off'))?.truth.atMs ?? offMs;
      return silence(told, offAtMs + 1, onMs);
    },
    (atMs) => [began('powered-off', atMs)],
  ),
  story(
    'silent-for-three-hours',
    'Nothing is heard for three hours, and nothing was sent.',
    7,
    (all, _, atMs) => silence(all, atMs, atMs + 3 * HOUR_MS),
    (atMs) => [{ kind: 'unmonitored', fromMs: atMs - SLACK_MS, toMs: atMs + SILENT_AFTER_S * 1_000 + SLACK_MS }],
  ),
  story(
    'silent-for-an-hour',
    'Nothing is heard for an hour: within what the model may.',
    5,
    (all, _, atMs) => silence(all, atMs, atMs + HOUR_MS),
    none,
  ),
  story(
    'store-of-90-minutes',
    'Out of coverage for an hour and a half; then the tag sends its store, newest first.',
    5,
    (all, random, atMs) => holdBack(random, all, atMs, atMs + 90 * MINUTE_MS, 'newest-first'),
    none,
  ),
  story(
    'no-position-for-an-hour',
    'Messages go on without a position for an hour.',
    5,
    (all, _, atMs) => withoutPosition(all, atMs, atMs + HOUR_MS),
    (atMs) => [began('no-gps', atMs)],
  ),
  story(
    'under-ground-for-20-minutes',
    'Messages have no position for 20 minutes: a cellar, an underground train.',
    5,
    (all, _, atMs) => withoutPosition(all, atMs, atMs + 20 * MINUTE_MS),
    none,
  ),
  story(
    'jammed-and-says-so',
    'A jammer takes every position for 20 minutes, and the tag says so.',
    5,
    (all, _, atMs) => withDeviceEvents(withoutPosition(all, atMs, atMs + 20 * MINUTE_MS), atMs, 'jamming', 'no-gps'),
    (atMs) => [began('jamming', atMs), began('no-gps', atMs)],
  ),
  story(
    'gps-lost-while-cells-go-on',
    'For 40 minutes there are positions by cells alone, in the open.',
    5,
    nothing,
    (atMs) => [began('jamming', atMs)],
    { byNetworkMin: 40 },
  ),
  story('cells-alone-for-10-minutes', 'For ten minutes there are positions by cells alone.', 5, nothing, none, {
    byNetworkMin: 10,
  }),
  story(
    'clock-3-minutes-ahead',
    'The clock of the tag runs three minutes ahead.',
    4,
    (all) => skewClock(all, 180),
    () => [{ kind: 'clock-ahead', fromMs: minutes(0), toMs: minutes(30) }],
  ),
  story(
    'clock-40-minutes-behind',
    'The clock of the tag runs 40 minutes behind.',
    4,
    (all) => skewClock(all, -2_400),
    () => [{ kind: 'clock-behind', fromMs: minutes(0), toMs: minutes(30) }],
  ),
  story(
    'supplier-40-minutes-late',
    'The supplier hands on everything of all of its tags 40 minutes late, for hours.',
    7,
    late,
    none,
    { isSupplierLate: true },
  ),
  story(
    'store-of-90-minutes-sent-slowly',
    'Out of coverage for an hour and a half; then the tag sends its store oldest first, three messages a minute.',
    6,
    slowStore,
    none,
  ),
  story(
    'lies-on-a-table',
    'The tag lies in one place under the open sky for 30 hours.',
    30,
    nothing,
    () => [{ kind: 'never-moves', fromMs: minutes(0), toMs: minutes(30 * 60) }],
    { isStill: true },
  ),
];
