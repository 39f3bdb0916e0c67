/** `POST /records/import`: records of all kinds in one go, all of them or none (`docs/wire.md`). */
import Type from 'typebox';
import { splitLines } from '../../../formats/pings/ping-message.js';
import type { Refusal } from '../../../records/rule.js';
import { previewRecords, writeRecords } from '../../../records/write-records.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { FieldError, Problem, type ProblemInput, problemResponses, sendProblem } from '../../plugins/problems.js';
import { compileAllButBody } from '../../plugins/validation.js';
import { type ImportLine, type RefusedLine, readImportLines } from './import-lines.js';
import { previewAgain } from './preview-again.js';
import { PUBLISH_WAIT_MS, type RecordDeps, writerOf } from './record-routes.js';
import { askerOf } from './record-scope.js';
import { guardWrites, NotAllowed, orNotAllowed, untilScopesKnown } from './write-scope.js';

const NDJSON = 'application/x-ndjson';
/** Some zones of 10,000 vertices, or as many ordinary records as a transaction should hold. */
export const MAX_IMPORT_BYTES = 16 * 1_048_576;
/** How many refused lines, and faults of one, an answer tells. */
const MAX_REFUSED_TOLD = 1_000;
const MAX_FAULTS_TOLD = 5;

const Count = Type.Integer({ minimum: 0 });
const Answer = Type.Object({ created: Count, changed: Count, unchanged: Count });
/** Beside the members of a problem. */
const Refused = Type.Array(
  Type.Object({
    line: Type.Integer({ minimum: 1, description: 'From 1, blank ones counted' }),
    kind: Type.Optional(Type.String()),
    id: Type.Optional(Type.String()),
    status: Type.Integer({ description: 'As PUT would answer' }),
    detail: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(FieldError, { description: 'Pointers are into the line' })),
  }),
);

const schema = {
  summary: 'Write records of all kinds',
  description:
    'Each line is `{"kind": "wearer", "id": "W-1", "body": {…}}`, with the body that `PUT` of the kind takes; in any order, where ' +
    'what is referred to stands among them or on record. All of them are written, or none: then `lines` says what is wrong with ' +
    'which. Again and again harmless. At most 5,000 records and 16 MiB at once.',
  tags: ['records'],
  querystring: Type.Object({
    wait: Type.Optional(Type.Boolean({ description: 'false: answer 202 at once' })),
    preview: Type.Optional(Type.Boolean({ description: 'true: what would be answered; nothing is written' })),
  }),
  body: { content: { [NDJSON]: { schema: Type.String({ description: 'One record a line' }) } } },
  response: {
    200: { ...Answer, description: 'Written, and published to the engine' },
    202: { ...Answer, description: 'Written; its publication to the engine is under way' },
    ...problemResponses(400, 413, 415, 503),
    422: {
      description: 'Nothing was written; `lines` says why',
      content: {
        'application/problem+json': {
          schema: Type.Intersect([Problem, Type.Object({ lines: Type.Optional(Refused) })]),
        },
      },
    },
  },
};

export function toRefusedLine({ line, put: { kind, id, given } }: ImportLine, refusal: Refusal): RefusedLine {
  switch (refusal.type) {
    case 'invalid': {
      const errors = refusal.errors.map(({ pointer, detail }) => ({ pointer: `/body${pointer}`, detail }));
      return { line, kind, id, status: 422, errors };
    }
    case 'conflict':
      return { line, kind, id, status: 409, detail: refusal.detail, conflicts: refusal.conflicts };
    case 'precondition': {
      const { version } = refusal;
      const isNew = given.version === 0;
      const detail =
        version === null
          ? 'There is no such record yet.'
          : `${isNew ? 'It is there by now: version' : 'Version'} ${version} stands.`;
      return { line, kind, id, status: 412, detail, version };
    }
  }
}

