/** Marks of one kind, put in order of when they were made, and the episodes that they come to: whatever order they came in. */

import type { Strength } from '../state.js';
import { DEVICE_MARKS, DEVICE_SETTLE_MS } from '../thresholds.js';
import type { EndedBecause, SilenceReason } from '../types.js';
import type { DeviceLine, DeviceState, LineKind, Mark, Saying } from './device-state.js';

export interface DeviceEpisode {
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly endedBecause?: EndedBecause;
  /** The newest mark that says that it is so. */
  readonly lastOnAtMs: number;
  readonly strength: Strength;
}

/** An episode with its reason, where its kind has reasons. */
export interface FoundDevice extends DeviceEpisode {
  readonly reason?: SilenceReason;
}

/** At one instant what is over stands first: a message that says both says that it is so. */
const ORDER: Readonly<Record<Saying, number>> = { off: 0, fix: 1, maybe: 2, on: 3 };

function comesBefore(a: Mark, b: Mark): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && ORDER[a.says] < ORDER[b.says]);
}

/** The same list where it is in it. */
export function withMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  if (marks.some(({ atMs, says }) => atMs === mark.atMs && says === mark.says)) return marks;
  const at = marks.findIndex((each) => comesBefore(mark, each));
  return at === -1 ? [...marks, mark] : [...marks.slice(0, at), mark, ...marks.slice(at)];
}

/** What begins where something is said to be so and ends with the next mark that says it is over. */
export function episodesOf(marks: readonly Mark[]): DeviceEpisode[] {
  const episodes: DeviceEpisode[] = [];
  let open: DeviceEpisode | undefined;
  for (const { atMs, says } of marks) {
    if (says === 'on' || says === 'maybe') {
      const strength: Strength = says === 'on' ? 'confirmed' : (open?.strength ?? 'suspected');
      open = { startedAtMs: open?.startedAtMs ?? atMs, endedAtMs: null, lastOnAtMs: atMs, strength };
    } else if (open !== undefined && ends(open, atMs, says)) {
      episodes.push({ ...open, endedAtMs: atMs, endedBecause: 'restored' });
      open = undefined;
    }
  }
  if (open !== undefined) episodes.push(open);
  return episodes;
}

/** A fix right after the device told of it says little: jamming comes and goes within seconds. */
function ends({ lastOnAtMs }: DeviceEpisode, atMs: number, says: 'off' | 'fix'): boolean {
  return says === 'off' || atMs >= lastOnAtMs + DEVICE_SETTLE_MS;
}

/** Whether a mark that says it is over, made then, would end an episode, or end it earlier. */
export function wouldEnd(marks: readonly Mark[], mark: Mark & { readonly says: 'off' | 'fix' }): boolean {
  const before = marks.findLast((each) => comesBefore(each, mark));
  if (before === undefined) return false;
  const open = episodesOf(marks.filter((each) => comesBefore(each, mark))).at(-1);
  return open !== undefined && open.endedAtMs === null && ends(open, mark.atMs, mark.says);
}

/**
 * No more than `DEVICE_MARKS`: a device that says the same with every message keeps the first and the newest, and of what is over the
 * oldest episode is forgotten whole. Its end stays in front: what comes late from before it ended then, too.
 */
export function trimLine(line: DeviceLine): DeviceLine {
  let { marks, forgotten } = line;
  while (marks.length > DEVICE_MARKS) {
    const at = isSo(marks[0]!) ? 0 : 1;
    const [first, second] = marks.slice(at, at + 2) as [Mark, Mark];
    if (!isSo(first)) marks = marks.slice(at);
    // Of two that say that it is so the first tells since when, and the surer one how sure it is.
    else if (isSo(second))
      marks = marks.with(at, second.says === 'on' ? { ...first, says: 'on' } : first).toSpliced(at + 1, 1);
    else if (wouldEnd([first], { atMs: second.atMs, says: second.says as 'off' | 'fix' })) {
      forgotten = {
        fromMs: forgotten?.fromMs ?? first.atMs,
        untilMs: Math.max(forgotten?.untilMs ?? -Infinity, second.atMs),
      };
      marks = marks.slice(at + 1);
    } else marks = marks.toSpliced(at + 1, 1);
  }
  return forgotten === undefined ? { ...line, marks } : { ...line, marks, forgotten };
}

/** Whether a mark is of the time of episodes that were told and are forgotten: put in its place it would be told as another. */
export function isForgotten({ forgotten }: DeviceLine, { atMs }: Mark): boolean {
  return forgotten !== undefined && forgotten.fromMs <= atMs && atMs < forgotten.untilMs;
}

function isSo({ says }: Mark): boolean {
  return says === 'on' || says === 'maybe';
}

const NO_MARKS: readonly Mark[] = [];

export function marksOfLine({ lines }: DeviceState, kind: LineKind): readonly Mark[] {
  for (const line of lines) if (line.kind === kind) return line.marks;
  return NO_MARKS;
}
