/** Errors over HTTP: RFC 9457 `application/problem+json`, with the fields at fault. */
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';

/** One field at fault. `pointer` is a JSON Pointer (RFC 6901) into what `in` names. */
export const FieldError = Type.Object({
  pointer: Type.String({ description: 'JSON Pointer (RFC 6901) to the value at fault' }),
  detail: Type.String(),
  in: Type.Optional(
    Type.Enum(['query', 'path', 'headers'], { description: 'Where the pointer points into, if it is not the body' }),
  ),
});
export type FieldError = Type.Static<typeof FieldError>;

export const Problem = Type.Object(
  {
    type: Type.Optional(Type.String()),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldError)),
  },
  { description: 'RFC 9457. Members beyond these belong to the endpoint that names them.' },
);
export type Problem = Type.Static<typeof Problem>;

/** What a handler gives to {@link sendProblem}; members beyond Problem's (as `conflicts`) are sent as they are. */
export type ProblemInput = Omit<Problem, 'title'> & { readonly title?: string } & Readonly<Record<string, unknown>>;

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  422: 'Not valid',
  428: 'Precondition required',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Not available',
};

/** How many fields at fault one answer names: a hostile body must not have an answer larger than itself. */
export const MAX_FIELD_ERRORS = 20;

/** The body of a problem, with the title of its status unless it has one. */
export function toProblem(input: ProblemInput): Problem {
  const { title, errors, ...rest } = input;
  return {
    title: title ?? TITLES[input.status] ?? 'Error',
    ...rest,
    ...(errors === undefined ? {} : { errors: errors.slice(0, MAX_FIELD_ERRORS) }),
  };
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, input: ProblemInput): FastifyReply {
  // As bytes: a route's schemas are for its own media types.
  return reply
    .code(input.status)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(JSON.stringify(toProblem(input))));
}

/** The schema entries of the problems that an endpoint may answer, for OpenAPI. */
export function problemResponses(...statuses: readonly number[]): Record<number, object> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: TITLES[status] ?? 'Error', content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
}

/** A name as one step of a JSON Pointer. */
export const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The validator's findings as fields at fault: a missing field is named by its own pointer, an unknown one as such. */
export function toFieldErrors(found: readonly TLocalizedValidationError[]): FieldError[] {
  const errors: FieldError[] = [];
  for (const { keyword, instancePath, schemaPath, params, message } of found) {
    if (keyword === 'required') {
      for (const name of (params as { requiredProperties: readonly string[] }).requiredProperties) {
        errors.push({ pointer: `${instancePath}/${escapePointer(name)}`, detail: 'is required' });
      }
    } else if (keyword === 'enum') {
      const { allowedValues } = params as { allowedValues: readonly unknown[] };
      errors.push({ pointer: instancePath, detail: `must be one of ${allowedValues.join(', ')}` });
    } else if (keyword === 'boolean' && schemaPath.endsWith('/additionalProperties')) {
      errors.push({ pointer: instancePath, detail: 'is not a field of this record' });
    } else if (keyword !== 'additionalProperties') {
      errors.push({ pointer: instancePath, detail: message });
    }
  }
  return errors;
}
