/**
 * `/api/v1/crime-batches/{batchId}/crimes/{place}/wearers/{wearerId}`: what the fixes on record say of one wearer and one crime, to be shown; the
 * same as a signed certificate.
 */
import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { maySee } from '../../../access/may.js';
import { toMatchTrack } from '../../../crimes/examine.js';
import { toMatchFacts } from '../../../crimes/match-facts.js';
import { judge, outcomeAlone, prepareScene } from '../../../matching/judge.js';
import { OTHER_RADII_METRES } from '../../../matching/match-crimes.js';
import { firstFrom } from '../../../matching/match-track.js';
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import { findCrime, findOutcome, type StoredBatch, type StoredCrime } from '../../../store/crime-batches.js';
import { readRecordedFixes } from '../../../store/match-fixes.js';
import { recordStore } from '../../../store/record-store.js';
import type { CertificateAsked, MatchShown } from '../../../wire/crime-batch.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport, ExportSaid } from '../../plugins/export.js';
import { principalOf } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { CONFIG, createCrimeAccess } from './crime-access.js';
import { purposeOf, toCrimeFacts } from './crime-facts.js';
import { Shown, ShownParams } from './crime-schemas.js';

export interface ShownMatchDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** What is shown, as a signed file (`evidence/match-certificate.ts`). */
  readonly certify: (shown: MatchShown, asked: CertificateAsked) => Uint8Array;
}

/** On either side of the window, as a run has it. */
const AROUND_MS = 86_400_000;

interface Asked {
  readonly batch: StoredBatch;
  readonly crime: StoredCrime;
  readonly wearerId: string;
  readonly nowMs: number;
}

type Told = Omit<MatchShown, 'batchId' | 'place' | 'crime' | 'wearerId' | 'outcomeOfRun'>;

const toIso = (atMs: number | null | undefined): string | null =>
  atMs === null || atMs === undefined ? null : new Date(atMs).toISOString();
const toTenth = (metres: number): number => Math.round(metres * 10) / 10;
const toKmh = (metresPerSecond: number): number => Math.round(metresPerSecond * 36) / 10;

/** What one wearer's fixes say of one crime, by what is on record now. */
async function showMatch(db: Database, { batch, crime, wearerId, nowMs }: Asked): Promise<Told> {
  const { radiusMetres, fastestMetresPerSecond } = batch;
  const { latitude, longitude, placeErrorMetres } = crime.content;
  const fromMs = Date.parse(crime.content.from);
  const toMs = Date.parse(crime.content.to);
  const fixes = await readRecordedFixes(db, wearerId, fromMs - AROUND_MS, toMs + AROUND_MS);
  const track = toMatchTrack(wearerId, fixes);
  const scene = { latitude, longitude, fromMs, toMs, placeErrorMetres };
  const sceneAt = (radius: number) => prepareScene(scene, { radiusMetres: radius, fastestMetresPerSecond });
  const judged = judge(track, sceneAt(radiusMetres));
  const others = OTHER_RADII_METRES.filter((radius) => radius !== radiusMetres);
  const first = firstFrom(track.goodAtMs, fromMs);
  const last = firstFrom(track.goodAtMs, toMs + 1);
  const { unseen } = judged;
  const errors = [...track.good.slice(first, last)].map((at) => track.sigmaMetres[at]!).sort((a, b) => a - b);
  const needed = unseen?.neededMetresPerSecond ?? null;
  return {
    ...toMatchFacts(judged, Object.fromEntries(others.map((radius) => [radius, outcomeAlone(track, sceneAt(radius))]))),
    radiusMetres,
    fastestKmh: toKmh(fastestMetresPerSecond),
    readAt: new Date(nowMs).toISOString(),
    coverage: {
      goodFixes: last - first,
      lastBefore: toIso(track.goodAtMs[first - 1]),
      firstAfter: toIso(track.goodAtMs[last]),
      errorMetres:
        errors.length === 0 ? null : { median: toTenth(errors[errors.length >> 1]!), widest: toTenth(errors.at(-1)!) },
      easiest:
        unseen === null
          ? null
          : {
              from: toIso(unseen.fromMs),
              to: toIso(unseen.toMs),
              // In no time at all: no speed would have done.
              neededKmh: needed === null || needed === Infinity ? null : toKmh(needed),
            },
    },
  };
}

const ZIP = 'application/zip';

