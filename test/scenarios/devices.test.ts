/** What a tag says of itself, and what its messages say of it, as steps and events. */
import { describe, expect, it } from 'vitest';
import { instant, type Scenario, scenario } from './scenario.js';
import { faraway, middle, pingAt, place, term, watch, zone } from './world.js';

const DAY = '2026-03-10';
const at = (time: string) => instant(DAY, time);
const MINUTE_MS = 60_000;

const home = zone();
const plainly = watch([home], [term('exclusion', home)], { publishedAtMs: at('00:00:00') });
const heard = { ...plainly, silentAfterSeconds: 1_800 };

/** A fix a minute at a place, from a time until another. */
function live(told: Scenario, from: string, until: string, where = faraway): Scenario {
  for (let atMs = at(from); atMs <= at(until); atMs += MINUTE_MS) told.at(clock(atMs)).fix(where);
  return told;
}

const clock = (atMs: number): string => {
  const days = Math.floor((atMs - at('00:00:00')) / 86_400_000);
  return `${days > 0 ? `+${days} ` : ''}${new Date(atMs).toISOString().slice(11, 19)}`;
};

describe('strap and case', () => {
  it('a tamper of four minutes is an episode of four minutes', () => {
    const { events } = scenario(DAY, plainly)
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .says(['strap-tamper'])
      .at('12:05:00')
      .says(['strap-restored'])
      .expect([
        '12:01:02 confirmed strap-tamper 12:01:00- device',
        '12:05:02 ended strap-tamper 12:01:00-12:05:00 restored device',
      ]);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(1);
    expect(events[0]).toMatchObject({ severity: 'high', conditionId: null, revision: 1 });
  });

  it('one after it is another alert; strap and case are two', () => {
    const { events } = scenario(DAY, plainly)
      .at('12:01:00')
      .says(['strap-tamper', 'case-tamper'])
      .at('12:05:00')
      .says(['strap-restored'])
      .at('12:09:00')
      .says(['strap-tamper'])
      .expect([
        '12:01:02 confirmed strap-tamper 12:01:00- device',
        '12:01:02 confirmed case-tamper 12:01:00- device',
        '12:05:02 ended strap-tamper 12:01:00-12:05:00 restored device',
        '12:09:02 confirmed strap-tamper 12:09:00- device',
      ]);
    expect(new Set(events.map(({ alertId }) => alertId)).size).toBe(3);
  });

  it('the thirteenth episode takes nothing back of the first, and what comes again of the first is none', () => {
    let told = scenario(DAY, plainly);
    const lines: string[] = [];
    for (let hour = 1; hour <= 15; hour++) {
      const time = `${String(hour).padStart(2, '0')}:`;
      told = told.at(`${time}10:00`).says(['strap-tamper']).at(`${time}20:00`).says(['strap-restored']);
      lines.push(`${time}10:02 confirmed strap-tamper ${time}10:00- device`);
      lines.push(`${time}20:02 ended strap-tamper ${time}10:00-${time}20:00 restored device`);
    }
    told
      .at('01:10:00')
      .says(['strap-tamper'], { afterMs: 16 * 3_600_000 })
      .expect(lines);
  });

  it('told with every message it is one; told again after half an hour it strengthens', () => {
    let told = scenario(DAY, plainly);
    for (let minute = 0; minute < 40; minute++)
      told = told.at(`12:${String(minute).padStart(2, '0')}:00`).says(['strap-tamper']);
    told
      .at('13:20:00')
      .says(['strap-tamper'])
      .expect([
        '12:00:02 confirmed strap-tamper 12:00:00- device',
        '13:20:02 amended strap-tamper 12:00:00- again device',
      ]);
  });

  it('what comes late has its place: an end between, a start before, an episode that is over', () => {
    scenario(DAY, plainly)
      .at('12:10:00')
      .says(['strap-tamper'])
      .at('12:08:00')
      .says(['strap-tamper'], { afterMs: 180_000 })
      .at('12:09:00')
      .says(['strap-restored'], { afterMs: 180_000 })
      .at('09:00:00')
      .says(['strap-restored'], { afterMs: 4 * 3_600_000 })
      .at('08:00:00')
      .says(['strap-tamper'], { afterMs: 6 * 3_600_000 })
      .expect([
        '12:10:02 confirmed strap-tamper 12:10:00- device',
        '12:11:00 amended strap-tamper 12:08:00- device',
        '12:12:00 confirmed strap-tamper 12:08:00- device',
        '12:12:00 ended strap-tamper 12:08:00-12:09:00 restored device',
        '12:12:00 amended strap-tamper 12:10:00- device',
        '14:00:00 confirmed strap-tamper 08:00:00- device',
        '14:00:00 ended strap-tamper 08:00:00-09:00:00 restored device',
      ]);
  });

  it('ends with the tag, and says nothing of it after that', () => {
    scenario(DAY, plainly)
      .at('12:01:00')
      .says(['strap-tamper'])
      .at('12:05:00')
      .watch(watch([home], [], { sequence: 2 }, { removedAtMs: at('12:30:00') }))
      .at('13:00:00')
      .wait()
      .expect([
        '12:01:02 confirmed strap-tamper 12:01:00- device',
        '12:30:00 ended strap-tamper 12:01:00-12:30:00 tag-removed device',
      ]);
  });
});

