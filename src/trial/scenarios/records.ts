/** What the record says changes while somebody is where he is. */
import { BY_A_WINDOW, STREET } from '../../simulator/surroundings.js';
import {
  curfew,
  exclusion,
  HOUR_MS,
  journey,
  MINUTE_MS,
  minutes,
  ON_FOOT,
  type Scenario,
  spot,
  square,
  stageOf,
} from '../scenario.js';
import type { Stage, TrialCondition } from '../world.js';

const ZONE = square(spot(0), 200);
const OUTSIDE = spot(420, 60);

type Words = Pick<Scenario, 'name' | 'happens' | 'provable'>;

/** In the zone from about the 22nd to the 70th minute. */
function visit(words: Words, condition: Partial<TrialCondition>, also: Partial<Stage>, violations = 1): Scenario {
  return {
    ...words,
    violations,
    stage: (random) => {
      const track = journey(OUTSIDE, minutes(0)).until(minutes(18)).to(spot(10, 5), ON_FOOT).until(minutes(70));
      return stageOf(random, {
        conditions: [exclusion(ZONE, condition)],
        track: track.to(OUTSIDE, ON_FOOT).done(),
        around: STREET,
        fromMs: minutes(0),
        toMs: minutes(95),
        also,
      });
    },
  };
}

const OPENS_MS = minutes(7 * 60);
const WINDOW = [OPENS_MS, OPENS_MS + 12 * HOUR_MS];

/** Out of the house from one minute of the curfew to another. */
function outing(
  words: Words,
  fromMin: number,
  toMin: number,
  condition: Partial<TrialCondition>,
  violations: number,
): Scenario {
  return {
    ...words,
    violations,
    stage: (random) => {
      const [leavesMs, backMs] = [OPENS_MS + fromMin * MINUTE_MS, OPENS_MS + toMin * MINUTE_MS];
      const there = spot(320, 40);
      const walkMs = (Math.hypot(320 - 50, 40) / ON_FOOT) * 1000;
      const track = journey(spot(0), OPENS_MS - HOUR_MS)
        .until(leavesMs)
        .to(there, ON_FOOT);
      track.until(backMs - walkMs).to(spot(0), ON_FOOT);
      return stageOf(random, {
        conditions: [curfew(WINDOW, undefined, condition)],
        track: track.done(),
        around: [
          { fromMs: 0, surroundings: BY_A_WINDOW },
          { fromMs: leavesMs, surroundings: STREET },
          { fromMs: track.nowMs(), surroundings: BY_A_WINDOW },
        ],
        fromMs: OPENS_MS - HOUR_MS,
        toMs: backMs + HOUR_MS,
      });
    },
  };
}

const absence = (fromMin: number, toMin: number): Partial<TrialCondition> => ({
  absences: [
    {
      absenceId: 'B-1',
      startsAtMs: OPENS_MS + fromMin * MINUTE_MS,
      endsAtMs: OPENS_MS + toMin * MINUTE_MS,
      knownFromMs: OPENS_MS - 24 * HOUR_MS,
    },
  ],
});

export const RECORDS: readonly Scenario[] = [
  visit(
    {
      name: 'zone-drawn-round-a-wearer',
      happens: 'A zone is drawn and switched on round somebody who has been there for a quarter of an hour.',
      provable: 'That he was inside when it was switched on.',
    },
    { startsAtMs: minutes(38), publishedAtMs: minutes(38) },
    {},
  ),
  visit(
    {
      name: 'order-ending-in-the-zone',
      happens: 'The order ends while he is in the zone; he stays.',
      provable: 'The visit, up to the end of the order.',
    },
    { endsAtMs: minutes(45), endsBecause: 'order-ended' },
    {},
  ),
  visit(
    {
      name: 'tag-taken-off',
      happens: 'The tag is taken off by staff at the station before it is carried through the zone.',
      provable: 'Nothing: nobody wore it.',
    },
    {},
    { removedAtMs: minutes(15) },
    0,
  ),
  visit(
    {
      name: 'tag-swapped',
      happens: 'The tag is put on him half an hour into the visit: what it said before is of somebody else.',
      provable: 'The visit, from then on.',
    },
    {},
    { fittedAtMs: minutes(45) },
  ),
  visit(
    {
      name: 'suspension-ending',
      happens: 'Alerts are suspended until the 50th minute; he is in the zone before and after.',
      provable: 'The visit; it is told when the suspension ends.',
    },
    {},
    {
      suspensions: [
        {
          suspensionId: 'S-1',
          conditionId: null,
          startsAtMs: minutes(5),
          endsAtMs: minutes(50),
          knownFromMs: minutes(0),
          knownUntilMs: null,
        },
      ],
    },
  ),
  visit(
    {
      name: 'in-custody',
      happens: 'He is in custody in a station within the zone. Custody holds nothing back: the alert says so.',
      provable: 'That he was inside.',
    },
    {},
    {
      custodyPeriods: [
        {
          custodyPeriodId: 'K-1',
          startsAtMs: minutes(15),
          endsAtMs: null,
          knownFromMs: minutes(15),
          knownUntilMs: null,
        },
      ],
    },
  ),
  visit(
    {
      name: 'buffer-and-zone',
      happens: 'The zone has a buffer of 100 m that warns before it.',
      provable: 'The visit. (The warning is not counted.)',
    },
    { bufferMetres: 100 },
    {},
  ),
  visit(
    { name: 'shared-zone', happens: 'The zone is one for all wearers.', provable: 'The visit.' },
    { shared: true },
    {},
  ),
  outing(
    {
      name: 'authorised-absence',
      happens: 'Out during the curfew within an authorised absence, recorded the day before.',
      provable: 'Nothing: he was allowed to.',
    },
    125,
    170,
    absence(120, 180),
    0,
  ),
  outing(
    {
      name: 'absence-overstayed',
      happens: 'Comes home 25 minutes after his absence ended.',
      provable: 'Being out after it.',
    },
    125,
    205,
    absence(120, 180),
    1,
  ),
  outing(
    {
      name: 'within-grace',
      happens: 'Out for nine minutes of a curfew with a grace of fifteen.',
      provable: 'Nothing is violated: the grace excuses it.',
    },
    125,
    134,
    { graceMs: 15 * MINUTE_MS },
    0,
  ),
  outing(
    {
      name: 'beyond-grace',
      happens: 'Out for forty minutes of a curfew with a grace of fifteen.',
      provable: 'Being out for longer than the grace.',
    },
    125,
    165,
    { graceMs: 15 * MINUTE_MS },
    1,
  ),
];
