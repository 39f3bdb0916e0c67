/** Serves the console: the bundle that `build-assets.mjs` made. */
import fastifyStatic from '@fastify/static';
import type { App } from '../../app.js';
import { makePublic } from '../../plugins/principal.js';
import { allowPages } from '../../plugins/security-headers.js';

export interface StaticOptions {
  /** Absolute path of `dist/console`. */
  readonly directory: string;
}

/**
 * Nothing from elsewhere, nothing inline: a name that holds markup stays text. MapLibre draws images from blobs and data; its worker
 * is a file of our own.
 */
const CONSOLE_NEEDS = {
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'"],
} as const;

/** Addresses of the console's pages beside `/`: each is the one page, which shows what the address names. */
const PAGES = [
  '/alerts/:alertId',
  '/wearers/:wearerId',
  '/register',
  '/off-now',
  '/alarm-health',
  '/handover',
  '/rejected',
] as const;

/** `/`, the pages and the files beside it. Revalidated at each visit, so that a newer program is not met by an older page. */
export async function registerStatic(app: App, { directory }: StaticOptions): Promise<void> {
  await app.register(async (scope: App) => {
    makePublic(scope);
    allowPages(scope, CONSOLE_NEEDS);
    await scope.register(fastifyStatic, {
      root: directory,
      index: ['index.html'],
      wildcard: false,
      cacheControl: false,
      schemaHide: true,
      setHeaders(reply) {
        reply.setHeader('cache-control', 'no-cache');
      },
    });
    for (const page of PAGES)
      scope.get(page, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
  });
}
