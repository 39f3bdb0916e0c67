/** The HTTP application: what every endpoint has in common. Endpoints add themselves by `registerXxx(app, deps)`. */

import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import type { AuditTrail } from '../ports/audit.js';
import type { Clock } from '../ports/clock.js';
import { DatabaseBusy, DatabaseUnavailable } from '../ports/database.js';
import { LogUnavailable, RecordsRefused } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { MAX_TAG_ID_LENGTH } from '../wire/tag-id.js';
import type { App } from './app-type.js';
import type { Reach } from './feed/reach.js';
import { auditRequests } from './plugins/audit.js';
import { undoContentEncoding } from './plugins/content-encoding.js';
import { REQUEST_ID_HEADER, requestIdOf } from './plugins/correlation.js';
import { parseJsonBody, UnreadableJson } from './plugins/json-body.js';
import { type Access, guardByRights, OPEN_ACCESS } from './plugins/principal.js';
import { type ProblemInput, sendProblem, toProblem } from './plugins/problems.js';
import { describeCommon } from './plugins/route-description.js';
import { addSecurityHeaders } from './plugins/security-headers.js';
import { limitSubjects, type SubjectLimits } from './plugins/subject-limits.js';
import { compileValidator, SchemaMismatch } from './plugins/validation.js';
import { ProviderUnavailable } from './sign-in/unavailable.js';

export type { App } from './app-type.js';

export interface AppOptions {
  /** Requests are told at `debug`, by their id and route and never by address: ids and searches stand in addresses. */
  readonly log: Log;
  /** Told of every answer, for the metrics. */
  readonly onAnswered?: (answer: Answered) => void;
  /** What the server calls for each request, where it is not the application itself. */
  readonly wrapHandler?: (own: RequestListener) => RequestListener;
  /** The largest body an endpoint takes unless it says otherwise; 1 MiB where not given. */
  readonly bodyLimitBytes?: number;
  /** How long a request may take to arrive, its body included; a minute where not given. */
  readonly requestLimitMs?: number;
  /** For which hosts, and for whose pages, it answers; all where not given. */
  readonly reach?: Reach;
  /** Whether browsers come by https; no where not given. */
  readonly isSecure?: boolean;
  /** Who asks, and whom they may see; everybody is `local` where not given. */
  readonly access?: Access;
  /** How much one subject may ask for; any number where null or not given. */
  readonly limits?: SubjectLimits | null;
  /** Where every request that is about people is put on record; nowhere where not given. */
  readonly audit?: AuditTrail;
  /** For what is put on record; the system's where not given. */
  readonly clock?: Clock;
  /** Stands in the OpenAPI description. */
  readonly version?: string;
}

export interface Answered {
  readonly method: string;
  /** As it was registered, with `:names`; null: no such route. */
  readonly route: string | null;
  readonly status: number;
  readonly elapsedMs: number;
}

const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** The longest ids are those of tags: each of their characters is at most twelve when escaped. */
const MAX_PARAM_LENGTH = 12 * MAX_TAG_ID_LENGTH;
/** How long a request may take to arrive, its body included: 4 MiB at 70 kB/s. A body that trickles ends then. */
const REQUEST_LIMIT_MS = 60_000;
/** How often requests are looked at for that, ms. */
const REQUEST_CHECK_MS = 5_000;
/** What a client is told to wait when a part is away: both reconnect within seconds. */
const RETRY_AFTER_SECONDS = 2;
/** What waited half a minute in vain should not come back at once. */
const BUSY_RETRY_AFTER_SECONDS = 15;

/** A media type's parameters never matter, nor does its case. */
const JSON_MEDIA_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json\s*(?:;|$)/i;

