/**
 * What a record is answered with beside its content. All of it may be sent back as it came, so that what `GET` answers can be
 * `PUT`: the same again is no new version, and a version that no longer stands is refused as by `If-Match`.
 */
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { parseInstant } from '../../../formats/instant.js';
import type { RecordFault, StoredRecord } from '../../../ports/records.js';
import { Line, MAX_REASON_LENGTH } from '../../../records/rule.js';
import type { StandingGiven } from '../../../records/versioning.js';
import { RecordId } from '../../../wire/record-id.js';
import { toFieldErrors } from '../../plugins/problems.js';

const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC with Z' });
const Version = Type.Integer({ minimum: 1 });

export const Standing = {
  version: Version,
  effectiveAt: Type.Union([Instant, Type.Null()], { description: 'From when this version is in force; null: always' }),
  recordedAt: Instant,
  author: Type.String({ description: 'Who wrote this version; `local` where nobody signs in' }),
  changeReason: Type.Optional(Type.String({ description: 'Why, where it was said' })),
  correlationId: Type.Optional(Type.String({ description: 'The request by which it was written' })),
};

/** Those of a record, as they are answered. */
export const toStanding = (record: StoredRecord) => ({
  version: record.version,
  effectiveAt: record.effectiveAt,
  recordedAt: record.recordedAt,
  author: record.author,
  ...(record.changeReason === null ? {} : { changeReason: record.changeReason }),
  ...(record.correlationId === null ? {} : { correlationId: record.correlationId }),
});

const MAX_AUTHOR_LENGTH = 1_000;

/** The fields of a body that only repeat what was answered, and the reason for the change, which may be another. */
const Repeated = {
  version: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'As it was answered: another one than stands is refused with 412; 0: none may stand',
    }),
  ),
  effectiveAt: Type.Optional(
    Type.Union([Instant, Type.Null()], { description: 'As it was answered; set by the server' }),
  ),
  recordedAt: Type.Optional(Type.String({ ...Instant, description: 'As it was answered; set by the server' })),
  author: Type.Optional(
    Type.String({ maxLength: MAX_AUTHOR_LENGTH, description: 'As it was answered; set by the server' }),
  ),
  changeReason: Type.Optional({
    ...Line(MAX_REASON_LENGTH),
    description: 'Why it is changed; beside a `recordedAt`, the one that was answered counts as not given',
  }),
  correlationId: Type.Optional(
    Type.String({ maxLength: MAX_AUTHOR_LENGTH, description: 'As it was answered; set by the server' }),
  ),
};
const RepeatedObject = Type.Object(Repeated);
const RepeatedFields = Compile(RepeatedObject);
type RepeatedFields = Static<typeof RepeatedObject>;

/** The schema of a body that may repeat what was answered; a field of the body's own stays what it is. */
export function withRepeated(body: TSchema, idName: string): TSchema {
  const { properties, ...rest } = body as TSchema & { readonly properties: Readonly<Record<string, TSchema>> };
  const id = Type.Optional(Type.String({ ...RecordId, description: 'The id of the address' }));
  return {
    ...rest,
    ...Type.Object({ [idName]: id, ...Repeated, ...properties }),
    additionalProperties: false,
  } as TSchema;
}

/** Parts what was answered from what is written; of `ownFields` the body is the judge. Faults where a repeated field is none. */
export function takeRepeated(
  body: unknown,
  idName: string,
  id: string,
  ownFields: readonly string[],
): {
  readonly own: unknown;
  readonly given: StandingGiven;
  readonly changeReason: string | null;
  readonly errors: readonly RecordFault[];
} {
  const changeReason = null;
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { own: body, given: {}, changeReason, errors: [] };
  const isRepeated = (name: string) => (Object.hasOwn(Repeated, name) || name === idName) && !ownFields.includes(name);
  const entries = Object.entries(body);
  const own = Object.fromEntries(entries.filter(([name]) => !isRepeated(name)));
  const repeated: unknown = Object.fromEntries(entries.filter(([name]) => isRepeated(name)));
  const errors: RecordFault[] = [];
  const named = (repeated as Readonly<Record<string, unknown>>)[idName];
  if (named !== undefined && named !== id)
    errors.push({ pointer: `/${idName}`, detail: 'is not the id of the address' });
  if (!RepeatedFields.Check(repeated)) {
    return { own, given: {}, changeReason, errors: [...errors, ...toFieldErrors(RepeatedFields.Errors(repeated))] };
  }
  return { own, given: readGiven(repeated, errors), changeReason: repeated.changeReason ?? null, errors };
}

function readGiven(
  { version, effectiveAt, recordedAt, author, correlationId }: RepeatedFields,
  errors: RecordFault[],
): StandingGiven {
  const read = (pointer: string, text: string): string => {
    const ms = parseInstant(text);
    if (ms === null) errors.push({ pointer, detail: 'is not an RFC 3339 instant' });
    return ms === null ? text : new Date(ms).toISOString();
  };
  return {
    ...(version === undefined ? {} : { version }),
    ...(effectiveAt === undefined
      ? {}
      : { effectiveAt: effectiveAt === null ? null : read('/effectiveAt', effectiveAt) }),
    ...(recordedAt === undefined ? {} : { recordedAt: read('/recordedAt', recordedAt) }),
    ...(author === undefined ? {} : { author }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}
