/**
 * `POST /api/v1/record-files/read`: what a CSV of records would make, row by row, by the way in which records are written, and undone.
 * What it answers for a row is sent to `POST /records/import`, which writes it: nothing is written before.
 */
import { isDeepStrictEqual } from 'node:util';
import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { mayDo } from '../../../access/may.js';
import { readCsvTable, type TableRow } from '../../../formats/csv-table.js';
import { type FileColumns, fieldsOf, guessColumns, readCells } from '../../../records/record-file.js';
import { Line } from '../../../records/rule.js';
import { ruleOf } from '../../../records/rules.js';
import { previewRecords } from '../../../records/write-records.js';
import { FILE_KINDS, type FileKind } from '../../../wire/record-file.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { FieldError, type ProblemInput, problemResponses, sendProblem } from '../../plugins/problems.js';
import { createTurns } from '../../plugins/turns.js';
import { toDeniedLine, toRefusedLine } from './import.js';
import { type ImportLine, type RefusedLine, readRecord } from './import-lines.js';
import { previewAgain } from './preview-again.js';
import { type RecordDeps, writerOf } from './record-routes.js';
import { askerOf, keepReadable } from './record-scope.js';
import { guardWrites, NotAllowed, orNotAllowed } from './write-scope.js';

/** A spreadsheet's rows down to the last that it may have, all but some of them empty, in Base64. */
const BODY_LIMIT_BYTES = 8 * 1_048_576;
const MAX_NAME_LENGTH = 255;
/** As many as are written at once. */
export const MAX_ROWS = 5_000;

const Column = Type.Integer({ minimum: 0, maximum: 1_000 });
const ColumnsBody = Type.Record(Type.String(), Column, {
  description: 'By field the place of its column, from 0; without it: guessed by what they are called',
});
export const FILE_BODY = {
  name: { ...Line(MAX_NAME_LENGTH), description: 'Of the file: versions say it as their reason' },
  base64: Type.String({ description: 'CSV in UTF-8, whose first line names the columns' }),
  columns: Type.Optional(ColumnsBody),
};
const Body = Type.Object({ ...FILE_BODY, kind: Type.Enum([...FILE_KINDS]) }, { additionalProperties: false });
const Text = Type.String();
const LineNumber = Type.Integer({ minimum: 1, description: 'From 1, the header counted' });
const Row = Type.Object({
  line: LineNumber,
  id: Type.Optional(Text),
  what: Type.Enum(['created', 'changed', 'unchanged', 'refused']),
  changes: Type.Optional(
    Type.Array(Type.Object({ field: Text, from: Type.Optional(Type.Unknown()), to: Type.Unknown() })),
  ),
  detail: Type.Optional(Text),
  errors: Type.Optional(Type.Array(FieldError)),
  conflicts: Type.Optional(Type.Array(Type.Unknown(), { description: 'The records that are in the way' })),
  record: Type.Optional(
    Type.Unsafe<object>({ type: 'object', description: 'As a line of POST /records/import; of what is written alone' }),
  ),
});
type Row = Static<typeof Row>;
/** Of every file that is read. */
export const FILE_ANSWER = {
  titles: Type.Array(Text),
  fields: Type.Array(Type.Object({ name: Text, words: Text })),
  columns: Type.Record(Text, Column, { description: 'By which the rows were read' }),
  faults: Type.Array(Type.Object({ line: LineNumber, detail: Text }), { description: 'Rows that could not be read' }),
};
const Answer = Type.Object({ ...FILE_ANSWER, rows: Type.Array(Row) });

const schema = {
  summary: 'Read a CSV of records, and tell what each row would make; nothing is written',
  description:
    'What a file does not say, by a missing column or an empty cell, stays as it stands. Times without an offset are local ' +
    '(Europe/London), the day before the month; a day alone begins at its midnight, and as an end ends at the next.',
  tags: ['records'],
  body: Body,
  response: { 200: Answer, ...problemResponses(400, 403, 413, 415, 422, 503) },
};

interface SaidRow {
  readonly line: number;
  readonly id: string;
  readonly said: Readonly<Record<string, unknown>>;
}

const refusedRow = ({ line, id, detail, errors, conflicts }: RefusedLine): Row => ({
  line,
  what: 'refused',
  ...(id === undefined ? {} : { id }),
  ...(detail === undefined ? {} : { detail }),
  ...(errors === undefined ? {} : { errors: errors.map((one) => ({ ...one })) }),
  ...(conflicts === undefined ? {} : { conflicts: [...conflicts] }),
});

/** Each record once; where two rows say something else of one, the second is refused. */
function readRows(
  kind: FileKind,
  rows: readonly TableRow[],
  columns: FileColumns,
): { readonly said: readonly SaidRow[]; readonly refused: readonly Row[] } {
  const byId = new Map<string, SaidRow>();
  const refused: Row[] = [];
  for (const { line, cells } of rows) {
    const row = { line, ...readCells(fieldsOf(kind), cells, columns) };
    const before = byId.get(row.id);
    if (row.id === '') refused.push({ line, what: 'refused', detail: 'it has no id' });
    else if (before === undefined) byId.set(row.id, row);
    else if (!isDeepStrictEqual(before.said, row.said))
      refused.push({ line, id: row.id, what: 'refused', detail: `line ${before.line} says something else of it` });
  }
  return { said: [...byId.values()], refused };
}

