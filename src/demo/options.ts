/** What `tagwatch demo` may be told. */
import { joinMinusValues, readArguments } from '../cli/arguments.js';
import { CAST_SIZE, COHORT_SIZE } from '../simulator/cohort.js';

export const DEMO_HELP = `tagwatch demo [OPTIONS]

Starts Tagwatch with everything embedded in a fresh data directory, makes up ${COHORT_SIZE} wearers in and around Canterbury, and plays
their tags: everybody pings, some break their conditions. Whoever opens it chooses who to be: supervisor, sergeant, officer and others. Nothing to install, nothing real, nothing sent anywhere.

  --port PORT       where it listens (8080, or the next free port where that is busy; 0: any)
  --seed TEXT       another seed invents other people (tagwatch)
  --interval SECS   how often a tag pings (15; real ones: 60)
  --data-dir DIR    where its data live (a temporary folder); it must be empty, and is kept
  --no-sign-in      nobody signs in, and everybody may do everything, as without a provider
  --keep            keeps the temporary folder, and prints where it is
  --help            this

Ctrl-C stops it in order; a second one at once.`;

export interface DemoOptions {
  /** Null: 8080 or the next free one. */
  readonly port: number | null;
  readonly seed: string;
  readonly intervalSeconds: number;
  readonly dataDir: string | null;
  readonly keep: boolean;
  /** False: everybody is `local`. */
  readonly hasSignIn: boolean;
}

const LONGEST_INTERVAL_SECONDS = 60;

function wholeNumber(text: string, least: number, most: number): number | null {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : null;
}

/** The options, or what was not understood. */
export function readDemoOptions(argv: readonly string[]): DemoOptions | 'help' | { readonly error: string } {
  const options = {
    port: { type: 'string' },
    seed: { type: 'string' },
    interval: { type: 'string' },
    'data-dir': { type: 'string' },
    keep: { type: 'boolean' },
    'no-sign-in': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  let values: ReturnType<typeof readArguments<{ options: typeof options }>>['values'];
  try {
    values = readArguments({ args: joinMinusValues(argv, options), options, allowPositionals: false }).values;
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return 'help';
  const port = values.port === undefined ? undefined : wholeNumber(values.port, 0, 65_535);
  if (port === null) return { error: `--port must be a number from 0 to 65535, not "${values.port}"` };
  const interval = wholeNumber(values.interval ?? '15', 1, LONGEST_INTERVAL_SECONDS);
  if (interval === null) {
    return { error: `--interval must be 1 to ${LONGEST_INTERVAL_SECONDS} seconds, not "${values.interval}"` };
  }
  return {
    port: port ?? null,
    seed: values.seed ?? 'tagwatch',
    intervalSeconds: interval,
    dataDir: values['data-dir'] ?? null,
    keep: values.keep ?? false,
    hasSignIn: !(values['no-sign-in'] ?? false),
  };
}

/** What to look at, once it runs. */
export function describeDemo(url: string, dataDir: string, isKept: boolean, hasSignIn: boolean): string {
  const choose = hasSignIn ? ' choose who to be (supervisor, to begin with), then' : '';
  return `
  Open ${url} in a browser:${choose} alerts on the left, wearers on the map.

  ${COHORT_SIZE} people who do not exist, in and around Canterbury; all but ${CAST_SIZE} of them keep to their conditions. Within seconds one
  of those rides up to a protected address (one fix is enough there), within a minute or so one walks out of home in the middle
  of a curfew and another is not home when one opens. Later: a walk through the closed town centre, a lone bad fix that is
  suspected and taken back, a car at a school gate every few minutes.

  What happens to alerts also goes to another system by signed webhooks: a small receiver of them runs here too, and says what it got.

  The API can be read and tried at ${url}/docs. Data: ${dataDir}${isKept ? '' : ' (removed at the end)'}.
  Ctrl-C stops it.
`;
}
