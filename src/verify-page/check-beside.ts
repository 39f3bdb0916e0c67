/**
 * The check in a thread of the browser, so that the page answers meanwhile and can be given another pack. The thread runs the script of the
 * page itself, out of memory: the page is one file, and from a disk it may fetch nothing.
 */
import { type Checked, check, type Question } from './check.js';

type Answer =
  | { readonly type: 'part'; readonly words: string }
  | { readonly type: 'checked'; readonly checked: Checked }
  | { readonly type: 'failed'; readonly why: string };

interface ThreadScope {
  postMessage(answer: Answer): void;
  onmessage: ((event: MessageEvent<Question>) => void) | null;
}

export const isThread = typeof document === 'undefined';

/** What the script does in the thread. */
export function answerInThread(): void {
  const scope = globalThis as unknown as ThreadScope;
  scope.onmessage = async ({ data }) => {
    try {
      const checked = await check(data, (words) => scope.postMessage({ type: 'part', words }));
      scope.postMessage({ type: 'checked', checked });
    } catch (error) {
      scope.postMessage({ type: 'failed', why: error instanceof Error ? error.message : String(error) });
    }
  };
}

/** Of the page; it is there while the page is read, and not later. */
const source = isThread ? null : (document.currentScript?.textContent ?? null);

let threadUrl: string | null = null;

function startThread(): Worker | null {
  if (source === null) return null;
  try {
    threadUrl ??= URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    return new Worker(threadUrl);
  } catch {
    return null;
  }
}

/** Where the browser has no thread for it, it is checked here, and the page stands still meanwhile. `signal`: nobody waits for it. */
export function checkBeside(question: Question, tell: (words: string) => void, signal: AbortSignal): Promise<Checked> {
  const thread = startThread();
  if (thread === null) return check(question, tell);
  return new Promise<Checked>((resolve, reject) => {
    let hasBegun = false;
    const end = () => thread.terminate();
    signal.addEventListener('abort', end, { once: true });
    thread.onmessage = ({ data }: MessageEvent<Answer>) => {
      hasBegun = true;
      if (data.type === 'part') return tell(data.words);
      end();
      if (data.type === 'checked') resolve(data.checked);
      else reject(new Error(data.why));
    };
    thread.onerror = (event) => {
      event.preventDefault();
      end();
      if (hasBegun) reject(new Error('the check ended before it was done: there may be too little memory'));
      else check(question, tell).then(resolve, reject);
    };
    thread.postMessage(question);
  });
}