export const toDeniedLine = ({ line, put: { kind, id } }: ImportLine, problem: ProblemInput): RefusedLine => ({
  line,
  kind,
  id,
  status: problem.status,
  ...(problem.detail === undefined ? {} : { detail: problem.detail }),
  ...(problem.errors === undefined
    ? {}
    : { errors: problem.errors.map(({ pointer, detail }) => ({ pointer: `/body${pointer}`, detail })) }),
});

const toProblem = (refused: readonly RefusedLine[], records: number) => ({
  status: 422,
  title: 'Nothing was imported',
  detail: `${refused.length} of ${records} records are refused, so none was written.`,
  lines: [...refused]
    .sort((a, b) => a.line - b.line)
    .slice(0, MAX_REFUSED_TOLD)
    .map((one) => (one.errors === undefined ? one : { ...one, errors: one.errors.slice(0, MAX_FAULTS_TOLD) })),
});

/** The same answer, and nothing is written. Where one is refused all are, so what would become of the others is not told. */
async function previewImport(
  ...args: Parameters<typeof previewRecords>
): Promise<Awaited<ReturnType<typeof writeRecords>>> {
  const { written, refusals, general } = await previewAgain(() => previewRecords(...args));
  if (general !== null || refusals.size > 0) return { type: 'refused', refusals, general };
  return { type: 'written', written: [...written.values()], outboxIds: [] };
}

export function registerImport(app: App, deps: RecordDeps): void {
  // The type is this endpoint's alone, so its parser lives in a scope of its own.
  app.register(async (scope) => {
    scope.addContentTypeParser(NDJSON, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      '/api/v1/records/import',
      {
        schema,
        config: { operation: 'records.write', keepsToScope: true },
        bodyLimit: MAX_IMPORT_BYTES,
        validatorCompiler: compileAllButBody,
      },
      async (request, reply) => {
        if (!(request.body instanceof Uint8Array))
          return sendProblem(reply, { status: 415, detail: `Records come as ${NDJSON}, one a line.` });
        const lines = splitLines(request.body);
        if (lines === null)
          return sendProblem(reply, { status: 413, detail: 'At most 5,000 records are taken at once.' });
        const { records, refused } = readImportLines(lines, deps.serviceArea);
        if (refused.length > 0) return sendProblem(reply, toProblem(refused, lines.length));
        const puts = records.map(({ put }) => put);
        const writes = puts.map(({ kind, id, said }) => ({ kind, id, ...said }));
        const asker = askerOf(request);
        const guard = guardWrites(asker, writes);
        noteAudited(request, { rowCount: writes.length });
        const { wait = true, preview = false } = request.query as { wait?: boolean; preview?: boolean };
        const write = preview ? previewImport : writeRecords;
        const outcome = await orNotAllowed(write(deps, puts, writerOf(request), deps.clock.nowMs(), guard));
        if (outcome instanceof NotAllowed) {
          // Whatever the status of a line, all of it was denied.
          noteAudited(request, { hidden: [] });
          const told = [...outcome.problems].map(([place, problem]) => toDeniedLine(records[place]!, problem));
          return sendProblem(reply, toProblem(told, lines.length));
        }
        if (outcome.type === 'refused') {
          const told = [...outcome.refusals].map(([place, refusal]) => toRefusedLine(records[place]!, refusal));
          if (told.length > 0) return sendProblem(reply, toProblem(told, lines.length));
          const errors = outcome.general?.type === 'invalid' ? [...outcome.general.errors] : [];
          return sendProblem(reply, { status: 422, title: 'Nothing was imported', errors });
        }
        const counts = { created: 0, changed: 0, unchanged: 0 };
        for (const { type } of outcome.written) counts[type] += 1;
        if (preview) return reply.code(200).send(counts);
        const isPublished = await deps.waiter.wait(outcome.outboxIds, wait ? PUBLISH_WAIT_MS : 0);
        if (isPublished) await untilScopesKnown(asker, writes, PUBLISH_WAIT_MS);
        return reply.code(isPublished ? 200 : 202).send(counts);
      },
    );
  });
}
