/** How bad an alert is: a table, so that it can be read and argued about. */
import type { AlertKind, NoticeKind, Severity, ZonePriority } from '../types.js';

type JudgedKind = Extract<
  AlertKind,
  'exclusion' | 'inclusion' | 'restriction' | 'curfew' | 'buffer' | 'unknown-at-edge'
>;

/** A victim's zone is life and limb; a curfew or an inclusion rarely is, and not knowing is less than a violation. */
export const SEVERITIES: Readonly<Record<JudgedKind, Readonly<Record<ZonePriority, Severity>>>> = {
  exclusion: { victim: 'critical', high: 'high', standard: 'high' },
  inclusion: { victim: 'critical', high: 'high', standard: 'medium' },
  restriction: { victim: 'critical', high: 'high', standard: 'medium' },
  curfew: { victim: 'critical', high: 'high', standard: 'medium' },
  // A warning is less than what it warns of; near a victim somebody has to look.
  buffer: { victim: 'high', high: 'medium', standard: 'low' },
  'unknown-at-edge': { victim: 'medium', high: 'medium', standard: 'medium' },
};

/** Kinds that are not judged yet are medium. */
export function severityOf(kind: AlertKind, priority: ZonePriority): Severity {
  return kind in SEVERITIES ? SEVERITIES[kind as JudgedKind][priority] : 'medium';
}

/** A strap that is tampered with may be a tag that comes off; with the battery gone nobody is watched. Under a schedule that has run out nobody is watched; a clock that is ahead is put right by the receipt. */
export const NOTICE_SEVERITIES: Readonly<Record<NoticeKind, Severity>> = {
  'strap-tamper': 'high',
  'case-tamper': 'high',
  'battery-low': 'low',
  'battery-critical': 'medium',
  'charging-overdue': 'medium',
  'powered-off': 'high',
  'no-gps': 'medium',
  jamming: 'high',
  'never-moves': 'low',
  unmonitored: 'high',
  'schedule-ran-out': 'high',
  'clock-ahead': 'low',
  'clock-behind': 'low',
};
