/** Serves the console and what verifies packs: what `build-assets.mjs` made. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import fastifyStatic from '@fastify/static';
import { PAGE_ADDRESSES } from '../../../wire/console-pages.js';
import type { App } from '../../app.js';
import { makePublic } from '../../plugins/principal.js';
import { allowPages } from '../../plugins/security-headers.js';

export interface StaticOptions {
  /** Absolute path of `dist/console`. */
  readonly directory: string;
  /** GeoJSON of streets and names for the ground of the map. */
  readonly baseMap: string;
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

/** `/`, the pages and the files beside it. Revalidated at each visit, so that a newer program is not met by an older page. */
export async function registerStatic(app: App, { directory, baseMap }: StaticOptions): Promise<void> {
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
    // It says where streets are, and nothing of anybody.
    scope.get('/base-map.geojson', { schema: { hide: true } }, (_request, reply) =>
      reply.type('application/geo+json').header('cache-control', 'no-cache').send(baseMap),
    );
    for (const page of PAGE_ADDRESSES)
      scope.get(page, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
  });
}

export interface VerifierFiles {
  readonly page: string;
  readonly command: string;
}

/**
 * `/verify`: the page that verifies evidence packs, for everybody, and to be saved. It stands in one file, so its script and style are
 * inline: by their hashes these alone run. `/verify.mjs`: the same for whoever has Node.
 */
export async function registerVerifiers(app: App, { page, command }: VerifierFiles): Promise<void> {
  const html = readFileSync(page, 'utf8');
  const program = readFileSync(command, 'utf8');
  await app.register(async (scope: App) => {
    makePublic(scope);
    allowPages(scope, {
      'script-src': [hashOfInline(html, 'script')],
      'style-src': [hashOfInline(html, 'style')],
      // It checks in a thread of its own script.
      'worker-src': ['blob:'],
    });
    scope.get('/verify', { schema: { hide: true } }, (_request, reply) =>
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html),
    );
    scope.get('/verify.mjs', { schema: { hide: true } }, (_request, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', 'no-cache')
        .header('content-disposition', `attachment; filename="${basename(command)}"`)
        .send(program),
    );
  });
}

function hashOfInline(html: string, tag: 'script' | 'style'): string {
  const text = html.slice(html.indexOf(`<${tag}>`) + tag.length + 2, html.lastIndexOf(`</${tag}>`));
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
