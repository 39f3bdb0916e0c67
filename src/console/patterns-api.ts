/** What the console asks about patterns: always under an authority. A refusal says why, and is shown as it is. */
import type { PatternAuthority, Patterns, Together } from '../wire/patterns.js';
import { ask, askFile, type Page } from './api.js';
import type { PatternView } from './model/pattern-view.js';
import { type Sent, send } from './send.js';

const id = encodeURIComponent;

export const askAuthorities = () => ask<Page<PatternAuthority>>('/pattern-authorities?limit=100');

export const addAuthority = (said: {
  readonly reference: string;
  readonly purpose: string;
  readonly scope: string;
  readonly wearerIds: readonly string[];
  readonly until: string;
}): Promise<Sent<PatternAuthority>> => send<PatternAuthority>('POST', '/pattern-authorities', said);

const queryOf = ({ days, lastDay }: PatternView, authorityId: string, more: Readonly<Record<string, string>> = {}) =>
  new URLSearchParams({ authorityId, days: String(days), ...(lastDay === null ? {} : { lastDay }), ...more });

const patternsPath = (wearerId: string, view: PatternView, authorityId: string, more = {}) =>
  `/wearers/${id(wearerId)}/patterns?${queryOf(view, authorityId, more)}`;
const togetherPath = (wearerId: string, other: string, view: PatternView, authorityId: string, more = {}) =>
  `/wearers/${id(wearerId)}/patterns/together/${id(other)}?${queryOf(view, authorityId, more)}`;

export const askPatterns = (wearerId: string, view: PatternView, authorityId: string) =>
  send<Patterns>('GET', patternsPath(wearerId, view, authorityId));
export const askTogether = (wearerId: string, other: string, view: PatternView, authorityId: string) =>
  send<Together>('GET', togetherPath(wearerId, other, view, authorityId));

export const askStopsFile = (
  wearerId: string,
  view: PatternView,
  authorityId: string,
  purpose: string,
  recipient: string,
) => askFile(patternsPath(wearerId, view, authorityId, { purpose, recipient }), 'text/csv');
export const askTogetherFile = (
  wearerId: string,
  other: string,
  view: PatternView,
  authorityId: string,
  purpose: string,
  recipient: string,
) => askFile(togetherPath(wearerId, other, view, authorityId, { purpose, recipient }), 'text/csv');
