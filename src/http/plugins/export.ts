/** A file that leaves: who may make one, and what has to be said of it. What the console draws is none. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { rulesFor } from '../../access/may.js';
import { noteAudited } from './audit.js';
import { principalOf } from './principal.js';
import { sendProblem } from './problems.js';

export const Said = (description: string) => Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description });

/** Where an export says what it is for, in the query or in the body; it stands in the audit. */
export const ExportSaid = {
  purpose: Type.Optional(Said('what a file is for: required of who is signed in')),
  recipient: Type.Optional(Said('who gets a file: required of who is signed in')),
};

/** Whether the export may be made; where it may not, it has been answered. */
export function admitExport(
  request: FastifyRequest,
  reply: FastifyReply,
  said: { readonly purpose?: string; readonly recipient?: string },
  where: 'query' | 'body',
): boolean {
  noteAudited(request, { what: 'exports.make', act: 'disclosure' });
  const rules = rulesFor(principalOf(request), 'exports.make');
  if (rules.length === 0) {
    sendProblem(reply, { status: 403, detail: 'Your roles do not include exports.' });
    return false;
  }
  if (!rules.every(({ needsPurpose }) => needsPurpose)) return true;
  const { purpose, recipient } = said;
  const unsaid = Object.entries({ purpose, recipient }).filter(([, value]) => value === undefined);
  if (unsaid.length === 0) return true;
  const errors = unsaid.map(([name]) => ({
    pointer: `/${name}`,
    detail: 'is required of an export',
    ...(where === 'query' && { in: where }),
  }));
  sendProblem(reply, { status: 422, detail: 'An export says what it is for and who gets it.', errors });
  return false;
}
