/** What an alert is about, in the words of whoever reads it, on a page or on paper. */
import type { AlertKind } from '../engine/types.js';

export const KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  exclusion: 'In an exclusion zone',
  inclusion: 'Outside the inclusion zone',
  restriction: 'Outside the permitted area',
  curfew: 'Curfew',
  buffer: 'Near an exclusion zone',
  'unknown-at-edge': 'Whereabouts unknown at a curfew time',
  'strap-tamper': 'Strap tamper',
  'case-tamper': 'Case tamper',
  'battery-low': 'Battery low',
  'battery-critical': 'Battery critical',
  'charging-overdue': 'Charging overdue',
  'powered-off': 'Tag powered off',
  'no-gps': 'No GPS',
  jamming: 'Jamming suspected',
  'never-moves': 'Tag never moves: is it on a leg?',
  unmonitored: 'Not monitored',
  'supplier-silent': 'Supplier silent',
  'clock-ahead': 'Clock of the tag runs ahead',
  'clock-behind': 'Does the clock of the tag run behind?',
  'schedule-ran-out': 'Schedule has run out: nobody judges by it',
};
