/** `tagwatch crimes match`: a file of crimes against everybody's fixes on record. */

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { toMatchTrack } from '../crimes/examine.js';
import { type Crime, readCrimeFile } from '../formats/crimes/crime-file.js';
import { parseInstant } from '../formats/instant.js';
import { BASE_RATE_DAYS } from '../matching/base-rate.js';
import { DEFAULT_MATCH_OPTIONS, LONGEST_UNSEEN_MS, type MatchOptions } from '../matching/judge.js';
import { type CrimeResult, startMatching } from '../matching/match-crimes.js';
import type { Database, Queryable } from '../ports/database.js';
import { listWearersBetween, readRecordedFixes } from '../store/match-fixes.js';
import { readArguments } from './arguments.js';
import { type SayInAudit, subjectOfUser } from './command-audit.js';

export const CRIMES_HELP = `tagwatch crimes match FILE --authority TEXT --authority-until INSTANT --purpose TEXT [OPTIONS]

Says of every crime of FILE who of those on record was there, passed, or may have been; who cannot have been; and of whom nobody can say.
FILE is CSV: the Ministry of Justice's 13 columns without a header, or one whose first line names its columns (force, type, reference,
from, to, and latitude and longitude or easting and northing). Rows that cannot be used are told by their line; the others are matched.

  --authority TEXT           the reference of the authority to match
  --authority-until INSTANT  when it runs out; then nothing is matched any more
  --purpose TEXT             what for
  --radius METRES            how near is there (${DEFAULT_MATCH_OPTIONS.radiusMetres})
  --fastest METRES           a second, at which somebody goes from one fix to the scene and on (${DEFAULT_MATCH_OPTIONS.fastestMetresPerSecond})
  --out FILE                 all of it as JSON; crimes-RUN.json unless given. Never writes over a file.

A match is no proof that somebody did anything: each stands beside how often the same person is there at that hour, and beside what is left
of it at other radii. Nobody is eliminated who was not seen for over ${LONGEST_UNSEEN_MS / 60_000} minutes.`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  authority: { type: 'string' },
  'authority-until': { type: 'string' },
  purpose: { type: 'string' },
  radius: { type: 'string' },
  fastest: { type: 'string' },
  out: { type: 'string' },
} as const;
const MAX_TEXT_LENGTH = 200;
const DAY_MS = 86_400_000;
/** Before and after a window, so that who was seen last before it is known. */
const MARGIN_MS = LONGEST_UNSEEN_MS + 60_000;

