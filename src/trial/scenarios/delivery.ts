/** What goes wrong between the tag and the engine. Unless said otherwise the wearer walks into a zone 200 m square and out again. */
import {
  delaySome,
  displace,
  duplicate,
  holdBack,
  lose,
  misreport,
  silence,
  skewClock,
  withoutPosition,
} from '../../simulator/delivery.js';
import { type Observation, withDeviceEvents } from '../../simulator/observe.js';
import type { Random } from '../../simulator/random.js';
import { BY_A_WINDOW, CELL_ONLY, DEEP_INDOORS, STREET, WIFI_ONLY } from '../../simulator/surroundings.js';
import {
  exclusion,
  HOUR_MS,
  inclusion,
  journey,
  MINUTE_MS,
  minutes,
  ON_FOOT,
  type Plan,
  type Scenario,
  spot,
  square,
  stageOf,
} from '../scenario.js';
import { pointAt } from '../world.js';
import { potter } from './at-home.js';

const ZONE = square(spot(0), 200);
const OUTSIDE = spot(420, 60);
/** In the zone from about the 65th to the 95th minute. */
const [ENTERS_MIN, LEAVES_MIN] = [65, 95];

type Words = Pick<Scenario, 'name' | 'happens' | 'provable'>;
type Deliver = (random: Random, observations: Observation[]) => Observation[];

function visitBy(words: Words, deliver: Deliver, changes: Partial<Plan> = {}): Scenario {
  return {
    ...words,
    violations: 1,
    stage: (random) => {
      const track = journey(OUTSIDE, minutes(0))
        .until(minutes(ENTERS_MIN - 4))
        .to(spot(10, 5), ON_FOOT);
      track.until(minutes(LEAVES_MIN)).to(OUTSIDE, ON_FOOT);
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: STREET,
        fromMs: minutes(0),
        toMs: minutes(170),
        deliver: (all) => deliver(random, all),
        ...changes,
      });
    },
  };
}

const backlog = (order: 'in-order' | 'newest-first' | 'shuffled', happens: string) =>
  visitBy(
    {
      name: `two-hour-backlog-${order}`,
      happens: `Out of coverage for two hours, in which the visit lies; then the tag sends its store, ${happens}.`,
      provable: 'The visit, once the store has come in.',
    },
    (random, all) => holdBack(random, all, minutes(30), minutes(150), order),
  );

/** At home the whole time, with what `deliver` makes of it: nothing is true. */
function homeBy(words: Omit<Words, 'provable'>, deliver: Deliver, changes: Partial<Plan> = {}): Scenario {
  return {
    ...words,
    provable: 'Nothing: the wearer is at home.',
    violations: 0,
    stage: (random) => {
      const [fromMs, toMs] = [minutes(0), minutes(300)];
      return stageOf(random, {
        conditions: [inclusion(), exclusion(square(spot(400), 300))],
        track: potter(random, fromMs, toMs),
        around: BY_A_WINDOW,
        fromMs,
        toMs,
        deliver: (all) => deliver(random, all),
        ...changes,
      });
    },
  };
}

const everyMinutes =
  (count: number, of: number, apply: (all: Observation[], atMs: number) => Observation[]) => (all: Observation[]) =>
    Array.from({ length: count }, (_, i) => minutes((i + 1) * of)).reduce(apply, all);

