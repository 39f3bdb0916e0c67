/** Which days of a wearer a page shows, as its address says: what one looks at can be sent to a colleague. Pure. */
export const STRETCHES = [1, 2, 7, 14, 28] as const;
const DEFAULT_DAYS = 2;

export interface Stretch {
  /** How many local days. */
  readonly days: number;
  /** The last of them, `YYYY-MM-DD`; null: today. */
  readonly lastDay: string | null;
  /** The one whose trail is played; null: the last. */
  readonly day: string | null;
}

const readDay = (text: string | null): string | null => (text !== null && /^\d{4}-\d\d-\d\d$/.test(text) ? text : null);

export function readStretch(query: string): Stretch {
  const said = new URLSearchParams(query);
  const days = STRETCHES.find((count) => String(count) === said.get('days')) ?? DEFAULT_DAYS;
  return { days, lastDay: readDay(said.get('lastDay')), day: readDay(said.get('day')) };
}

/** Empty where all of it is as it is by default. */
export function writeStretch({ days, lastDay, day }: Stretch): string {
  const said = new URLSearchParams({
    ...(days === DEFAULT_DAYS ? {} : { days: String(days) }),
    ...(lastDay === null ? {} : { lastDay }),
    ...(day === null ? {} : { day }),
  }).toString();
  return said === '' ? '' : `?${said}`;
}

/** The day so many days after another. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}
