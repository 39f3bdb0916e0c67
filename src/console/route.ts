/** Which page an address is, and the address of a page: what is on the screen can be sent to a colleague. */
import { signal } from '@preact/signals';
import { PLAIN_PAGES, type PlainPage } from '../wire/console-pages.js';
import { type BoardFilter, readFilter, writeFilter } from './model/board-filter.js';
import { type PatternView, readPatternView, writePatternView } from './model/pattern-view.js';

export type Page =
  | { readonly name: 'board'; readonly filter: BoardFilter }
  /** `asAt`: as it stood then; null: now. */
  | { readonly name: 'alert'; readonly alertId: string; readonly asAt: string | null }
  /** `query`: which days, as `model/timeline-stretch.ts` reads it. */
  | { readonly name: 'wearer'; readonly wearerId: string; readonly query: string }
  /** `wearerId`: of whom alone; null: of everybody. */
  | { readonly name: 'packs'; readonly wearerId: string | null }
  /** `batchId`: of one file; null: all of them. */
  | { readonly name: 'crimes'; readonly batchId: string | null }
  /** One wearer and one crime of a file. */
  | { readonly name: 'match'; readonly batchId: string; readonly place: number; readonly wearerId: string }
  /** `query`: of whom, by which authority, which days, as `model/pattern-view.ts` reads it. */
  | { readonly name: 'patterns'; readonly query: string }
  | { readonly name: 'recall'; readonly recallId: string }
  /** One that is not written yet. */
  | { readonly name: 'new-recall'; readonly wearerId: string; readonly alertIds: readonly string[] }
  | { readonly name: PlainPage }
  | { readonly name: 'unknown'; readonly path: string };

export function readPage(path: string, query: string): Page {
  const [, area = '', id = '', ...rest] = path.split('/');
  if (rest.length > 0) return { name: 'unknown', path };
  if (area === '' && id === '') return { name: 'board', filter: readFilter(new URLSearchParams(query)) };
  if (area === 'alerts' && id !== '') return { name: 'alert', alertId: decode(id), asAt: readInstant(query) };
  if (area === 'wearers' && id !== '') return { name: 'wearer', wearerId: decode(id), query };
  if (area === 'packs' && id === '') return { name: 'packs', wearerId: new URLSearchParams(query).get('wearerId') };
  if (area === 'crimes' && id === '') return readCrimes(new URLSearchParams(query));
  if (area === 'patterns' && id === '') return { name: 'patterns', query };
  if (area === 'recalls' && id !== '') return readRecall(decode(id), new URLSearchParams(query));
  const plain = PLAIN_PAGES.find((name) => name === area);
  if (plain !== undefined && id === '') return { name: plain };
  return { name: 'unknown', path };
}

/** `/crimes?batchId=B`, and `/crimes?batchId=B&place=2&wearerId=W-1` of one match. */
function readCrimes(query: URLSearchParams): Page {
  const batchId = query.get('batchId');
  const wearerId = query.get('wearerId');
  const place = Number(query.get('place'));
  if (batchId === null || wearerId === null || !(place >= 1)) return { name: 'crimes', batchId };
  return { name: 'match', batchId, place, wearerId };
}

/** `/recalls/new?wearerId=W-1&alertId=A-1` is one that is not written yet. */
const NEW_RECALL = 'new';
function readRecall(recallId: string, query: URLSearchParams): Page {
  if (recallId !== NEW_RECALL) return { name: 'recall', recallId };
  return { name: 'new-recall', wearerId: query.get('wearerId') ?? '', alertIds: query.getAll('alertId') };
}

/** `?asAt=2026-11-22T18:03:11.000Z`; null where there is none that can be read. */
function readInstant(query: string): string | null {
  const text = new URLSearchParams(query).get('asAt') ?? '';
  return Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const boardAddress = (filter: BoardFilter): string => {
  const query = writeFilter(filter).toString();
  return query === '' ? '/' : `/?${query}`;
};
export const alertAddress = (alertId: string, asAt: string | null = null): string =>
  `/alerts/${encodeURIComponent(alertId)}${asAt === null ? '' : `?${new URLSearchParams({ asAt })}`}`;
export const wearerAddress = (wearerId: string): string => `/wearers/${encodeURIComponent(wearerId)}`;
export const packsAddress = (wearerId: string | null = null): string =>
  wearerId === null ? '/packs' : `/packs?${new URLSearchParams({ wearerId })}`;

export const crimesAddress = (batchId: string | null = null): string =>
  batchId === null ? '/crimes' : `/crimes?${new URLSearchParams({ batchId })}`;
export const shownMatchAddress = (batchId: string, place: number, wearerId: string): string =>
  `/crimes?${new URLSearchParams({ batchId, place: String(place), wearerId })}`;

export const patternsAddress = (view: Partial<PatternView>): string =>
  `/patterns${writePatternView({ ...readPatternView(''), ...view })}`;

export const recallAddress = (recallId: string): string => `/recalls/${encodeURIComponent(recallId)}`;
export const newRecallAddress = (wearerId: string, alertIds: readonly string[]): string =>
  `/recalls/${NEW_RECALL}?${new URLSearchParams([['wearerId', wearerId], ...alertIds.map((id) => ['alertId', id])])}`;

export const page = signal<Page>({ name: 'board', filter: readFilter(new URLSearchParams()) });
/** Where the board was left, so that coming back finds the same list. */
let boardLeftAt = '/';

function readAddress(): void {
  page.value = readPage(location.pathname, location.search);
  if (page.value.name === 'board') boardLeftAt = `${location.pathname}${location.search}`;
}

export const lastBoard = (): string => boardLeftAt;

/** Goes to an address of this application. `replaces`: going back leads past it. */
export function go(address: string, replaces = false): void {
  if (replaces) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  readAddress();
}

/** Links of this page are followed without loading it again; those with a key held, or to elsewhere, are the browser's. */
export function followLinks(): void {
  readAddress();
  addEventListener('popstate', readAddress);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const address = link?.getAttribute('href') ?? '';
    if (link === null || link.target !== '' || !address.startsWith('/')) return;
    if (readPage(link.pathname, '').name === 'unknown') return;
    event.preventDefault();
    go(address);
  });
}
