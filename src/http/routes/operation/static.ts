/** Serves the console: the bundle that `build-assets.mjs` made. */
import fastifyStatic from '@fastify/static';
import type { App } from '../../app.js';
import { makePublic } from '../../plugins/principal.js';

export interface StaticOptions {
  /** Absolute path of `dist/console`. */
  readonly directory: string;
}

/**
 * Nothing from elsewhere, nothing inline: a name that holds markup stays text, and a page elsewhere cannot frame this one.
 * MapLibre draws images from blobs and data; its worker is a file of our own.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Addresses of the console's pages beside `/`: each is the one page, which shows what the address names. */
const PAGES = ['/alerts/:alertId', '/wearers/:wearerId', '/rejected'] as const;

/** `/`, the pages and the files beside it. Revalidated at each visit, so that a newer program is not met by an older page. */
export async function registerStatic(app: App, { directory }: StaticOptions): Promise<void> {
  await app.register(async (scope: App) => {
    makePublic(scope);
    await scope.register(fastifyStatic, {
      root: directory,
      index: ['index.html'],
      wildcard: false,
      cacheControl: false,
      schemaHide: true,
      setHeaders(reply) {
        reply.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
        reply.setHeader('cache-control', 'no-cache');
        reply.setHeader('referrer-policy', 'no-referrer');
        reply.setHeader('x-content-type-options', 'nosniff');
      },
    });
    for (const page of PAGES)
      scope.get(page, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
  });
}
