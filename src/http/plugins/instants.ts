/** Instants in query strings and bodies: any RFC 3339 instant comes in, one form goes on. */
import { parseInstant } from '../../formats/instant.js';
import { EARLIEST_MS, LATEST_MS } from '../../wire/instant-limits.js';
import type { FieldError } from './problems.js';

/**
 * Epoch ms of each named text that is there. The faults are fields that are no instants, as `/name` into `part` (the body
 * where not given).
 */
export function readInstants<Name extends string>(
  texts: Partial<Record<Name, string | undefined>>,
  part?: 'query',
): { readonly instants: Partial<Record<Name, number>>; readonly errors: FieldError[] } {
  const instants: Partial<Record<Name, number>> = {};
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(texts) as [Name, string | undefined][]) {
    if (text === undefined) continue;
    const ms = parseInstant(text);
    if (ms !== null && ms >= EARLIEST_MS && ms < LATEST_MS) instants[name] = ms;
    else {
      const detail = 'must be an RFC 3339 instant from 1970 until 2200, as 2026-11-22T18:03:11Z';
      errors.push({ pointer: `/${name}`, detail, ...(part === undefined ? {} : { in: part }) });
    }
  }
  return { instants, errors };
}
