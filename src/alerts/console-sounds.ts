/** Who of the control room can be heard: whose console plays sounds, who is silent, and who was over the last day. Pure. */
import type { Instant } from './event.js';

/** `off`: the shift has not been started; `blocked`: the browser plays nothing. */
export const CONSOLE_SOUNDS = ['on', 'off', 'blocked'] as const;
export type ConsoleSound = (typeof CONSOLE_SOUNDS)[number];
export const SILENT_SOUNDS = ['off', 'blocked'] as const;
export type SilentSound = (typeof SILENT_SOUNDS)[number];
/** It has not said, as a page of before this was told does not. */
export const UNTOLD = 'untold';

/** A connected console, for as long as its sound was the same. */
export interface SoundSpan {
  readonly spanId: string;
  /** Subject id. */
  readonly who: string;
  readonly sound: ConsoleSound | typeof UNTOLD;
  readonly fromMs: number;
  /** When it was last known to be there. */
  readonly seenAtMs: number;
  /** It is known to have gone, or to have another sound now. */
  readonly isOver: boolean;
}

/** People, however many pages each has open: somebody is heard by one of them. */
export interface SoundsTold {
  readonly heard: number;
  /** Connected, and cannot be heard, or do not say. */
  readonly silent: readonly Silence<SilentSound | typeof UNTOLD>[];
  /** Silences of the last day that are over, the newest first. */
  readonly silentBefore: readonly (Silence<SilentSound> & { readonly until: Instant })[];
}

interface Silence<Sound> {
  readonly who: string;
  readonly sound: Sound;
  readonly since: Instant;
}

export const SOUNDS_OF_MS = 86_400_000;
/** A console of an api that was killed is gone when it was not seen for so long. */
const SEEN_LIMIT_MS = 45_000;
/** A page that is loaded anew, a shift that begins, a connection that is made again: none of them begins or ends a silence. */
const WORTH_TELLING_MS = 60_000;

interface Stretch {
  readonly sound: SilentSound;
  readonly fromMs: number;
  readonly toMs: number;
}

const instant = (atMs: number): Instant => new Date(atMs).toISOString();

/** `spans`: all that were seen within the last day, in any order. */
export function tellSounds(spans: readonly SoundSpan[], nowMs: number): SoundsTold {
  const isThere = ({ seenAtMs, isOver }: SoundSpan) => !isOver && nowMs - seenAtMs <= SEEN_LIMIT_MS;
  let heard = 0;
  const silent: SoundsTold['silent'][number][] = [];
  const silentBefore: SoundsTold['silentBefore'][number][] = [];
  for (const who of new Set(spans.map((span) => span.who))) {
    const own = spans.filter((span) => span.who === who);
    const isHeard = own.some((span) => span.sound === 'on' && isThere(span));
    if (isHeard) heard++;
    const stretches = silencesOf(own, isThere, nowMs);
    // A silence that goes on reaches to now.
    const goingOn = isHeard ? undefined : stretches.find(({ toMs }) => toMs === nowMs);
    const untold = isHeard ? undefined : own.find((span) => span.sound === UNTOLD && isThere(span));
    const now = goingOn ?? untold;
    if (now !== undefined) silent.push({ who, sound: goingOn?.sound ?? UNTOLD, since: instant(now.fromMs) });
    for (const one of stretches)
      if (one !== goingOn && one.toMs - one.fromMs >= WORTH_TELLING_MS)
        silentBefore.push({ who, sound: one.sound, since: instant(one.fromMs), until: instant(one.toMs) });
  }
  return { heard, silent: silent.sort(newestFirst), silentBefore: silentBefore.sort(newestFirst) };
}

const newestFirst = (a: { readonly since: Instant }, b: { readonly since: Instant }): number =>
  a.since < b.since ? 1 : a.since > b.since ? -1 : 0;

/** Of one person, in order of time: when a page of theirs was silent and none of them was heard. */
function silencesOf(own: readonly SoundSpan[], isThere: (span: SoundSpan) => boolean, nowMs: number): Stretch[] {
  const endOf = (span: SoundSpan) => (isThere(span) ? nowMs : span.seenAtMs);
  let stretches: Stretch[] = [];
  for (const span of own.toSorted((a, b) => a.fromMs - b.fromMs)) {
    // Of what did not say it cannot be said that it was silent.
    if (span.sound === 'on' || span.sound === UNTOLD) continue;
    const { sound, fromMs } = span;
    const toMs = endOf(span);
    const last = stretches.at(-1);
    if (last === undefined || fromMs - last.toMs >= WORTH_TELLING_MS) stretches.push({ sound, fromMs, toMs });
    else stretches[stretches.length - 1] = { sound, fromMs: last.fromMs, toMs: Math.max(last.toMs, toMs) };
  }
  for (const span of own) {
    if (span.sound !== 'on') continue;
    const heardUntilMs = endOf(span);
    stretches = stretches
      .flatMap((one) => [
        { ...one, toMs: Math.min(one.toMs, span.fromMs) },
        { ...one, fromMs: Math.max(one.fromMs, heardUntilMs) },
      ])
      .filter(({ fromMs, toMs }) => fromMs < toMs);
  }
  return stretches;
}
