/**
 * The port of a process, whatever its roles: `/health/live`, `/health/ready` and `/metrics` from its first moment. With the api
 * role the same port serves the API once the start is over, without being bound anew; until then its requests are answered 503,
 * saying what the start waits for.
 */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, type AppOptions, createApp } from '../http/app.js';
import { sendProblem } from '../http/plugins/problems.js';
import { type HealthDeps, registerHealth } from '../http/routes/operation/health.js';
import { listBlocking, type Readiness } from './readiness.js';

/** How long a client of a program that starts or stops is told to wait, seconds. */
const RETRY_AFTER_SECONDS = 2;

export interface ListenerDeps {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Whether an API is to come; without it other addresses are simply not there. */
  readonly hasApi: boolean;
  readonly readiness: Readiness;
  readonly metrics: HealthDeps['metrics'];
  readonly app: AppOptions;
}

export interface Listener {
  /** For what upgrades connections. */
  readonly server: Server;
  readonly url: string;
  /**
   * Gives every request to the API from now on. The answer takes that back: new requests are refused, and it resolves when those
   * under way have been answered.
   */
  handOver(api: RequestListener): () => Promise<void>;
  close(): Promise<void>;
}

/** Rejects where the port is taken or not ours to use, saying what to do. */
export async function openListener(deps: ListenerDeps): Promise<Listener> {
  const { host, port, hasApi, readiness } = deps;
  let api: RequestListener | null = null;
  let isStopping = false;
  const app = await createApp({
    ...deps.app,
    // The first answers come from this application; who asks the same server later may be answered by the API.
    wrapHandler: (own) => (request, response) => (api ?? own)(request, response),
  });
  const whyNot = (): string => {
    if (isStopping) return 'Tagwatch is stopping.';
    const waiting = listBlocking(readiness).map(({ part, waitsFor }) => `${waitsFor} (${part})`);
    return waiting.length === 0 ? 'Tagwatch is starting.' : `Tagwatch is starting. It waits for ${waiting.join('; ')}.`;
  };
  if (hasApi) refuseOthers(app, whyNot);
  registerHealth(app, { parts: () => readiness.parts(), metrics: deps.metrics });
  await app.listen({ host, port }).catch((error: unknown) => {
    throw explainListenError(error, host, port);
  });

  return {
    server: app.server,
    url: addressOf(app.server.address(), host),
    handOver(given) {
      const counted = countUnderWay(given);
      api = counted.handle;
      return async () => {
        isStopping = true;
        api = null;
        await counted.untilDone();
      };
    },
    close: () => app.close(),
  };
}

/** Everything but the operator's own endpoints is answered 503, before its body is read. */
function refuseOthers(app: App, whyNot: () => string): void {
  app.addHook('onRequest', async (request, reply) => {
    const url = request.routeOptions.url ?? '';
    if (url.startsWith('/health/') || url === '/metrics') return;
    // A connection that is kept would meet the program again after it has gone.
    reply.header('retry-after', RETRY_AFTER_SECONDS).header('connection', 'close');
    return sendProblem(reply, { status: 503, detail: whyNot() });
  });
}

/** Requests that have been handed over and not answered yet. */
function countUnderWay(handler: RequestListener) {
  let underWay = 0;
  let resolveDone: (() => void) | null = null;
  return {
    handle(request: IncomingMessage, response: ServerResponse) {
      underWay++;
      response.once('close', () => {
        underWay--;
        if (underWay === 0) resolveDone?.();
      });
      handler(request, response);
    },
    untilDone: () =>
      new Promise<void>((resolve) => {
        if (underWay === 0) resolve();
        else resolveDone = resolve;
      }),
  };
}

function explainListenError(error: unknown, host: string, port: number): Error {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const why =
    code === 'EADDRINUSE'
      ? `port ${port} of ${host} is taken by another program. Set TAGWATCH_PORT to another one (0: any that is free)`
      : code === 'EADDRNOTAVAIL'
        ? `this machine has no address ${host}. Set TAGWATCH_HOST to one that it has`
        : code === 'EACCES'
          ? `this user may not listen on port ${port} of ${host}. Set TAGWATCH_PORT to one above 1023`
          : `it cannot listen on port ${port} of ${host}: ${error instanceof Error ? error.message : String(error)}`;
  return new Error(why, { cause: error });
}

function addressOf(address: AddressInfo | string | null, host: string): string {
  if (!address || typeof address === 'string') throw new Error('the server listens on no port');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
