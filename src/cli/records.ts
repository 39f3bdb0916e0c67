/** `tagwatch records`: records of all kinds, put through the front door. */
import { readArguments } from './arguments.js';
import { type ImportResult, importRecords, MAX_PART_LINES, previewRecords } from './records-import.js';
import { DEFAULT_URL, readTarget, TARGET_OPTIONS, type Target } from './target.js';

const DEFAULT_PART_LINES = 1_000;
/** How long one request is tried for. */
const GIVE_UP_AFTER_MS = 300_000;

const HELP = `tagwatch records import FILES

Puts records into a running Tagwatch: wearers, tag models, tags, activations, orders, zones, conditions, absences, suspensions and
custody periods. FILES are NDJSON, one record a line, each with the body that PUT of its kind takes (docs/wire.md, "Records"):

  {"kind": "wearer", "id": "W-17", "body": {"name": "Sam Example", "changeReason": "taken over from the old system"}}
  {"kind": "order", "id": "O-17", "body": {"wearerId": "W-17", "type": "hdc", "startsAt": "2026-11-01T00:00:00Z"}}

They are sent in parts, and a part is taken whole or not at all. What a record refers to stands in its own part, before or after
it, in an earlier part, or in Tagwatch already. At the first part that is refused it ends and says of each line why; what came
before stands. To run it again is harmless: what stands as the file says stays as it is. It waits until all is published to the
engine, so that pings sent after it meet it.

  --url URL            where Tagwatch is (${DEFAULT_URL})
  --token-file FILE    a bearer token with records.write, where sign-in is configured (TAGWATCH_TOKEN_FILE); read anew for each request
  --preview            what would be created, changed and refused, with its line and why; nothing is written (${MAX_PART_LINES} records at most)
  --part N             records of one part, 1 to ${MAX_PART_LINES} (${DEFAULT_PART_LINES})

Exit codes: 0 all of it stands; 1 some was refused or could not be sent, and why is said; 2 the call was not understood.`;

const OPTIONS = {
  ...TARGET_OPTIONS,
  part: { type: 'string' },
  preview: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Print = (line: string) => void;

export interface RecordsCommandDeps {
  readonly env?: Environment;
  readonly giveUpAfterMs?: number;
  readonly out?: Print;
  readonly err?: Print;
}

type Environment = Readonly<Record<string, string | undefined>>;

type Call =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly error: string }
  | {
      readonly kind: 'import';
      readonly files: readonly string[];
      readonly target: Target;
      readonly partLines: number;
      readonly isPreview: boolean;
    };

function readCall(argv: readonly string[], env: Environment): Call {
  let parsed: ReturnType<typeof readArguments<{ options: typeof OPTIONS; allowPositionals: true }>>;
  try {
    parsed = readArguments({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { kind: 'wrong', error: error instanceof Error ? error.message : String(error) };
  }
  const { values, positionals } = parsed;
  const [command, ...files] = positionals;
  if (values.help) return { kind: 'help' };
  if (command !== 'import') {
    const error = command === undefined ? 'records needs a command: import' : `there is no "records ${command}"`;
    return { kind: 'wrong', error };
  }
  if (files.length === 0) return { kind: 'wrong', error: 'name at least one file of records' };
  const { part = String(DEFAULT_PART_LINES) } = values;
  const errors: string[] = [];
  const target = readTarget(values, env, errors);
  if (errors.length > 0) return { kind: 'wrong', error: errors.join('\n') };
  const partLines = Number(part);
  if (!Number.isInteger(partLines) || partLines < 1 || partLines > MAX_PART_LINES) {
    return { kind: 'wrong', error: `--part: "${part}" is not a number from 1 to ${MAX_PART_LINES}` };
  }
  return { kind: 'import', files, target, partLines, isPreview: values.preview === true };
}

const count = (value: number): string => value.toLocaleString('en-GB');

/** Runs `tagwatch records` with the arguments after that word and answers the exit code. */
export async function records(argv: readonly string[], deps: RecordsCommandDeps = {}): Promise<number> {
  const out = deps.out ?? ((line) => console.log(line));
  const err = deps.err ?? ((line) => console.error(line));
  const call = readCall(argv, deps.env ?? process.env);
  if (call.kind === 'help') {
    out(HELP);
    return 0;
  }
  if (call.kind === 'wrong') {
    err(call.error);
    err('"tagwatch records --help" tells more.');
    return 2;
  }
  const startedAtMs = performance.now();
  let saidAtMs = startedAtMs;
  const settings = {
    ...call.target,
    partLines: call.partLines,
    giveUpAfterMs: deps.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
    onTrouble: (detail: string) =>
      err(`${call.target.url} does not answer (${detail}); trying again, for up to five minutes`),
  };
  try {
    if (call.isPreview) return tellPreview(await previewRecords(call.files, settings), out, err);
    const result = await importRecords(call.files, settings, (done) => {
      if (performance.now() - saidAtMs < 10_000) return;
      saidAtMs = performance.now();
      err(`${count(done)} records so far`);
    });
    for (const line of result.refused) err(line);
    const { created, changed, unchanged } = result;
    const total = created + changed + unchanged;
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const isWhole = result.refused.length === 0 && result.gaveUp === null;
    const pace = `${seconds.toFixed(1)} s, ${count(Math.round(total / seconds))} a second${isWhole ? ', published' : ''}`;
    out(`${count(created)} created, ${count(changed)} changed, ${count(unchanged)} unchanged (${pace}).`);
    if (result.refused.length > 0) err('Nothing of the part with these lines was written. Mend them and run it again.');
    if (result.gaveUp !== null) err(`Gave up: ${result.gaveUp}. What was told before stands; run it again.`);
    return isWhole ? 0 : 1;
  } catch (error) {
    err(`Could not read the records: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function tellPreview({ created, changed, unchanged, refused, gaveUp }: ImportResult, out: Print, err: Print): number {
  for (const line of refused) err(line);
  if (refused.length > 0) err('It would be refused as a whole: mend these lines. Nothing is written.');
  else if (gaveUp !== null) err(`There is no preview: ${gaveUp}. Nothing is written.`);
  else
    out(
      `Would be created: ${count(created)}; changed: ${count(changed)}; unchanged: ${count(unchanged)}. Nothing is written.`,
    );
  return refused.length === 0 && gaveUp === null ? 0 : 1;
}
