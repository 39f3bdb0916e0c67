/** What the console asks about notes on wearers over REST, and what it writes. */
import type { NoteContent } from '../wire/note.js';
import { type Answer, ask, askList } from './api.js';
import { putRecord } from './send.js';

/** As it is answered, and who wrote it. */
export interface NoteRecord extends NoteContent {
  readonly noteId: string;
  readonly recordedAt: string;
  readonly author: string;
}

/** Of one wearer, the newest first. */
export async function askNotesOf(wearerId: string): Promise<Answer<readonly NoteRecord[]>> {
  const answer = await askList<NoteRecord>('/notes', { wearerId });
  if (!answer.ok) return answer;
  return { ok: true, body: [...answer.body].sort((a, b) => (a.recordedAt < b.recordedAt ? 1 : -1)) };
}

export const askNote = (noteId: string) => ask<NoteRecord>(`/notes/${encodeURIComponent(noteId)}`);

/** `noteId`: made when the form was opened, so that another try is the same note. */
export const putNote = (noteId: string, content: NoteContent) =>
  putRecord<NoteRecord>(`/notes/${encodeURIComponent(noteId)}`, content, null);