describe('battery', () => {
  const percent = (told: Scenario, time: string, batteryPercent: number) =>
    told.at(time).says([], { batteryPercent, position: pingAt(0, faraway).position });

  it('a figure that moves to and fro is one episode, low and critical are two', () => {
    let told = scenario(DAY, plainly);
    for (const [time, figure] of [
      ['12:00:00', 31],
      ['12:01:00', 20],
      ['12:02:00', 22],
      ['12:03:00', 19],
      ['12:04:00', 10],
      ['12:05:00', 12],
      ['12:06:00', 9],
      ['12:07:00', 15],
      ['12:08:00', 29],
      ['12:09:00', 30],
      ['12:10:00', 20],
    ] as const)
      told = percent(told, time, figure);
    told.expect([
      '12:01:02 confirmed battery-low 12:01:00- device',
      '12:04:02 confirmed battery-critical 12:04:00- device',
      '12:07:02 ended battery-critical 12:04:00-12:07:00 restored device',
      '12:09:02 ended battery-low 12:01:00-12:09:00 restored device',
      '12:10:02 confirmed battery-low 12:10:00- device',
    ]);
  });

  it('of a tag that tells no figure it is over when charging stops', () => {
    scenario(DAY, plainly)
      .at('12:00:00')
      .says(['battery-low'])
      .at('12:30:00')
      .says(['charging-started'])
      .at('13:30:00')
      .says(['charging-stopped'])
      .expect([
        '12:00:02 confirmed battery-low 12:00:00- device',
        '13:30:02 ended battery-low 12:00:00-13:30:00 restored device',
      ]);
  });

  it('not put to charge for two hours it is overdue, until it is', () => {
    scenario(DAY, plainly)
      .at('12:00:00')
      .says(['battery-low'])
      .at('15:00:00')
      .says(['charging-started'])
      .at('15:05:00')
      .says(['charging-stopped'], { batteryPercent: 22 })
      .at('18:00:00')
      .wait()
      .expect([
        '12:00:02 confirmed battery-low 12:00:00- device',
        '14:00:00 confirmed charging-overdue 14:00:00- device',
        '15:00:02 ended charging-overdue 14:00:00-15:00:00 restored device',
        '17:05:00 confirmed charging-overdue 17:05:00- device',
      ]);
  });

  it('a message that comes late and says that it was on charge takes it back', () => {
    scenario(DAY, plainly)
      .at('12:00:00')
      .says(['battery-low'])
      .at('13:00:00')
      .says(['charging-started'], { afterMs: 2 * 3_600_000 })
      .expect([
        '12:00:02 confirmed battery-low 12:00:00- device',
        '14:00:00 confirmed charging-overdue 14:00:00- device',
        '15:00:00 withdrawn charging-overdue 14:00:00- device',
      ]);
  });
});

describe('powered off', () => {
  it('is over with whatever the tag says later', () => {
    scenario(DAY, plainly)
      .at('12:00:00')
      .says(['powered-off'])
      .at('11:59:00')
      .fix(faraway, { afterMs: 120_000 })
      .at('13:00:00')
      .fix(faraway)
      .expect([
        '12:00:02 confirmed powered-off 12:00:00- device',
        '13:00:02 ended powered-off 12:00:00-13:00:00 restored device',
      ]);
  });

  it('said late, it is over with what was made after it', () => {
    scenario(DAY, plainly)
      .at('13:00:00')
      .fix(faraway)
      .at('12:00:00')
      .says(['powered-off'], { afterMs: 4_000_000 })
      .expect([
        '13:06:40 confirmed powered-off 12:00:00- device',
        '13:06:40 ended powered-off 12:00:00-13:00:00 restored device',
      ]);
  });
});

