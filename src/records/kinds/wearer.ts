/** Wearers: the people who are tagged. */
import Type from 'typebox';
import { Line, type RecordRule, said } from '../rule.js';

export interface WearerContent {
  readonly name: string;
  readonly division?: string;
  readonly rag?: 'red' | 'amber' | 'green';
}

export const wearer: RecordRule<WearerContent> = {
  kind: 'wearer',
  name: 'wearer',
  path: '/wearers',
  idName: 'wearerId',
  body: Type.Object(
    {
      name: Line(200),
      division: Type.Optional(Line(200)),
      rag: Type.Optional(Type.Enum(['red', 'amber', 'green'])),
    },
    { additionalProperties: false },
  ),
  parse: (body: WearerContent) => said(body),
  targets: ({ id, isNew }) => (isNew ? [] : [{ kind: 'wearer', id }]),
};
