/** Whether anybody in the control room can be heard: of its consoles, which play sounds and which do not, now and over the last day. Pure. */
import type { Instant } from './event.js';

/** `off`: the shift has not been started; `blocked`: the browser plays nothing. */
export const CONSOLE_SOUNDS = ['on', 'off', 'blocked'] as const;
export type ConsoleSound = (typeof CONSOLE_SOUNDS)[number];

/** A connected console, for as long as its sound was the same. */
export interface SoundSpan {
  readonly spanId: string;
  /** Subject id. */
  readonly who: string;
  readonly sound: ConsoleSound;
  readonly fromMs: number;
  /** When it was last known to be there. */
  readonly seenAtMs: number;
  /** It is known to have gone, or to have another sound now. */
  readonly isOver: boolean;
}

/** Of a console that is connected now. */
export type ConnectedSound = Omit<SoundSpan, 'seenAtMs' | 'isOver'>;

export interface SoundsTold {
  /** Consoles that are connected and play sounds. */
  readonly audible: number;
  /** Connected, and cannot be heard. */
  readonly silent: readonly Silence[];
  /** Silences of the last day that are over, the newest first. */
  readonly silentBefore: readonly (Silence & { readonly until: Instant })[];
  /** Stretches of the last day in which no console could be heard; `until` is null where that is so now. */
  readonly unheard: readonly { readonly since: Instant; readonly until: Instant | null }[];
}

export interface Silence {
  readonly who: string;
  readonly sound: Exclude<ConsoleSound, 'on'>;
  readonly since: Instant;
}

const DAY_MS = 86_400_000;
/** A console of an api that was killed is gone when it was not seen for so long: three looks. */
export const SOUND_SEEN_LIMIT_MS = 45_000;
/** A page that is loaded anew, a shift that begins: no silence. */
const WORTH_TELLING_MS = 60_000;

const instant = (atMs: number): Instant => new Date(atMs).toISOString();

/** `spans`: all that were seen within the last day, in any order. */
export function tellSounds(spans: readonly SoundSpan[], nowMs: number): SoundsTold {
  const isThere = ({ seenAtMs, isOver }: SoundSpan) => !isOver && nowMs - seenAtMs <= SOUND_SEEN_LIMIT_MS;
  const silences = spans
    .flatMap((span) => (span.sound === 'on' ? [] : [{ ...span, sound: span.sound }]))
    .sort((a, b) => b.fromMs - a.fromMs);
  return {
    audible: spans.filter((span) => span.sound === 'on' && isThere(span)).length,
    silent: silences.filter(isThere).map(({ who, sound, fromMs }) => ({ who, sound, since: instant(fromMs) })),
    silentBefore: silences
      .filter((span) => !isThere(span) && span.seenAtMs - span.fromMs >= WORTH_TELLING_MS)
      .map(({ who, sound, fromMs, seenAtMs }) => ({ who, sound, since: instant(fromMs), until: instant(seenAtMs) })),
    unheard: stretchesUnheard(
      spans.filter(({ sound }) => sound === 'on'),
      nowMs,
    ),
  };
}

function stretchesUnheard(audible: readonly SoundSpan[], nowMs: number): SoundsTold['unheard'] {
  const unheard: { since: Instant; until: Instant | null }[] = [];
  let heardUntilMs = nowMs - DAY_MS;
  for (const { fromMs, seenAtMs } of [...audible].sort((a, b) => a.fromMs - b.fromMs)) {
    if (fromMs - heardUntilMs >= WORTH_TELLING_MS)
      unheard.push({ since: instant(heardUntilMs), until: instant(fromMs) });
    heardUntilMs = Math.max(heardUntilMs, seenAtMs);
  }
  if (nowMs - heardUntilMs >= WORTH_TELLING_MS) unheard.push({ since: instant(heardUntilMs), until: null });
  return unheard;
}
