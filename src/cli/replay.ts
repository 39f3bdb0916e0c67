/** `tagwatch replay`: a track file through the front door (`wire.md`, "Running it"). */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { readTrack } from '../formats/tracks/track.js';
import { checkTrack, TrackCut, type TrackItem, TrackUnreadable } from '../formats/tracks/track-item.js';
import { type SenderOptions, sendPings } from './ping-sender.js';
import { openProgress } from './progress.js';
import { sendInLanes } from './replay-lanes.js';
import { REPLAY_HELP, type ReplayOptions, readReplayOptions } from './replay-options.js';
import { batchByRate, batchLive, type Pacer, type PlacedPing, SYSTEM_PACER } from './replay-pace.js';

/** How long one batch is tried for. */
const GIVE_UP_AFTER_MS = 300_000;
/** Rejected pings and unusable rows that the summary shows by line. */
const SHOWN_FAULTS = 5;
/** Different notes about the file that the summary shows. */
const SHOWN_NOTES = 20;

type Print = (line: string) => void;

export interface ReplayDeps {
  readonly giveUpAfterMs?: number;
  readonly pacer?: Pacer;
  readonly out?: Print;
  readonly err?: Print;
}

interface Tally {
  rows: number;
  sent: number;
  accepted: number;
  rejected: number;
  unusable: number;
  readonly reasons: Map<string, number>;
  /** The first few, as lines of the summary. */
  readonly faults: string[];
  /** What the file's reader noted, and what Tagwatch warns of, with its first place and how often. */
  readonly notes: Map<string, { readonly place: string; count: number }>;
  /** Fixes that got the accuracy of the options. */
  assumed: number;
}

function createTally(): Tally {
  return {
    rows: 0,
    sent: 0,
    accepted: 0,
    rejected: 0,
    unusable: 0,
    reasons: new Map(),
    faults: [],
    notes: new Map(),
    assumed: 0,
  };
}

function noteFault(tally: Tally, place: string, detail: string): void {
  if (tally.faults.length < SHOWN_FAULTS) tally.faults.push(`  ${place}: ${detail}`);
}

function noteUnusable(tally: Tally, place: string, detail: string): void {
  tally.rows += 1;
  tally.unusable += 1;
  noteFault(tally, place, detail);
}

function noteNote({ notes }: Tally, place: string, detail: string): void {
  const known = notes.get(detail);
  if (known === undefined) notes.set(detail, { place, count: 1 });
  else known.count += 1;
}

/** Notes and warnings, and the accuracy that was assumed: none of it makes a row unusable, and nobody should miss it. */
function tellNotes({ notes, assumed }: Tally, accuracyMetres: number | null): string[] {
  const n = (value: number) => value.toLocaleString('en-GB');
  const lines = [...notes].map(([detail, { place, count }]) => {
    return `  ${place}: ${detail}${count === 1 ? '' : ` (${n(count)} times)`}`;
  });
  const told = lines.slice(0, SHOWN_NOTES);
  if (lines.length > told.length) told.push(`  and ${n(lines.length - told.length)} more`);
  if (assumed > 0)
    told.push(`  ${n(assumed)} fixes have no accuracy of their own: ${accuracyMetres} m was sent for them`);
  return told.length === 0 ? [] : ['Noted:', ...told];
}

/** What of the faults was not shown. */
function tellOthers(faulty: number, { faults }: Tally): string[] {
  return faulty > faults.length ? [`  and ${(faulty - faults.length).toLocaleString('en-GB')} more`] : [];
}

/** Sends a batch, in halves where it is too large; why to stop, or null. */
async function sendBatch(batch: readonly PlacedPing[], sender: SenderOptions, tally: Tally): Promise<string | null> {
  const outcome = await sendPings(
    batch.map(({ ping }) => ping),
    sender,
  );
  if (outcome.kind === 'failed') return outcome.detail;
  if (outcome.kind === 'too-large') {
    if (batch.length === 1) return outcome.detail;
    const half = Math.ceil(batch.length / 2);
    return (
      (await sendBatch(batch.slice(0, half), sender, tally)) ?? (await sendBatch(batch.slice(half), sender, tally))
    );
  }
  tally.sent += batch.length;
  tally.accepted += outcome.accepted;
  tally.rejected += outcome.rejected.length;
  for (const { index, reason, detail } of outcome.rejected) {
    tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1);
    noteFault(tally, batch[index]?.place ?? '?', `${reason}: ${detail}`);
  }
  for (const { index, reason, detail } of outcome.warnings)
    noteNote(tally, batch[index]?.place ?? '?', `${reason}: ${detail}`);
  return null;
}

