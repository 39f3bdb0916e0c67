/**
 * `/api/v1/crime-batches`: who was where crimes were. A file is sent under an authority and for a purpose, matched in the background, read by
 * who may see the wearers it concerns, and what people make of a match is put beside it. Nothing of it is changed or taken back.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toScene } from '../../../crimes/examine.js';
import { readCrimeFile } from '../../../formats/crimes/crime-file.js';
import { parseInstant } from '../../../formats/instant.js';
import { DEFAULT_MATCH_OPTIONS } from '../../../matching/judge.js';
import {
  addBatch,
  addDecision,
  findBatch,
  listBatches,
  listResults,
  readCrimes,
  type StoredBatch,
} from '../../../store/crime-batches.js';
import { addRun, countWaitingRuns, listRuns, type StoredRun } from '../../../store/crime-runs.js';
import { listWearersBetween } from '../../../store/match-fixes.js';
import {
  type CrimeBatch,
  type CrimeRun,
  MAX_BATCH_CRIMES,
  MAX_BATCH_FAULTS,
  MAX_BATCH_FILE_LENGTH,
} from '../../../wire/crime-batch.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import {
  DEFAULT_LIST_LIMIT,
  decodeCursor,
  FOREIGN_CURSOR,
  ListOf,
  ListQuery,
  readSeenPage,
  toPage,
} from '../../plugins/lists.js';
import { principalOf } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { writerOf } from '../records/record-routes.js';
import { CONFIG, createCrimeAccess } from './crime-access.js';
import { countLines, purposeOf, spanOf, toContent, toResult } from './crime-facts.js';
import { Batch, BatchParams, Body, Decision, Key, Result, ResultQuery, RunParams } from './crime-schemas.js';
import { registerShownMatch, type ShownMatchDeps } from './shown-match.js';

export interface CrimeBatchesDeps extends ShownMatchDeps {
  /** A run waits. */
  readonly onAsked: () => void;
}

/** Of one person, waiting or running. */
const MAX_WAITING = 3;
const BODY_LIMIT_BYTES = 2 * MAX_BATCH_FILE_LENGTH;
/** Of a file: also empty ones, and such as cannot be used. */
const MAX_LINES = 2 * MAX_BATCH_CRIMES;

const toIso = (atMs: number): string => new Date(atMs).toISOString();

