/** `tagwatch explain ALERT-ID`: why an alert was raised, and whether the engine finds the same over the stored inputs. */

import { type FindingEvent, isFinding } from '../alerts/event.js';
import { repeatFinding } from '../evidence/repeat-finding.js';
import { MAX_RERUN_PINGS, readRerunInputs } from '../evidence/rerun-inputs.js';
import type { Database } from '../ports/database.js';
import { readAlert } from '../store/alerts.js';
import { readArguments } from './arguments.js';
import { explainInWords } from './explain-words.js';

export const EXPLAIN_HELP = `tagwatch explain ALERT-ID

Says in sentences why an alert was raised, and re-runs the engine over the pings and the versions of conditions and zones on
record, as they were received and published; what is marked historic, as if all had come in order and been known from its
start. Reads the database of DATABASE_URL, or the embedded one in TAGWATCH_DATA_DIR (not while tagwatch serve has it open).

Exit codes: 0 the re-run finds the same; 1 it could not be done, and why is said; 2 the call was not understood;
3 the re-run does not find the same.`;

export interface ExplainDeps {
  /** Opened only when the call is understood. */
  openDatabase(): Promise<Database> | Database;
  readonly out?: (line: string) => void;
  readonly err?: (line: string) => void;
}

/** Answers the exit code. Rejects where the database does not answer. */
export async function explainAlert(argv: readonly string[], deps: ExplainDeps): Promise<number> {
  const { out = console.log, err = console.error } = deps;
  const { values, positionals } = readArguments({
    args: [...argv],
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) {
    out(EXPLAIN_HELP);
    return 0;
  }
  const [alertId, ...more] = positionals;
  if (alertId === undefined || more.length > 0) {
    err('tagwatch explain: it takes one ALERT-ID, as the console and GET /api/v1/alerts tell it.');
    err('"tagwatch explain --help" tells more.');
    return 2;
  }
  const db = await deps.openDatabase();
  try {
    const stored = await readAlert(db, alertId);
    const findings = (stored?.events ?? []).map(({ event }) => event).filter(isFinding);
    const last = findings.at(-1);
    if (last === undefined) {
      err(`tagwatch explain: alert ${alertId} is not on record.`);
      return 1;
    }
    const strongest = findings.findLast(({ type }) => type === 'confirmed') ?? findings[0]!;
    for (const line of explainInWords(findings[0]!, strongest, last)) out(line);
    return await repeat(db, findings, last, out, err);
  } finally {
    await db.close();
  }
}

async function repeat(
  db: Database,
  findings: readonly FindingEvent[],
  last: FindingEvent,
  out: (line: string) => void,
  err: (line: string) => void,
): Promise<number> {
  const inputs = await db.transaction((tx) => readRerunInputs(tx, findings));
  if (inputs === null) {
    err(
      'The re-run is not possible: the tag, its activation or the condition is not on record any more, or pings that it rests on were deleted because of their age.',
    );
    return 1;
  }
  if (inputs.pings.length > MAX_RERUN_PINGS) {
    err(`The re-run is not possible: there are more than ${MAX_RERUN_PINGS} pings.`);
    return 1;
  }
  const differences = repeatFinding(findings, inputs);
  const over = `over ${inputs.pings.length} pings of tag ${last.tagId}`;
  if (differences.length === 0) {
    out(`Re-run ${over}: the engine finds the same.`);
    return 0;
  }
  out(`Re-run ${over}: the engine does NOT find the same: ${differences.join('; ')}.`);
  return 3;
}
