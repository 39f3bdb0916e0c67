/** In, out of and past an exclusion's zone. */
import { displace, misreport, silence } from '../../simulator/delivery.js';
import {
  BY_A_WINDOW,
  CANYON,
  controlled,
  DEEP_INDOORS,
  IN_VEHICLE,
  OPEN_SKY,
  STREET,
  type Surroundings,
} from '../../simulator/surroundings.js';
import {
  BY_BICYCLE,
  BY_BUS,
  BY_CAR,
  circle,
  exclusion,
  journey,
  minutes,
  ON_FOOT,
  polygon,
  rectangle,
  type Scenario,
  spot,
  square,
  stageOf,
} from '../scenario.js';
import { pointAt } from '../world.js';

/** 200 m square about the origin. */
const ZONE = square(spot(0), 200);

/** On a line so many metres from the zone's edge (negative inside), up and down along it for an hour. */
function alongBoundary(name: string, metres: number, around: Surroundings): Scenario {
  const inside = metres < 0;
  return {
    name,
    happens: `An hour on a path ${Math.abs(metres)} m ${inside ? 'inside' : 'outside'} the zone's edge, up and down along it.`,
    provable: inside ? 'That he was inside, where fixes are good enough for the distance.' : 'Nothing: he was outside.',
    violations: inside ? 1 : 0,
    stage: (random) => {
      const east = 100 + metres;
      const track = journey(spot(400, 0), minutes(0)).until(minutes(15)).to(spot(east, 0), ON_FOOT);
      for (let leg = 0; track.nowMs() < minutes(75); leg++) track.to(spot(east, leg % 2 === 0 ? 70 : -70), ON_FOOT);
      track.to(spot(400, 0), ON_FOOT);
      const toMs = minutes(95);
      return stageOf(random, { conditions: [exclusion(ZONE)], track: track.done(), around, fromMs: minutes(0), toMs });
    },
  };
}

/** From outside to a place in the zone, a stay there, and out again. */
function visit(
  changes: Pick<Scenario, 'name' | 'happens' | 'provable'> & {
    readonly stayMinutes: number;
    readonly around: Surroundings;
    readonly area?: typeof ZONE;
    readonly to?: ReturnType<typeof spot>;
    readonly condition?: Parameters<typeof exclusion>[1];
    readonly violations?: number;
    readonly deliver?: Parameters<typeof stageOf>[1]['deliver'];
  },
): Scenario {
  const { stayMinutes, around, area = ZONE, to = spot(20, 10), condition, violations = 1, deliver, ...words } = changes;
  return {
    ...words,
    violations,
    stage: (random) => {
      const from = spot(420, 60);
      const track = journey(from, minutes(0)).until(minutes(12)).to(to, ON_FOOT);
      track.until(track.nowMs() + stayMinutes * 60_000).to(from, ON_FOOT);
      const toMs = track.nowMs() + 15 * 60_000;
      return stageOf(random, {
        conditions: [exclusion(area, condition)],
        track: track.done(),
        around,
        fromMs: minutes(0),
        toMs,
        ...(deliver === undefined ? {} : { deliver }),
      });
    },
  };
}

