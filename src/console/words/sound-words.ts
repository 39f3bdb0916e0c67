/** What is told of consoles that could not be heard. Pure. */
import type { Silence, SoundsTold } from '../../alerts/console-sounds.js';
import { personWords } from './people-words.js';
import { timeOfDay } from './times.js';

const SILENCE_WORDS = { off: 'the shift is not started', blocked: 'the browser plays nothing' } as const;
const WAS_WORDS = { off: 'the shift was not started', blocked: 'the browser played nothing' } as const;
/** The newest: what is older stands in the figures. */
const MOST = 20;

/** A sentence each: when nobody could be heard, who cannot be heard now, who could not be. */
export function describeSilences({ silent, silentBefore, unheard }: SoundsTold, nowMs: number): string[] {
  const time = (at: string) => timeOfDay(Date.parse(at), nowMs);
  const nobody = [...unheard]
    .reverse()
    .map(({ since, until }) =>
      until === null
        ? `Nobody can be heard since ${time(since)}.`
        : `Nobody could be heard from ${time(since)} to ${time(until)}.`,
    );
  const now = silent.map(
    ({ who, sound, since }: Silence) => `${personWords(who)}: silent since ${time(since)}, ${SILENCE_WORDS[sound]}.`,
  );
  const before = silentBefore.map(
    ({ who, sound, since, until }) =>
      `${personWords(who)}: was silent from ${time(since)} to ${time(until)}, ${WAS_WORDS[sound]}.`,
  );
  return [...nobody, ...now, ...before].slice(0, MOST);
}
