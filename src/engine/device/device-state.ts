/** What is remembered of what a tag says of itself: beside the fold of its fixes, and never a part of it. Plain JSON, bounded. */
import type { DeviceKind, EngineEvent, SilenceReason } from '../types.js';

/** What one message says about one thing: it is so, it may be so, it is not; `fix`: a fix by GPS says that it is over for a while. */
export type Saying = 'on' | 'maybe' | 'off' | 'fix';

export interface Mark {
  /** When the message was made. */
  readonly atMs: number;
  readonly says: Saying;
}

/** Charging is no finding, but a battery that stays low is one. */
export type LineKind = Exclude<DeviceKind, 'charging-overdue' | 'unmonitored'> | 'charging';

/** The marks of one kind, in the order in which they were made, at most `DEVICE_MARKS`. */
export interface DeviceLine {
  readonly kind: LineKind;
  readonly marks: readonly Mark[];
  /** The time of the episodes that the bound made it forget. */
  readonly forgotten?: { readonly fromMs: number; readonly untilMs: number };
}

/** What was said of an alert that may still change. */
export interface DeviceTold {
  readonly kind: DeviceKind;
  readonly alertId: string;
  readonly revision: number;
  /** As first raised: the id holds it. */
  readonly raisedStartMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly lastOnAtMs: number;
  readonly strength: EngineEvent['strength'];
  readonly reason?: SilenceReason;
  /** It was taken back. What comes late may show it to be true after all: then it goes on, with its id and its revisions. */
  readonly withdrawn?: true;
}

/** Messages without a usable fix since the newest that had one. */
export interface Blind {
  /** When the first of them was made, and when it was received. */
  readonly sinceMs: number;
  readonly receivedAtMs: number;
  readonly messages: number;
  /** Of these with a position by LBS or WIFI. */
  readonly byNetwork: number;
}

/** Where the tag has been since it last moved. */
export interface Rest {
  readonly latitude: number;
  readonly longitude: number;
  readonly sinceMs: number;
  /** The newest fix was elsewhere: one more, and it has moved. */
  readonly leftAtMs: number | null;
}

/** Messages in a row that all came late. By receipt: how late they are made is what is asked. */
export interface LateRun {
  readonly sinceMs: number;
  /** The window that is running; none of it has come yet where `messages` is 0. */
  readonly fromMs: number;
  readonly messages: number;
  readonly leastMs: number;
  /** The least lateness of the window before it; null: there is none. */
  readonly beforeMs: number | null;
}

/** Messages in a row that are not late, of a clock that was told to be behind. */
export interface RightRun {
  readonly sinceMs: number;
  readonly messages: number;
}

/** Changed in place. */
export interface DeviceState {
  /** Since when it is watched: silence is counted from then on. Null: before any input. */
  knownAtMs: number | null;
  /** When the newest message, by when it was made, was received; null: none was. */
  heardAtMs: number | null;
  /** When the newest message was made. */
  madeAtMs: number | null;
  blind: Blind | null;
  rest: Rest | null;
  lines: readonly DeviceLine[];
  told: readonly DeviceTold[];
  /** Absent: the newest message came in time, or its clock is told to be behind. */
  late?: LateRun;
  /** Absent: none is waited for. */
  right?: RightRun;
}

const NONE: readonly never[] = [];

export function initialDevice(): DeviceState {
  return { knownAtMs: null, heardAtMs: null, madeAtMs: null, blind: null, rest: null, lines: NONE, told: NONE };
}
