/** The pings of a request's body, before they are judged: JSON, NDJSON, or a track file. */
import { parseElements, TooDeep } from '../../../formats/json-elements.js';
import { MAX_PINGS_AT_ONCE, splitLines } from '../../../formats/pings/ping-message.js';
import { readTrack, TRACK_FORMATS } from '../../../formats/tracks/track.js';
import { TrackCut, type TrackItem, TrackUnreadable } from '../../../formats/tracks/track-item.js';
import { encodeJson } from '../../../ports/topics.js';
import { PING_REJECTIONS, type PingRejection } from '../../../wire/ping-reasons.js';
import { findJsonFault } from '../../plugins/json-position.js';
import type { ProblemInput } from '../../plugins/problems.js';

/** A ping's JSON, or why there is none; and what is kept of it if it is rejected, made when it is asked for. */
export interface Candidate {
  readonly raw?: unknown;
  readonly fault?: { readonly reason: PingRejection; readonly detail: string };
  /** Where it stands, as far as it is told beside its index. */
  readonly at: { readonly line?: number; readonly place?: string };
  readonly bytes: () => Uint8Array;
}

/** Media types of track files; NDJSON is pings already. */
export const TRACK_MEDIA_TYPES: readonly string[] = Object.values(TRACK_FORMATS)
  .map(({ mediaType }) => mediaType)
  .filter((type) => type !== null && type !== TRACK_FORMATS.ndjson.mediaType) as string[];

/** Most bytes of a track file once gzip is undone: 5,000 fixes of the wordiest KML are some 10 MB. */
const MAX_TRACK_BYTES = 32 * 1_048_576;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

function readLine(bytes: Uint8Array, line: number): Candidate {
  const own = { at: { line }, bytes: () => bytes };
  const fail = (detail: string, reason: PingRejection = 'not-json'): Candidate => ({
    ...own,
    fault: { reason, detail },
  });
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return fail('The line is not UTF-8.');
  }
  try {
    const raw = parseElements(text);
    return raw instanceof TooDeep ? fail(PING_REJECTIONS['json-too-deep'], 'json-too-deep') : { ...own, raw };
  } catch {
    return fail(`The line is not JSON from its column ${findJsonFault(text)?.column ?? 1} on.`);
  }
}

/** The pings of parsed JSON, or of NDJSON in bytes; null where there are too many. */
function listCandidates(body: unknown): Candidate[] | null {
  if (body instanceof Uint8Array) return splitLines(body)?.map(({ line, bytes }) => readLine(bytes, line)) ?? null;
  const raws: unknown[] = Array.isArray(body) ? body : [body];
  return raws.length > MAX_PINGS_AT_ONCE ? null : raws.map(toCandidate);
}

function toCandidate(raw: unknown): Candidate {
  if (!(raw instanceof TooDeep)) return { raw, at: {}, bytes: () => encodeJson(raw) };
  const fault = { reason: 'json-too-deep', detail: PING_REJECTIONS['json-too-deep'] } as const;
  return { fault, at: {}, bytes: () => encoder.encode(raw.json) };
}

/** What the query says about a track file. */
export interface TrackQuery {
  readonly tag?: string;
  readonly tagColumn?: string;
  readonly accuracyMetres?: number;
}

async function* single(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}

/** What a track file's reader tells beside its fixes; `index`: of the ping before which it stands. */
export interface FileNote {
  readonly index: number;
  readonly line?: number;
  readonly place: string;
  readonly detail: string;
}

/** The pings of a request, or what is answered instead of taking any. */
export type Listed =
  | { readonly candidates: readonly Candidate[]; readonly notes?: readonly FileNote[] }
  | { readonly problem: ProblemInput };

const TOO_MANY: Listed = { problem: { status: 413, detail: `A request holds at most ${MAX_PINGS_AT_ONCE} pings.` } };

/** The pings of JSON or NDJSON. */
export function listPings(body: unknown): Listed {
  const candidates = listCandidates(body);
  return candidates === null ? TOO_MANY : { candidates };
}

function toTrackCandidate(item: TrackItem, mediaType: string): Candidate {
  const { line, place } = item;
  const at = { place, ...(line !== null && { line }) };
  if (item.ok) return { at, raw: item.ping, bytes: () => encodeJson(item.ping) };
  // The fix itself is not at hand any more: its place is kept, and the sender has the file.
  return {
    at,
    fault: { reason: 'fix-unusable', detail: item.detail },
    bytes: () => encodeJson({ mediaType, place }),
  };
}

/** The pings of a track file. Of one that breaks off, those before that, and the rest is rejected as one. */
export async function listTrackPings(
  body: Uint8Array,
  mediaType: string,
  { tag, tagColumn, accuracyMetres }: TrackQuery,
): Promise<Listed> {
  if (tag !== undefined && tagColumn !== undefined) {
    const errors = [{ pointer: '/tagColumn', detail: 'and tag exclude each other', in: 'query' as const }];
    return { problem: { status: 400, detail: 'The query cannot be read.', errors } };
  }
  const named = tagColumn === undefined ? null : { column: tagColumn };
  const options = { tag: tag === undefined ? named : { tagId: tag }, accuracyMetres: accuracyMetres ?? null };
  const candidates: Candidate[] = [];
  const notes: FileNote[] = [];
  try {
    for await (const item of readTrack(single(body), { mediaType, maxBytes: MAX_TRACK_BYTES }, options)) {
      if (!item.ok && item.isNote === true) {
        const { line, place, detail } = item;
        notes.push({ index: candidates.length, ...(line !== null && { line }), place, detail });
        continue;
      }
      if (candidates.length === MAX_PINGS_AT_ONCE) return TOO_MANY;
      candidates.push(toTrackCandidate(item, mediaType));
    }
  } catch (error) {
    if (!(error instanceof TrackUnreadable)) throw error;
    const isPartly = error instanceof TrackCut && candidates.some(({ fault }) => fault === undefined);
    if (!isPartly) return { problem: { status: 400, title: 'Unreadable track file', detail: error.message } };
    const { line, message: detail } = error;
    candidates.push(
      toTrackCandidate({ line, place: line === null ? 'the rest' : `line ${line}`, ok: false, detail }, mediaType),
    );
  }
  return { candidates, notes };
}