function summarise(tally: Tally, seconds: number): string[] {
  const { rows, sent, accepted, rejected, unusable, reasons, faults } = tally;
  const n = (value: number) => value.toLocaleString('en-GB');
  const rate = seconds > 0 ? n(Math.round(sent / seconds)) : '-';
  const lines = [
    `${n(rows)} rows, ${n(sent)} sent, ${n(accepted)} accepted, ${n(rejected)} rejected, ${n(unusable)} unusable, ` +
      `${seconds.toFixed(1)} s, ${rate} pings/s`,
  ];
  if (reasons.size > 0) {
    const counts = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason} ${n(count)}`);
    lines.push(`Rejected: ${counts.join(', ')}`);
  }
  lines.push(...faults, ...tellOthers(rejected + unusable, tally));
  return lines;
}

/**
 * The file's fixes, judged as the server will judge them; what the reader notes goes to the tally, and where the file breaks off is
 * a row that cannot be used. `source` closes when the reader stops.
 */
async function* readFile(options: ReplayOptions, nowMs: number, tally: Tally): AsyncGenerator<TrackItem> {
  const { file, tag, format, accuracyMetres } = options;
  const onAccuracyAssumed = () => {
    tally.assumed += 1;
  };
  const source = createReadStream(file);
  try {
    const from = format === null ? { name: file } : { format };
    const items = readTrack(source, from, { tag, accuracyMetres, onAccuracyAssumed });
    for await (const item of checkTrack(items, nowMs)) {
      if (!item.ok && item.isNote === true) noteNote(tally, item.place, item.detail);
      else yield item;
    }
  } catch (error) {
    if (!(error instanceof TrackCut)) throw error;
    const detail = `The file cannot be read on from here. ${error.message}`;
    yield { line: error.line, place: error.line === null ? 'the rest' : `line ${error.line}`, ok: false, detail };
  } finally {
    source.destroy();
  }
}

/** Reads the whole file once before anything is sent: how many rows there are, and which are unusable. */
async function inspect(options: ReplayOptions, nowMs: number): Promise<Tally> {
  const tally = createTally();
  for await (const item of readFile(options, nowMs, tally)) {
    if (item.ok) tally.rows += 1;
    else noteUnusable(tally, item.place, item.detail);
  }
  return tally;
}

/** Why a file cannot be read, in words; what is no such reason is thrown on. */
function explain(error: unknown, file: string): string {
  if (!(error instanceof TrackUnreadable || error instanceof RangeError || isFileError(error))) throw error;
  return `${file}: ${error.message}`;
}

async function run(options: ReplayOptions, deps: ReplayDeps, out: Print, err: Print): Promise<number> {
  const { file, skipBad, batchSize, ratePerSecond, liveSpeed } = options;
  const { giveUpAfterMs = GIVE_UP_AFTER_MS, pacer = SYSTEM_PACER } = deps;
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) {
    err(`There is no file ${file} that can be read.`);
    return 1;
  }
  const nowMs = Date.now();
  let expectedRows = 1;
  try {
    const seen = await inspect(options, nowMs);
    expectedRows = Math.max(1, seen.rows);
    if (seen.unusable > 0 && !skipBad) {
      err(
        `${file}: ${seen.unusable.toLocaleString('en-GB')} of ${seen.rows.toLocaleString('en-GB')} rows are unusable:`,
      );
      for (const line of [...seen.faults, ...tellOthers(seen.unusable, seen)]) err(line);
      for (const line of tellNotes({ ...seen, assumed: 0 }, null)) err(line);
      err('Nothing was sent. --skip-bad leaves them out and sends the others.');
      return 1;
    }
  } catch (error) {
    err(`Nothing was sent: ${explain(error, file)}`);
    return 1;
  }
  const tally = createTally();
  const progress = openProgress(deps.err ?? null);
  const onBad = (place: string, detail: string) => noteUnusable(tally, place, detail);
  const rows = readFile(options, nowMs, tally);
  const batches =
    liveSpeed === null
      ? batchByRate(rows, { batchSize, ratePerSecond, pacer }, onBad)
      : batchLive(rows, { batchSize, speed: liveSpeed, pacer }, onBad);
  const sender: SenderOptions = {
    url: options.url,
    tokenFile: options.tokenFile,
    giveUpAfterMs,
    onTrouble: (detail) =>
      progress.note(`${options.url} does not answer (${detail}); trying again, for up to five minutes`),
  };
  const startedAtMs = performance.now();
  let failure: string | null = null;
  try {
    failure = await sendInLanes(countRows(batches, tally), {
      inFlight: options.inFlight,
      batchSize,
      async send(batch) {
        const why = await sendBatch(batch, sender, tally);
        if (why === null) progress.update(Math.min(1, tally.rows / expectedRows), tally.sent);
        return why;
      },
    });
  } catch (error) {
    failure = explain(error, file);
  } finally {
    progress.stop();
  }
  for (const line of summarise(tally, (performance.now() - startedAtMs) / 1_000)) out(line);
  for (const line of tellNotes(tally, options.accuracyMetres)) out(line);
  if (failure !== null) err(`Gave up: ${failure}`);
  return failure === null && tally.rejected + tally.unusable === 0 ? 0 : 1;
}

async function* countRows(batches: AsyncIterable<PlacedPing[]>, tally: Tally): AsyncGenerator<PlacedPing[]> {
  for await (const batch of batches) {
    tally.rows += batch.length;
    yield batch;
  }
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

/**
 * Runs `tagwatch replay` with the arguments after that word and answers the exit code: 0 all rows accepted, 1 some not or given
 * up, 2 called wrongly. Results go to the standard output, progress and troubles to the standard error.
 */
export async function replay(argv: readonly string[], deps: ReplayDeps = {}): Promise<number> {
  const out = deps.out ?? ((line) => console.log(line));
  const err = deps.err ?? ((line) => console.error(line));
  const command = readReplayOptions(argv);
  if (command.kind === 'help') {
    out(REPLAY_HELP);
    return 0;
  }
  if (command.kind === 'wrong') {
    for (const error of command.errors) err(error);
    err('"tagwatch replay --help" explains the options.');
    return 2;
  }
  return await run(command.options, deps, out, err);
}
