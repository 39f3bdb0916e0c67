/** What holds of every endpoint, in its schema: so that its description says what is true. */
import type { RouteOptions } from 'fastify';
import { problemResponses } from './problems.js';
import { isLimited } from './subject-limits.js';

/** A request that is malformed, arrives too slowly, has too long an id or too large headers, or is meant for another host. */
const ANY_REQUEST = [400, 408, 414, 421, 431] as const;
/** Whoever is not known here, or whose roles do not include it. */
const NOT_PUBLIC = [401, 403] as const;
/** A page of a foreign origin; a body that is too large, or of a type or an encoding that is not taken. */
const ANY_BODY = [403, 413, 415] as const;
const BODY_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** Adds the answers that any request may get, and refuses parameters in the query that the endpoint does not name. */
export function describeCommon(route: RouteOptions): void {
  const { schema } = route;
  if (schema === undefined || schema.hide === true) return;
  const takesBody = BODY_METHODS.some((method) => [route.method].flat().includes(method));
  const querystring = (schema.querystring ?? { type: 'object', properties: {} }) as object;
  const operation = route.config?.operation;
  const isPublic = operation === undefined || operation === 'public';
  route.schema = {
    ...schema,
    // What of the table of rights (`docs/rights.csv`) whoever asks needs.
    ...(operation !== undefined && { 'x-operation': operation }),
    querystring: { ...querystring, additionalProperties: false },
    response: {
      ...problemResponses(
        ...ANY_REQUEST,
        ...(isPublic ? [] : NOT_PUBLIC),
        ...(operation !== undefined && isLimited(operation) ? [429] : []),
        ...(takesBody ? ANY_BODY : []),
      ),
      ...(schema.response as object | undefined),
    },
  };
}
