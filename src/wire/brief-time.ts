/** An instant to the minute, by the local clock: on paper and in a line. Pure. */
const TIME_ZONE = 'Europe/London';
const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: TIME_ZONE, ...options });
const weekday = format({ weekday: 'short' });
const day = format({ day: 'numeric', month: 'short' });
const minute = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `Mon 23 Nov 03:59`, by the local clock. */
export const briefTime = (instant: string): string => {
  const atMs = Date.parse(instant);
  return `${weekday.format(atMs)} ${day.format(atMs)} ${minute.format(atMs)}`;
};
