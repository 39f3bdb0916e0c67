/**
 * How much one subject may ask for in a minute: a script that runs away, or a token that was stolen to copy everything, must not take the
 * others' turn, nor go unseen. By subject and never by address: a control room has one address. What must not stop has no limit: pings,
 * acting on alerts, and whatever nobody has to be signed in for. Reading alerts is counted by itself, so that whoever
 * has used up the rest by something else still sees them.
 */
import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Operation } from '../../access/operations.js';
import type { App } from '../app-type.js';

/** Requests in a minute, of each of the two counts. */
export interface SubjectLimits {
  readonly person: number;
  readonly machine: number;
}

/** Ten times what a hurried person makes of the console, and what imports one record at a time come to. */
export const DEFAULT_SUBJECT_LIMITS: SubjectLimits = { person: 600, machine: 6_000 };

const WINDOW_MS = 60_000;
/** Subjects that are counted at a time; beyond that the one that was quiet longest begins anew. */
const SUBJECTS = 10_000;

const UNLIMITED: ReadonlySet<Operation> = new Set(['public', 'self', 'pings.write', 'alerts.act']);

export const isLimited = (operation: Operation): boolean => !UNLIMITED.has(operation);

class TooManyRequests extends Error {
  readonly statusCode = 429;
}

/** Behind what finds out who asks; before the routes are added. */
export async function limitSubjects(app: App, limits: SubjectLimits): Promise<void> {
  const isUnlimited = ({ principal, routeOptions }: FastifyRequest): boolean => {
    const { operation } = routeOptions.config;
    return principal === null || principal.kind === 'local' || operation === undefined || !isLimited(operation);
  };
  await app.register(rateLimit, {
    timeWindow: WINDOW_MS,
    cache: SUBJECTS * 2,
    keyGenerator: ({ principal, routeOptions }) =>
      `${routeOptions.config.operation === 'alerts.read' ? 'alerts' : 'rest'} ${principal?.subjectId}`,
    max: ({ principal }) => (principal?.kind === 'machine' ? limits.machine : limits.person),
    allowList: isUnlimited,
    // Told where it is reached, and not with every answer.
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, { max, ttl }) =>
      new TooManyRequests(
        `That is more than ${max} requests in a minute by you; it goes on in ${Math.ceil(ttl / 1_000)} s. Acting on alerts goes on.`,
      ),
  });
}
