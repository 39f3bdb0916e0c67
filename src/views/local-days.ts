/** Calendar days in the local time of the force, as the instants between which they lie. */
import { createLocalClock, LOCAL_TIME_ZONE } from '../watchlist/local-time.js';

const DAY_MS = 86_400_000;

export interface DaySpan {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** So many days, of which the last one is the given (`YYYY-MM-DD`), or that of an instant; the first first. */
export function listLocalDays(count: number, lastDate: string | null, nowMs: number): DaySpan[] {
  const aboutMs = lastDate === null ? nowMs : Date.parse(`${lastDate}T00:00:00Z`);
  const clock = createLocalClock(LOCAL_TIME_ZONE, aboutMs - (count + 1) * DAY_MS, aboutMs + 2 * DAY_MS);
  const lastWallMs = lastDate === null ? Math.floor(clock.toWallMs(nowMs) / DAY_MS) * DAY_MS : aboutMs;
  return Array.from({ length: count }, (_, index) => {
    const wallMs = lastWallMs - (count - 1 - index) * DAY_MS;
    return {
      date: new Date(wallMs).toISOString().slice(0, 10),
      fromMs: clock.toEpochMs(wallMs),
      untilMs: clock.toEpochMs(wallMs + DAY_MS),
    };
  });
}