export const DELIVERY: readonly Scenario[] = [
  backlog('in-order', 'oldest first'),
  backlog('newest-first', 'newest first'),
  backlog('shuffled', 'in no order'),
  visitBy(
    {
      name: 'pings-overtake-each-other',
      happens: 'A third of the pings come up to five minutes late and overtake each other.',
      provable: 'The visit.',
    },
    (random, all) => delaySome(random, all, 0.33, 300),
  ),
  visitBy(
    {
      name: 'every-ping-twice',
      happens: 'The supplier sends every ping a second time, up to a minute and a half later.',
      provable: 'The visit.',
    },
    (random, all) => duplicate(random, all, 1),
  ),
  visitBy(
    {
      name: 'half-of-the-pings-lost',
      happens: 'Half of the pings never arrive.',
      provable: 'The visit, by what arrives.',
    },
    (random, all) => lose(random, all, 0.5),
  ),
  visitBy(
    {
      name: 'ping-every-four-minutes',
      happens: 'The tag saves its battery: a ping every four minutes.',
      provable: 'The visit: fixes from well inside, four minutes apart.',
    },
    (_, all) => all,
    { tag: { intervalS: 240 } },
  ),
  visitBy(
    {
      name: 'ping-every-six-minutes',
      happens:
        'The tag saves its battery: a ping every six minutes, further apart than fixes that count as consecutive.',
      provable: 'The visit: several fixes from well inside.',
    },
    (_, all) => all,
    { tag: { intervalS: 360, jitterS: 5 } },
  ),
  visitBy(
    { name: 'ping-every-15-seconds', happens: 'A ping every 15 seconds.', provable: 'The visit.' },
    (_, all) => all,
    { tag: { intervalS: 15, jitterS: 1 } },
  ),
  visitBy(
    {
      name: 'accuracy-by-95-percent',
      happens: 'The tag tells the radius of 95 %, as its model says.',
      provable: 'The visit.',
    },
    (_, all) => all,
    { tag: { accuracyConvention: 'r95' } },
  ),
  visitBy(
    {
      name: 'clock-3-min-ahead',
      happens: "The tag's clock runs three minutes ahead the whole time.",
      provable: 'The visit: when it was received tells when it was.',
    },
    (_, all) => skewClock(all, 180),
  ),
  visitBy(
    { name: 'clock-90-s-behind', happens: "The tag's clock runs a minute and a half behind.", provable: 'The visit.' },
    (_, all) => skewClock(all, -90),
  ),
  visitBy(
    {
      name: 'jammer-in-the-zone',
      happens: 'Five minutes after the entry a jammer takes every position until he is out again.',
      provable: 'The entry. Nothing shows an end before he is seen outside.',
    },
    (_, all) =>
      withDeviceEvents(
        withoutPosition(all, minutes(ENTERS_MIN + 5), minutes(LEAVES_MIN + 10)),
        minutes(ENTERS_MIN + 5),
        'jamming',
        'no-gps',
      ),
  ),
  visitBy(
    {
      name: 'battery-dying-in-a-zone',
      happens: 'The battery dies ten minutes after the entry and nothing is heard any more.',
      provable: 'The entry. Silence ends nothing.',
    },
    (_, all) =>
      withDeviceEvents(
        silence(all, minutes(ENTERS_MIN + 10), Number.POSITIVE_INFINITY),
        minutes(ENTERS_MIN + 6),
        'battery-critical',
      ),
  ),
  visitBy(
    {
      name: 'lone-fixes-outside-during-a-visit',
      happens: 'During the visit one fix in ten lies 300 m off, outside, and claims 8 m.',
      provable: 'The visit.',
    },
    (_, all) =>
      everyMinutes(5, 8, (rest, atMs) => {
        const fromMs = atMs + (ENTERS_MIN - 5.5) * MINUTE_MS;
        return misreport(
          displace(rest, pointAt(spot(320, 0)), fromMs, fromMs + MINUTE_MS),
          8,
          fromMs,
          fromMs + MINUTE_MS,
        );
      })(all),
  ),
  {
    name: 'cells-only-in-the-zone',
    happens: 'Spends an hour in the zone; the tag has fixes from cells alone, hundreds of metres off.',
    provable: 'Nothing: a cell never shows on which side of a fence somebody is.',
    violations: 1,
    stage: (random) => {
      const track = journey(OUTSIDE, minutes(0))
        .until(minutes(20))
        .to(spot(0), ON_FOOT)
        .until(minutes(85))
        .to(OUTSIDE, ON_FOOT);
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: CELL_ONLY,
        fromMs: minutes(0),
        toMs: minutes(110),
      });
    },
  },
  homeBy(
    {
      name: 'cells-only-at-home',
      happens: 'At home for five hours, with fixes from cells alone, up to kilometres off.',
    },
    (_, all) => all,
    {
      around: CELL_ONLY,
    },
  ),
  homeBy(
    { name: 'wifi-only-at-home', happens: 'At home for five hours, with fixes from Wi-Fi alone, 200 m off.' },
    (_, all) => all,
    {
      around: WIFI_ONLY,
    },
  ),
  homeBy(
    {
      name: 'no-fix-at-0-0',
      happens: 'At home; for ten minutes in every hour the tag sends 0° 0°, which is what it has without a fix.',
    },
    (_, all) =>
      everyMinutes(4, 60, (rest, atMs) => displace(rest, { latitude: 0, longitude: 0 }, atMs, atMs + 10 * MINUTE_MS))(
        all,
      ),
  ),
  homeBy(
    { name: 'impossible-jump', happens: 'At home; now and then two fixes in a row lie 30 km away and claim 10 m.' },
    (_, all) =>
      everyMinutes(5, 50, (rest, atMs) => {
        // Half a minute aside, so that the jitter of the interval makes it neither one nor three.
        const fromMs = atMs - MINUTE_MS / 2;
        const toMs = fromMs + 2 * MINUTE_MS;
        return misreport(displace(rest, pointAt(spot(30_000, 0)), fromMs, toMs), 10, fromMs, toMs);
      })(all),
  ),
  homeBy(
    { name: 'home-claims-better-than-true', happens: 'Deep indoors at home: fixes of r68 60 m that all claim 25 m.' },
    (_, all) => misreport(all, 25),
    { around: DEEP_INDOORS },
  ),
  homeBy(
    {
      name: 'strap-tamper-that-clears',
      happens: 'At home; the strap is reported open and, four minutes later, closed.',
    },
    (_, all) => withDeviceEvents(withDeviceEvents(all, minutes(60), 'strap-tamper'), minutes(64), 'strap-restored'),
  ),
  homeBy({ name: 'silent-for-an-hour-at-home', happens: 'At home; nothing is heard for an hour.' }, (_, all) =>
    silence(all, minutes(100), minutes(100) + HOUR_MS),
  ),
];
