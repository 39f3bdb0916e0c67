/** Which consoles of the control room can be heard, as apis keep it for each other. */
import type { Area } from '../access/principal.js';
import type { SoundSpan } from '../alerts/console-sounds.js';

export interface ConsoleSpan extends SoundSpan {
  /** Whose alerts are told there; null: everybody's. */
  readonly areas: readonly Area[] | null;
}

/** Of a console that is connected now. */
export type ConnectedConsole = Omit<ConsoleSpan, 'seenAtMs' | 'isOver'>;

/** Those of all apis that were seen within the last day. */
export interface KnownConsoles {
  readonly spans: readonly ConsoleSpan[];
  /** As of when. */
  readonly atMs: number;
}
