/** What was asked of the server for a part of a page. */
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../api.js';

/** Null: not answered yet. Asked again when `key` changes; what was answered before stays until then, so that nothing flickers. */
export function useAnswer<T>(key: string | null, ask: (key: string) => Promise<Answer<T>>): Answer<T> | null {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  useEffect(() => {
    if (key === null) return;
    let isWanted = true;
    void ask(key).then((given) => {
      if (isWanted) setAnswer(given);
    });
    return () => {
      isWanted = false;
    };
  }, [key]);
  return answer;
}

export { type Known, toKnown, whyMissing } from '../model/known.js';
