import { describe, expect, it } from 'vitest';
import { CAST_SIZE, COHORT_SIZE, HOME_RADIUS_METRES, inventCohort } from '../../src/simulator/cohort.js';
import { dayTrack, localInstant } from '../../src/simulator/days.js';
import { distanceMetres, passesClear } from '../../src/simulator/ground.js';
import { measure } from '../../src/simulator/ping.js';
import { isClearOf, TOWN } from '../../src/simulator/places.js';
import { createErrorProcess } from '../../src/simulator/position-error.js';
import { createRandom } from '../../src/simulator/random.js';
import { cohortRecords } from '../../src/simulator/records.js';
import { createSimulation } from '../../src/simulator/simulation.js';
import { locate } from '../../src/simulator/track.js';

const MINUTE_MS = 60_000;
const seeds = ['tagwatch', 'another', '3'];
/** Ordinary dates, and those of clock changes and of year's ends. */
const dates = ['2026-03-28', '2026-03-29', '2026-07-01', '2026-10-25', '2026-12-31', '2027-01-01', '2028-02-29'];

describe('cohort', () => {
  it('is the same for the same seed and another for another', () => {
    expect(inventCohort('a')).toEqual(inventCohort('a'));
    expect(inventCohort('a').wearers.map(({ name }) => name)).not.toEqual(
      inventCohort('b').wearers.map(({ name }) => name),
    );
  });

  it.each(seeds)(
    'has 200 people of different names, near the town, with homes clear of every zone (seed %s)',
    (seed) => {
      const { wearers } = inventCohort(seed);
      expect(wearers).toHaveLength(COHORT_SIZE);
      expect(new Set(wearers.map(({ name }) => name)).size).toBe(COHORT_SIZE);
      for (const wearer of wearers) {
        expect(distanceMetres(wearer.home, TOWN)).toBeLessThan(13_000);
        expect(isClearOf(wearer.home, wearer.avoids)).toBe(true);
      }
      expect(wearers.filter(({ curfew }) => curfew !== null).length).toBeGreaterThan(60);
      expect(wearers.filter(({ victimAddress }) => victimAddress !== null).length).toBeGreaterThan(8);
    },
  );

  it('refers only to records of an earlier stage', () => {
    const stages = cohortRecords(inventCohort('tagwatch'), Date.UTC(2026, 10, 22), 15);
    const known = new Set<string>();
    for (const stage of [stages.people, stages.orders, stages.activations, stages.conditions, stages.absences]) {
      for (const { body } of stage) {
        for (const [field, kind] of [
          ['zoneId', 'zone'],
          ['orderId', 'order'],
          ['wearerId', 'wearer'],
          ['tagId', 'tag'],
          ['modelId', 'tag-model'],
        ]) {
          if (typeof body[field!] === 'string') expect(known).toContain(`${kind} ${body[field!]}`);
        }
      }
      for (const { kind, id } of stage) {
        const name = `${kind} ${id}`;
        expect(known).not.toContain(name);
        expect(name).toMatch(/^[a-z-]+ [A-Za-z0-9._-]{1,64}$/);
        known.add(name);
      }
    }
  });
});

describe('an ordinary day', () => {
  it.each(seeds)('keeps the curfew and stays clear of every zone, on any date (seed %s)', (seed) => {
    const wearers = inventCohort(seed).wearers.slice(CAST_SIZE);
    let away = 0;
    // Collected, because an assertion for each of a million segments would take a minute.
    const faults: string[] = [];
    for (const date of dates) {
      for (const wearer of wearers) {
        const track = dayTrack(seed, wearer, date);
        const fault = (what: string) => faults.push(`${wearer.wearerId} on ${date}: ${what}`);
        for (let index = 1; index < track.length; index++) {
          const before = track[index - 1]!;
          const after = track[index]!;
          if (after.atMs <= before.atMs) fault('time goes back');
          if (!wearer.avoids.every((disc) => passesClear(before.at, after.at, disc))) fault('enters a zone');
        }
        if (distanceMetres(track[track.length - 1]!.at, wearer.home) > 0) fault('does not come home');
        if (wearer.curfew === null) continue;
        const leavesAfter = localInstant(date, wearer.curfew.to) + 15 * MINUTE_MS;
        const returnsBefore = localInstant(date, wearer.curfew.from) - 15 * MINUTE_MS;
        for (const { at, atMs } of track) {
          if (distanceMetres(at, wearer.home) < HOME_RADIUS_METRES / 2) continue;
          away++;
          if (atMs < leavesAfter || atMs > returnsBefore) fault('is out in curfew hours');
        }
      }
    }
    expect(faults).toEqual([]);
    expect(away).toBeGreaterThan(1000);
  });

  it('has many people on the move by day and few by night', () => {
    const wearers = inventCohort('tagwatch').wearers.slice(CAST_SIZE);
    const outAt = (time: string) =>
      wearers.filter((wearer) => {
        const { at } = locate(dayTrack('tagwatch', wearer, '2026-11-23'), localInstant('2026-11-23', time));
        return distanceMetres(at, wearer.home) > 100;
      }).length;
    expect(outAt('11:00')).toBeGreaterThan(50);
    expect(outAt('03:00')).toBeLessThan(45);
  });
});

describe('pings', () => {
  it('err as much as they claim', () => {
    const tags = Array.from({ length: 40 }, (_, index) => createErrorProcess(createRandom('tag', index)));
    const errors = Array.from({ length: 4000 }, (_, index) =>
      distanceMetres(TOWN, measure(TOWN, 10, tags[index % 40]!, index * 15_000)),
    ).sort((a, b) => a - b);
    const within = errors.filter((error) => error <= 10).length / errors.length;
    expect(within).toBeGreaterThan(0.92);
    expect(within).toBeLessThan(0.98);
    expect(errors[errors.length - 1]).toBeLessThan(14.4);
  });

  it('are the same however the time is cut, everybody in turn', () => {
    const cohort = inventCohort('tagwatch');
    const from = Date.UTC(2026, 9, 25, 0, 59, 0);
    const make = () => createSimulation({ cohort, countsFromMs: from, intervalSeconds: 15 });
    const whole = make().pingsBetween(from, from + 60_000);
    const cut = make();
    const pieces = [0, 7_300, 20_000, 59_999].flatMap((start, index, all) =>
      cut.pingsBetween(from + start, from + (all[index + 1] ?? 60_000)),
    );
    expect(pieces).toEqual(whole);
    expect(whole).toHaveLength(COHORT_SIZE * 4);
    expect(new Set(whole.map(({ tagId, fixedAt }) => `${tagId} ${fixedAt}`)).size).toBe(whole.length);
  });
});
