export function runWhileWatching(options: {
  readonly folder: string;
  readonly build: () => boolean | Promise<boolean>;
  readonly command: readonly string[];
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}): Promise<number>;
