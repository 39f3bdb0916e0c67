/** A note about a wearer, as `PUT /notes/{noteId}` takes it and the console shows it. */
export interface NoteContent {
  readonly wearerId: string;
  readonly text: string;
}

export const MAX_NOTE_LENGTH = 4_000;
