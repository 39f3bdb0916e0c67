/** `/wearers`: the people who are tagged. */
import Type from 'typebox';
import { type WearerContent, wearers } from '../../../store/wearers.js';
import type { App } from '../../app.js';
import { Line, type RecordDeps, registerRecord } from './record-routes.js';

const Body = Type.Object(
  {
    name: Line(200),
    division: Type.Optional(Line(200)),
    rag: Type.Optional(Type.Enum(['red', 'amber', 'green'])),
  },
  { additionalProperties: false },
);

export function registerWearers(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/wearers',
    idName: 'wearerId',
    name: 'wearer',
    table: wearers,
    body: Body,
    parse: (put: WearerContent) => ({ ok: true, put }),
    toWire: (content) => content,
  });
}
