/** One message that may hold several pings: what a supplier puts into one Kafka record, and the lines of NDJSON. */

import { PING_REJECTIONS, type PingRejection } from '../../wire/ping-reasons.js';
import { parseElements, TooDeep } from '../json-elements.js';
import { type ParsedPing, parsePing, type RefusedPing } from './tagwatch-ping.js';
import { parseTraccar } from './traccar-ping.js';

/** Most pings in one message or request (`wire.md`). */
export const MAX_PINGS_AT_ONCE = 5_000;

/** A ping, or what could not be used as one with its bytes (null: the whole message). */
export type MessageResult = ParsedPing | (RefusedPing & { readonly payload: Uint8Array | null });

/** Reads a supplier's message; never throws. An empty list of pings gives no result. */
export type MessageParser = (value: Uint8Array, receivedAtMs: number) => readonly MessageResult[];

const utf8 = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Reads one ping of a format from its parsed JSON; never throws. */
export type PingReader = (raw: unknown, receivedAtMs: number) => ParsedPing | RefusedPing;

/** The formats that `KAFKA_PING_TOPICS` and `?format=` name; `PING_FORMATS` of the configuration are the same. */
export const PING_READERS = { tagwatch: parsePing, traccar: parseTraccar } as const satisfies Record<
  string,
  PingReader
>;

/** JSON of one ping, or a list of up to `MAX_PINGS_AT_ONCE`. A byte order mark is skipped. */
function createMessageParser(readPing: PingReader): MessageParser {
  const refuse = (reason: PingRejection, payload: Uint8Array | null, detail: string = PING_REJECTIONS[reason]) =>
    ({ ok: false, reason, detail, tagId: null, payload }) as const;
  return (value, receivedAtMs) => {
    let raw: unknown;
    try {
      raw = parseElements(utf8.decode(value));
    } catch {
      return [refuse('not-json', null)];
    }
    if (raw instanceof TooDeep) return [refuse('json-too-deep', null)];
    if (!Array.isArray(raw)) {
      const result = readPing(raw, receivedAtMs);
      return [result.ok ? result : { ...result, payload: null }];
    }
    if (raw.length > MAX_PINGS_AT_ONCE) {
      const detail = `A message holds at most ${MAX_PINGS_AT_ONCE} pings; this one holds ${raw.length}.`;
      return [refuse('too-many-pings', null, detail)];
    }
    return raw.map((item: unknown) => {
      if (item instanceof TooDeep) return refuse('json-too-deep', encoder.encode(item.json));
      const result = readPing(item, receivedAtMs);
      return result.ok ? result : { ...result, payload: encoder.encode(JSON.stringify(item)) };
    });
  };
}

/** Suppliers' messages by format. */
export const PING_PARSERS = {
  tagwatch: createMessageParser(PING_READERS.tagwatch),
  traccar: createMessageParser(PING_READERS.traccar),
} as const satisfies Record<keyof typeof PING_READERS, MessageParser>;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export interface Line {
  /** From 1, blank ones counted. */
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** The lines of NDJSON that are not blank; null where there are more than `MAX_PINGS_AT_ONCE`. */
export function splitLines(body: Uint8Array): Line[] | null {
  const lines: Line[] = [];
  let line = 0;
  for (let from = 0; from < body.length; ) {
    const newline = body.indexOf(NEWLINE, from);
    const next = newline === -1 ? body.length : newline;
    const to = next > from && body[next - 1] === CARRIAGE_RETURN ? next - 1 : next;
    line += 1;
    if (body.subarray(from, to).some((byte) => byte !== 32 && byte !== 9)) {
      if (lines.length === MAX_PINGS_AT_ONCE) return null;
      lines.push({ line, bytes: body.subarray(from, to) });
    }
    from = next + 1;
  }
  return lines;
}
