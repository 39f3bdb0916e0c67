/** Wearers: the people who are tagged. */
import Type from 'typebox';
import { Line, type RecordRule, saidUnless } from '../rule.js';

const DAY = '^\\d{4}-\\d\\d-\\d\\d$';
/** Another day where there is none of that number: 31 February. */
function toDay(text: string): string {
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(atMs) ? '' : new Date(atMs).toISOString().slice(0, 10);
}

export interface WearerContent {
  readonly name: string;
  readonly force?: string;
  readonly division?: string;
  readonly schemes?: readonly string[];
  /** `2000-02-29`. */
  readonly dateOfBirth?: string;
  /** Who this is to the Police National Computer, the prisons, probation and the register of violent and sex offenders. */
  readonly pncId?: string;
  readonly nomisId?: string;
  readonly crn?: string;
  readonly visorId?: string;
  /** Subjects who alone may know of this wearer; null: it was lifted. */
  readonly restrictedTo?: readonly string[] | null;
}

export const wearer: RecordRule<WearerContent> = {
  kind: 'wearer',
  name: 'wearer',
  path: '/wearers',
  idName: 'wearerId',
  body: Type.Object(
    {
      name: Line(200),
      force: Type.Optional(Line(200)),
      division: Type.Optional(Line(200)),
      schemes: Type.Optional(Type.Array(Line(200), { maxItems: 50, uniqueItems: true })),
      dateOfBirth: Type.Optional(Type.String({ pattern: DAY, description: 'YYYY-MM-DD' })),
      pncId: Type.Optional({ ...Line(50), description: 'Of the Police National Computer' }),
      nomisId: Type.Optional({ ...Line(50), description: 'Of the prisons' }),
      crn: Type.Optional({ ...Line(50), description: 'Of probation' }),
      visorId: Type.Optional({ ...Line(50), description: 'Of ViSOR' }),
      restrictedTo: Type.Optional(
        Type.Union([Type.Array(Line(500), { maxItems: 200, uniqueItems: true }), Type.Null()], {
          description:
            'Subjects (`ISSUER#SUBJECT`) who alone may know of this wearer, whatever their role; where it stands it is repeated, ' +
            'or lifted by null',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  parse(body: WearerContent) {
    const { dateOfBirth } = body;
    const isDay = dateOfBirth === undefined || toDay(dateOfBirth) === dateOfBirth;
    return saidUnless(isDay ? [] : [{ pointer: '/dateOfBirth', detail: 'is no day of the calendar' }], body);
  },
  // An import of identities that knows nothing of it would let everybody know.
  mustSay: ['restrictedTo'],
  // Of a new one no watch, but its scope: nobody but `local` sees a wearer of whom nothing is known.
  targets: ({ id }) => [{ kind: 'wearer', id }],
};
