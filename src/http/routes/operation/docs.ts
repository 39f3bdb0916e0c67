/** `/docs`: the API reference as a page, made of our own OpenAPI by Swagger UI, whose files come with the program. */
import swaggerUi from '@fastify/swagger-ui';
import type { App } from '../../app.js';
import { makePublic } from '../../plugins/principal.js';

/** Nothing from elsewhere; requests that are tried out go to this very program. */
const CONTENT_SECURITY_POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** Its bar offers to load a description from any address. */
const NO_TOP_BAR = '.swagger-ui .topbar { display: none }';

export async function registerDocs(app: App): Promise<void> {
  await app.register(async (scope: App) => {
    makePublic(scope);
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: CONTENT_SECURITY_POLICY,
      // Its badge would send our description to a validator on the internet.
      uiConfig: { validatorUrl: null, deepLinking: true, docExpansion: 'list', displayRequestDuration: true },
      theme: { title: 'Tagwatch: API reference', css: [{ filename: 'no-top-bar.css', content: NO_TOP_BAR }] },
    });
  });
}
