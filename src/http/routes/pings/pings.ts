/** `POST /api/v1/pings` (`wire.md`, "A ping"): one ping, a list, or NDJSON, answered after the log has them. */
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { mayUseTag } from '../../../access/may.js';
import type { Ping } from '../../../engine/types.js';
import { parseElements } from '../../../formats/json-elements.js';
import { MAX_PINGS_AT_ONCE, PING_READERS, type PingReader } from '../../../formats/pings/ping-message.js';
import type { Ignored, ParsedPing, RefusedPing } from '../../../formats/pings/tagwatch-ping.js';
import type { Clock } from '../../../ports/clock.js';
import type { EventLog, NewRecord } from '../../../ports/event-log.js';
import type { InputFormat, ReceivedPing } from '../../../ports/ping-records.js';
import { appendInTurns, HTTP_SOURCE, REJECTED, rejectedRecord } from '../../../ports/topics.js';
import { MAX_ACCURACY_METRES, NO_FIX_REASONS, PING_OMISSIONS, PING_REJECTIONS } from '../../../wire/ping-reasons.js';
import { PingSchema } from '../../../wire/ping-schema.js';
import { type App, addJsonParser } from '../../app.js';
import { parseJsonBody } from '../../plugins/json-body.js';
import { principalOf } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';
import { compileAllButBody } from '../../plugins/validation.js';
import { type Candidate, listPings, listTrackPings, TRACK_MEDIA_TYPES } from './ping-body.js';
import { createPingAppender } from './shared-append.js';

/** The largest body (`wire.md`). */
export const MAX_PINGS_BODY_BYTES = 4 * 1_048_576;
const FORMATS = Object.keys(PING_READERS) as readonly (keyof typeof PING_READERS)[];
const NDJSON = 'application/x-ndjson';
/** The reason of a warning about a track file as such: a column that is not read, a part without times, a message without a fix. */
const FILE_NOTE = 'file-note';

export interface PingsDeps {
  readonly log: EventLog;
  readonly inputFormat?: InputFormat;
  readonly clock: Clock;
  /** Metres; null where the tag or its model has none. */
  readonly defaultAccuracy: (tagId: string) => number | null;
  readonly counters: { pingsAccepted(count: number): void; pingRejected(reason: string): void };
}

const Told = Type.Object({
  index: Type.Integer({ description: 'Among the pings of the request, from 0' }),
  line: Type.Optional(Type.Integer({ description: 'Of the NDJSON or the track file, from 1' })),
  place: Type.Optional(Type.String({ description: 'Where in the track file, in words' })),
  reason: Type.String({ description: `One of ${Object.keys(PING_REJECTIONS).join(', ')}` }),
  detail: Type.String(),
});
type Told = Type.Static<typeof Told>;

const Warned = Type.Interface([Told], {
  reason: Type.String({
    description: `Of what was left out, or is missing: ${Object.keys({ ...NO_FIX_REASONS, ...PING_OMISSIONS }).join(', ')}, ${FILE_NOTE}, or a reason of rejections`,
  }),
  positionIgnored: Type.Optional(
    Type.String({ description: 'The same reason, where the ping was taken without its position' }),
  ),
});
type Warned = Type.Static<typeof Warned>;

const Taken = Type.Object({
  accepted: Type.Integer(),
  rejected: Type.Array(Told),
  warnings: Type.Optional(
    Type.Array(Warned, {
      description:
        'Pings that were taken without a position, a reading or a device event that could not be used, and what of a track ' +
        'file was not read (`file-note`, before the ping with that index)',
    }),
  ),
});

interface Judged {
  readonly inputs: ReceivedPing[];
  readonly kept: NewRecord[];
  readonly rejected: Told[];
  readonly warnings: Warned[];
}

/** Whether the position has an accuracy, its own or its tag's model's. */
function hasAccuracy({ tagId, position }: Ping, defaultAccuracy: PingsDeps['defaultAccuracy']): boolean {
  return position === null || position.accuracyMetres !== null || defaultAccuracy(tagId) !== null;
}

function judge(
  candidates: readonly Candidate[],
  readPing: PingReader,
  request: FastifyRequest,
  deps: PingsDeps,
): Judged {
  const principal = principalOf(request);
  const receivedAtMs = deps.clock.nowMs();
  const rejectedAt = new Date(receivedAtMs).toISOString();
  const judged: Judged = { inputs: [], kept: [], rejected: [], warnings: [] };
  for (const [index, candidate] of candidates.entries()) {
    const place = { index, ...candidate.at };
    const keep = (reason: string, detail: string, tagId: string | null) => {
      const from = { http: request.id };
      judged.kept.push(rejectedRecord({ reason, detail, rejectedAt, from, tagId }, candidate.bytes()));
    };
    const result = judgeOne(candidate, readPing, receivedAtMs);
    if (!result.ok) {
      judged.rejected.push({ ...place, reason: result.reason, detail: result.detail });
      keep(result.reason, result.detail, result.tagId);
      continue;
    }
    const { ping, ignored } = result;
    if (!mayUseTag(principal, 'pings.write', ping.tagId)) {
      judged.rejected.push({ ...place, reason: 'foreign-tag', detail: PING_REJECTIONS['foreign-tag'] });
      keep('foreign-tag', PING_REJECTIONS['foreign-tag'], ping.tagId);
      continue;
    }
    judged.inputs.push({ receivedAtMs, ping, source: HTTP_SOURCE });
    const told = hasAccuracy(ping, deps.defaultAccuracy) ? ignored : [...ignored, ACCURACY_MISSING];
    for (const { keep: _, ...each } of told) judged.warnings.push({ ...place, ...each });
    const lost = ignored.find((each) => each.keep);
    if (lost) keep(lost.reason, lost.detail, ping.tagId);
  }
  return judged;
}

