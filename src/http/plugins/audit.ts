/**
 * The one place where REST says in the audit what it does. Every route that is not public is audited, by what it declares anyway: its
 * operation, its method and the ids in its address; a route that needs it otherwise says so in its `config.audit`. The entry is in the
 * log before the answer begins: no entry, no answer.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyContextConfig, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Operation } from '../../access/operations.js';
import {
  type AuditAct,
  type AuditFacts,
  type AuditOutcome,
  type AuditTrail,
  AuditUnavailable,
} from '../../ports/audit.js';
import type { Clock } from '../../ports/clock.js';
import type { App } from '../app-type.js';
import { toAuditFacts, toOutcome } from './audit-facts.js';
import { correlationIdOf } from './correlation.js';
import { toProblem } from './problems.js';

/** Nothing of people, or asked all the time; `denied`: that somebody may not is audited all the same. */
interface NotAudited {
  readonly not: string;
  readonly denied?: true;
}
interface AuditedAs {
  /** Where it is none of the table of rights. */
  readonly what?: 'sign-in' | 'sign-out';
  readonly act?: AuditAct;
  /** It goes on while the audit is away. */
  readonly goesOn?: true;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly audit?: NotAudited | AuditedAs;
  }
  interface FastifyRequest {
    audited: Audited | null;
  }
}

/** What only the one who answers knows. */
export interface AuditNotes {
  readonly what?: Operation;
  readonly act?: AuditAct;
  readonly subjectId?: string;
  readonly subjectType?: string;
  readonly wearerIds?: readonly string[];
  readonly rowCount?: number;
  /** Where the request does not say them itself. */
  readonly purpose?: string;
  readonly recipient?: string;
  /** It is there, and who asked may not know; whom it is about. */
  readonly hidden?: readonly string[];
}

interface Audited {
  facts: Omit<AuditNotes, 'wearerIds' | 'hidden'>;
  readonly wearerIds: Set<string>;
  isHidden: boolean;
  readonly hidden: Set<string>;
}

/** A list may pass over any number of others; they are told of one answer that says that there is nothing. */
const MAX_HIDDEN_NAMED = 10;

/** Adds ids to those that are there; anything else takes the place of what is. */
export function noteAudited(request: FastifyRequest, { wearerIds = [], hidden, ...facts }: AuditNotes): void {
  request.audited ??= { facts: {}, wearerIds: new Set(), isHidden: false, hidden: new Set() };
  const { audited } = request;
  audited.facts = { ...audited.facts, ...facts };
  for (const wearerId of wearerIds) audited.wearerIds.add(wearerId);
  if (hidden === undefined) return;
  audited.isHidden = true;
  for (const wearerId of hidden) if (audited.hidden.size < MAX_HIDDEN_NAMED) audited.hidden.add(wearerId);
}

interface Rule {
  readonly what: string;
  readonly act: AuditAct;
  readonly goesOn: boolean;
  readonly onlyDenied: boolean;
}

/** Alerts, and acting on them, do not wait for the audit: what was done is kept and appended when it is back. */
const isOfAlerts = (what: string): boolean => what.startsWith('alerts.');

/** Null: not audited. */
export function auditRuleOf({ operation, audit }: FastifyContextConfig, method: string): Rule | null {
  const reads = method === 'GET' || method === 'HEAD';
  if (audit !== undefined && 'not' in audit) {
    if (audit.denied !== true || operation === undefined) return null;
    return { what: operation, act: reads ? 'consultation' : 'collection', goesOn: true, onlyDenied: true };
  }
  if (operation === undefined || (operation === 'public' && audit === undefined)) return null;
  return {
    what: audit?.what ?? operation,
    act: audit?.act ?? (reads ? 'consultation' : 'alteration'),
    goesOn: audit?.goesOn === true || isOfAlerts(operation),
    onlyDenied: false,
  };
}

const RETRY_AFTER_SECONDS = 2;
const AWAY = 'What is asked for has to be put on record, and the audit topic takes no entries at the moment.';
const NOT_RECORDED =
  'It was done, and its entry in the audit is kept in memory alone: the audit topic and the disk take none.';

const textIn = (of: unknown, name: string): string | undefined => {
  const value = typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : undefined;
};

/** What an address is about: its last id, and what kind that is of (`custodyPeriodId`: custody-period). */
function subjectOf(params: unknown): { subjectId?: string; subjectType?: string } {
  const [name, value] = Object.entries((params ?? {}) as Record<string, string | number>).at(-1) ?? [];
  if (name === undefined || value === undefined || !name.endsWith('Id')) return {};
  return {
    subjectId: String(value),
    subjectType: name.slice(0, -2).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  };
}

