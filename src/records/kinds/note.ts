/** Notes: what somebody wrote down about a wearer. Who and when is the record's own; none is changed, a later one corrects it. */
import Type from 'typebox';
import { MAX_NOTE_LENGTH, type NoteContent } from '../../wire/note.js';
import { RecordId } from '../../wire/record-id.js';
import { Paragraphs, type RecordRule, said } from '../rule.js';

const stays = 'a note stays as it was written: write another that corrects it';

export const note: RecordRule<NoteContent> = {
  kind: 'note',
  name: 'note',
  path: '/notes',
  idName: 'noteId',
  listsByWearer: true,
  operations: { read: 'schemes.read', write: 'notes.write' },
  body: Type.Object(
    { wearerId: RecordId, text: Type.String({ ...Paragraphs(MAX_NOTE_LENGTH), minLength: 1 }) },
    { additionalProperties: false },
  ),
  parse: (body: NoteContent) => said(body),
  keeps: { wearerId: stays, text: stays },
  references: ({ wearerId }) => [{ pointer: '/wearerId', kind: 'wearer', id: wearerId }],
  targets: () => [],
};
