/** What a finding says, in words that go on after "the wearer". */
import type { AlertKind, EndedBecause, Reason } from '../engine/types.js';
import type { FindingEvent } from './event.js';

const WRONG: Partial<Record<AlertKind, string>> = {
  exclusion: 'was inside a zone that must not be entered',
  inclusion: 'was outside a zone that must not be left while the condition is active',
  restriction: 'was outside the area that must not be left',
  curfew: 'was not at the address of the curfew within its window',
  buffer: 'came near a zone that must not be entered',
  'unknown-at-edge': 'was not heard from when a window of the curfew opened or closed',
  'strap-tamper': 'wore a tag that told of a tampered strap',
  'case-tamper': 'wore a tag that told of a tampered case',
  'battery-low': 'wore a tag whose battery was low',
  'battery-critical': 'wore a tag whose battery was nearly empty',
  'charging-overdue': 'wore a tag whose battery was low and that was not put to charge',
  'powered-off': 'wore a tag that was switched off',
  'no-gps': 'wore a tag that sent messages and had no fix by GPS',
  jamming: 'wore a tag that told of jamming, or lost GPS while positions by network went on coming',
  'never-moves': 'wore a tag that did not move for so long that it may be on no leg',
  unmonitored: 'was not monitored: no tag was fitted, it was not heard from, or told no position that could be used',
  'clock-ahead': 'wore a tag whose clock runs ahead; its fixes were judged when they were received',
  'clock-behind':
    'wore a tag whose clock may run behind, or that sends its store oldest first at the pace it fills it; its fixes were judged by its own time',
  'schedule-ran-out': 'could not be judged by a schedule, which was expanded no further',
};

export const REASONS: Record<Reason, string> = {
  'late-home': 'was not yet home',
  'left-during': 'had been home and left',
  'out-for-whole-window': 'was out for the whole window',
  'out-at-end': 'was out when the window closed',
  'not-read': 'was not read',
  'never-heard': 'had not been heard from since the tag was fitted',
  silent: 'was not heard from any more',
  'no-fix': 'was heard from without a position that could be used',
  'no-tag': 'wore no tag while an order was in force',
};

export const ENDS: Partial<Record<EndedBecause, string>> = {
  complied: 'fixes showed that the condition was met again',
  'window-closed': 'the window closed',
  'version-changed': 'another version of the condition or zone took its place',
  'absence-began': 'an authorised absence began',
  'order-ended': 'the order ended',
  'tag-removed': 'the tag was removed',
  'tag-fitted': 'a tag was fitted',
  restored: 'the tag was heard from again',
};

/** As in `was inside a zone that must not be entered`: what is claimed, however sure it is. */
export function wrongOf({ kind, explanation }: Pick<FindingEvent, 'kind' | 'explanation'>): string {
  if (explanation.rule === 'crossing') return 'may have gone through a zone that must not be entered';
  return WRONG[kind] ?? 'or the tag gave cause for it';
}
