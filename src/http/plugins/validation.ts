/** Validation of the parts of a request by the TypeBox schemas of its endpoint. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { isStorable } from '../../store/text.js';
import { escapePointer, type FieldError, toFieldErrors } from './problems.js';

const PARTS = { querystring: 'query', params: 'path', headers: 'headers' } as const;

/** The refusal of one part of a request. */
export class SchemaMismatch extends Error {
  override readonly name = 'SchemaMismatch';
  constructor(
    readonly errors: readonly FieldError[],
    readonly isBody: boolean,
  ) {
    super('The request does not have the shape that this endpoint takes.');
  }
}

interface PropertySchema {
  readonly type?: unknown;
}

/** As JSON writes them, without an exponent: what else JavaScript takes for a number (`0x10`, ` 1`, `true`) is a slip. */
const NUMBER = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/;

/** The value that a text stands for by its schema; the text itself where it stands for none. */
function readText(schema: PropertySchema | undefined, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (schema?.type === 'integer' || schema?.type === 'number') return NUMBER.test(text) ? Number(text) : text;
  if (schema?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** The texts of a query, a path or headers as the values that they stand for. */
function readTexts(schema: unknown, texts: unknown): unknown {
  const { properties = {} } = schema as { readonly properties?: Readonly<Record<string, PropertySchema>> };
  return Object.fromEntries(
    Object.entries(texts ?? {}).map(([name, text]) => [name, readText(properties[name], text)]),
  );
}

const NONE: readonly string[] = [];

/** Where a value holds text that cannot be stored (NUL, half of a surrogate pair), as JSON Pointers. */
function findUnstorable(value: unknown): readonly string[] {
  if (typeof value === 'string') return isStorable(value) ? NONE : [''];
  if (typeof value !== 'object' || value === null) return NONE;
  // Pointers are made where something is found: a zone has thousands of numbers, and each of them comes by here.
  let found = NONE;
  const look = (name: string | number, part: unknown): void => {
    if (typeof part === 'number') return;
    const within = findUnstorable(part);
    if (within.length > 0) found = [...found, ...within.map((rest) => `/${escapePointer(String(name))}${rest}`)];
  };
  if (Array.isArray(value)) value.forEach((part, index) => void look(index, part));
  else for (const [name, part] of Object.entries(value)) look(name, part);
  return found;
}

/** How a fault reads in a query or a path, where there are parameters and each is given once. */
function toParameterError(error: FieldError, value: unknown, part: 'query' | 'path' | 'headers'): FieldError {
  const given = (value as Readonly<Record<string, unknown>>)[error.pointer.slice(1)];
  if (Array.isArray(given)) return { ...error, in: part, detail: 'is given more than once' };
  const isUnknown = error.detail === 'is not a field of this record';
  return { ...error, in: part, detail: isUnknown ? 'is not a parameter of this endpoint' : error.detail };
}

/** Query strings, paths and headers are text, so numbers and booleans are read out of it; bodies are taken as they are. */
export function compileValidator({ schema, httpPart }: { schema: unknown; httpPart?: string | undefined }) {
  const validator = Compile(schema as TSchema);
  const part = PARTS[httpPart as keyof typeof PARTS];
  return (data: unknown): { value: unknown } | { error: Error } => {
    const value = part === undefined ? data : readTexts(schema, data);
    const errors = validator.Check(value) ? [] : toFieldErrors(validator.Errors(value));
    if (errors.length === 0) {
      const detail = 'holds NUL or half of a character, which is no text';
      errors.push(...findUnstorable(value).map((pointer) => ({ pointer, detail })));
    }
    if (errors.length === 0) return { value };
    const told = part === undefined ? errors : errors.map((error) => toParameterError(error, value, part));
    return { error: new SchemaMismatch(told, part === undefined) };
  };
}

/** For endpoints that judge their bodies themselves. */
export function compileAllButBody(part: Parameters<typeof compileValidator>[0]): ReturnType<typeof compileValidator> {
  return part.httpPart === 'body' ? (value) => ({ value }) : compileValidator(part);
}