describe('no GPS, and jamming', () => {
  it('messages without a position for half an hour', () => {
    let told = scenario(DAY, plainly).at('12:00:00').fix(faraway);
    for (let minute = 10; minute < 50; minute += 5) told = told.at(`12:${minute}:00`).says([]);
    told
      .at('13:00:00')
      .fix(faraway)
      .expect([
        '12:40:02 confirmed no-gps 12:10:00- device',
        '13:00:02 ended no-gps 12:10:00-13:00:00 restored device',
      ]);
  });

  it('one message without a position now and then is nothing', () => {
    let told = scenario(DAY, plainly);
    for (let minute = 10; minute < 59; minute++)
      told = minute % 3 === 0 ? told.at(`12:${minute}:00`).says([]) : told.at(`12:${minute}:00`).fix(faraway);
    told.expect([]);
  });

  it('positions by network where there were fixes: suspected, and confirmed when the tag says so', () => {
    let told = scenario(DAY, plainly).at('12:00:00').fix(faraway);
    for (let minute = 10; minute < 40; minute += 3)
      told = told.at(`12:${minute}:00`).fix(faraway, { mechanism: 'LBS', accuracyMetres: 800 });
    told
      .at('12:41:00')
      .says(['jamming'])
      .at('12:43:00')
      .fix(faraway)
      .at('12:46:00')
      .fix(faraway)
      .at('12:47:00')
      .fix(faraway)
      .expect([
        '12:25:02 suspected jamming 12:10:00- device',
        '12:41:02 confirmed jamming 12:10:00- device',
        '12:46:02 ended jamming 12:10:00-12:46:00 restored device',
      ]);
  });

  it('jamming that the tag tells every minute between fixes is one episode', () => {
    let told = scenario(DAY, plainly);
    for (let minute = 10; minute < 20; minute++)
      told = told.at(`12:${minute}:00`).fix(faraway).at(`12:${minute}:30`).says(['jamming']);
    live(told, '12:20:00', '12:30:00').expect([
      '12:10:32 confirmed jamming 12:10:30- device',
      '12:25:02 ended jamming 12:10:30-12:25:00 restored device',
    ]);
  });

  it('no-gps said by the tag is over when it says so', () => {
    scenario(DAY, plainly)
      .at('12:00:00')
      .says(['no-gps'])
      .at('12:02:00')
      .says(['gps-restored'])
      .expect([
        '12:00:02 confirmed no-gps 12:00:00- device',
        '12:02:02 ended no-gps 12:00:00-12:02:00 restored device',
      ]);
  });
});

describe('a tag that never moves', () => {
  const still = (until: string, from = '00:00:00', before = scenario(DAY, plainly)) => {
    let told = before;
    for (let atMs = at(from); atMs <= at(until); atMs += 10 * MINUTE_MS)
      told = told.at(clock(atMs)).fix(place(1000 + (atMs % 7), atMs % 5));
    return told;
  };

  it('is asked about after a day, as a suspicion, and over when it has moved', () => {
    still('+1 00:10:00')
      .at('+1 00:20:00')
      .fix(place(1400))
      .at('+1 00:21:00')
      .fix(place(1500))
      .expect([
        '+1 00:00:02 suspected never-moves 00:00:00- device',
        '+1 00:21:02 ended never-moves 00:00:00-+1 00:20:00 restored device',
      ]);
  });

  it('one fix elsewhere is no move, two are', () => {
    const asked = '+1 00:00:02 suspected never-moves 00:00:00- device';
    for (const [stays, lines] of [
      [1, [asked]],
      [2, []],
    ] as const) {
      let told = still('12:00:00');
      for (let minute = 1; minute <= stays; minute++) told = told.at(`12:0${minute}:00`).fix(place(2000));
      still('+1 00:00:00', '12:10:00', told).expect(lines);
    }
  });
});