export interface CrimesDeps {
  /** Opened only when the call is understood. */
  openDatabase(): Promise<Database> | Database;
  /** Told of each run before its result is written. */
  readonly audit: SayInAudit;
  readonly nowMs: () => number;
  readonly user: string;
  readonly version: string;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

interface Call {
  readonly file: string;
  readonly authority: string;
  readonly authorityUntilMs: number;
  readonly purpose: string;
  readonly options: MatchOptions;
  readonly out: string | undefined;
}

const parse = (argv: readonly string[]) => readArguments({ args: [...argv], options: OPTIONS, allowPositionals: true });

/** The call, or what is wrong with it. */
function readCall({ values, positionals }: ReturnType<typeof parse>, nowMs: number): Call | string {
  const [command, file, ...rest] = positionals;
  if (command !== 'match' || file === undefined || rest.length > 0) return 'it is called with "match" and one file.';
  const { authority, purpose, out } = values;
  if (authority === undefined || purpose === undefined || values['authority-until'] === undefined)
    return 'people are matched by an authority, and for a purpose: --authority, --authority-until and --purpose.';
  if ([authority, purpose].some((text) => text.trim() === '' || text.length > MAX_TEXT_LENGTH))
    return `--authority and --purpose have 1 to ${MAX_TEXT_LENGTH} characters.`;
  const authorityUntilMs = parseInstant(values['authority-until']);
  if (authorityUntilMs === null) return '--authority-until is an instant such as 2026-12-31T00:00:00Z.';
  if (authorityUntilMs <= nowMs) return `the authority ran out at ${values['authority-until']}.`;
  const radiusMetres = Number(values.radius ?? DEFAULT_MATCH_OPTIONS.radiusMetres);
  if (!(radiusMetres >= 10 && radiusMetres <= 5_000)) return '--radius is 10 to 5000 metres.';
  const fastestMetresPerSecond = Number(values.fastest ?? DEFAULT_MATCH_OPTIONS.fastestMetresPerSecond);
  if (!(fastestMetresPerSecond >= 5 && fastestMetresPerSecond <= 100)) return '--fastest is 5 to 100 metres a second.';
  return { file, authority, authorityUntilMs, purpose, options: { radiusMetres, fastestMetresPerSecond }, out };
}

/** Wearer by wearer, from one snapshot. */
async function matchOnRecord(
  tx: Queryable,
  crimes: readonly Crime[],
  options: MatchOptions,
): Promise<readonly CrimeResult<Crime>[]> {
  const fromMs = Math.min(...crimes.map((crime) => crime.fromMs)) - BASE_RATE_DAYS * DAY_MS;
  const toMs = Math.max(...crimes.map((crime) => crime.toMs)) + MARGIN_MS;
  const matching = startMatching(crimes, options);
  for (const wearerId of await listWearersBetween(tx, fromMs, toMs)) {
    matching.examine(toMatchTrack(wearerId, await readRecordedFixes(tx, wearerId, fromMs, toMs)));
  }
  return matching.results();
}

const rounded = (_name: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e6) / 1e6 : value;

export async function crimes(argv: readonly string[], deps: CrimesDeps): Promise<number> {
  const { out, err, nowMs } = deps;
  const parsed = parse(argv);
  if (parsed.values.help) {
    out(CRIMES_HELP);
    return 0;
  }
  const atMs = nowMs();
  const call = readCall(parsed, atMs);
  if (typeof call === 'string') {
    err(`tagwatch crimes: ${call}`);
    err('"tagwatch crimes --help" tells more.');
    return 2;
  }
  const { authority, authorityUntilMs, purpose, options } = call;
  const bytes = readFileSync(call.file);
  const { crimes: found, faults, repeats } = readCrimeFile(bytes);
  for (const { line, detail } of faults) err(`${call.file}:${line}: ${detail}`);
  if (found.length === 0) {
    err(`tagwatch crimes: nothing of ${call.file} can be matched.`);
    return 1;
  }
  const runId = randomUUID();
  const file = call.out ?? `crimes-${runId}.json`;
  if (existsSync(file)) throw new Error(`${file} is there already (EEXIST): --out names another`);
  const db = await deps.openDatabase();
  try {
    const results = await db.transaction((tx) => matchOnRecord(tx, found, options), 'repeatable read');
    const named = new Set(results.flatMap(({ matches }) => matches.map(({ wearerId }) => wearerId)));
    // No entry, no result.
    await deps.audit({
      what: 'exports.make',
      act: 'disclosure',
      when: new Date(atMs).toISOString(),
      who: subjectOfUser(deps.user),
      subjectId: runId,
      subjectType: 'crime-matching',
      wearerIds: [...named],
      outcome: 'done',
      rowCount: results.length,
      purpose: `${purpose} (authority ${authority})`,
      operationId: 'tagwatch crimes match',
      correlationId: runId,
    });
    const run = {
      runId,
      at: new Date(atMs).toISOString(),
      by: deps.user,
      program: deps.version,
      authority: { reference: authority, until: new Date(authorityUntilMs).toISOString() },
      purpose,
      options,
      file: { sha256: createHash('sha256').update(bytes).digest('hex'), crimes: found.length, faults, repeats },
      results,
    };
    writeFileSync(file, `${JSON.stringify(run, rounded, 1)}\n`, { flag: 'wx', mode: 0o600 });
    for (const result of results) out(lineOf(result));
    const rows = faults.length === 0 ? '' : `, ${faults.length} rows could not be used`;
    out(`${file}: ${found.length} crimes, ${results[0]!.examined} wearers examined${rows}.`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}

function lineOf({ crime, eliminated, matches, cannotSay }: CrimeResult<Crime>): string {
  const told = matches.map(({ wearerId, outcome, baseRate: { daysThere, daysKnown }, atRadius }) => {
    const gone = Object.entries(atRadius).filter(([, other]) => other === 'ELIMINATED' || other === 'CANNOT SAY');
    const left = gone.map(([radius]) => `; at ${radius} m this disappears`).join('');
    return `${wearerId} ${outcome} (there at that hour on ${daysThere} of ${daysKnown} days before${left})`;
  });
  const who = told.length === 0 ? 'nobody seen there' : told.join(', ');
  return `${crime.force} ${crime.reference}: ${eliminated} eliminated, ${cannotSay.length} cannot say, ${who}`;
}