export function registerShownMatch(app: App, { db, clock, certify }: ShownMatchDeps): void {
  const tags = ['crimes'];
  const { seenOf, findReadable, missing } = createCrimeAccess(db);
  const shownSchema = {
    summary:
      'What the fixes on record say of one wearer and one crime, with what it rests on: for an elimination to be shown',
    tags,
    params: ShownParams,
    response: { 200: Shown, ...problemResponses(403, 404, 409, 503) },
  };
  /** What is shown of one wearer and one crime; null: it has been answered that there is nothing to show. */
  const findShown = async (request: FastifyRequest, reply: FastifyReply, about: Static<typeof ShownParams>) => {
    const { batchId, place, wearerId } = about;
    const refuse = (status: 404 | 409, detail: string) => {
      sendProblem(reply, { status, detail });
      return null;
    };
    const found = await findReadable(request, batchId);
    if (found === null) {
      missing(reply, batchId);
      return null;
    }
    const crime = await findCrime(db, batchId, place);
    const isSeen = seenOf(request, [wearerId]).length > 0;
    if (!isSeen) noteAudited(request, { hidden: [wearerId] });
    if (crime === null || !isSeen)
      return refuse(404, `There is no ${crime === null ? `crime ${place}` : `wearer ${wearerId}`}.`);
    const { runs, batch } = found;
    noteAudited(request, { wearerIds: [wearerId], purpose: purposeOf(batch) });
    const last = runs.find(({ state, wearerIds }) => state === 'ready' && wearerIds.includes(wearerId));
    const outcome = last === undefined ? null : await findOutcome(db, last, place, wearerId);
    if (last === undefined || outcome === null) return refuse(404, `No run has examined ${wearerId}.`);
    const { reference, untilMs } = batch.authority;
    if (untilMs <= clock.nowMs())
      return refuse(
        409,
        `The authority ${reference} has run out: nothing is looked at by it any more. Run ${last.run} said ${outcome}.`,
      );
    const shown: MatchShown = {
      batchId,
      place,
      crime: toCrimeFacts(crime),
      wearerId,
      outcomeOfRun: { run: last.run, outcome },
      ...(await showMatch(db, { batch, crime, wearerId, nowMs: clock.nowMs() })),
    };
    return { shown, batch };
  };
  const shownPath = '/api/v1/crime-batches/:batchId/crimes/:place/wearers/:wearerId';
  app.get(shownPath, { schema: shownSchema, config: CONFIG }, async (request, reply) => {
    const found = await findShown(request, reply, request.params);
    return found === null ? reply : found.shown;
  });

  const certificateSchema = {
    summary: 'The same as a signed certificate',
    description:
      'A zip with `certificate.pdf` (PDF/A-2a and PDF/UA-1), `match.json` and a signed manifest, which `tagwatch evidence verify` answers for ' +
      'as for a pack. An export.',
    tags,
    params: ShownParams,
    querystring: Type.Object(ExportSaid),
    response: {
      200: { description: 'As zip', content: { [ZIP]: { schema: Type.Unsafe<Buffer>({ type: 'string' }) } } },
      ...problemResponses(400, 403, 404, 409, 422, 503),
    },
  };
  app.get(`${shownPath}/certificate`, { schema: certificateSchema, config: CONFIG }, async (request, reply) => {
    const found = await findShown(request, reply, request.params);
    if (found === null) return reply;
    const { shown, batch } = found;
    const { wearerId } = shown;
    if (!admitExport(request, reply, request.query, 'query')) return reply;
    if (!maySee(principalOf(request), 'exports.make', request.server.access.findWearer(wearerId)))
      return sendProblem(reply, { status: 403, detail: 'You may not make a file of this wearer.' }) as never;
    const wearer = (await recordStore.find(db, 'wearer', [wearerId])).get(wearerId);
    const { reference, scope } = batch.authority;
    const certificateId = randomUUID();
    noteAudited(request, { subjectId: certificateId, subjectType: 'match-certificate' });
    const bytes = certify(shown, {
      certificateId,
      name: (wearer?.content as { readonly name?: string } | undefined)?.name ?? wearerId,
      authority: { reference, scope },
      madeBy: principalOf(request).subjectId,
      purpose: request.query.purpose ?? purposeOf(batch),
      recipient: request.query.recipient ?? 'nobody said',
      madeAtMs: clock.nowMs(),
    });
    reply.header('content-type', ZIP);
    reply.header('content-disposition', `attachment; filename="match-${certificateId}.zip"`);
    return reply.send(Buffer.from(bytes) as never);
  });
}
