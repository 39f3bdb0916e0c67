/** The ids by which a request is found again: in the log of the program, in versions of records, in the audit. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';
const CORRELATION_ID_HEADER = 'x-correlation-id';
/** Ids that a proxy or a caller may give: enough to be unique, and nothing that breaks a line of a log or a search in it. */
const GIVEN_ID = /^[A-Za-z0-9._-]{8,64}$/;

function givenId({ headers }: Pick<IncomingMessage, 'headers'>, header: string): string | null {
  const given = headers[header];
  return typeof given === 'string' && GIVEN_ID.test(given) ? given : null;
}

/** The id under which a request is told: the one that it brings, where that is of use, or a new one, unique over restarts. */
export const requestIdOf = (request: Pick<IncomingMessage, 'headers'>): string =>
  givenId(request, REQUEST_ID_HEADER) ?? randomUUID();

/** The id that the caller's own system has for it, or else its own. */
export const correlationIdOf = (request: Pick<IncomingMessage, 'headers'> & { readonly id: string }): string =>
  givenId(request, CORRELATION_ID_HEADER) ?? request.id;
