/** How a record lies in LMDB: flags (u8), append time (f64), then key and headers with their lengths (u32), then the value. */
import type { LogRecord, NewRecord, TopicPartition } from '../ports/event-log.js';

const HAS_KEY = 1;
const HAS_VALUE = 2;
const FIXED_BYTES = 1 + 8 + 4 + 4;

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/** A record as bytes. */
export function encodeRecord(record: NewRecord, appendedAtMs: number): Buffer {
  const headers = record.headers && Object.keys(record.headers).length > 0 ? JSON.stringify(record.headers) : '';
  const keyBytes = record.key === null ? 0 : Buffer.byteLength(record.key);
  const headerBytes = Buffer.byteLength(headers);
  const bytes = Buffer.allocUnsafe(FIXED_BYTES + keyBytes + headerBytes + (record.value?.length ?? 0));
  bytes.writeUInt8((record.key === null ? 0 : HAS_KEY) | (record.value === null ? 0 : HAS_VALUE), 0);
  bytes.writeDoubleLE(appendedAtMs, 1);
  bytes.writeUInt32LE(keyBytes, 9);
  bytes.writeUInt32LE(headerBytes, 13);
  if (record.key !== null) bytes.write(record.key, FIXED_BYTES);
  bytes.write(headers, FIXED_BYTES + keyBytes);
  if (record.value) bytes.set(record.value, FIXED_BYTES + keyBytes + headerBytes);
  return bytes;
}

/** The record that stands at an offset; its value is a view of `bytes`. */
export function decodeRecord(at: TopicPartition, offset: number, bytes: Buffer): LogRecord {
  const flags = bytes.readUInt8(0);
  const keyEnd = FIXED_BYTES + bytes.readUInt32LE(9);
  const headersEnd = keyEnd + bytes.readUInt32LE(13);
  return {
    topic: at.topic,
    partition: at.partition,
    offset,
    appendedAtMs: readAppendedAtMs(bytes),
    key: flags & HAS_KEY ? bytes.toString('utf8', FIXED_BYTES, keyEnd) : null,
    value: flags & HAS_VALUE ? bytes.subarray(headersEnd) : null,
    headers: keyEnd === headersEnd ? NO_HEADERS : JSON.parse(bytes.toString('utf8', keyEnd, headersEnd)),
  };
}

/** When the record was appended, epoch ms. */
export function readAppendedAtMs(bytes: Buffer): number {
  return bytes.readDoubleLE(1);
}
