/** What the program and the thread of its embedded database say to each other. */

export interface WorkerOptions {
  /** Null: in memory. */
  readonly directory: string | null;
}

/** To the thread: answered in order, each with its `id`. */
export type Request =
  | {
      readonly id: number;
      readonly type: 'query';
      readonly sql: string;
      readonly params: readonly (string | null)[] | null;
    }
  | { readonly id: number; readonly type: 'close' };

/** An error of the database, as far as it can be sent. */
export interface SentError {
  readonly message: string;
  readonly code: string | null;
  readonly constraint: string | null;
}

/** From the thread. */
export type Reply =
  | { readonly type: 'ready' }
  | {
      readonly type: 'answer';
      readonly id: number;
      readonly rows: Record<string, unknown>[];
      readonly rowCount: number;
      readonly command: string | null;
    }
  | { readonly type: 'failed'; readonly id: number; readonly error: SentError }
  | { readonly type: 'notification'; readonly channel: string; readonly payload: string };
