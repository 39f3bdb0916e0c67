/** What the page of imports asks over REST: what a file would make, and the writing of it. */
import type { FileKind } from '../wire/record-file.js';
import { type Fault, type Sent, send, toBase64 } from './send.js';

export interface FileChange {
  readonly field: string;
  readonly from?: unknown;
  readonly to: unknown;
}

export interface FileRow {
  readonly line: number;
  readonly id?: string;
  readonly what: 'created' | 'changed' | 'unchanged' | 'refused';
  readonly changes?: readonly FileChange[];
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Of what is written alone: a line of the import. */
  readonly record?: object;
}

export interface FileRead {
  readonly titles: readonly string[];
  readonly fields: readonly { readonly name: string; readonly words: string }[];
  /** By field the place of its column. */
  readonly columns: Readonly<Record<string, number>>;
  readonly rows: readonly FileRow[];
  readonly faults: readonly { readonly line: number; readonly detail: string }[];
}

/** `columns` null: guessed by what they are called. */
export const readFile = (
  name: string,
  bytes: Uint8Array,
  kind: FileKind,
  columns: FileRead['columns'] | null,
): Promise<Sent<FileRead>> =>
  send('POST', '/record-files/read', {
    name,
    base64: toBase64(bytes),
    kind,
    ...(columns === null ? {} : { columns }),
  });

export interface Written {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
}

/** All of them or none, on the versions that were previewed. */
export const writeRows = (rows: readonly FileRow[]): Promise<Sent<Written>> =>
  send(
    'POST',
    '/records/import',
    rows.flatMap(({ record }) => (record === undefined ? [] : [JSON.stringify(record)])).join('\n'),
    { 'content-type': 'application/x-ndjson' },
  );