/** Of whom a body tells, by its own field or those of its items, and how many items there are. */
function noteAnswer(request: FastifyRequest, payload: unknown): void {
  if (typeof payload !== 'object' || payload === null) return;
  const { items } = payload as { readonly items?: unknown };
  const rows: readonly unknown[] = Array.isArray(items) ? items : [payload];
  const wearerIds = rows.flatMap((row) => textIn(row, 'wearerId') ?? []);
  noteAudited(request, { wearerIds, ...(Array.isArray(items) && { rowCount: items.length }) });
}

export interface AuditDeps {
  /** Null: nothing is put on record. */
  readonly trail: AuditTrail | null;
  readonly clock: Clock;
  readonly addressOf: (request: IncomingMessage) => string | undefined;
}

export function auditRequests(app: App, { trail: audit, clock, addressOf }: AuditDeps): void {
  app.decorateRequest('audited', null);
  app.addHook('onRoute', describeAudit);
  if (audit === null) return;

  const refusedHere = new WeakSet<FastifyRequest>();
  const ruleFor = (request: FastifyRequest): Rule | null =>
    request.is404 ? null : auditRuleOf(request.routeOptions.config, request.method);

  app.addHook('onRequest', async (request, reply) => {
    const rule = ruleFor(request);
    if (rule === null || rule.goesOn || audit.isPresent()) return;
    // Before anything is read or changed; that nothing was said is not said either.
    refusedHere.add(request);
    refuse(reply);
    return reply.send(problemBytes(AWAY));
  });

  app.addHook('preSerialization', async (request, reply, payload) => {
    if (reply.statusCode < 400 && ruleFor(request) !== null) noteAnswer(request, payload);
    return payload;
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const rule = ruleFor(request);
    if (rule === null || refusedHere.has(request)) return payload;
    const outcome = toOutcome(reply.statusCode, request.audited?.isHidden === true);
    if (rule.onlyDenied && outcome !== 'denied') return payload;
    const facts = factsOf(request, outcome, rule);
    const isDisclosed = facts.outcome === 'done';
    const isDone = isDisclosed && facts.act !== 'consultation' && facts.act !== 'disclosure';
    try {
      if (rule.goesOn || !isDisclosed || isDone) await audit.keep(facts);
      else await audit.append(facts);
      return payload;
    } catch (error) {
      if (!(error instanceof AuditUnavailable)) throw error;
      // An action on an alert is in the alert log by its own event; nothing is told by a refusal.
      if (!isDisclosed || (isDone && isOfAlerts(facts.what))) return payload;
      if (payload instanceof Readable) payload.destroy();
      refuse(reply);
      return problemBytes(isDone ? NOT_RECORDED : AWAY);
    }
  });

  function factsOf(request: FastifyRequest, outcome: AuditOutcome, rule: Rule): AuditFacts {
    const { audited } = request;
    const named = [
      textIn(request.params, 'wearerId'),
      textIn(request.params, 'otherWearerId'),
      textIn(request.query, 'wearerId'),
    ].filter((id) => id !== undefined);
    // What a route found to be the purpose, by an authority say, is not replaced by what was said; both are told.
    const said = (name: 'purpose' | 'recipient') => {
      const own = textIn(request.query, name) ?? textIn(request.body, name);
      const found = audited?.facts[name];
      return own === undefined || found === undefined || found.includes(own) ? (found ?? own) : `${own}; ${found}`;
    };
    return toAuditFacts({
      what: rule.what,
      act: rule.act,
      atMs: clock.nowMs(),
      principal: request.principal,
      ...subjectOf(request.params),
      ...audited?.facts,
      wearerIds: [...named, ...(audited?.wearerIds ?? []), ...(outcome === 'denied' ? (audited?.hidden ?? []) : [])],
      outcome,
      purpose: said('purpose'),
      recipient: said('recipient'),
      operationId: `${request.method} ${request.routeOptions.url ?? ''}`,
      correlationId: correlationIdOf({ id: request.id, headers: request.headers }),
      address: addressOf(request.raw),
    });
  }
}

/** Which act it is in the audit stands in the description, beside the operation. */
function describeAudit(route: RouteOptions): void {
  const { schema, config, method } = route;
  if (schema === undefined || schema.hide === true) return;
  const rule = auditRuleOf(config ?? {}, String([method].flat()[0]));
  if (rule !== null && !rule.onlyDenied) route.schema = { ...schema, 'x-audit': rule.act } as typeof schema;
}

/** Of an answer that does not go out nothing may be left. */
function refuse(reply: FastifyReply): void {
  for (const name of ['etag', 'location', 'content-disposition', 'content-length', 'set-cookie'])
    reply.removeHeader(name);
  reply
    .code(503)
    .header('content-type', 'application/problem+json')
    .header('cache-control', 'no-store')
    .header('retry-after', RETRY_AFTER_SECONDS);
}

const problemBytes = (detail: string): Buffer => Buffer.from(JSON.stringify(toProblem({ status: 503, detail })));
