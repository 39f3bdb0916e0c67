/**
 * What browsers are told of every answer: nothing in it runs, nothing frames it, nobody elsewhere loads it. A page says itself what it
 * needs beyond that ({@link allowPages}).
 */
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet';
import type { App } from '../app-type.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the plugin reads of a route. */
    readonly helmet?: Pick<FastifyHelmetOptions, 'contentSecurityPolicy'>;
  }
}

type Directives = Readonly<Record<string, readonly string[]>>;

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

/** `isSecure`: browsers come by https, and are told to stay with it; a year, this host alone. */
export async function addSecurityHeaders(app: App, { isSecure }: { readonly isSecure: boolean }): Promise<void> {
  const options: FastifyHelmetOptions = {
    contentSecurityPolicy: toPolicy(NOTHING),
    strictTransportSecurity: isSecure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Of browsers that are gone, and taken for a risk by the others.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    xDnsPrefetchControl: false,
  };
  await app.register(helmet, options);
}

/** What the routes of this scope need beyond {@link NOTHING}; to be called before they are added. */
export function allowPages(scope: App, directives: Directives): void {
  const contentSecurityPolicy = toPolicy({ ...NOTHING, ...directives });
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, helmet: { contentSecurityPolicy } };
  });
}
