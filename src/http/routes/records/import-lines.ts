/** The lines of an import, before any of them is written: what each says, or what is wrong with it. */

import { isDeepStrictEqual } from 'node:util';
import Type from 'typebox';
import type { Bbox } from '../../../formats/zones/zone.js';
import { RECORD_KINDS, type RecordKind } from '../../../ports/records.js';
import { ruleOf } from '../../../records/rules.js';
import type { RecordPut } from '../../../records/write-records.js';
import { RecordId } from '../../../wire/record-id.js';
import { parseJsonBody, UnreadableJson } from '../../plugins/json-body.js';
import type { FieldError } from '../../plugins/problems.js';
import { compileValidator, SchemaMismatch } from '../../plugins/validation.js';
import { readBody } from './record-routes.js';
import { withRepeated } from './standing.js';

/** A line that is refused, and why. `status` is what `PUT` would answer. */
export interface RefusedLine {
  /** From 1, blank ones counted. */
  readonly line: number;
  readonly kind?: string;
  readonly id?: string;
  readonly status: number;
  readonly detail?: string;
  /** Pointers are into the line. */
  readonly errors?: readonly FieldError[];
  readonly conflicts?: readonly object[];
  readonly version?: number | null;
}

export interface ImportLine {
  readonly line: number;
  readonly put: RecordPut;
}

type Check = (value: unknown) => readonly FieldError[];

function compileCheck(schema: object): Check {
  const validate = compileValidator({ schema });
  return (value) => {
    const result = validate(value);
    if (!('error' in result)) return [];
    if (result.error instanceof SchemaMismatch) return result.error.errors;
    throw result.error;
  };
}

const checkEnvelope = compileCheck(
  Type.Object(
    { kind: Type.Enum([...RECORD_KINDS]), id: Type.String(), body: Type.Object({}) },
    { additionalProperties: false },
  ),
);

interface KindChecks {
  readonly id: Check;
  /** Null: the rule validates all of it itself. */
  readonly body: Check | null;
}
const checks = new Map<RecordKind, KindChecks>();

/** Compiled when a kind is first imported. */
function checksOf(kind: RecordKind): KindChecks {
  const known = checks.get(kind);
  if (known !== undefined) return known;
  const rule = ruleOf(kind);
  const made = {
    id: compileCheck(rule.id ?? RecordId),
    body: rule.validateBody === false ? null : compileCheck(withRepeated(rule.body, rule.idName)),
  };
  checks.set(kind, made);
  return made;
}

const below = (name: string, errors: readonly FieldError[]): FieldError[] =>
  errors.map((error) => ({ ...error, pointer: `/${name}${error.pointer}` }));

function readLine(line: number, bytes: Uint8Array, serviceArea: Bbox | null): ImportLine | RefusedLine {
  let value: unknown;
  try {
    value = parseJsonBody(bytes);
  } catch (error) {
    if (error instanceof UnreadableJson)
      return { line, status: 400, detail: error.message.replace('The body', 'The line') };
    throw error;
  }
  return readRecord(line, value, serviceArea);
}

/** One record, `{kind, id, body}`, as the line that it stands in. */
export function readRecord(line: number, value: unknown, serviceArea: Bbox | null): ImportLine | RefusedLine {
  const wrong = checkEnvelope(value);
  if (wrong.length > 0) return { line, status: 422, errors: wrong };
  const { kind, id, body } = value as { readonly kind: RecordKind; readonly id: string; readonly body: unknown };
  const check = checksOf(kind);
  const faults = [...below('id', check.id(id)), ...below('body', check.body?.(body) ?? [])];
  if (faults.length > 0) return { line, kind, id, status: 422, errors: faults };
  const read = readBody(ruleOf(kind), id, body, serviceArea);
  if (!read.ok) return { line, kind, id, status: 422, errors: below('body', read.errors) };
  const { said, given, changeReason } = read;
  return { line, put: { kind, id, said, given, changeReason, precondition: null } };
}

/** Reads lines; the same record twice is one, unless it says two things. */
export function readImportLines(
  lines: readonly { readonly line: number; readonly bytes: Uint8Array }[],
  serviceArea: Bbox | null,
): { readonly records: readonly ImportLine[]; readonly refused: readonly RefusedLine[] } {
  const records = new Map<string, ImportLine>();
  const refused: RefusedLine[] = [];
  for (const { line, bytes } of lines) {
    const read = readLine(line, bytes, serviceArea);
    if (!('put' in read)) {
      refused.push(read);
      continue;
    }
    const { kind, id } = read.put;
    const name = `${kind}:${id}`;
    const before = records.get(name);
    if (before === undefined) records.set(name, read);
    else if (!isDeepStrictEqual(before.put, read.put)) {
      const detail = `line ${before.line} says something else of this ${kind}: an import has each record once`;
      refused.push({ line, kind, id, status: 409, detail });
    }
  }
  return { records: [...records.values()], refused };
}
