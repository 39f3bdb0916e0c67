/**
 * `POST /api/v1/custody-lists/read`: whom of the wearers a list of who is in custody may name. It opens and ends nothing: whoever confirms a
 * match writes the custody period, by `PUT /custody-periods/{custodyPeriodId}`.
 */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import Type from 'typebox';
import { mayDo, maySee } from '../../../access/may.js';
import { readCsvTable } from '../../../formats/csv-table.js';
import type { StoredRecord } from '../../../ports/records.js';
import { CUSTODY_FIELDS, createCustodyMatcher, readCustodyRow } from '../../../records/custody-list.js';
import type { WearerContent } from '../../../records/kinds/wearer.js';
import { guessColumns } from '../../../records/record-file.js';
import { type CustodyRow, STRENGTHS } from '../../../wire/custody-list.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { createTurns } from '../../plugins/turns.js';
import { FILE_ANSWER, FILE_BODY, MAX_ROWS } from './read-file.js';
import type { RecordDeps } from './record-routes.js';
import { askerOf } from './record-scope.js';

const BODY_LIMIT_BYTES = 8 * 1_048_576;
/** Wearers are read in parts of so many. */
const PART = 1_000;
const ROWS_PER_TURN = 50;

const Text = Type.String();
const Match = Type.Object({
  custodyPeriodId: Type.String({ description: 'Of the period that it would be; of the same row always the same' }),
  wearerId: Text,
  name: Text,
  strength: Type.Enum([...STRENGTHS], {
    description:
      'strong: by a reference; likely: by name and date of birth; weak: by the name alone, or with something against it',
  }),
  by: Type.Array(Text),
  against: Type.Array(Text, { description: 'What both say, and not the same' }),
});
const Row = Type.Object({
  line: Type.Integer({ minimum: 1 }),
  name: Type.Optional(Text),
  dateOfBirth: Type.Optional(Text),
  pncId: Type.Optional(Text),
  nomisId: Type.Optional(Text),
  crn: Type.Optional(Text),
  startsAt: Text,
  place: Type.Optional(Text),
  refused: Type.Array(
    Type.Object({
      custodyPeriodId: Text,
      wearerId: Text,
      name: Text,
      by: Text,
      at: Text,
      reason: Type.Union([Text, Type.Null()]),
    }),
    { description: 'Whom somebody has said of the same row that it is not: on record as a period that never was' },
  ),
  matches: Type.Array(Match, { description: 'The strongest first; more than one: which of them is not known' }),
});
const Answer = Type.Object({
  ...FILE_ANSWER,
  rows: Type.Array(Row, { description: 'Those that may be a wearer' }),
  unmatched: Type.Integer({ minimum: 0, description: 'How many rows are nobody of ours' }),
});

const schema = {
  summary: 'Read a list of who is in custody, and propose whom of the wearers it names; nothing is written',
  tags: ['records'],
  body: Type.Object(FILE_BODY, { additionalProperties: false }),
  response: { 200: Answer, ...problemResponses(400, 403, 413, 415, 422, 503) },
};

/** By who the row says it is, from when and where: a list of the next day has the same row again, on another line. */
function periodIdOf(row: CustodyRow, wearerId: string): string {
  const { name, dateOfBirth, pncId, nomisId, crn, startsAt, place } = row;
  const said = JSON.stringify(
    [name, dateOfBirth, pncId, nomisId, crn, startsAt, place, wearerId].map((one) => one ?? null),
  );
  return `list-${createHash('sha256').update(said).digest('hex').slice(0, 40)}`;
}

export function registerReadCustodyList(app: App, deps: RecordDeps): void {
  const { db, store } = deps;
  const config = { operation: 'custody.write', keepsToScope: true } as const;
  app.post(
    '/api/v1/custody-lists/read',
    { schema, config, bodyLimit: BODY_LIMIT_BYTES, preHandler: createTurns() },
    async (request, reply) => {
      const { base64, columns } = request.body;
      const { principal, findWearer } = askerOf(request);
      if (!mayDo(principal, 'records.read'))
        return sendProblem(reply, { status: 403, detail: 'Your roles do not include reading wearers.' });
      const table = await readCsvTable(Buffer.from(base64, 'base64'), MAX_ROWS);
      if ('fault' in table)
        return sendProblem(reply, { status: 422, errors: [{ pointer: '/base64', detail: table.fault }] });
      if (table.rows.length > MAX_ROWS)
        return sendProblem(reply, { status: 413, detail: `At most ${MAX_ROWS} rows are taken at once.` });
      const chosen = columns ?? guessColumns(CUSTODY_FIELDS, table.titles);
      const wearers: StoredRecord[] = [];
      for (let after: string | null = null; ; ) {
        const part: StoredRecord[] = await store.list(db, 'wearer', after, PART);
        wearers.push(...part.filter(({ id }) => maySee(principal, config.operation, findWearer(id))));
        after = part.at(-1)?.id ?? null;
        if (part.length < PART) break;
      }
      const findMatches = createCustodyMatcher(wearers as unknown as { id: string; content: WearerContent }[]);
      const read = table.rows.map((row) => readCustodyRow(row, chosen));
      const rows = [];
      for (const [at, row] of read.filter((one): one is CustodyRow => !('detail' in one)).entries()) {
        // A name that many have is compared with all of them.
        if (at % ROWS_PER_TURN === 0) await turn();
        const matches = findMatches(row).map((one) => ({
          custodyPeriodId: periodIdOf(row, one.wearerId),
          ...one,
          by: [...one.by],
          against: [...one.against],
        }));
        rows.push({ ...row, matches });
      }
      const ids = rows.flatMap(({ matches }) => matches.map(({ custodyPeriodId }) => custodyPeriodId));
      const standing = await store.find(db, 'custody-period', ids);
      const isRefused = ({ custodyPeriodId }: { readonly custodyPeriodId: string }) => {
        const { startsAt, endsAt } = (standing.get(custodyPeriodId)?.content ?? {}) as {
          readonly startsAt?: string;
          readonly endsAt?: string;
        };
        return startsAt !== undefined && startsAt === endsAt;
      };
      const matched = rows
        .filter(({ matches }) => matches.length > 0)
        .map(({ matches, ...row }) => ({
          ...row,
          matches: matches.filter((match) => !isRefused(match)),
          refused: matches.filter(isRefused).map(({ custodyPeriodId, wearerId, name }) => {
            const { author, recordedAt, changeReason } = standing.get(custodyPeriodId)!;
            return { custodyPeriodId, wearerId, name, by: author, at: recordedAt, reason: changeReason };
          }),
        }));
      const faults = [
        ...table.faults,
        ...read.filter((row): row is { line: number; detail: string } => 'detail' in row),
      ];
      // Whom it tells of, not whom it looked at.
      const wearerIds = matched.flatMap(({ matches, refused }) =>
        [...matches, ...refused].map(({ wearerId }) => wearerId),
      );
      noteAudited(request, { rowCount: rows.length, wearerIds });
      return reply.send({
        titles: [...table.titles],
        fields: CUSTODY_FIELDS.map(({ name, words }) => ({ name, words })),
        columns: chosen,
        rows: matched,
        unmatched: rows.length - matched.length,
        faults: faults.sort((a, b) => a.line - b.line),
      });
    },
  );
}
