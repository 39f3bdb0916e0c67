/** Days of a wearer in words: the same as the strip shows. Pure. */
import type { ConditionNow, Presence, Timeline } from '../../wire/timeline.js';
import { type DayRow, sumPresence } from '../model/timeline-rows.js';
import { duration, hourAndMinute } from './times.js';

export const PRESENCE_WORDS: Readonly<Record<Presence, string>> = {
  home: 'At home',
  out: 'Out',
  heard: 'Heard, no home address then',
  unknown: 'UNKNOWN',
  deleted: 'Deleted under retention',
  'not-fitted': 'No tag fitted',
};

const SHOWN_BARS = 4;

/** `1 h 1 min (20:59 to 22:00)`; an empty text: at no time. */
export function presenceWords(row: DayRow, what: Presence): string {
  const totalMs = sumPresence(row, what);
  if (totalMs === 0) return '';
  const bars = row.presence.filter((bar) => bar.what === what);
  const at = (atMs: number) => hourAndMinute(atMs, row.fromMs);
  const until = (atMs: number) => (atMs === row.untilMs ? 'midnight' : at(atMs));
  const told = bars.slice(0, SHOWN_BARS).map(({ fromMs, untilMs }) => `${at(fromMs)} to ${until(untilMs)}`);
  const rest = bars.length > SHOWN_BARS ? `, and ${bars.length - SHOWN_BARS} more` : '';
  return `${duration(totalMs)} (${told.join(', ')}${rest})`;
}

/** `25 h: the clocks went back`; null: a day like any other. */
export function lengthWords({ hours }: Pick<DayRow, 'hours'>): string | null {
  if (hours === 24) return null;
  return hours > 24 ? `${hours} h: the clocks went back` : `${hours} h: the clocks went forward`;
}

/** One sentence a day, for who hears the strip. */
export function dayWords(row: DayRow, name: string): string {
  const parts = (Object.keys(PRESENCE_WORDS) as Presence[]).flatMap((what) => {
    const totalMs = sumPresence(row, what);
    return totalMs === 0 ? [] : [`${PRESENCE_WORDS[what]} ${duration(totalMs)}`];
  });
  const alerts = row.alerts.length === 0 ? 'no alert' : `${row.alerts.length} alert${row.alerts.length > 1 ? 's' : ''}`;
  const long = lengthWords(row);
  return `${name}${long === null ? '' : `, ${long}`}: ${[...parts, alerts].join('; ')}.`;
}

const CUT_WORDS = { alerts: 'alerts', deviceEvents: 'messages of the tag', notes: 'notes' } as const;

/** `Of 3,412 messages of the tag the newest 1,000 are shown: fewer days at once show all`; an empty text: all of them are. */
export function cutWords(timeline: Timeline, what: keyof Timeline['onRecord']): string {
  const [shown, onRecord] = [timeline[what].length, timeline.onRecord[what]];
  if (shown >= onRecord) return '';
  const [some, all] = [shown, onRecord].map((count) => count.toLocaleString('en-GB'));
  return `Of ${all} ${CUT_WORDS[what]} the newest ${some} are shown: fewer days at once show all`;
}

const END_WORDS: Readonly<Record<NonNullable<ConditionNow['endsBecause']>, string>> = {
  'window-closed': 'ends by its hours',
  'absence-began': 'is lifted by an authorised absence',
  'version-changed': 'is replaced by another version',
  'order-ended': 'ends with its order',
  'tag-removed': 'ends as the tag comes off',
};

/** `In force; ends by its hours at 07:00, in 3 h`, `Begins at 19:00, in 5 h`, `In force, with no end known`. */
export function standingNowWords({ isInForce, changesAt, endsBecause }: ConditionNow, nowMs: number): string {
  if (changesAt === null) return 'In force, with no end known';
  const atMs = Date.parse(changesAt);
  const when = `at ${hourAndMinute(atMs, nowMs)}, in ${duration(atMs - nowMs)}`;
  return isInForce ? `In force; ${END_WORDS[endsBecause ?? 'window-closed']} ${when}` : `Begins ${when}`;
}
