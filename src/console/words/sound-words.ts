/** What is told of supervisors who cannot be heard, or could not be. Pure. */
import type { SoundsTold } from '../../alerts/console-sounds.js';
import { personWords } from './people-words.js';
import { timeOfDay } from './times.js';

const IS_WORDS = {
  off: 'the shift is not started',
  blocked: 'the browser plays nothing',
  untold: 'as far as is known: their page is of before and does not say, load it anew',
} as const;
const WAS_WORDS = { off: 'the shift was not started', blocked: 'the browser played nothing' } as const;
/** Of what is over, the newest. */
const MOST = 20;

/** A sentence each: who cannot be heard now, and who could not be. */
export function describeSilences({ silent, silentBefore }: SoundsTold, nowMs: number): string[] {
  const time = (at: string) => timeOfDay(Date.parse(at), nowMs);
  return [
    ...silent.map(({ who, sound, since }) => `${personWords(who)}: silent since ${time(since)}, ${IS_WORDS[sound]}.`),
    ...silentBefore
      .slice(0, MOST)
      .map(
        ({ who, sound, since, until }) =>
          `${personWords(who)}: was silent from ${time(since)} to ${time(until)}, ${WAS_WORDS[sound]}.`,
      ),
  ];
}
