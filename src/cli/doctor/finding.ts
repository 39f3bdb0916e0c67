/** What the doctor says of one thing. */

/** `wrong`: it does not work so; `unsafe`: it works, and should not be run so; `note`: to be known; `good`: looked at and right. */
export type Grade = 'good' | 'note' | 'unsafe' | 'wrong';

export interface Finding {
  readonly grade: Grade;
  /** The variable, or the part that it is about. */
  readonly about: string;
  readonly said: string;
  /** What to do; where something is to be done. */
  readonly todo?: string;
}

const make =
  (grade: Grade) =>
  (about: string, said: string, todo?: string): Finding => ({
    grade,
    about,
    said,
    ...(todo !== undefined && { todo }),
  });

export const good = make('good');
export const note = make('note');
export const unsafe = make('unsafe');
export const wrong = make('wrong');

export const describeError = (error: unknown): string => (error instanceof Error ? error.message : String(error));
