/** The figures of the alarms beside what they should be (EEMUA 191, ISA-18.2). Pure. */
import type { AlarmHealth } from '../../alerts/alarm-health.js';
import type { SoundsTold } from '../../alerts/console-sounds.js';
import { timeOfDay } from '../words/times.js';

export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly aim: string;
  readonly isGood: boolean;
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
const percent = (share: number): string => `${rounded(share * 100)} %`;

const judgeSounds = ({ heard, silent }: SoundsTold): Figure => ({
  name: 'Supervisors who can be heard',
  value: `${heard} of ${heard + silent.length}`,
  aim: 'one at least',
  isGood: heard > 0,
});

/** `sounds`: null where it is not known, or not for who asks. */
export function judgeHealth(health: AlarmHealth, sounds: SoundsTold | null, nowMs: number): Figure[] {
  const { bySeverity, positions, floodSince } = health;
  const all = bySeverity.low + bySeverity.medium + bySeverity.high + bySeverity.critical;
  const share = (count: number) => (all === 0 ? 0 : count / all);
  const worst = health.worstSources.reduce((sum, source) => sum + source.share, 0);
  const split = [bySeverity.low, bySeverity.medium, bySeverity.high, bySeverity.critical];
  return [
    {
      name: `Raised in ten minutes, for each of ${positions} at work`,
      value: rounded(health.raisedInTenMinutesAPosition),
      aim: '1, and never more than 2',
      isGood: health.raisedInTenMinutesAPosition <= 2,
    },
    {
      name: 'Raised in ten minutes, on average over the day, for each at work',
      value: rounded(health.raisedInTenMinutesOnAverage / positions),
      aim: '1 or less',
      isGood: health.raisedInTenMinutesOnAverage / positions <= 1,
    },
    {
      name: 'Flood',
      value: floodSince === null ? 'none' : `since ${timeOfDay(Date.parse(floodSince), nowMs)}`,
      aim: 'none: ten in ten minutes at most',
      isGood: floodSince === null,
    },
    {
      name: 'Of the last day in a flood',
      value: percent(health.floodShare),
      aim: 'under 1 %',
      isGood: health.floodShare < 0.01,
    },
    { name: 'Unresolved for over a day', value: String(health.stale), aim: 'under 5', isGood: health.stale < 5 },
    {
      name: 'Low, medium, high, critical',
      value: split.map((count) => percent(share(count))).join(', '),
      aim: 'about 80, 15, 5 and under 1 %',
      isGood: all === 0 || (share(bySeverity.critical) < 0.01 && share(bySeverity.high) <= 0.1),
    },
    {
      name: 'The ten worst sources together',
      value: percent(worst),
      aim: 'under 5 %',
      isGood: worst < 0.05,
    },
    ...(sounds === null ? [] : [judgeSounds(sounds)]),
  ];
}
