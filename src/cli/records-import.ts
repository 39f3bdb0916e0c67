/** Puts the records of NDJSON files through the front door, in parts that are taken whole or not at all; a second time changes nothing. */
import { createReadStream } from 'node:fs';
import { type Answer, type RequestOptions, readJson, requestUntilAnswered } from './request.js';

/** What an import takes at once: 5,000 records and 16 MiB; here less, so that a part is answered within seconds. */
export const MAX_PART_LINES = 5_000;
const MAX_PART_BYTES = 8 * 1_048_576;
const MAX_LINE_BYTES = 15 * 1_048_576;
const NEWLINE = 10;

export interface FileLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** What became of the records; `refused`: lines of the part at which it ended, in words. */
export interface ImportResult {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly refused: readonly string[];
  /** Why it ended before its end; null: it did not. */
  readonly gaveUp: string | null;
}

/** What would become of all of it, which is one part: what a later part would refer to is not there. Rejects as {@link importRecords}. */
export async function previewRecords(
  files: readonly string[],
  options: RequestOptions & { readonly partLines: number },
): Promise<ImportResult> {
  const none = { created: 0, changed: 0, unchanged: 0, refused: [], gaveUp: null };
  let part: readonly FileLine[] | null = null;
  for await (const next of readParts(files, MAX_PART_LINES)) {
    if (part !== null)
      return { ...none, gaveUp: `a preview is of ${MAX_PART_LINES} records and ${MAX_PART_BYTES} bytes at most` };
    part = next;
  }
  if (part === null) return none;
  const answer = await requestUntilAnswered(
    {
      method: 'POST',
      path: '/api/v1/records/import?preview=true',
      body: toBody(part),
      headers: { 'content-type': 'application/x-ndjson' },
    },
    options,
  );
  if ('gaveUp' in answer) return { ...none, gaveUp: answer.gaveUp };
  if (answer.status !== 200) return { ...none, refused: describeRefusal(answer, part) };
  const { created, changed, unchanged } = readJson(answer.text);
  return { ...none, created: Number(created), changed: Number(changed), unchanged: Number(unchanged) };
}

const toBody = (part: readonly FileLine[]) =>
  Buffer.from(Buffer.concat(part.flatMap(({ bytes }) => [bytes, Buffer.from('\n')])));

/** Lines of a file that are not blank. Rejects where the file cannot be read, or is no lines. */
async function* readLines(file: string): AsyncGenerator<FileLine> {
  let line = 0;
  let rest = Buffer.alloc(0);
  const toLine = (bytes: Buffer): FileLine | null => {
    line += 1;
    return bytes.toString('latin1').trim() === '' ? null : { file, line, bytes };
  };
  for await (const chunk of createReadStream(file, { highWaterMark: 1_048_576 })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to !== -1; to = bytes.indexOf(NEWLINE, from)) {
      const read = toLine(bytes.subarray(from, to));
      if (read !== null) yield read;
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length > MAX_LINE_BYTES) throw new Error(`line ${line + 1} is longer than ${MAX_LINE_BYTES} bytes`);
  }
  const last = rest.length === 0 ? null : toLine(rest);
  if (last !== null) yield last;
}

/** Parts of at most so many lines and bytes; files follow one another. */
async function* readParts(files: readonly string[], partLines: number): AsyncGenerator<FileLine[]> {
  let part: FileLine[] = [];
  let bytes = 0;
  for (const file of files) {
    for await (const read of readLines(file)) {
      if (part.length === partLines || (part.length > 0 && bytes + read.bytes.length > MAX_PART_BYTES)) {
        yield part;
        part = [];
        bytes = 0;
      }
      part.push(read);
      bytes += read.bytes.length + 1;
    }
  }
  if (part.length > 0) yield part;
}

interface ToldLine {
  readonly line?: unknown;
  readonly kind?: unknown;
  readonly id?: unknown;
  readonly detail?: unknown;
  readonly errors?: unknown;
}

/** A refused line as `FILE:LINE: kind "id": why`. */
function describeRefused(told: ToldLine, part: readonly FileLine[]): string {
  const at = part[Number(told.line) - 1];
  const place = at === undefined ? '' : `${at.file}:${at.line}: `;
  const record = told.kind === undefined ? '' : `${String(told.kind)} "${String(told.id)}": `;
  const errors = Array.isArray(told.errors) ? (told.errors as { pointer: string; detail: string }[]) : [];
  const faults = errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  return `${place}${record}${[...faults, ...(typeof told.detail === 'string' ? [told.detail] : [])].join('; ')}`;
}

function describeRefusal({ status, text }: Answer, part: readonly FileLine[]): string[] {
  const { lines, detail, title, errors } = readJson(text);
  if (Array.isArray(lines) && lines.length > 0) return lines.map((told: ToldLine) => describeRefused(told, part));
  const faults = Array.isArray(errors) ? errors.map(({ detail: fault }: { detail: string }) => fault) : [];
  const said = [...faults, ...[detail, title].filter((each) => typeof each === 'string')];
  const first = part[0]!;
  return [
    `${first.file}:${first.line} and what follows it: HTTP ${status}: ${said[0] ?? 'this is not an answer of Tagwatch'}`,
  ];
}

/** Sends parts one after the other, ends at the first that is refused, and waits until all is published. `onPart` hears of each. */
export async function importRecords(
  files: readonly string[],
  options: RequestOptions & { readonly partLines: number },
  onPart: (done: number) => void,
): Promise<ImportResult> {
  const counts = { created: 0, changed: 0, unchanged: 0 };
  let last: Uint8Array<ArrayBuffer> | null = null;
  const send = (body: Uint8Array<ArrayBuffer>, wait: boolean) =>
    requestUntilAnswered(
      {
        method: 'POST',
        path: `/api/v1/records/import?wait=${wait}`,
        body,
        headers: { 'content-type': 'application/x-ndjson' },
      },
      options,
    );
  for await (const part of readParts(files, options.partLines)) {
    const body = toBody(part);
    const answer = await send(body, false);
    if ('gaveUp' in answer) return { ...counts, refused: [], gaveUp: answer.gaveUp };
    if (answer.status !== 200 && answer.status !== 202) {
      return { ...counts, refused: describeRefusal(answer, part), gaveUp: null };
    }
    const told = readJson(answer.text);
    for (const outcome of ['created', 'changed', 'unchanged'] as const) counts[outcome] += Number(told[outcome]);
    last = body;
    onPart(counts.created + counts.changed + counts.unchanged);
  }
  // Published in the order in which it was written: with the last part all of it is. Sent again it changes nothing.
  while (last !== null) {
    const answer = await send(last, true);
    if ('gaveUp' in answer) return { ...counts, refused: [], gaveUp: answer.gaveUp };
    if (answer.status !== 202) break;
  }
  return { ...counts, refused: [], gaveUp: null };
}
