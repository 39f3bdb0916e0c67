/** What a rehearsal found, counted and in words. Pure. */
import type { AlertItem } from '../../alerts/alert.js';
import type { RehearsalResult } from '../../wire/rehearsal.js';
import { TIME_ZONE } from '../model/zone-draft.js';

export const WEEKDAY_WORDS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: TIME_ZONE,
  weekday: 'short',
  hour: '2-digit',
  hourCycle: 'h23',
});

/** How many began by weekday and hour, in local time: `[0][13]` on Mondays from 13:00 on. What was taken back does not count. */
export function countByHour(alerts: readonly AlertItem[]): number[][] {
  const counts = WEEKDAY_WORDS.map(() => HOURS.map(() => 0));
  for (const { episode } of alerts.filter(({ type }) => type !== 'withdrawn')) {
    const parts = FORMAT.formatToParts(Date.parse(episode.startedAt));
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
    const day = WEEKDAY_WORDS.findIndex((name) => name.startsWith(part('weekday')));
    const row = counts[day];
    const hour = Number(part('hour'));
    if (row?.[hour] !== undefined) row[hour] += 1;
  }
  return counts;
}

/** How many it would have raised: of many, the first are told one by one. */
export const countAll = ({ wearers }: RehearsalResult): number => wearers.reduce((sum, one) => sum + one.alerts, 0);

/** `Over 28 days of 2 wearers it would have raised 5 alerts: 4 confirmed, 1 suspected, none taken back.` */
export function resultWords(result: RehearsalResult, days: number): string {
  const { wearers, alerts } = result;
  const all = countAll(result);
  const pings = wearers.reduce((sum, one) => sum + one.pings, 0);
  const whom = wearers.length === 1 ? '1 wearer' : `${wearers.length} wearers`;
  const over = `Over ${days === 1 ? '1 day' : `${days} days`} of ${whom} (${pings === 1 ? '1 ping' : `${pings} pings`})`;
  if (pings === 0) return `${over} there is nothing to judge by: no ping is on record.`;
  if (all === 0) return `${over} it would have raised nothing.`;
  const count = (isMeant: (alert: AlertItem) => boolean): number => alerts.filter(isMeant).length;
  const withdrawn = count(({ type }) => type === 'withdrawn');
  const confirmed = count(({ type, strength }) => type !== 'withdrawn' && strength === 'confirmed');
  const of = all > alerts.length ? `of the first ${alerts.length} ` : '';
  const kinds = `${of}${confirmed} confirmed, ${alerts.length - confirmed - withdrawn} suspected, ${withdrawn} taken back`;
  return `${over} it would have raised ${all === 1 ? '1 alert' : `${all} alerts`}: ${kinds}.`;
}
