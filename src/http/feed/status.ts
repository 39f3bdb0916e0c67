/** The feed's status as a value that is looked at now and then, and told when it changed. */
import type { FeedStatus } from '../../wire/feed-messages.js';

export interface StatusSource {
  current(): FeedStatus;
  subscribe(onChanged: (status: FeedStatus) => void): () => void;
  stop(): void;
}

/** Reads every `everyMs`; tells subscribers where what it read differs from the last time. */
export function pollStatus(read: () => FeedStatus, everyMs: number): StatusSource {
  const subscribers = new Set<(status: FeedStatus) => void>();
  let last = JSON.stringify(read());
  const timer = setInterval(() => {
    const status = read();
    const text = JSON.stringify(status);
    if (text === last) return;
    last = text;
    for (const onChanged of subscribers) onChanged(status);
  }, everyMs);
  return {
    current: read,
    subscribe(onChanged) {
      subscribers.add(onChanged);
      return () => subscribers.delete(onChanged);
    },
    stop: () => clearInterval(timer),
  };
}
