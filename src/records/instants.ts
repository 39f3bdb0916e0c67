/** Instants in contents of records. */
import { parseInstant } from '../formats/instant.js';
import type { RecordFault } from '../ports/records.js';
import { EARLIEST_MS, LATEST_MS } from '../wire/instant-limits.js';

/** Reads instants of a body; what is wrong is added to `errors`. */
export function createInstantReader(errors: RecordFault[]) {
  const read = (pointer: string, text: string): string => {
    const ms = parseInstant(text);
    if (ms === null || ms < EARLIEST_MS || ms >= LATEST_MS) {
      errors.push({ pointer, detail: 'is not an RFC 3339 instant from 1970 until 2200' });
      return new Date(0).toISOString();
    }
    return new Date(ms).toISOString();
  };
  return {
    /** ISO in UTC with milliseconds, so that the same instant is the same content. */
    read,
    readOptional: (pointer: string, text: string | undefined): string | undefined =>
      text === undefined ? undefined : read(pointer, text),
    /** A fault where an end lies before its start; an end at the start says that it never was. */
    checkEnd(pointer: string, startsAt: string, endsAt: string | undefined, startName: string): void {
      if (endsAt !== undefined && Date.parse(endsAt) < Date.parse(startsAt) && errors.length === 0) {
        errors.push({ pointer, detail: `is before ${startName}` });
      }
    },
  };
}

interface PeriodContent {
  readonly startsAt: string;
  readonly endsAt?: string;
}

/** A content whose instants are a start and an end in one form; what is wrong is added to `errors`. */
export function readPeriod<C extends PeriodContent>(body: C, errors: RecordFault[]): C {
  const instants = createInstantReader(errors);
  const startsAt = instants.read('/startsAt', body.startsAt);
  const endsAt = instants.readOptional('/endsAt', body.endsAt);
  instants.checkEnd('/endsAt', startsAt, endsAt, 'startsAt');
  return { ...body, startsAt, ...(endsAt === undefined ? {} : { endsAt }) };
}
