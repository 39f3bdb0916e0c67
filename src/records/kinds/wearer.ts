/** Wearers: the people who are tagged. */
import Type from 'typebox';
import { Line, type RecordRule, said } from '../rule.js';

export interface WearerContent {
  readonly name: string;
  readonly force?: string;
  readonly division?: string;
  readonly schemes?: readonly string[];
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
  parse: (body: WearerContent) => said(body),
  // An import of identities that knows nothing of it would let everybody know.
  mustSay: ['restrictedTo'],
  // Of a new one no watch, but its scope: nobody but `local` sees a wearer of whom nothing is known.
  targets: ({ id }) => [{ kind: 'wearer', id }],
};