/** JSON bodies of a scope are read by `parse`, in place of what read them there before. */
export function addJsonParser(scope: App, parse: (bytes: Uint8Array) => unknown): void {
  scope.removeContentTypeParser(JSON_MEDIA_TYPE);
  scope.addContentTypeParser(JSON_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parse(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** What is answered for an error that reached the framework; null: nobody foresaw it. */
function toProblemInput(error: unknown): (ProblemInput & { readonly retryAfterSeconds?: number }) | null {
  if (error instanceof SchemaMismatch) {
    return { status: error.isBody ? 422 : 400, detail: error.message, errors: [...error.errors] };
  }
  if (error instanceof UnreadableJson) return { status: 400, title: 'Unreadable JSON', detail: error.message };
  if (error instanceof DatabaseBusy) {
    const detail = 'The database is busy: too much waits for it at the moment.';
    return { status: 503, detail, retryAfterSeconds: BUSY_RETRY_AFTER_SECONDS };
  }
  if (error instanceof DatabaseUnavailable) {
    return { status: 503, detail: 'The database is away.', retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  if (error instanceof RecordsRefused) {
    return { status: 413, detail: 'The event log does not take a record as large as this makes.' };
  }
  if (error instanceof ProviderUnavailable) {
    const detail = 'The token cannot be judged: the sign-in provider does not answer.';
    return { status: 503, detail, retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  if (error instanceof LogUnavailable) {
    return { status: 503, detail: 'The event log is away.', retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  if (!(error instanceof Error)) return null;
  const { statusCode, code, message } = error as FastifyError;
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return { status: 415, detail: 'The content type of the body is not one that this endpoint takes.' };
  }
  if (code === 'FST_ERR_MAX_PARAM_LENGTH') return { status: 414, detail: 'An id in this address is too long.' };
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return { status: 400, title: 'Unreadable JSON', detail: 'No body.' };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return { status: statusCode, detail: message };
  return null;
}

/** Paths as the router matches them, to tell a wrong method from a wrong path. */
function createRouteTable() {
  const routes: { readonly pattern: RegExp; readonly method: string }[] = [];
  const escapePattern = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return {
    add(url: string, method: string) {
      const source = url
        .split('/')
        .map((part) => (part.startsWith(':') ? '[^/]+' : escapePattern(part).replace('*', '.*')));
      routes.push({ pattern: new RegExp(`^${source.join('/')}$`), method });
    },
    methodsAt(path: string): string[] {
      return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))];
    },
  };
}

/** Bytes that are not HTTP, or too much of it, before there is a request. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const problem = toProblem({ status });
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${problem.title}\r\nContent-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    // Whoever goes on sending is not listened to.
    () => socket.destroy(),
  );
}

/** Of header names and values in turn, those that are named so. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === 'host') count++;
  }
  return count;
}

const READING_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * What holds of every request before it is looked at, and of every answer. Data about people are kept by nobody on the way;
 * what an answer is, its media type says.
 */
function guardRequests(app: App, reach: Reach | undefined): void {
  app.addHook('onRequest', (request, reply, next) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    const refusal = whyNot(request);
    if (refusal === null) next();
    else sendProblem(reply, refusal);
  });

  function whyNot(request: FastifyRequest): ProblemInput | null {
    // Two readers of one request must not take it to be for two hosts (RFC 9112, 3.2); Node gives the first.
    if (countHosts(request.raw.rawHeaders) > 1) return { status: 400, detail: 'The request names its host twice.' };
    const url = request.routeOptions.url ?? '';
    // Orchestrators ask by whatever name they have, and these tell nothing about people.
    if (reach === undefined || url.startsWith('/health/') || url === '/metrics') return null;
    if (!reach.isHostAllowed(request.raw)) {
      const detail = 'Tagwatch does not answer for this host: see TAGWATCH_PUBLIC_URL and TAGWATCH_ALLOWED_HOSTS.';
      return { status: 421, detail };
    }
    if (!READING_METHODS.has(request.method) && !reach.isOriginAllowed(request.raw)) {
      return { status: 403, detail: 'Pages of this origin may not write here.' };
    }
    return null;
  }
}

/**
 * The application without endpoints: validation by TypeBox schemas (a body's unknown fields are refused where its schema says
 * `additionalProperties: false`, nothing in it is converted or dropped), problems for every error, and OpenAPI 3.1 of all
 * endpoints that are registered afterwards at `/api/v1/openapi.json`.
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { log, requestLimitMs = REQUEST_LIMIT_MS } = options;
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const input = toProblemInput(error);
    if (input === null) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      const { id: requestId, method } = request;
      log.error({ requestId, route: request.routeOptions?.url, method, name, message, stack }, 'request failed');
      sendProblem(reply, {
        status: 500,
        detail: `Something went wrong here; it is in the log as request ${requestId}.`,
      });
      return;
    }
    const { retryAfterSeconds, ...problem } = input;
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
    sendProblem(reply, problem);
  };

  const nameRequest = (request: FastifyRequest, reply: FastifyReply) => reply.header(REQUEST_ID_HEADER, request.id);
  const tellAnswer = (request: FastifyRequest, reply: FastifyReply): void => {
    const answered: Answered = {
      method: request.method,
      route: request.routeOptions?.url ?? null,
      status: reply.statusCode,
      elapsedMs: Math.round(reply.elapsedTime * 10) / 10,
    };
    log.debug({ requestId: request.id, ...answered }, 'request');
    options.onAnswered?.(answered);
  };

  const limits = {
    requestTimeout: requestLimitMs,
    // Node exchanges the two where this one is the longer.
    headersTimeout: requestLimitMs,
    connectionsCheckingInterval: Math.min(REQUEST_CHECK_MS, requestLimitMs),
  };
  const app: App = fastify({
    logger: false,
    bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: requestIdOf,
    // An address that cannot be read comes past all hooks.
    frameworkErrors(error, request, reply) {
      fail(error, request, nameRequest(request, reply));
      tellAnswer(request, reply);
    },
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    serverFactory: (own) => createServer(limits, options.wrapHandler?.(own) ?? own),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  // Schemas of answers describe; they do not drop what they do not know.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(fail);

  app.removeContentTypeParser(['application/json', 'text/plain']);
  addJsonParser(app, (bytes) => parseJsonBody(bytes));

  const table = createRouteTable();
  app.addHook('onRoute', (route) => {
    for (const one of Array.isArray(route.method) ? route.method : [route.method]) table.add(route.url, one);
    describeCommon(route);
  });
  const answerNotFound = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allowed = table.methodsAt(request.url.split('?', 1)[0] ?? '');
    if (allowed.length === 0) return sendProblem(reply, { status: 404, detail: 'There is nothing at this address.' });
    reply.header('allow', allowed.join(', '));
    return sendProblem(reply, { status: 405, detail: `This address takes ${allowed.join(', ')}.` });
  };
  app.addHook('onRequest', (request, reply, next) => {
    nameRequest(request, reply);
    next();
  });
  addSecurityHeaders(app, { isSecure: options.isSecure ?? false });
  guardRequests(app, options.reach);
  guardByRights(app, options.access ?? OPEN_ACCESS);
  auditRequests(app, {
    trail: options.audit ?? null,
    clock: options.clock ?? { nowMs: () => Date.now() },
    addressOf: (request) => options.reach?.clientAddress(request) ?? request.socket.remoteAddress,
  });
  if (options.limits) await limitSubjects(app, options.limits);
  app.addHook('preParsing', async (request, reply, payload) => {
    if (!request.is404) return undoContentEncoding(request, payload);
    // Before a body is read that nobody wants, and before its media type is judged.
    await answerNotFound(request, reply);
    return payload;
  });
  app.setNotFoundHandler(answerNotFound);
  app.addHook('onResponse', (request, reply, next) => {
    tellAnswer(request, reply);
    next();
  });

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tagwatch',
        version: options.version ?? '1',
        description: 'Pings of GPS tags against zones and curfews: records, alerts, trails.',
      },
    },
  });
  app.get('/api/v1/openapi.json', { schema: { hide: true }, config: { operation: 'public' } }, () => app.swagger());
  return app;
}