/** As they stand and may be read by who writes, in the form in which they are written; with the version that stands. */
async function readStanding(
  request: FastifyRequest,
  { db, store }: RecordDeps,
  kind: FileKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const found = await store.find(db, kind, ids);
  const readable = await keepReadable(request, db, kind, [...found.values()]);
  return new Map(
    readable.map(({ id, content, version }) => [id, { ...(ruleOf(kind).toWire?.(content, id) ?? content), version }]),
  );
}

/** What of a row is another than what stands, in the words of the row. */
const changesOf = (
  said: Readonly<Record<string, unknown>>,
  standing: Readonly<Record<string, unknown>> | undefined,
): Row['changes'] =>
  Object.entries(said).flatMap(([field, to]) => {
    const from = standing?.[field];
    if (isDeepStrictEqual(from, to)) return [];
    return [{ field, ...(from === undefined || from === null ? {} : { from }), to }];
  });

interface Tried extends ImportLine {
  readonly row: SaidRow;
  readonly record: { readonly kind: FileKind; readonly id: string; readonly body: object };
}

/** What is answered of each that can be read: as it would be written, all of those together that may be. */
async function previewRows(
  request: FastifyRequest,
  deps: RecordDeps,
  tried: readonly Tried[],
  standing: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): Promise<{ readonly rows: readonly Row[] } | { readonly problem: ProblemInput }> {
  const asker = askerOf(request);
  const rows: Row[] = [];
  let left = tried;
  for (;;) {
    const puts = left.map(({ put }) => put);
    const guard = guardWrites(
      asker,
      puts.map(({ kind, id, said }) => ({ kind, id, ...said })),
    );
    const preview = await previewAgain(() =>
      orNotAllowed(previewRecords(deps, puts, writerOf(request), deps.clock.nowMs(), guard)),
    );
    if (preview instanceof NotAllowed) {
      for (const [place, problem] of preview.problems) rows.push(refusedRow(toDeniedLine(left[place]!, problem)));
      left = left.filter((_, place) => !preview.problems.has(place));
      continue;
    }
    const { written, refusals, general } = preview;
    if (general?.type === 'invalid') return { problem: { status: 422, errors: [...general.errors] } };
    for (const [place, one] of left.entries()) {
      const refusal = refusals.get(place);
      const made = written.get(place);
      if (refusal !== undefined) rows.push(refusedRow(toRefusedLine(one, refusal)));
      else if (made === undefined)
        rows.push({ ...toRow(one), what: 'refused', detail: 'it names one that is refused' });
      else if (made.type === 'unchanged') rows.push({ ...toRow(one), what: 'unchanged' });
      else {
        const changes = changesOf(one.row.said, standing.get(one.row.id));
        rows.push({ ...toRow(one), what: made.type, ...(changes && { changes }), record: one.record });
      }
    }
    return { rows };
  }
}

const toRow = ({ row: { line, id } }: Tried) => ({ line, id });

/** What is there already keeps what the row does not say. Whoever writes the record writes it over what was previewed, or over nothing. */
function toTried(
  kind: FileKind,
  row: SaidRow,
  standing: Readonly<Record<string, unknown>> | undefined,
  changeReason: string,
  { serviceArea }: RecordDeps,
): Tried | Row {
  const record = { kind, id: row.id, body: { version: 0, ...standing, ...row.said, changeReason } };
  const read = readRecord(row.line, record, serviceArea);
  return 'put' in read ? { ...read, row, record } : refusedRow(read);
}

export function registerReadFile(app: App, deps: RecordDeps): void {
  const config = { operation: 'records.write', keepsToScope: true } as const;
  app.post(
    '/api/v1/record-files/read',
    { schema, config, bodyLimit: BODY_LIMIT_BYTES, preHandler: createTurns() },
    async (request, reply) => {
      const { name, base64, kind, columns } = request.body;
      // What stands is answered beside what is to be.
      if (!mayDo(askerOf(request).principal, ruleOf(kind).operations?.read ?? 'records.read'))
        return sendProblem(reply, {
          status: 403,
          detail: `Your roles do not include reading each ${ruleOf(kind).name}.`,
        });
      const table = await readCsvTable(Buffer.from(base64, 'base64'), MAX_ROWS);
      if ('fault' in table)
        return sendProblem(reply, { status: 422, errors: [{ pointer: '/base64', detail: table.fault }] });
      if (table.rows.length > MAX_ROWS)
        return sendProblem(reply, { status: 413, detail: `At most ${MAX_ROWS} rows are taken at once.` });
      const { titles, faults } = table;
      const chosen = columns ?? guessColumns(fieldsOf(kind), titles);
      const fields = fieldsOf(kind).map((field) => ({ name: field.name, words: field.words }));
      const answer = { titles: [...titles], fields, columns: chosen, faults: [...faults] };
      if (chosen['id'] === undefined) return reply.send({ ...answer, rows: [] });
      const { said, refused } = readRows(kind, table.rows, chosen);
      const ids = said.map(({ id }) => id);
      const standing = await readStanding(request, deps, kind, ids);
      const read = said.map((row) => toTried(kind, row, standing.get(row.id), `imported from ${name}`, deps));
      noteAudited(request, { rowCount: said.length });
      const tried = read.filter((one): one is Tried => 'put' in one);
      const previewed = await previewRows(request, deps, tried, standing);
      if ('problem' in previewed) return sendProblem(reply, previewed.problem);
      const wrong = read.filter((one): one is Row => !('put' in one));
      const rows = [...refused, ...wrong, ...previewed.rows].sort((a, b) => a.line - b.line);
      return reply.send({ ...answer, rows });
    },
  );
}
