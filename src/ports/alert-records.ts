/** Records of `tagwatch.alerts` as they are read. */
import type { LoggedEvent } from '../alerts/carried.js';
import { readAlertEvent } from '../alerts/read-event.js';
import type { LogRecord } from './event-log.js';
import { ALERT_FORMAT, newerFormatOf } from './record-format.js';
import { decodeJson } from './topics.js';

/** Null for what is no event of an alert that this version knows. */
export function readAlertRecord(record: LogRecord): LoggedEvent | null {
  if (record.value === null || newerFormatOf(record, ALERT_FORMAT) !== null) return null;
  try {
    return readAlertEvent(decodeJson<unknown>(record.value));
  } catch {
    return null;
  }
}
