/** How far a long command is: a bar on a terminal, a line now and then elsewhere. */
import cliProgress from 'cli-progress';

export interface Progress {
  /** `fraction` of the whole from 0 to 1; `done` counts what has been sent. */
  update(fraction: number, done: number): void;
  /** A line that stays. */
  note(line: string): void;
  stop(): void;
}

const LINE_EVERY_MS = 10_000;
const STEPS = 1_000;

/** Opens a bar on the standard error where that is a terminal. Null for `print`: the standard error takes the lines too. */
export function openProgress(print: ((line: string) => void) | null): Progress {
  if (print === null && process.stderr.isTTY) return openBar();
  return openLines(print ?? ((line) => console.error(line)));
}

function openBar(): Progress {
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage} % | {done} pings | {eta_formatted} left',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
  });
  bar.start(STEPS, 0, { done: 0 });
  return {
    update: (fraction, done) => bar.update(Math.floor(fraction * STEPS), { done }),
    note(line) {
      // The bar is drawn again below the line.
      process.stderr.write(`\r\u001b[K${line}\n`);
    },
    stop: () => bar.stop(),
  };
}

function openLines(print: (line: string) => void): Progress {
  let saidAtMs = performance.now();
  return {
    update(fraction, done) {
      if (performance.now() - saidAtMs < LINE_EVERY_MS) return;
      saidAtMs = performance.now();
      print(`${Math.floor(fraction * 100)} %, ${done} pings sent`);
    },
    note: print,
    stop() {},
  };
}
