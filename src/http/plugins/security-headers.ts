/**
 * What browsers are told of every answer: nothing in it runs, nothing frames it, nobody elsewhere loads it. A page says itself what it
 * needs beyond that ({@link allowPages}).
 */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet, { type HelmetOptions } from 'helmet';
import type { App } from '../app-type.js';

type Directives = Readonly<Record<string, readonly string[]>>;
type Headers = Readonly<Record<string, string>>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a page needs beyond {@link NOTHING}. */
    readonly allowed?: Directives;
  }
}

/** Of data, of problems and of pages that are a line of text. */
const NOTHING: Directives = {
  'default-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
};

const toPolicy = (directives: Directives) => ({
  // Helmet's defaults would let styles come from any https host, and turn requests of a loopback page into https.
  useDefaults: false,
  directives: Object.fromEntries(Object.entries(directives).map(([name, sources]) => [name, [...sources]])),
});

/** What helmet says of every answer under these directives; said once, as it is the same each time and takes longer than routing. */
function headersFor(directives: Directives, isSecure: boolean): Headers {
  const options: HelmetOptions = {
    contentSecurityPolicy: toPolicy(directives),
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Of browsers that are gone, and taken for a risk by the others.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    xDnsPrefetchControl: false,
  };
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  helmet(options)(answer.req, answer, () => {});
  return Object.fromEntries(Object.entries(answer.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** `isSecure`: browsers come by https, and are told to stay with it; a year, this host alone. */
export function addSecurityHeaders(app: App, { isSecure }: { readonly isSecure: boolean }): void {
  const ofData = headersFor(NOTHING, isSecure);
  const ofPages = new Map<Directives, Headers>();
  app.addHook('onRequest', (request, reply, next) => {
    const { allowed } = request.routeOptions.config;
    if (allowed === undefined) reply.headers(ofData);
    else {
      const known = ofPages.get(allowed) ?? headersFor({ ...NOTHING, ...allowed }, isSecure);
      ofPages.set(allowed, known);
      reply.headers(known);
    }
    next();
  });
}

/** What the routes of this scope need beyond {@link NOTHING}; to be called before they are added. */
export function allowPages(scope: App, allowed: Directives): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, allowed };
  });
}
