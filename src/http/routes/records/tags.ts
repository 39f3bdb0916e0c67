/** `/tags`: the devices. */
import Type from 'typebox';
import { type TagContent, tags } from '../../../store/tags.js';
import { TagIdSchema } from '../../../wire/ping-schema.js';
import type { App } from '../../app.js';
import { RecordId } from '../../plugins/ids.js';
import { type RecordDeps, registerRecord } from './record-routes.js';

const Body = Type.Object({ modelId: Type.Optional(RecordId) }, { additionalProperties: false });

export function registerTags(app: App, deps: RecordDeps): void {
  registerRecord(app, deps, {
    path: '/tags',
    idName: 'tagId',
    id: TagIdSchema,
    name: 'tag',
    table: tags,
    operations: { read: 'tags.read', write: 'tags.write' },
    body: Body,
    parse: (put: TagContent) => ({ ok: true, put }),
    toWire: (content) => content,
  });
}
