/** `GET /api/v1/wearers/{wearerId}/trail`: the recorded fixes of a wearer, as GeoJSON, CSV, GPX or KML. */
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { TRAIL_FORMATS } from '../../../formats/trails/track-write.js';
import type { TrailFix, TrailWriter } from '../../../formats/trails/trail.js';
import type { Clock } from '../../../ports/clock.js';
import type { Log } from '../../../ports/log.js';
import type { DeletedStretch } from '../../../ports/retention.js';
import type { TrailClocks } from '../../../ports/watch.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { admitExport, ExportSaid } from '../../plugins/export.js';
import { readInstants } from '../../plugins/instants.js';
import { negotiate } from '../../plugins/negotiate.js';
import { sees, seesVictims } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

/** As far as a trail view goes elsewhere (`anchors.md`). */
export const TRAIL_LIMIT_MS = 14 * 86_400_000;
const DEFAULT_TRAIL_MS = 86_400_000;
/** Fixes in memory at once: about 1 MB. */
const FIXES_PER_READ = 2_000;

export interface TrailPlace {
  readonly fixedAtMs: number;
  readonly tagId: string;
  readonly identity: string;
  /** The newest fix before the place that was evidence; null: none was. */
  readonly evidence?: TrailFix | null;
  /** What the clocks of the tags were known to be at the place (`views/trail-clock.ts`). */
  readonly clocks?: TrailClocks;
}

export interface TrailDeps {
  /** Fixes from `fromMs` (included) to `toMs` (excluded) in order, and where to go on (`store/trail.ts`). */
  readonly readTrail: (query: {
    readonly wearerId: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly limit: number;
    readonly after: TrailPlace | null;
    /** Whether gaps tell of zones of victims. */
    readonly tellsVictims: boolean;
  }) => Promise<{ readonly points: readonly TrailFix[]; readonly next: TrailPlace | null }>;
  /** What retention deleted of it, so that a file does not show it as a silence. */
  readonly listDeleted: (query: {
    readonly wearerId: string;
    readonly fromMs: number;
    readonly toMs: number;
  }) => Promise<readonly DeletedStretch[]>;
  /** Whether there is such a wearer; rejects with `DatabaseUnavailable`. */
  readonly hasWearer: (wearerId: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Log;
}

const FORMATS = Object.values(TRAIL_FORMATS);
const MEDIA_TYPES = FORMATS.map(({ mediaType }) => mediaType);

const Params = Type.Object({ wearerId: RecordId });
const Query = Type.Object({
  from: Type.Optional(Type.String({ description: 'from this instant on; a day before `to` unless given' })),
  to: Type.Optional(Type.String({ description: 'before this instant; now unless given' })),
  ...ExportSaid,
});

export function registerTrail(app: App, deps: TrailDeps): void {
  const content = Object.fromEntries(
    MEDIA_TYPES.map((type) => [
      type,
      { schema: Type.Unsafe<Readable>({ type: type.endsWith('json') ? 'object' : 'string' }) },
    ]),
  );
  const schema = {
    summary: 'The recorded fixes of a wearer, at most 14 days of them',
    tags: ['trail'],
    params: Params,
    querystring: Query,
    response: {
      200: { description: 'The fixes in order of device time', content },
      ...problemResponses(403, 404, 406, 422, 503),
    },
  };
  app.get(
    '/api/v1/wearers/:wearerId/trail',
    { schema, config: { operation: 'positions.read', keepsToScope: true } },
    async (request, reply) => {
      const mediaType = negotiate(request.headers.accept, MEDIA_TYPES);
      reply.header('vary', 'accept');
      if (mediaType === null) {
        sendProblem(reply, { status: 406, detail: `A trail comes as ${MEDIA_TYPES.join(', ')}.` });
        return reply;
      }
      const { instants, errors } = readInstants({ from: request.query.from, to: request.query.to }, 'query');
      if (errors.length > 0) {
        sendProblem(reply, { status: 400, detail: 'The query cannot be read.', errors });
        return reply;
      }
      const toMs = instants.to ?? deps.clock.nowMs();
      const fromMs = instants.from ?? toMs - DEFAULT_TRAIL_MS;
      if (fromMs >= toMs || toMs - fromMs > TRAIL_LIMIT_MS) {
        const detail = fromMs >= toMs ? 'must be before `to`' : 'must be at most 14 days before `to`';
        const at = { pointer: '/from', detail, in: 'query' as const };
        sendProblem(reply, { status: 422, detail: 'There is no such stretch of time to show.', errors: [at] });
        return reply;
      }
      const { wearerId } = request.params;
      if (!sees(request, wearerId))
        return sendProblem(reply, { status: 404, detail: `There is no wearer ${wearerId}.` });
      const isFile = mediaType !== 'application/geo+json';
      if (isFile && !admitExport(request, reply, request.query, 'query')) return reply;
      if (isFile && !sees(request, wearerId, 'exports.make'))
        return sendProblem(reply, {
          status: 403,
          detail: `You may read where ${wearerId} was, and not take it away as a file.`,
        });
      const tellsVictims = seesVictims(request, wearerId);
      const range = { wearerId, fromMs, toMs, limit: FIXES_PER_READ, tellsVictims };
      // Before the first byte, so that a database that is away is still a 503.
      const first = await deps.readTrail({ ...range, after: null });
      if (first.points.length === 0 && !(await deps.hasWearer(wearerId))) {
        return sendProblem(reply, { status: 404, detail: `There is no wearer ${wearerId}.` });
      }
      const deleted = await deps.listDeleted({ wearerId, fromMs, toMs });
      // Of a long one the rest is counted by nobody before its first byte.
      if (first.next === null) noteAudited(request, { rowCount: first.points.length });
      const { create, extension } = FORMATS.find((format) => format.mediaType === mediaType)!;
      const writer = create(wearerId, deleted);
      const stream = Readable.from(writeTrail(deps, range, first, writer), { objectMode: false });
      stream.on('error', (error) =>
        deps.logger.warn({ message: error.message }, 'a trail was cut off while it was read'),
      );
      reply.header('content-type', isFile ? `${mediaType}; charset=utf-8` : mediaType);
      if (isFile) {
        reply.header('content-disposition', `attachment; filename="${wearerId}-trail.${extension}"`);
      }
      return reply.send(stream);
    },
  );
}

async function* writeTrail(
  deps: TrailDeps,
  range: Omit<Parameters<TrailDeps['readTrail']>[0], 'after'>,
  first: Awaited<ReturnType<TrailDeps['readTrail']>>,
  writer: TrailWriter,
): AsyncGenerator<string> {
  yield writer.head() + writer.fixes(first.points);
  for (let after = first.next; after !== null; ) {
    const { points, next } = await deps.readTrail({ ...range, after });
    if (points.length > 0) yield writer.fixes(points);
    after = next;
  }
  const tail = writer.tail();
  if (tail !== '') yield tail;
}