export const ZONES: readonly Scenario[] = [
  visit({
    name: 'short-entry',
    happens: 'Walks into a zone, stays four minutes, walks off.',
    provable: 'The entry: several good fixes from well inside.',
    stayMinutes: 4,
    around: STREET,
  }),
  visit({
    name: 'long-visit',
    happens: 'Walks into a zone and stays three quarters of an hour.',
    provable: 'The visit.',
    stayMinutes: 45,
    around: STREET,
  }),
  visit({
    name: 'visit-indoors',
    happens: 'Goes to a house in the zone and sits by a window there for an hour.',
    provable: 'The visit, where two fixes are far enough inside for their accuracy.',
    stayMinutes: 60,
    around: BY_A_WINDOW,
  }),
  visit({
    name: 'visit-in-the-basement',
    happens:
      'Goes into a zone and spends 40 minutes deep indoors: fixes of 60 m, some from the middle, some from beyond the edge.',
    provable:
      'Seldom anything: circles of 95 % reach over the edge. A breach that was confirmed on the way in stays open.',
    stayMinutes: 40,
    around: DEEP_INDOORS,
  }),
  {
    name: 'poor-fixes-during-a-breach',
    happens:
      'Walks into a zone under the open sky, then sits in its middle for half an hour with honest fixes of r68 100 m.',
    provable: 'The entry. Nothing shows that he left before he did.',
    violations: 1,
    stage: (random) => {
      const track = journey(spot(350, 0), minutes(0)).until(minutes(10)).to(spot(0), ON_FOOT);
      const seatedMs = track.nowMs() + 3 * 60_000;
      track.until(seatedMs + 30 * 60_000).to(spot(350, 0), ON_FOOT);
      const leavesMs = seatedMs + 30 * 60_000;
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: [
          { fromMs: minutes(0), surroundings: OPEN_SKY },
          { fromMs: seatedMs, surroundings: controlled(100) },
          { fromMs: leavesMs, surroundings: OPEN_SKY },
        ],
        fromMs: minutes(0),
        toMs: leavesMs + 20 * 60_000,
      });
    },
  },
  alongBoundary('an-hour-15-m-outside', 15, STREET),
  alongBoundary('an-hour-15-m-inside', -15, STREET),
  alongBoundary('an-hour-along-in-a-canyon', 25, CANYON),
  {
    name: 'bus-past-the-zone',
    happens: 'Rides a bus along the street beside the zone, 20 m from its edge, four times.',
    provable: 'Nothing: he was outside.',
    violations: 0,
    stage: (random) => {
      const track = journey(spot(120, -1500), minutes(0)).until(minutes(5));
      for (const north of [1500, -1500, 1500, -1500]) track.to(spot(120, north), BY_BUS).until(track.nowMs() + 240_000);
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: IN_VEHICLE,
        fromMs: minutes(0),
        toMs: track.nowMs() + 300_000,
      });
    },
  },
  {
    name: 'drive-through',
    happens: 'Drives straight through a zone 200 m wide without a stop.',
    provable: 'Mostly nothing: hardly ever two fixes are made inside. The straight line is a suspicion.',
    violations: 1,
    stage: (random) => {
      const track = journey(spot(-1800, 0), minutes(0)).until(minutes(8)).to(spot(1800, 0), BY_CAR);
      const toMs = track.until(track.nowMs() + 600_000).nowMs();
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: IN_VEHICLE,
        fromMs: minutes(0),
        toMs,
      });
    },
  },
  {
    name: 'corner-cut',
    happens: 'Walks round two sides of a zone, 12 m from it: the straight line between two fixes cuts the corner.',
    provable: 'Nothing: he was outside.',
    violations: 0,
    stage: (random) => {
      const track = journey(spot(112, -400), minutes(0)).until(minutes(4));
      track
        .to(spot(112, 112), ON_FOOT)
        .to(spot(-400, 112), ON_FOOT)
        .to(spot(112, 112), ON_FOOT)
        .to(spot(112, -400), ON_FOOT);
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: STREET,
        fromMs: minutes(0),
        toMs: track.nowMs() + 300_000,
      });
    },
  },
  {
    name: 'canyon-jumps-near-the-zone',
    happens:
      'Two hours in a café 90 m from the zone in a street of high houses: fixes jump 30 to 120 m for a minute or so.',
    provable: 'Nothing: he was outside.',
    violations: 0,
    stage: (random) =>
      stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: journey(spot(190, 20), minutes(0)).done(),
        around: CANYON,
        fromMs: minutes(0),
        toMs: minutes(120),
      }),
  },
  {
    name: 'misreported-200-m-out',
    happens: 'Stands 150 m from the zone; for one minute in ten a fix lies in it, 200 m out, and claims 2 m.',
    provable: 'Nothing: he was outside.',
    violations: 0,
    stage: (random) => {
      const wrong = pointAt(spot(40, 0));
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: journey(spot(250, 0), minutes(0)).done(),
        around: STREET,
        fromMs: minutes(0),
        toMs: minutes(120),
        deliver: (all) =>
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].reduce((rest, k) => {
            const [fromMs, toMs] = [minutes(10 * k + 4.6), minutes(10 * k + 5.6)];
            return misreport(displace(rest, wrong, fromMs, toMs), 2, fromMs, toMs);
          }, all),
      });
    },
  },
  visit({
    name: 'victim-zone-first-fix-good',
    happens: "Comes to a victim's address for two minutes under the open sky; the condition is confirmed by one fix.",
    provable: 'The visit, by one fix.',
    stayMinutes: 2,
    around: OPEN_SKY,
    condition: { priority: 'victim', confirmOn: 'first-fix' },
  }),
  {
    name: 'victim-zone-first-fix-poor',
    happens:
      "Sits at home 180 m from a victim's zone all evening; fixes of r68 100 m, now and then one from inside the zone.",
    provable: 'Nothing: he was outside.',
    violations: 0,
    stage: (random) =>
      stageOf(random, {
        conditions: [exclusion(circle(150), { priority: 'victim', confirmOn: 'first-fix' })],
        track: journey(spot(330, 0), minutes(0)).done(),
        around: controlled(100, 300),
        fromMs: minutes(0),
        toMs: minutes(300),
      }),
  },
  visit({
    name: 'tunnel-under-the-zone',
    happens: 'Walks into a zone and through an underpass: no fix for eight minutes, then he is inside still.',
    provable: 'That he was inside, before and after the gap.',
    stayMinutes: 20,
    around: STREET,
    deliver: (all) => silence(all, minutes(18), minutes(26)),
  }),
  visit({
    name: 'in-the-hole-of-a-zone',
    happens: 'Walks through a zone to a hole of it, 160 m wide, stays there, and walks back through the zone.',
    provable: 'Of each way through the zone two fixes at most: sometimes.',
    stayMinutes: 30,
    around: OPEN_SKY,
    area: polygon(rectangle(spot(0), 500, 500), rectangle(spot(0), 160, 160)),
    to: spot(0, 0),
    violations: 2,
  }),
  visit({
    name: 'between-the-parts-of-a-zone',
    happens: 'Stays for half an hour between two parts of a zone that lie 140 m apart.',
    provable: 'Nothing: he was in neither.',
    stayMinutes: 30,
    around: STREET,
    area: { type: 'polygons', polygons: [[rectangle(spot(0, 170), 200, 200)], [rectangle(spot(0, -170), 200, 200)]] },
    to: spot(0, 0),
    violations: 0,
  }),
  {
    name: 'poor-fixes-deep-inside',
    happens: 'Half an hour in the middle of a zone 400 m square, with honest fixes of r68 60 m.',
    provable: 'The visit: circles of 95 % lie wholly inside.',
    violations: 1,
    stage: (random) => {
      const track = journey(spot(600, 0), minutes(0)).until(minutes(10)).to(spot(10, 0), ON_FOOT);
      const insideMs = track.nowMs();
      track.until(insideMs + 30 * 60_000).to(spot(600, 0), ON_FOOT);
      return stageOf(random, {
        conditions: [exclusion(square(spot(0), 400))],
        track: track.done(),
        around: controlled(60),
        fromMs: minutes(0),
        toMs: track.nowMs() + 600_000,
      });
    },
  },
  {
    name: 'bus-stop-in-the-zone',
    happens: 'Rides a bus through a zone; it stands at a stop inside for three minutes.',
    provable: 'The stop: two or three fixes from inside.',
    violations: 1,
    stage: (random) => {
      const track = journey(spot(-1500, 20), minutes(0)).until(minutes(6)).to(spot(0, 20), BY_BUS);
      track.until(track.nowMs() + 180_000).to(spot(1500, 20), BY_BUS);
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: IN_VEHICLE,
        fromMs: minutes(0),
        toMs: track.nowMs() + 600_000,
      });
    },
  },
  {
    name: 'bicycle-through-a-large-zone',
    happens: 'Cycles through a zone a kilometre wide.',
    provable: 'The ride: three or four fixes from inside.',
    violations: 1,
    stage: (random) => {
      const track = journey(spot(-1600, 0), minutes(0)).until(minutes(6)).to(spot(1600, 30), BY_BICYCLE);
      return stageOf(random, {
        conditions: [exclusion(square(spot(0), 1000))],
        track: track.done(),
        around: STREET,
        fromMs: minutes(0),
        toMs: track.nowMs() + 600_000,
      });
    },
  },
  {
    name: 'five-short-visits',
    happens: 'Five times into the zone for three minutes and out again for ten.',
    provable: 'Each visit.',
    violations: 5,
    stage: (random) => {
      const track = journey(spot(350, 0), minutes(0)).until(minutes(10));
      for (let visit = 0; visit < 5; visit++) {
        track
          .to(spot(10, 0), ON_FOOT)
          .until(track.nowMs() + 180_000)
          .to(spot(350, 0), ON_FOOT);
        track.until(track.nowMs() + 600_000);
      }
      return stageOf(random, {
        conditions: [exclusion(ZONE)],
        track: track.done(),
        around: OPEN_SKY,
        fromMs: minutes(0),
        toMs: track.nowMs(),
      });
    },
  },
  {
    name: 'ferry-from-the-coast',
    happens:
      'May not leave the district; takes a ferry from a quay 60 m inside its boundary, half an hour out to sea and back.',
    provable: 'Being beyond the boundary.',
    violations: 1,
    stage: (random) => {
      const district = polygon(rectangle(spot(-4000, 0), 8000, 8000));
      const track = journey(spot(-60, 0), minutes(0)).until(minutes(15)).to(spot(9000, 400), BY_BUS);
      track.until(track.nowMs() + 300_000).to(spot(-60, 0), BY_BUS);
      return stageOf(random, {
        conditions: [{ conditionId: 'C-district', kind: 'restriction', area: district }],
        track: track.done(),
        around: OPEN_SKY,
        fromMs: minutes(0),
        toMs: track.nowMs() + 1_200_000,
      });
    },
  },
  {
    name: 'beach-along-the-boundary',
    happens: 'May not leave the district; walks for an hour on the beach, 15 m inside its boundary.',
    provable: 'Nothing: he stayed inside.',
    violations: 0,
    stage: (random) => {
      const district = polygon(rectangle(spot(-4000, 0), 8000, 8000));
      const track = journey(spot(-15, -1500), minutes(0)).until(minutes(5)).to(spot(-15, 1500), ON_FOOT);
      track.to(spot(-15, 0), ON_FOOT);
      return stageOf(random, {
        conditions: [{ conditionId: 'C-district', kind: 'restriction', area: district }],
        track: track.done(),
        around: OPEN_SKY,
        fromMs: minutes(0),
        toMs: minutes(65),
      });
    },
  },
];
