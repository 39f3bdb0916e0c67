/**
 * `/auth/*`: signing in and out by OpenID Connect. The browser is answered with a page that goes on by itself and not with a
 * redirect: the session's cookie is sent along by pages of this origin alone, and behind a redirect the page is the provider's.
 */
import { parse, serialize } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { type ClaimsMapping, toPerson } from '../../../access/claims.js';
import type { Log } from '../../../ports/log.js';
import type { App } from '../../app.js';
import { noteAudited } from '../../plugins/audit.js';
import { sendProblem } from '../../plugins/problems.js';
import { CALLBACK_PATH, type Provider } from '../../sign-in/provider.js';
import type { Sessions } from '../../sign-in/sessions.js';
import { ProviderUnavailable } from '../../sign-in/unavailable.js';

const ATTEMPT_LIMIT_SECONDS = 600;
const RETRY_AFTER_SECONDS = 5;
const FORM_LIMIT_BYTES = 65_536;

export interface SignInDeps {
  readonly provider: Provider;
  readonly sessions: Sessions;
  readonly mapping: ClaimsMapping;
  readonly isSecure: boolean;
  readonly logger: Log;
}

const Attempt = Type.Object({
  state: Type.String(),
  nonce: Type.String(),
  verifier: Type.String(),
  returnTo: Type.String(),
});

/** A path of this program: nothing that a browser takes for another host. */
const OWN_PATH = /^\/(?![/\\])[\w\-./~?&=%+:]*$/;

const hidden = { schema: { hide: true }, config: { operation: 'public' } } as const;
/** Who comes and goes is put on record, and goes on while the audit is away. */
const hiddenAs = (act: 'sign-in' | 'sign-out') =>
  ({ ...hidden, config: { ...hidden.config, audit: { what: act, act, goesOn: true } } }) as const;

export function registerSignIn(app: App, deps: SignInDeps): void {
  const { provider, sessions, isSecure, logger } = deps;
  const attemptName = isSecure ? '__Host-tagwatch-attempt' : 'tagwatch-attempt';
  const attemptCookie = (value: string, maxAge: number) =>
    serialize(attemptName, value, { httpOnly: true, sameSite: 'lax', secure: isSecure, path: '/', maxAge });

  function readAttempt({ headers }: FastifyRequest): Static<typeof Attempt> | null {
    try {
      const text = parse(headers.cookie ?? '')[attemptName] ?? '';
      const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      // Whoever else writes cookies for this host says by it where nobody is sent.
      return Check(Attempt, value) && OWN_PATH.test(value.returnTo) ? value : null;
    } catch {
      return null;
    }
  }

  function sendAway(reply: FastifyReply, error: unknown): FastifyReply {
    if (!(error instanceof ProviderUnavailable)) throw error;
    logger.warn({ message: error.message }, 'nobody can sign in: the provider is away');
    reply.header('retry-after', RETRY_AFTER_SECONDS);
    const detail = 'The sign-in provider does not answer. Who is signed in goes on.';
    return sendProblem(reply, { status: 503, detail });
  }

  app.get('/auth/sign-in', hidden, async (request, reply) => {
    const { returnTo = '/' } = request.query as { returnTo?: unknown };
    const path = typeof returnTo === 'string' && OWN_PATH.test(returnTo) ? returnTo : '/';
    try {
      const { url, attempt } = await provider.begin();
      const value = Buffer.from(JSON.stringify({ ...attempt, returnTo: path })).toString('base64url');
      reply.header('set-cookie', attemptCookie(value, ATTEMPT_LIMIT_SECONDS)).header('cache-control', 'no-store');
      return reply.redirect(url, 303);
    } catch (error) {
      return sendAway(reply, error);
    }
  });

  app.get(CALLBACK_PATH, hiddenAs('sign-in'), async (request, reply) => {
    const attempt = readAttempt(request);
    // Of use once, whatever comes of it.
    reply.header('set-cookie', attemptCookie('', 0)).header('cache-control', 'no-store');
    try {
      const query = request.url.split('?', 2)[1] ?? '';
      const claims = attempt === null ? null : await provider.complete(query, attempt);
      if (attempt === null || claims === null) {
        logger.warn({ requestId: request.id, hasAttempt: attempt !== null }, 'a sign-in was refused');
        return sendPage(reply, 400, '/auth/sign-in', 'This sign-in is not valid here. Sign in again.');
      }
      const sid = claims['sid'];
      const principal = toPerson(claims, deps.mapping);
      // Whoever was signed in in this browser is not any more.
      await sessions.end(request.raw);
      request.principal = principal;
      const cookie = await sessions.begin(principal, typeof sid === 'string' ? sid : null);
      logger.info({ subjectId: principal.subjectId, roles: principal.roles }, 'signed in');
      reply.header('set-cookie', cookie);
      return sendPage(reply, 200, attempt.returnTo, null);
    } catch (error) {
      return sendAway(reply, error);
    }
  });

  app.post('/auth/sign-out', hiddenAs('sign-out'), async (request, reply) => {
    request.principal = sessions.find(request.raw)?.principal ?? null;
    reply.header('set-cookie', await sessions.end(request.raw)).header('cache-control', 'no-store');
    const signOutUrl = await provider.signOutUrl().catch((error: unknown) => {
      if (error instanceof ProviderUnavailable) return null;
      throw error;
    });
    return { signOutUrl };
  });

  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_LIMIT_BYTES },
      (_request, body, done) => done(null, new URLSearchParams(String(body))),
    );
    scope.post('/auth/back-channel-logout', hiddenAs('sign-out'), async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const token = request.body instanceof URLSearchParams ? request.body.get('logout_token') : null;
      try {
        const meant = token === null ? null : await provider.verifyLogout(token);
        if (meant === null)
          return sendProblem(reply, { status: 400, detail: 'This is no logout token of the provider.' });
        const { session, subject } = meant;
        if (subject !== null) noteAudited(request, { subjectId: subject, subjectType: 'subject' });
        const ended = await sessions.endWhere(({ providerSessionId, principal }) =>
          session === null ? principal.subjectId === subject : providerSessionId === session,
        );
        logger.info({ ended, subjectId: subject }, 'signed out by the provider');
        return reply.code(200).send();
      } catch (error) {
        return sendAway(reply, error);
      }
    });
  });
}

/** `path` is one of our own, by its pattern free of markup but for `&`. */
function sendPage(reply: FastifyReply, status: number, path: string, text: string | null): FastifyReply {
  const url = path.replaceAll('&', '&amp;');
  const goOn = text === null ? `<meta http-equiv="refresh" content="0;url=${url}">` : '';
  const said = text === null ? `<a href="${url}">Go on</a>` : `${text} <a href="${url}">Sign in</a>`;
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .send(
      Buffer.from(
        `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tagwatch</title>${goOn}<p>${said}</p></html>`,
      ),
    );
}
