/** What can be done to an alert over HTTP: the path of each action, and what its body says. */
import { createHash } from 'node:crypto';
import { type TSchema, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { SUSPENSION_LIMIT_MS } from '../../../alerts/act.js';
import type { ActionEvent, ActionType } from '../../../alerts/event.js';
import { ContactOutcomeSchema, DispositionSchema } from '../../../wire/alert-schemas.js';
import { readInstants } from '../../plugins/instants.js';
import { type FieldError, toFieldErrors } from '../../plugins/problems.js';

const NOTE_CHARACTERS_LIMIT = 4_000;
const SUBJECT_CHARACTERS_LIMIT = 512;
/** What has happened is not in the future; clocks differ by less than this. */
const CLOCK_TOLERANCE_MS = 60_000;

const Note = Type.String({ maxLength: NOTE_CHARACTERS_LIMIT });
const Said = Type.String({ minLength: 1, maxLength: NOTE_CHARACTERS_LIMIT });
const Subject = Type.String({
  minLength: 1,
  maxLength: SUBJECT_CHARACTERS_LIMIT,
  description: 'a subject, as `GET /me` tells it',
});
const InstantText = Type.String();
const SUSPENDING = {
  until: { ...InstantText, description: 'at most 24 h from now; what still holds then is told again' },
  reason: Said,
};
const optionalNote = { note: Type.Optional(Note) };

function body(fields: Record<string, TSchema>): TSchema {
  return Type.Object(fields, { additionalProperties: false });
}

export interface ActionTold {
  readonly type: ActionType;
  readonly summary: string;
  readonly body: TSchema;
  /** Of which operation of the table of rights it is. */
  readonly operation: 'alerts.act' | 'suspensions.write';
  /** Nothing needs to be said, so it may come without a body. */
  readonly bodyMayBeAbsent: boolean;
}

const SUSPENDING_TYPES: ReadonlySet<ActionType> = new Set([
  'suspended',
  'suspension-proposed',
  'suspension-agreed',
  'suspension-refused',
  'resumed',
]);

const told = (type: ActionType, summary: string, fields: Record<string, TSchema>): ActionTold => ({
  type,
  summary,
  body: body(fields),
  operation: SUSPENDING_TYPES.has(type) ? 'suspensions.write' : 'alerts.act',
  bodyMayBeAbsent: Object.values(fields).every((field) => Type.IsOptional(field)),
});

/** By the last part of the path. */
export const ACTIONS_TOLD = {
  acknowledge: told('acknowledged', 'Tell that an alert has been seen', optionalNote),
  take: told('taken', 'Take an alert: it is yours from now on, and acknowledged', optionalNote),
  release: told('released', 'Give an alert of yours back: it waits for somebody anew', optionalNote),
  assign: told('assigned', 'Give an alert to somebody', { to: Subject, reason: Type.Optional(Note), ...optionalNote }),
  'hand-over': told('handed-over', 'Hand an alert of yours over, with what the next one has to know', {
    to: Subject,
    note: Said,
  }),
  note: told('noted', 'Add a note; it is never in the way of another one', { note: Said }),
  'victim-contact': told('victim-contacted', 'Tell that the victim was contacted, or could not be', {
    outcome: ContactOutcomeSchema,
    contactedAt: Type.Optional(InstantText),
    ...optionalNote,
  }),
  'request-review': told('review-requested', 'Ask for a review of an alert', { reason: Said }),
  reopen: told('reopened', 'Make a closed alert unresolved again', { reason: Said }),
  suspend: told('suspended', 'Not to be told of what goes on until an instant, for a reason', SUSPENDING),
  'propose-suspension': told('suspension-proposed', 'Propose a suspension that takes a second person', SUSPENDING),
  'agree-suspension': told('suspension-agreed', 'Agree, as the second person, to the suspension that is proposed', {}),
  'refuse-suspension': told('suspension-refused', 'Refuse the suspension that is proposed, or withdraw one’s own', {
    reason: Type.Optional(Note),
  }),
  resume: told('resumed', 'End a suspension before its time', { reason: Type.Optional(Note) }),
  dispose: told('disposed', 'Resolve an alert', {
    disposition: DispositionSchema,
    tagInspectedAt: Type.Optional(InstantText),
    ...optionalNote,
  }),
} as const satisfies Readonly<Record<string, ActionTold>>;

export type ActionName = keyof typeof ACTIONS_TOLD;
export const ACTION_NAMES = Object.keys(ACTIONS_TOLD) as readonly ActionName[];

const SAID_FIELDS = [
  'note',
  'disposition',
  'tagInspectedAt',
  'reason',
  'to',
  'until',
  'contactedAt',
  'outcome',
] as const;
export type Said = Pick<ActionEvent, 'type' | (typeof SAID_FIELDS)[number]>;

/** An action as a body says it, or the fields at fault. `pointer`: where the body stands in what was sent. */
export function readSaid(
  name: ActionName,
  content: unknown,
  nowMs: number,
  pointer = '',
): { readonly said: Said } | { readonly errors: readonly FieldError[] } {
  const { type, body: schema, bodyMayBeAbsent } = ACTIONS_TOLD[name];
  const given = content ?? (bodyMayBeAbsent ? {} : content);
  const at = (errors: readonly FieldError[]) => ({
    errors: errors.map((error) => ({ ...error, pointer: `${pointer}${error.pointer}` })),
  });
  if (!Check(schema, given)) return at(toFieldErrors([...Errors(schema, given)]));
  const fields = given as Partial<Said>;
  const { tagInspectedAt, contactedAt, until } = fields;
  const { instants, errors } = readInstants({ tagInspectedAt, contactedAt, until });
  for (const key of ['tagInspectedAt', 'contactedAt'] as const) {
    const atMs = instants[key];
    if (atMs !== undefined && atMs > nowMs + CLOCK_TOLERANCE_MS)
      errors.push({ pointer: `/${key}`, detail: 'lies in the future' });
  }
  const untilMs = instants.until;
  if (untilMs !== undefined && untilMs <= nowMs) errors.push({ pointer: '/until', detail: 'has passed' });
  if (untilMs !== undefined && untilMs > nowMs + SUSPENSION_LIMIT_MS)
    errors.push({
      pointer: '/until',
      detail: 'may be 24 h from now at most; what is to last is a suspension on the record',
    });
  if (errors.length > 0) return at(errors);
  const read = Object.entries(instants).flatMap(([key, ms]) =>
    ms === undefined ? [] : [[key, new Date(ms).toISOString()]],
  );
  return { said: { ...fields, ...Object.fromEntries(read), type } };
}

/**
 * What an action is known by: whose it is, and the key under which they sent it. Of two people with one key it is two, and no key is an
 * id of the program's own: what the clock does, or what was found.
 */
export function eventIdOf(subjectId: string, key: string): string {
  return `act_${createHash('sha256')
    .update(JSON.stringify([subjectId, key]))
    .digest('base64url')}`;
}

/** The same for the same saying; of acknowledging and disposing as it has always been. */
export function hashSaid(said: Said): string {
  const { type, note, disposition, tagInspectedAt, ...more } = said;
  const rest = SAID_FIELDS.flatMap((key) => (key in more ? [key, said[key]] : []));
  return createHash('sha256')
    .update(JSON.stringify([type, note, disposition, tagInspectedAt, ...rest]))
    .digest('base64url');
}
