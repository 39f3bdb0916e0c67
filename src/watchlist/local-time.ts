/**
 * Local wall-clock time to UTC over a range, by the clock changes in it: Temporal finds those, plain arithmetic does the rest
 * (12 µs a conversion with Temporal, well under 1 µs so; a curfew over eighteen years has thirteen thousand edges).
 */
import { Temporal } from 'temporal-polyfill';

/** Of the forces. */
export const LOCAL_TIME_ZONE = 'Europe/London';
const DAY_MS = 86_400_000;
/**
 * The rules that conversions here go by. The polyfill has no table of its own: it asks Intl, whose data are ICU's; null where
 * the runtime was built without.
 */
export const TZDB_VERSION: string | null = process.versions['tz'] ?? null;

/** Zones lie within a day of UTC, a conversion looks a day to either side, and windows reach some days beyond a range. */
const MARGIN_MS = 6 * DAY_MS;

export interface LocalClock {
  /** Epoch ms of a wall-clock time given as if it were UTC; in a gap later, of two the earlier (Temporal's `compatible`). */
  toEpochMs(wallMs: number): number;
  /** The wall-clock time at an instant, as if it were UTC. */
  toWallMs(epochMs: number): number;
}

/** Of many schedules most are of one zone, and asking costs as much as reading the rest of the schedule. */
let foundLast: string | null = null;

/**
 * Whether schedules in a time zone can be expanded: the one rule for what is taken and for what is published. The names of the
 * IANA database, its links too (`GB`, `EST5EDT`), in any case; neither offsets nor ICU's own abbreviations (`BST`, `IST`), which
 * mean several zones and which Temporal refuses.
 */
export function isTimeZone(name: string): boolean {
  if (name === foundLast) return true;
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    foundLast = name;
    return true;
  } catch {
    return false;
  }
}

/** The clock of a time zone, exact for times between the two instants. Throws for a name that {@link isTimeZone} refuses. */
export function createLocalClock(timeZone: string, fromMs: number, untilMs: number): LocalClock {
  if (!isTimeZone(timeZone)) throw new RangeError(`${timeZone} is not a time zone here`);
  let at = Temporal.Instant.fromEpochMilliseconds(fromMs - MARGIN_MS).toZonedDateTimeISO(timeZone);
  const changesMs: number[] = [];
  const offsetsMs: number[] = [at.offsetNanoseconds / 1e6];
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > untilMs + MARGIN_MS) break;
    changesMs.push(next.epochMilliseconds);
    offsetsMs.push(next.offsetNanoseconds / 1e6);
    at = next;
  }
  /** `offsetsMs[i]` holds before `changesMs[i]`. */
  const offsetAt = (epochMs: number): number => {
    let low = 0;
    let high = changesMs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((changesMs[middle] as number) <= epochMs) low = middle + 1;
      else high = middle;
    }
    return offsetsMs[low] as number;
  };
  return {
    toWallMs: (epochMs) => epochMs + offsetAt(epochMs),
    toEpochMs(wallMs) {
      // Before and after any change that could matter; more than one change in two days is not known of any zone.
      const before = offsetAt(wallMs - DAY_MS);
      const after = offsetAt(wallMs + DAY_MS);
      const earlier = wallMs - before;
      if (before === after || offsetAt(earlier) === before) return earlier;
      const later = wallMs - after;
      return offsetAt(later) === after ? later : earlier;
    },
  };
}
