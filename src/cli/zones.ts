/** `tagwatch zones`: zone files judged, and put through the front door. */
import { GeofenceSet } from '../records/geofence-set.js';
import { IMPORT_HELP, VALIDATE_HELP, ZONES_HELP } from './zones-help.js';
import { type Imported, importZones, isAllDone } from './zones-import.js';
import { type LoadedZones, loadZones } from './zones-load.js';
import { type ImportOptions, readZonesCommand, type ZonesOptions } from './zones-options.js';
import { countSeverity, formatFinding, summarise, toJsonReport } from './zones-report.js';

/** How long one request is tried for. */
const GIVE_UP_AFTER_MS = 300_000;

type Print = (line: string) => void;

export interface ZonesDeps {
  readonly giveUpAfterMs?: number;
  readonly out?: Print;
  readonly err?: Print;
  /** For `TAGWATCH_SERVICE_AREA`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The JSON Schema of a set, as it is published. */
export function formatSchema(): string {
  return JSON.stringify(GeofenceSet, null, 2);
}

const hasFailed = ({ findings }: LoadedZones, isStrict: boolean): boolean =>
  countSeverity(findings, 'error') > 0 || (isStrict && findings.length > 0);

async function validate(options: ZonesOptions, out: Print): Promise<number> {
  const loaded = await loadZones(options);
  if (options.isJson) out(JSON.stringify(toJsonReport(loaded), null, 2));
  else for (const line of [...loaded.findings.map(formatFinding), ...summarise(loaded)]) out(line);
  return hasFailed(loaded, options.isStrict) ? 1 : 0;
}

function formatResult({ file, record, id, outcome, version, detail }: Imported): string {
  const numbered = version === null ? '' : ` (version ${version})`;
  return `${file}: ${record} "${id}" ${outcome}${numbered}${detail === null ? '' : `: ${detail}`}`;
}

function countOutcomes(results: readonly Imported[]): string {
  const counts = new Map<string, number>();
  for (const { record, outcome } of results) {
    const key = `${record} ${outcome}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const told = [...counts].map(([key, value]) => {
    const [record, outcome] = key.split(' ');
    return `${value.toLocaleString('en-GB')} ${record}${value === 1 ? '' : 's'} ${outcome}`;
  });
  return told.length === 0 ? 'Nothing was sent.' : `${told.join(', ')}.`;
}

async function runImport(options: ImportOptions, deps: ZonesDeps, out: Print, err: Print): Promise<number> {
  const { url, tokenFile, replaces, zonesOnly, skipsBad, isStrict, isJson } = options;
  const loaded = await loadZones(options);
  if (!isJson) for (const finding of loaded.findings) err(formatFinding(finding));
  const tellJson = (results: readonly Imported[], gaveUp: string | null) =>
    out(JSON.stringify({ ...toJsonReport(loaded), results, gaveUp }, null, 2));
  const isFaulty = hasFailed(loaded, isStrict);
  if (isFaulty && !skipsBad) {
    if (isJson) tellJson([], null);
    err('Nothing was sent. --skip-bad leaves out what has errors and sends the others.');
    return 1;
  }
  const settings = {
    url,
    tokenFile,
    replaces,
    zonesOnly,
    giveUpAfterMs: deps.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
    onTrouble: (detail: string) => err(`${url} does not answer (${detail}); trying again, for up to five minutes`),
  };
  const { results, gaveUp } = await importZones(loaded, settings, (result) => {
    if (!isJson && result.outcome !== 'unchanged') out(formatResult(result));
  });
  if (isJson) tellJson(results, gaveUp);
  else out(countOutcomes(results));
  if (gaveUp !== null) err(`Gave up: ${gaveUp}. What was told before stands; run it again.`);
  return gaveUp === null && isAllDone(results) && !isFaulty ? 0 : 1;
}

/**
 * Runs `tagwatch zones` with the arguments after that word and answers the exit code: 0 all is well, 1 something is not, 2 called
 * wrongly. Results go to the standard output; what an import finds in the files, and troubles, to the standard error.
 */
export async function zones(argv: readonly string[], deps: ZonesDeps = {}): Promise<number> {
  const out = deps.out ?? ((line) => console.log(line));
  const err = deps.err ?? ((line) => console.error(line));
  const command = readZonesCommand(argv, deps.env ?? process.env);
  switch (command.kind) {
    case 'help':
      out({ zones: ZONES_HELP, validate: VALIDATE_HELP, import: IMPORT_HELP }[command.topic]);
      return 0;
    case 'schema':
      out(formatSchema());
      return 0;
    case 'wrong':
      for (const error of command.errors) err(error);
      err('"tagwatch zones --help" tells more.');
      return 2;
    case 'validate':
      return await validate(command.options, out);
    case 'import':
      return await runImport(command.options, deps, out, err);
  }
}
