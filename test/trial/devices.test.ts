import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/simulator/random.js';
import { DEVICE_KINDS, DEVICE_STORIES, type DeviceTruth } from '../../src/trial/device-stories.js';
import { devicesTold, judgeDevices } from '../../src/trial/devices.js';
import { playEngine } from '../../src/trial/play-engine.js';

const MINUTE_MS = 60_000;
const tampered: DeviceTruth = { kind: 'strap-tamper', fromMs: 9 * MINUTE_MS, toMs: 11 * MINUTE_MS };
const told = (kind: DeviceTruth['kind'], minute: number) => ({
  kind,
  startedAtMs: minute * MINUTE_MS,
  firstToldAtMs: (minute + 2) * MINUTE_MS,
});

describe('findings of the tag itself', () => {
  it.each([
    ['nothing is told', [], { found: 0, missed: 1, false: 0 }],
    ['it is told', [told('strap-tamper', 10)], { found: 1, missed: 0, false: 0, delaysS: [120] }],
    ['it is told twice', [told('strap-tamper', 10), told('strap-tamper', 10)], { found: 1, missed: 0, false: 1 }],
    ['it is told of another time', [told('strap-tamper', 30)], { found: 0, missed: 1, false: 1 }],
  ] as const)('%s', (_, all, counted) => {
    expect(judgeDevices([tampered], all)['strap-tamper']).toMatchObject(counted);
  });

  it('another kind is false by itself', () => {
    const counts = judgeDevices([tampered], [told('jamming', 10)]);
    expect([counts['strap-tamper'].missed, counts.jamming.false]).toEqual([1, 1]);
  });
});

describe('the stories of tags', () => {
  it('have each kind that is judged, and some of which nothing is true', () => {
    const truths = DEVICE_STORIES.map((story) => story.stage(createRandom(3, 'device', story.name, 0)).truth);
    expect([...new Set(truths.flatMap((truth) => truth.map(({ kind }) => kind)))].sort()).toEqual(
      [...DEVICE_KINDS].sort(),
    );
    expect(truths.filter((truth) => truth.length === 0).length).toBeGreaterThan(3);
  });

  it.each(DEVICE_STORIES.map((story) => [story.name, story] as const))(
    '%s: nothing that is true is missed',
    (name, story) => {
      const { stage, truth } = story.stage(createRandom(3, 'device', name, 0));
      const counts = judgeDevices(truth, devicesTold(playEngine(stage)));
      expect(DEVICE_KINDS.filter((kind) => counts[kind].missed > 0)).toEqual([]);
    },
  );
});
