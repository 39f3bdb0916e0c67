/** A rule that reads of each message by itself what it says about one kind. */
import type { Ping } from '../types.js';
import type { LineKind, Saying } from './device-state.js';

export interface MarkRule {
  readonly kind: LineKind;
  /** Null: nothing. */
  readonly read: (ping: Ping) => Extract<Saying, 'on' | 'off'> | null;
  /** It is read off a figure that comes with every message: only what changes it is marked. */
  readonly isLevel?: true;
  /** What a message made later says by itself, once the tag was said to be so: it is over. Absent: nothing. */
  readonly isOverWith?: 'message' | 'fix';
}