const ACCURACY_MISSING: Ignored = { reason: 'accuracy-missing', detail: PING_OMISSIONS['accuracy-missing'] };

function judgeOne(candidate: Candidate, readPing: PingReader, receivedAtMs: number): ParsedPing | RefusedPing {
  if (candidate.fault !== undefined) return { ok: false, ...candidate.fault, tagId: null };
  return readPing(candidate.raw, receivedAtMs);
}

const description =
  `Up to ${MAX_PINGS_AT_ONCE} pings or ${MAX_PINGS_BODY_BYTES} bytes. Answered when the log has them. After a 503 some may have ` +
  'been taken: send all of it again, the same ping twice changes nothing.';

const TRACK =
  'A track file, plain or gzipped; what is no usable fix is rejected by its place, and where the file breaks off, the rest';

const Query = Type.Object({
  format: Type.Optional(
    Type.Enum([...FORMATS], { description: 'How the JSON is read; traccar: what Traccar forwards' }),
  ),
  tag: Type.Optional(Type.String({ minLength: 1, description: 'Track files: the tag of all fixes' })),
  tagColumn: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'Track files: the column, property or element that names the tag (`name`: of a GPX track or a KML Placemark); ' +
        'without this and `tag`, `tagId` does',
    }),
  ),
  accuracyMetres: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: MAX_ACCURACY_METRES,
      description: 'Track files: of fixes that have no accuracy of their own',
    }),
  ),
});

const schema = {
  summary: 'Take pings',
  description,
  tags: ['pings'],
  querystring: Query,
  body: {
    content: {
      'application/json': { schema: Type.Union([PingSchema, Type.Array(PingSchema, { maxItems: MAX_PINGS_AT_ONCE })]) },
      [NDJSON]: { schema: Type.String({ description: 'One ping a line' }) },
      ...Object.fromEntries(TRACK_MEDIA_TYPES.map((type) => [type, { schema: Type.String({ description: TRACK }) }])),
    },
  },
  response: { 202: Taken, ...problemResponses(400, 413, 415, 422, 503) },
};

/**
 * Adds the endpoint. What it refuses is answered to the sender and kept in `tagwatch.rejected` as well, like everything that
 * cannot be used: the sender's own record of the answer may be gone when somebody asks.
 */
export function registerPings(app: App, deps: PingsDeps): void {
  const { log, counters } = deps;
  const appendPings = createPingAppender(log, deps.inputFormat ?? 'columns');
  // These types are this endpoint's alone, so their parser lives in a scope of its own.
  app.register(async (scope) => {
    // An element that is nested too deeply costs itself alone, so the list around it is read here.
    addJsonParser(scope, (bytes) => parseJsonBody(bytes, parseElements));
    scope.addContentTypeParser([NDJSON, ...TRACK_MEDIA_TYPES], { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(
      '/api/v1/pings',
      // The body's schema describes; the format's reader judges each ping by itself.
      {
        schema,
        config: {
          operation: 'pings.write',
          keepsToScope: true,
          audit: { not: 'each ping stands in the inputs and on record by itself, with when it came', denied: true },
        },
        bodyLimit: MAX_PINGS_BODY_BYTES,
        validatorCompiler: compileAllButBody,
      },
      async (request, reply) => {
        const query = request.query as Type.Static<typeof Query>;
        if (request.body === undefined) return sendProblem(reply, { status: 400, detail: 'The request has no body.' });
        const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
        const isTrack = request.body instanceof Uint8Array && TRACK_MEDIA_TYPES.includes(mediaType);
        const listed = isTrack
          ? await listTrackPings(request.body as Uint8Array, mediaType, query)
          : listPings(request.body);
        if ('problem' in listed) return sendProblem(reply, listed.problem);
        const reader = PING_READERS[isTrack ? 'tagwatch' : (query.format ?? 'tagwatch')];
        const judged = judge(listed.candidates, reader, request, deps);
        const { inputs, kept, rejected } = judged;
        const notes = (listed.notes ?? []).map((note) => ({ ...note, reason: FILE_NOTE }));
        const warnings = [...notes, ...judged.warnings];
        await Promise.all([appendPings(inputs), appendInTurns(log, REJECTED, kept)]);
        counters.pingsAccepted(inputs.length);
        for (const { reason } of rejected) counters.pingRejected(reason);
        // Traccar sends again what is not answered by 2xx, ten times: what it can only repeat is no error to it.
        if (inputs.length === 0 && rejected.length > 0 && query.format !== 'traccar') {
          const isOne = !Array.isArray(request.body) && rejected.length === 1 && rejected[0]?.line === undefined;
          const errors = rejected.map(({ index, detail }) => ({ pointer: isOne ? '' : `/${index}`, detail }));
          const detail = 'None of the pings could be used.';
          return sendProblem(reply, { status: 422, detail, errors, accepted: 0, rejected });
        }
        return reply
          .code(202)
          .send({ accepted: inputs.length, rejected, ...(warnings.length > 0 ? { warnings } : {}) });
      },
    );
  });
}
