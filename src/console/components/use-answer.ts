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

/** Why something is not there, by the status of the answer. */
export function whyMissing(status: number): string {
  if (status === 0) return 'the server did not answer';
  if (status === 403) return 'your roles do not include it';
  if (status === 404) return 'it is not known here';
  return status === 503 ? 'the database is away' : `the server answered ${status}`;
}
