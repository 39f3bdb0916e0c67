/** SIGTERM and Ctrl-C as one wish to stop, from the first moment of a command. */

/** npm hands on the Ctrl-C that the terminal has sent to everybody: two signals at once are one wish. */
const SAME_WISH_MS = 1_000;

/** Aborts at the first signal, so that everything stops in order; another one, some time later, ends the process. */
export function abortOnStopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstAtMs = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) firstAtMs = Date.now();
    else if (Date.now() - firstAtMs > SAME_WISH_MS) process.exit(1);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return controller.signal;
}
