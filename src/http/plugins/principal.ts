/**
 * Who asks, and whether it may: the one place for every route. A route names its operation of the table (`access/operations.ts`),
 * and a program with one that names none does not start. A route that does not keep to a scope by itself is for those alone whose
 * rule needs none.
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { mayDo, maySee, maySeeVictims, rulesFor, type WearerScope } from '../../access/may.js';
import type { Operation } from '../../access/operations.js';
import { LOCAL, type Principal } from '../../access/principal.js';
import type { App } from '../app-type.js';
import { noteAudited } from './audit.js';
import { sendProblem } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What of the table of rights this route is. */
    readonly operation?: Operation;
    /** That its handler asks {@link sees} about everybody it tells of, or {@link Principal.scope} in its own way. */
    readonly keepsToScope?: boolean;
  }
  interface FastifyRequest {
    /** Of a public route: `null` where nobody is signed in. */
    principal: Principal | null;
  }
  interface FastifyInstance {
    readonly access: Access;
  }
}

export interface Identity {
  readonly principal: Principal;
  /** Whether it still holds, for what stays open: a session that is over, or whose rights are others by now, does not. */
  check(): 'valid' | 'ended' | 'changed';
}

export interface Access {
  /** Who asks; null: nobody that is known here. Rejects with `LogUnavailable` where that cannot be told yet. */
  identify(request: IncomingMessage): Promise<Identity | null>;
  /** What scope needs to know of a wearer; undefined: nothing is known. */
  findWearer(wearerId: string): WearerScope | undefined;
  /** Changes with what is known of any wearer's scope, the same in every api. */
  wearersVersion(): number;
  /** Calls back in the turn in which what scope knows of a wearer changes; returns how to end it. */
  onWearer(onChanged: (before: WearerScope | undefined, now: WearerScope) => void): () => void;
}

/** Without sign-in: everybody who reaches it is `local`. */
export const OPEN_ACCESS: Access = {
  identify: async () => ({ principal: LOCAL, check: () => 'valid' }),
  findWearer: () => undefined,
  wearersVersion: () => 0,
  onWearer: () => () => {},
};

/** Adds the hook, and the check at the start that every route names its operation. Behind what guards every request. */
export function guardByRights(app: App, access: Access): void {
  app.decorate('access', access);
  app.decorateRequest('principal', null);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  app.addHook('onReady', async () => {
    const nameless = routes.filter(({ config }) => config?.operation === undefined);
    if (nameless.length === 0) return;
    const names = nameless.map(({ method, url }) => `${[method].flat().join(' ')} ${url}`);
    throw new Error(`no operation of the table of rights is named by ${names.join(', ')}`);
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.is404) return;
    const { operation, keepsToScope = false } = request.routeOptions.config;
    if (operation === 'public') return;
    const identity = await access.identify(request.raw);
    if (identity === null) return sendUnknown(reply);
    const { principal } = identity;
    request.principal = principal;
    if (operation === undefined || !mayPass(principal, operation, keepsToScope)) return sendForbidden(reply);
  });
}

/** Every route that a plugin of others adds to this scope is public. */
export function makePublic(scope: App): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, operation: 'public' };
  });
}

function mayPass(principal: Principal, operation: Operation, keepsToScope: boolean): boolean {
  if (keepsToScope) return mayDo(principal, operation);
  return rulesFor(principal, operation).some(({ extent, needsSecond }) => extent === 'everything' && !needsSecond);
}

/** Who asks of a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error('a public route has no principal');
  return request.principal;
}

/** Whether the one who asks may see this wearer, by the operation of the route or by another one. */
export function sees(request: FastifyRequest, wearerId: string, operation?: Operation): boolean {
  const asked = operation ?? request.routeOptions.config.operation;
  if (asked === undefined) return false;
  const isSeen = maySee(principalOf(request), asked, request.server.access.findWearer(wearerId));
  if (!isSeen) noteAudited(request, { hidden: [wearerId] });
  return isSeen;
}

/** Whether the one who asks is told what is of a victim's zone about this wearer, whom they see. */
export function seesVictims(request: FastifyRequest, wearerId: string): boolean {
  const { operation } = request.routeOptions.config;
  return (
    operation !== undefined &&
    maySeeVictims(principalOf(request), operation, request.server.access.findWearer(wearerId))
  );
}

/** The same for whatever is wrong with a token or a session: which of it, nobody is told. */
function sendUnknown(reply: FastifyReply): FastifyReply {
  reply.header('www-authenticate', 'Bearer');
  return sendProblem(reply, { status: 401, detail: 'Sign in, or send a bearer token that is valid here.' });
}

function sendForbidden(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, { status: 403, detail: 'Your roles do not include this.' });
}