describe('unmonitored', () => {
  it('48 hours of silence: one alert, since the last message, until it is heard again', () => {
    const { events } = live(scenario(DAY, heard), '11:50:00', '12:00:00')
      .at('+2 12:00:00')
      .wait()
      .at('+2 13:00:00')
      .fix(faraway)
      .expect([
        '12:30:05 confirmed unmonitored 12:00:02- silent silence',
        '+2 13:00:02 ended unmonitored 12:00:02-+2 13:00:02 silent restored silence',
      ]);
    expect(events[0]).toMatchObject({ severity: 'high', explanation: { thresholds: { silentAfterMs: 1_800_000 } } });
  });

  it('never heard after it was fitted', () => {
    const fitted = watch([home], [], { ...heard, activations: [] }, {});
    const later = {
      ...fitted,
      activations: [{ activationId: 'A-1', wearerId: 'W-1', fittedAtMs: at('12:00:00'), removedAtMs: null, terms: [] }],
    };
    scenario(DAY, later)
      .at('11:00:00')
      .wait()
      .at('14:00:00')
      .wait()
      .expect(['12:30:00 confirmed unmonitored 12:00:00- never-heard silence']);
  });

  it('heard without a usable fix for four hours; then not at all, which is more', () => {
    let told = scenario(DAY, heard).at('12:00:00').fix(faraway);
    for (let atMs = at('12:10:00'); atMs <= at('16:30:00'); atMs += 10 * MINUTE_MS)
      told = told.at(clock(atMs)).fix(faraway, { mechanism: 'WIFI' });
    told
      .at('18:00:00')
      .wait()
      .at('19:00:00')
      .fix(faraway)
      .expect([
        '12:50:02 suspected jamming 12:10:00- device',
        '16:10:02 confirmed unmonitored 12:10:02- no-fix silence',
        '17:00:05 amended unmonitored 12:10:02- silent reason silence',
        '19:00:02 ended jamming 12:10:00-19:00:00 restored device',
        '19:00:02 ended unmonitored 12:10:02-19:00:02 silent restored silence',
      ]);
  });

  it('a backlog that comes in is heard, and so is a message without a position', () => {
    scenario(DAY, heard)
      .at('12:00:00')
      .fix(faraway)
      .at('12:01:00')
      .fix(faraway, { afterMs: 25 * MINUTE_MS })
      .at('12:50:00')
      .says(['battery-low'])
      .at('13:15:00')
      .wait()
      .expect(['12:50:02 confirmed battery-low 12:50:00- device']);
  });

  it.each([
    ['of the horizon', '12:10:30', false],
    ['older than the horizon', '11:10:30', false],
    ['the last one again', '12:59:00', true],
    ['an old one again', '12:20:00', true],
  ])('a message that comes late ends no silence: %s', (_, made, says) => {
    let told = live(scenario(DAY, heard), '11:00:00', '12:58:00');
    told = told.at('12:59:00').says(['strap-tamper']);
    told = told.at('12:20:00').says(['strap-tamper'], { afterMs: 39 * MINUTE_MS + 10_000 });
    const afterMs = at('13:40:00') - at(made);
    told = says ? told.at(made).says(['strap-tamper'], { afterMs }) : told.at(made).fix(faraway, { afterMs });
    told
      .at('15:00:00')
      .wait()
      .at('15:10:00')
      .fix(faraway)
      .expect([
        '12:59:02 confirmed strap-tamper 12:59:00- device',
        '12:59:10 amended strap-tamper 12:20:00- device',
        '13:29:05 confirmed unmonitored 12:59:02- silent silence',
        '15:10:02 ended unmonitored 12:59:02-15:10:02 silent restored silence',
      ]);
  });

  it('says nothing of a tag that is removed, and ends with it', () => {
    const gone = { ...heard, sequence: 2, activations: [{ ...heard.activations[0]!, removedAtMs: at('15:00:00') }] };
    scenario(DAY, heard)
      .at('12:00:00')
      .fix(faraway)
      .at('14:00:00')
      .watch(gone)
      .at('20:00:00')
      .wait()
      .expect([
        '12:30:05 confirmed unmonitored 12:00:02- silent silence',
        '15:00:00 ended unmonitored 12:00:02-15:00:00 silent tag-removed silence',
      ]);
  });

  it('a tag in its wearer’s home all night is as monitored as any', () => {
    live(
      scenario(DAY, { ...heard, zones: {}, activations: [{ ...heard.activations[0]!, terms: [] }] }),
      '12:00:00',
      '20:00:00',
      middle,
    ).expect([]);
  });
});
