/** `tagwatch explain ALERT-ID`: why an alert was raised, and whether the engine finds the same over the stored inputs. */
import { parseArgs } from 'node:util';
import { type FindingEvent, isFinding, toFindingEvent } from '../alerts/event.js';
import type { EngineEvent, SharedWatch, TagWatch } from '../engine/types.js';
import type { Database } from '../ports/database.js';
import type { TermKey } from '../ports/watch.js';
import { prepareShared, startOrderedRerun } from '../roles/reconciler/ordered-rerun.js';
import { findAlert, madeAtMsOf, rerun, type StoredPing } from '../roles/reconciler/rerun.js';
import { readAlert } from '../store/alerts.js';
import { publicationKey, readReceivedPings, readTermPublications } from '../store/rerun.js';
import { watchStore } from '../store/watch.js';
import { draftSharedWatch, draftTagWatch, horizonOf } from '../watchlist/watch-builder.js';
import { explainInWords } from './explain-words.js';

export const EXPLAIN_HELP = `tagwatch explain ALERT-ID

Says in sentences why an alert was raised, and re-runs the engine over the pings and the versions of conditions and zones on
record, as they were received and published; what is marked historic, as if all had come in order and been known from its
start. Reads the database of DATABASE_URL, or the embedded one in TAGWATCH_DATA_DIR (not while tagwatch serve has it open).

Exit codes: 0 the re-run finds the same; 1 it could not be done, and why is said; 2 the call was not understood;
3 the re-run does not find the same.`;

/** Read before the alert's start, so that the fold is what it was. */
const LEAD_IN_MS = 2 * 3_600_000;
/** A device clock may be ahead of its receipt by so much, and its fix is judged when it was received. */
const AHEAD_MS = 86_400_000;
/** Months of pings at one a minute. */
const MAX_PINGS = 200_000;

export interface ExplainDeps {
  /** Opened only when the call is understood. */
  openDatabase(): Promise<Database> | Database;
  readonly out?: (line: string) => void;
  readonly err?: (line: string) => void;
}

/** Answers the exit code. Rejects where the database does not answer. */
export async function explainAlert(argv: readonly string[], deps: ExplainDeps): Promise<number> {
  const { out = console.log, err = console.error } = deps;
  const { values, positionals } = parseArgs({
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
  const untilMs = Date.parse(last.raisedAt);
  const startMs = Math.min(...findings.map(({ episode }) => Date.parse(episode.startedAt)));
  const watched = await readWatch(db, last, untilMs);
  if (watched === null) {
    err('The re-run is not possible: the tag, its activation or the condition is not on record any more.');
    return 1;
  }
  const pings = await readReceivedPings(db, {
    tagId: last.tagId,
    fromMs: startMs - LEAD_IN_MS,
    toMs: untilMs + AHEAD_MS,
    receivedUntilMs: untilMs,
    limit: MAX_PINGS + 1,
  });
  if (pings.length > MAX_PINGS) {
    err(`The re-run is not possible: there are more than ${MAX_PINGS} pings.`);
    return 1;
  }
  const isHistoric = findings.some(({ historic }) => historic);
  const events = isHistoric
    ? rerunInOrder(last.activationId, watched, pings, untilMs)
    : rerun({ activationId: last.activationId, ...watched, pings, untilMs });
  const sought = {
    ...last,
    episode: {
      startedAtMs: Date.parse(last.episode.startedAt),
      endedAtMs: last.episode.endedAt === null ? null : Date.parse(last.episode.endedAt),
    },
  };
  const found = findAlert(events, sought);
  const wasConfirmed = findings.some(({ type }) => type === 'confirmed');
  const again = found === null ? null : toFindingEvent(found.last);
  // Amended in order of time, a strength need not have been told by its own event.
  const isConfirmed = found !== null && (found.isConfirmed || found.last.strength === 'confirmed');
  const differences = compare(last, last.strength === 'confirmed' || wasConfirmed, again, isConfirmed);
  const over = `over ${pings.length} pings of tag ${last.tagId}`;
  if (differences.length === 0) {
    out(`Re-run ${over}: the engine finds the same.`);
    return 0;
  }
  out(`Re-run ${over}: the engine does NOT find the same: ${differences.join('; ')}.`);
  return 3;
}

/** What the reconciler finds: of each alert what told its strength, and how it stands. */
function rerunInOrder(
  activationId: string,
  { watch, shared }: { readonly watch: TagWatch; readonly shared: readonly SharedWatch[] },
  pings: readonly StoredPing[],
  untilMs: number,
): EngineEvent[] {
  const inOrder = [...pings].sort((a, b) => madeAtMsOf(a) - madeAtMsOf(b));
  const startMs = inOrder[0] === undefined ? untilMs : madeAtMsOf(inOrder[0]);
  const again = startOrderedRerun(activationId, watch, prepareShared(shared), startMs);
  again.take(inOrder);
  return again.finish(untilMs).found.flatMap(({ raised, last }) => [raised, last]);
}

/** What differs between the record and the re-run, in words; none: the same. */
function compare(
  last: FindingEvent,
  wasConfirmed: boolean,
  found: FindingEvent | null,
  isConfirmed: boolean,
): string[] {
  const stands = found !== null && found.type !== 'withdrawn';
  if (last.type === 'withdrawn') return stands ? ['the record has it taken back, the re-run has not'] : [];
  if (!stands) return ['the re-run finds nothing at that time'];
  const pairs = [
    ['start', last.episode.startedAt, found.episode.startedAt],
    ['end', last.episode.endedAt ?? 'none', found.episode.endedAt ?? 'none'],
    ['end because', last.endedBecause ?? 'none', found.endedBecause ?? 'none'],
    ['reason', last.reason ?? 'none', found.reason ?? 'none'],
    ['strength', wasConfirmed ? 'confirmed' : 'suspected', isConfirmed ? 'confirmed' : 'suspected'],
  ] as const;
  return pairs
    .filter(([, record, again]) => record !== again)
    .map(([name, record, again]) => `${name}: on record ${record}, again ${again}`);
}

/** The alert's condition alone, with all its versions that were published; null where the record does not have it. */
async function readWatch(
  db: Database,
  { tagId, activationId, conditionId }: FindingEvent,
  untilMs: number,
): Promise<{ watch: TagWatch; shared: SharedWatch[] } | null> {
  if (conditionId === null) return null;
  const [facts, sharedFacts, published] = await Promise.all([
    watchStore.readTagFacts(db, [tagId]),
    watchStore.readSharedFacts(db, [conditionId]),
    readTermPublications(db, conditionId),
  ]);
  const tag = facts.tags[0];
  if (!tag?.activations.some((each) => each.activationId === activationId)) return null;
  const own = facts.conditions.filter((each) => each.conditionId === conditionId);
  if (own.length === 0 && sharedFacts.conditions.length === 0) return null;
  // What was never published never applied.
  const publishedAtMs = (key: TermKey) => published.get(publicationKey(key)) ?? Number.POSITIVE_INFINITY;
  const horizonMs = horizonOf(untilMs);
  const watch = draftTagWatch(tag, { ...facts, conditions: own }, horizonMs).finish(publishedAtMs, 0, untilMs);
  const shared = sharedFacts.conditions.map((each) =>
    draftSharedWatch(each, sharedFacts, horizonMs).finish(publishedAtMs, 0, untilMs),
  );
  return { watch, shared };
}