export function registerCrimeBatches(app: App, { db, clock, onAsked, certify }: CrimeBatchesDeps): void {
  const tags = ['crimes'];
  const { seenOf, isOwn, isReadable, findReadable, missing } = createCrimeAccess(db);
  const noSuchRun = (reply: FastifyReply, run: number) =>
    sendProblem(reply, { status: 404, detail: `There is no run ${run} that has a result.` });
  const toRun = (request: FastifyRequest, run: StoredRun): CrimeRun => ({
    run: run.run,
    state: run.state,
    requestedBy: run.requestedBy,
    requestedAt: toIso(run.requestedAtMs),
    wearers: seenOf(request, run.wearerIds).length,
    wearersDone: seenOf(request, run.wearerIds.slice(0, run.wearersDone)).length,
    ...(run.endedAtMs === null ? {} : { endedAt: toIso(run.endedAtMs) }),
    ...(run.failure === null ? {} : { failure: run.failure }),
  });
  const toItem = (request: FastifyRequest, batch: StoredBatch, runs: readonly StoredRun[]): CrimeBatch => ({
    batchId: batch.batchId,
    name: batch.name,
    requestedBy: batch.requestedBy,
    requestedAt: toIso(batch.requestedAtMs),
    purpose: batch.purpose,
    authority: {
      reference: batch.authority.reference,
      scope: batch.authority.scope,
      until: toIso(batch.authority.untilMs),
    },
    radiusMetres: batch.radiusMetres,
    file: {
      sha256: batch.sha256,
      crimes: batch.crimes,
      repeats: batch.repeats,
      faults: batch.faults,
      faultCount: batch.faultCount,
    },
    runs: runs.map((run) => toRun(request, run)),
  });
  /** Null: too many of theirs wait. */
  const mayAsk = async (request: FastifyRequest): Promise<boolean> =>
    (await countWaitingRuns(db, principalOf(request).subjectId)) < MAX_WAITING;
  const tooMany = (reply: FastifyReply) =>
    sendProblem(reply, {
      status: 429,
      detail: `${MAX_WAITING} runs of yours wait or are under way: wait for one of them.`,
    });

  const postSchema = {
    summary: 'Match crimes: who of those within scope was there, who cannot have been, and of whom nobody can say',
    description:
      'A row that cannot be used is told by its line, and the others are matched. It is done in the background. After its authority has run ' +
      'out nothing of it is matched any more; what was found stays.',
    tags,
    body: Body,
    response: { 202: Batch, ...problemResponses(400, 403, 413, 415, 422, 429, 503) },
  };
  app.post(
    '/api/v1/crime-batches',
    { schema: postSchema, config: CONFIG, bodyLimit: BODY_LIMIT_BYTES },
    async (request, reply) => {
      const { name, file, purpose, authority, radiusMetres = DEFAULT_MATCH_OPTIONS.radiusMetres } = request.body;
      noteAudited(request, { act: 'disclosure' });
      const nowMs = clock.nowMs();
      const untilMs = parseInstant(authority.until);
      if (untilMs === null || untilMs <= nowMs) {
        const detail =
          untilMs === null ? 'is no instant such as 2026-12-31T00:00:00Z' : 'has passed: nothing is matched by it';
        return sendProblem(reply, { status: 422, errors: [{ pointer: '/authority/until', detail }] });
      }
      // It is read in one turn, in which no alert is told.
      if (countLines(file) > MAX_LINES) {
        const detail = `has more than ${MAX_LINES} lines; ${MAX_BATCH_CRIMES} crimes at most are taken at a time`;
        return sendProblem(reply, { status: 422, errors: [{ pointer: '/file', detail }] });
      }
      const bytes = Buffer.from(file);
      const read = readCrimeFile(bytes);
      if (read.crimes.length === 0 || read.crimes.length > MAX_BATCH_CRIMES) {
        const told = read.faults
          .slice(0, MAX_BATCH_FAULTS)
          .map(({ line, detail }) => ({ pointer: '/file', detail: `line ${line}: ${detail}` }));
        const whole =
          read.crimes.length === 0
            ? 'no row of it can be used'
            : `it has ${read.crimes.length} crimes; ${MAX_BATCH_CRIMES} at most are taken at a time`;
        return sendProblem(reply, { status: 422, errors: [{ pointer: '/file', detail: whole }, ...told] });
      }
      if (!(await mayAsk(request))) return tooMany(reply);
      const { subjectId } = principalOf(request);
      const { fromMs, toMs } = spanOf(read.crimes);
      const wearerIds = seenOf(request, await listWearersBetween(db, fromMs, toMs));
      const batchId = randomUUID();
      await db.transaction(async (tx) => {
        const batch = {
          batchId,
          name,
          requestedBy: subjectId,
          requestedAtMs: nowMs,
          purpose,
          authority: { reference: authority.reference, scope: authority.scope, untilMs },
          radiusMetres,
          fastestMetresPerSecond: DEFAULT_MATCH_OPTIONS.fastestMetresPerSecond,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          repeats: read.repeats,
          faults: read.faults.slice(0, MAX_BATCH_FAULTS),
          faultCount: read.faults.length,
          correlationId: writerOf(request).correlationId,
        };
        await addBatch(
          tx,
          batch,
          read.crimes.map((crime) => ({ content: toContent(crime), versionInFile: crime.version })),
        );
        await addRun(tx, { batchId, requestedBy: subjectId, requestedAtMs: nowMs, wearerIds });
      });
      onAsked();
      noteAudited(request, { subjectId: batchId, subjectType: 'crime-batch', wearerIds });
      reply.header('location', `/api/v1/crime-batches/${batchId}`);
      return reply.code(202).send(toItem(request, (await findBatch(db, batchId))!, await listRuns(db, [batchId])));
    },
  );

  const againSchema = {
    summary: 'Match a batch again, by what is on record now: the next run of it',
    tags,
    params: BatchParams,
    response: { 202: Batch, ...problemResponses(403, 404, 409, 429, 503) },
  };
  app.post('/api/v1/crime-batches/:batchId/runs', { schema: againSchema, config: CONFIG }, async (request, reply) => {
    const { batchId } = request.params;
    noteAudited(request, { act: 'disclosure' });
    const found = await findReadable(request, batchId);
    if (found === null) return missing(reply, batchId);
    const { batch } = found;
    const { reference, untilMs } = batch.authority;
    noteAudited(request, { purpose: purposeOf(batch) });
    if (!isOwn(request, batch))
      return sendProblem(reply, {
        status: 403,
        detail: 'It is matched again by who sent it, under whose authority it is.',
      });
    if (untilMs <= clock.nowMs())
      return sendProblem(reply, {
        status: 409,
        detail: `Its authority ${reference} has run out: send it under another one.`,
      });
    if (!(await mayAsk(request))) return tooMany(reply);
    const { fromMs, toMs } = spanOf((await readCrimes(db, batchId)).map(toScene));
    const wearerIds = seenOf(request, await listWearersBetween(db, fromMs, toMs));
    const requestedBy = principalOf(request).subjectId;
    await addRun(db, { batchId, requestedBy, requestedAtMs: clock.nowMs(), wearerIds });
    onAsked();
    noteAudited(request, { wearerIds });
    return reply.code(202).send(toItem(request, batch, await listRuns(db, [batchId])));
  });

  const listSchema = {
    summary: 'Batches of crimes, the newest first: one’s own, and those that concern whom who asks may see',
    tags,
    querystring: ListQuery,
    response: { 200: ListOf(Batch), ...problemResponses(400, 403, 503) },
  };
  app.get('/api/v1/crime-batches', { schema: listSchema, config: CONFIG }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([Number.MAX_SAFE_INTEGER] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const readRows = async (rows: { readonly before: number; readonly limit: number }) => {
      const batches = await listBatches(db, rows);
      const runs = await listRuns(
        db,
        batches.map(({ batchId }) => batchId),
      );
      return batches.map((batch) => ({ batch, runs: runs.filter(({ batchId }) => batchId === batch.batchId) }));
    };
    const page = await readSeenPage(
      { before: key[0], limit },
      readRows,
      ({ batch, runs }) => isReadable(request, batch, runs),
      ({ batch }) => batch.n,
    );
    return { ...page, items: page.items.map(({ batch, runs }) => toItem(request, batch, runs)) };
  });

  const readSchema = {
    summary: 'A batch of crimes: its file with the rows that could not be used, and how far its runs are',
    tags,
    params: BatchParams,
    response: { 200: Batch, ...problemResponses(403, 404, 503) },
  };
  app.get('/api/v1/crime-batches/:batchId', { schema: readSchema, config: CONFIG }, async (request, reply) => {
    const { batchId } = request.params;
    const found = await findReadable(request, batchId);
    return found === null ? missing(reply, batchId) : toItem(request, found.batch, found.runs);
  });

  const resultSchema = {
    summary: 'What a run says of each crime, in the order of the file: of those whom who asks may see',
    tags,
    params: RunParams,
    querystring: ResultQuery,
    response: { 200: ListOf(Result), ...problemResponses(400, 403, 404, 503) },
  };
  app.get(
    '/api/v1/crime-batches/:batchId/runs/:run',
    { schema: resultSchema, config: CONFIG },
    async (request, reply) => {
      const { batchId, run: number } = request.params;
      const { cursor, limit = DEFAULT_LIST_LIMIT, isMatched = false } = request.query;
      const key = cursor === undefined ? ([0] as const) : decodeCursor(cursor, Key);
      if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
      const found = await findReadable(request, batchId);
      if (found === null) return missing(reply, batchId);
      const run = found.runs.find((each) => each.run === number && each.state === 'ready');
      if (run === undefined) return noSuchRun(reply, number);
      const seen = new Set(seenOf(request, run.wearerIds));
      const page = { after: key[0], limit: limit + 1, isMatched, seen };
      const { items, next } = toPage(await listResults(db, run, page), limit, ({ place }) => [place]);
      const told = items.map((item) => toResult(item, seen.size));
      for (const { matches, cannotSay } of told)
        noteAudited(request, { wearerIds: [...matches.map(({ wearerId }) => wearerId), ...cannotSay] });
      return { items: told, next };
    },
  );

  registerShownMatch(app, { db, clock, certify });

  const decideSchema = {
    summary:
      'What a person makes of a match: qualified, or eliminated, and why. It stands beside it; the next one stands above it',
    tags,
    params: BatchParams,
    body: Decision,
    response: { 201: Result, ...problemResponses(400, 403, 404, 413, 415, 422, 503) },
  };
  app.post(
    '/api/v1/crime-batches/:batchId/decisions',
    { schema: decideSchema, config: CONFIG },
    async (request, reply) => {
      const { batchId } = request.params;
      const { body } = request;
      const found = await findReadable(request, batchId);
      if (found === null) return missing(reply, batchId);
      const run = found.runs.find((each) => each.run === body.run && each.state === 'ready');
      if (run === undefined) return noSuchRun(reply, body.run);
      const seen = new Set(seenOf(request, run.wearerIds));
      const read = async () =>
        (await listResults(db, run, { after: body.place - 1, limit: 1, isMatched: false, seen })).find(
          ({ place }) => place === body.place,
        );
      const standing = await read();
      const isMatched = standing?.matches.some(({ wearerId }) => wearerId === body.wearerId);
      if (standing === undefined || !seen.has(body.wearerId) || isMatched !== true) {
        const detail =
          standing === undefined
            ? `There is no crime ${body.place}.`
            : `Run ${run.run} has no match of ${body.wearerId} there.`;
        return sendProblem(reply, { status: 404, detail });
      }
      noteAudited(request, { wearerIds: [body.wearerId] });
      await addDecision(db, { ...body, batchId, by: principalOf(request).subjectId, atMs: clock.nowMs() });
      return reply.code(201).send(toResult((await read())!, seen.size));
    },
  );
}
