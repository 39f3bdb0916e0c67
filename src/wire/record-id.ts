/** Ids of records, of the callers' choice (`docs/wire.md`, "Habits"). */
import Type from 'typebox';

/** Not `.` or `..`: in an address these are steps, which clients take before they send. */
export const RECORD_ID_PATTERN = '^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,64}$';

export const RecordId = Type.String({ pattern: RECORD_ID_PATTERN, description: 'Of the caller’s choice' });
