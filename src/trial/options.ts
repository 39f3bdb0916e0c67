/** The command line of `npm run trial`. */
import { parseArgs } from 'node:util';

export const TRIAL_HELP = `npm run trial -- [OPTIONS]

Runs every scenario by many seeds, and thousands of tag-days at home and out and about, through the engine and through plain rules on
the same observations; prints what was detected, missed and falsely confirmed, and what was found of the tags themselves, by kind. Thresholds are tuned on seeds 1 to 99; what is
published is of seed 1000 and above.

  --seed N      whole number, 0 or more (1000); the same seed gives the same figures
  --quick       a small trial of about a minute: fewer runs and tag-days
  --json FILE   the figures as JSON, too
  --html FILE   a report in one file with a map of every missed or false case
  --readme      prints what README shows of it, as it stands there, in place of the whole
  --strict      ends with 1 where an aim is missed, and says which
  --tracks DIR  instead of all that: zones laid over the recorded tracks in DIR, the engine beside a batch evaluation`;

export interface TrialOptions {
  readonly seed: number;
  readonly quick: boolean;
  readonly strict: boolean;
  readonly readme: boolean;
  readonly json: string | null;
  readonly html: string | null;
  readonly tracks: string | null;
}

/** The options; text: the call was for help (`ok`), or was not understood. */
export function readTrialOptions(
  argv: readonly string[],
): TrialOptions | { readonly ok: boolean; readonly text: string } {
  let values: ReturnType<typeof parse>;
  try {
    values = parse(argv);
  } catch (error) {
    return { ok: false, text: `${error instanceof Error ? error.message : String(error)}\n\n${TRIAL_HELP}` };
  }
  if (values.help === true) return { ok: true, text: TRIAL_HELP };
  const seed = Number(values.seed ?? '1000');
  if (!Number.isSafeInteger(seed) || seed < 0) {
    return { ok: false, text: `--seed ${values.seed}: give a whole number, 0 or more\n\n${TRIAL_HELP}` };
  }
  return {
    seed,
    quick: values.quick ?? false,
    strict: values.strict ?? false,
    readme: values.readme ?? false,
    json: values.json ?? null,
    html: values.html ?? null,
    tracks: values.tracks ?? null,
  };
}

function parse(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string' },
      quick: { type: 'boolean' },
      strict: { type: 'boolean' },
      readme: { type: 'boolean' },
      json: { type: 'string' },
      html: { type: 'string' },
      tracks: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;
}
