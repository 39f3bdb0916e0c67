/** One wearer of `GET /desk`: what has to be done about them. Instants are RFC 3339 in UTC. */
import type { Rag } from './rag.js';
import type { TaskContent } from './task.js';

/** What the rating, or the risk management plan, asks for, whether or not somebody has written a task for it. */
export interface Duty {
  readonly kind: 'review' | 'visit' | 'plan-review';
  readonly dueAt: string;
}

export interface DeskTask extends TaskContent {
  readonly taskId: string;
  readonly version: number;
  readonly recordedAt: string;
}

export interface DeskRow {
  readonly wearerId: string;
  readonly name: string;
  readonly division: string | null;
  readonly rag: Rag | null;
  readonly duties: readonly Duty[];
  /** Open and accepted ones. */
  readonly tasks: readonly DeskTask[];
}
