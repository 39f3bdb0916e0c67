/**
 * The format of what Tagwatch's own records hold, in a header. Within a format fields may be added; what an older program would
 * misread, and a type that it does not know, is a new one. A program reads every format up to its own. Of a newer one it reads nothing:
 * a partition whose inputs or states are newer waits for a program that knows them; readers of the alert log pass it by and say so,
 * and the recorder keeps it whole among what could not be used. What is of a known format and cannot be read is not Tagwatch's.
 */
import type { LogRecord } from './event-log.js';

const FORMAT_HEADER = 'format';

/** Of records without the header: from before there was one. */
const FIRST_FORMAT = 1;

/** Of `tagwatch.inputs`; 2: how far suppliers have been read, and their tags counted; 3: wearers. */
export const INPUT_FORMAT = 3;
const LATER_INPUTS: ReadonlyMap<string, number> = new Map([
  ['supplier', 2],
  ['supplier-tags', 2],
  ['wearer', 3],
]);

/** The lowest format that tells an input whole. */
export function inputHeaders(type: string): Readonly<Record<string, string>> {
  return formatHeaders(LATER_INPUTS.get(type) ?? FIRST_FORMAT);
}
/**
 * Of what stands in `tagwatch.alerts`: 1: findings, acknowledging and disposing; 2: every other action, and what is carried on;
 * 3: a suspension that takes a second person.
 */
export const ALERT_FORMAT = 3;
const ALERT_FORMATS: Readonly<Record<string, number>> = {
  acknowledged: FIRST_FORMAT,
  disposed: FIRST_FORMAT,
  'suspension-proposed': 3,
  'suspension-agreed': 3,
  'suspension-refused': 3,
};
const OTHER_ALERT_FORMAT = 2;

/** The lowest format that tells it whole, so that an older program reads what it can. */
export function alertFormatOf(event: { readonly type: string; readonly revision?: number }): number {
  return event.revision !== undefined ? FIRST_FORMAT : (ALERT_FORMATS[event.type] ?? OTHER_ALERT_FORMAT);
}
/** Of `tagwatch.states`; 2: kept fixes as bytes; 3: wearers. */
export const STATE_FORMAT = 3;

/** The lowest format that tells a state whole. */
export function stateFormatOf(type: string): number {
  return type === 'wearer' ? STATE_FORMAT : STATE_FORMAT - 1;
}

export function formatHeaders(format: number): Readonly<Record<string, string>> {
  return { [FORMAT_HEADER]: String(format) };
}

/** A format that this program does not know; null: it does. */
export function newerFormatOf({ headers }: Pick<LogRecord, 'headers'>, known: number): string | null {
  const told = headers[FORMAT_HEADER];
  return told === undefined || (Number(told) >= FIRST_FORMAT && Number(told) <= known) ? null : told;
}
