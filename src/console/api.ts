/** What the console asks over REST. Answers are values: a control room's page must say what went wrong, not stop. */
import type { FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson';
import type { Operation } from '../access/operations.js';
import type { Role } from '../access/roles.js';
import type { AlarmHealth } from '../alerts/alarm-health.js';
import type { AlertItem } from '../alerts/alert.js';
import type { SoundsTold } from '../alerts/console-sounds.js';
import type { EscalationTable } from '../alerts/escalation.js';
import type { AlertEvent, ContactOutcome, Disposition } from '../alerts/event.js';
import type { AlertGroup } from '../alerts/grouping.js';
import type { FailingHandoff } from '../alerts/standing.js';
import type { DeskRow } from '../wire/desk.js';
import type { PositionItem } from '../wire/feed-messages.js';
import type { OrderType } from '../wire/order.js';
import type { PriorityTable, WantedWearer } from '../wire/priority.js';
import type { Rag } from '../wire/rag.js';

export interface WearerInfo {
  readonly wearerId: string;
  readonly name: string;
  readonly division?: string;
  readonly schemes?: readonly string[];
  readonly pncId?: string;
  readonly nomisId?: string;
  readonly crn?: string;
  readonly visorId?: string;
  readonly restrictedTo?: readonly string[] | null;
  /** As it is in force; absent: none is, or it is not for who asks. */
  readonly rag?: Rag;
}

export interface ZoneInfo {
  readonly zoneId: string;
  readonly name: string;
  readonly priority: string;
  readonly geometry: Polygon | MultiPolygon | Point;
  readonly radiusMetres: number | null;
  /** Of the ring that warns before it is entered; null: there is none. */
  readonly bufferMetres: number | null;
}

/** `GET /api/v1/me`. */
export interface Me {
  readonly subjectId: string;
  readonly kind: 'local' | 'person' | 'machine';
  readonly name: string;
  readonly roles: readonly Role[];
  readonly operations: readonly Operation[];
}

export type AlertWithEvents = AlertItem & {
  readonly events: readonly AlertEvent[];
  readonly eventsComplete: boolean;
};

export interface ConditionInfo {
  readonly conditionId: string;
  readonly version: number;
  readonly kind: 'exclusion' | 'inclusion' | 'restriction' | 'curfew';
  readonly orderId?: string;
  readonly appliesTo?: 'all-wearers';
  readonly zoneId: string;
  readonly wording?: string;
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly schedule?: {
    readonly timeZone: string;
    readonly windows: readonly { readonly days: readonly string[]; readonly from: string; readonly to: string }[];
  };
}

export interface OrderInfo {
  readonly orderId: string;
  readonly wearerId: string;
  readonly type: OrderType;
  readonly startsAt: string;
  readonly endsAt?: string;
}

export type LatestPosition = PositionItem & {
  readonly ageSeconds: number;
  readonly messagesSince?: readonly { readonly fixedAt: string; readonly deviceEvents: readonly string[] }[];
};

export interface RejectedMessage {
  readonly rejectedId: number;
  readonly reason: string;
  readonly detail: string;
  readonly rejectedAt: string;
  readonly from: {
    readonly http?: string;
    readonly topic?: string;
    readonly partition?: number;
    readonly offset?: number;
  };
  readonly tagId: string | null;
  readonly payload: { readonly text?: string; readonly base64?: string };
}

/** `GET /api/v1/alarm-health`. */
export type AlarmHealthTold = AlarmHealth & {
  /** Null: not known, or not for who asks; absent: of an older server. */
  readonly sounds?: SoundsTold | null;
  readonly groups: readonly AlertGroup[];
};

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export const BASE = '/api/v1';
const PAGE_LIMIT = 500;
/** 200 pages of 500: more than the whole country's wearers; a cursor that never ends must not hold the page up for ever. */
const PAGES_LIMIT = 200;
/** How long an answer may take before the page says that it does not know. */
export const ANSWER_LIMIT_MS = 10_000;

/** What was asked for; `status` 0: nobody answered. */
export type Answer<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly status: number };

export async function ask<T>(path: string, accept = 'application/json'): Promise<Answer<T>> {
  try {
    const answer = await fetch(`${BASE}${path}`, {
      headers: { accept },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return answer.ok ? { ok: true, body: (await answer.json()) as T } : { ok: false, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

/** The same as a file. */
export async function askFile(path: string, accept: string): Promise<Answer<Blob>> {
  try {
    const answer = await fetch(`${BASE}${path}`, {
      headers: { accept },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return answer.ok ? { ok: true, body: await answer.blob() } : { ok: false, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}

const id = encodeURIComponent;
export const askMe = () => ask<Me>('/me');
export const askAlert = (alertId: string) => ask<AlertWithEvents>(`/alerts/${id(alertId)}`);
export const askCondition = (conditionId: string) => ask<ConditionInfo>(`/conditions/${id(conditionId)}`);
/** As it stood by a version, which an alert was judged by. */
export async function askConditionVersion(conditionId: string, version: number | null): Promise<Answer<ConditionInfo>> {
  const newest = await askCondition(conditionId);
  if (!newest.ok || version === null || newest.body.version === version) return newest;
  const versions = await askList<ConditionInfo>(`/conditions/${id(conditionId)}/versions`);
  if (!versions.ok) return versions;
  const stood = versions.body.find((one) => one.version === version);
  return stood === undefined ? newest : { ok: true, body: stood };
}
export const askOrder = (orderId: string) => ask<OrderInfo>(`/orders/${id(orderId)}`);
export const askPosition = (wearerId: string) => ask<LatestPosition>(`/wearers/${id(wearerId)}/position`);
export const askAlertsOf = (wearerId: string) =>
  ask<Page<AlertItem>>(`/alerts?${new URLSearchParams({ wearerId, limit: '50' })}`);
/** Streets and names for the ground of the map; without features where none are configured. */
export async function askBaseMap(): Promise<Answer<FeatureCollection>> {
  try {
    const answer = await fetch('/base-map.geojson', { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return answer.ok
      ? { ok: true, body: (await answer.json()) as FeatureCollection }
      : { ok: false, status: answer.status };
  } catch {
    return { ok: false, status: 0 };
  }
}
export const askAlarmHealth = () => ask<AlarmHealthTold>('/alarm-health');
export const askWanted = () => askList<WantedWearer>('/wanted');
export const askAlertRules = () =>
  ask<{ readonly priority: PriorityTable; readonly escalation: EscalationTable }>('/alert-rules');
export const askFailingHandoffs = () =>
  ask<{ readonly failingHandoffs: readonly FailingHandoff[] }>('/register?limit=1&rate=false');
export const askRejected = () => ask<Page<RejectedMessage>>('/rejected?limit=100');

async function* listAll(path: string): AsyncGenerator<Record<string, unknown>> {
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_LIMIT; page++) {
    const query = new URLSearchParams({ limit: String(PAGE_LIMIT), ...(cursor === null ? {} : { cursor }) });
    const answer: Answer<Page<Record<string, unknown>>> = await ask(`${path}?${query}`);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    yield* answer.body.items;
    if (answer.body.next === null) return;
    cursor = answer.body.next;
  }
}

/** All of a list, or `only` some of it, where all of that answers. */
export async function askList<T>(
  path: string,
  only: Readonly<Record<string, string>> = {},
): Promise<Answer<readonly T[]>> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_LIMIT; page++) {
    const query = new URLSearchParams({ ...only, limit: String(PAGE_LIMIT), ...(cursor === null ? {} : { cursor }) });
    const answer: Answer<Page<T>> = await ask(`${path}?${query}`);
    if (!answer.ok) return answer;
    items.push(...answer.body.items);
    cursor = answer.body.next;
    if (cursor === null) break;
  }
  return { ok: true, body: items };
}

/**
 * Every wearer by id; `isRated`: with their ratings, which are in force by the server's clock. Rejects where the server does not answer.
 */
export async function loadWearers(isRated: boolean): Promise<ReadonlyMap<string, WearerInfo>> {
  const wearers = new Map<string, WearerInfo>();
  for await (const item of listAll('/wearers')) {
    const wearer = item as unknown as WearerInfo;
    wearers.set(wearer.wearerId, wearer);
  }
  if (!isRated) return wearers;
  for await (const item of listAll('/desk')) {
    const { wearerId, rag } = item as unknown as Pick<DeskRow, 'wearerId' | 'rag'>;
    const wearer = wearers.get(wearerId);
    if (wearer !== undefined && rag !== null) wearers.set(wearerId, { ...wearer, rag });
  }
  return wearers;
}

/** Every zone as it stands now. Rejects where the server does not answer. */
export async function loadZones(): Promise<ReadonlyMap<string, ZoneInfo>> {
  const zones = new Map<string, ZoneInfo>();
  for await (const item of listAll('/zones')) {
    const { zoneId, geometry, properties } = item as {
      zoneId: string;
      geometry: ZoneInfo['geometry'];
      properties: { name?: string; priority?: string; radiusMetres?: number; bufferMetres?: number };
    };
    const { name, priority, radiusMetres, bufferMetres } = properties;
    zones.set(zoneId, {
      zoneId,
      name: name ?? zoneId,
      priority: priority ?? 'standard',
      geometry,
      radiusMetres: radiusMetres ?? null,
      bufferMetres: bufferMetres ?? null,
    });
  }
  return zones;
}

export type ActionResult =
  | { readonly result: 'done'; readonly alert: AlertItem | null }
  /** `by` and `at` tell who was first, where that is why; `alert` is how it stands now. */
  | {
      readonly result: 'refused';
      readonly detail: string;
      readonly by: string | null;
      readonly at: string | null;
      readonly alert: AlertItem | null;
    }
  /** No answer: it may or may not have been done; the feed will show it if it was. */
  | { readonly result: 'unknown'; readonly detail: string };

/** What a person does to an alert: the last part of its address, and what it says. */
export type Act =
  | { readonly verb: 'acknowledge' | 'take' | 'release'; readonly note?: string }
  | { readonly verb: 'dispose'; readonly disposition: Disposition; readonly note?: string }
  | { readonly verb: 'assign'; readonly to: string; readonly note?: string }
  | { readonly verb: 'hand-over'; readonly to: string; readonly note: string }
  | { readonly verb: 'note'; readonly note: string }
  | { readonly verb: 'victim-contact'; readonly outcome: ContactOutcome; readonly note?: string }
  | { readonly verb: 'request-review' | 'reopen'; readonly reason: string }
  | { readonly verb: 'suspend' | 'propose-suspension'; readonly until: string; readonly reason: string }
  | { readonly verb: 'agree-suspension' }
  | { readonly verb: 'resume' | 'refuse-suspension'; readonly reason?: string };
export type Verb = Act['verb'];

/** A random key, also where the page is not served from localhost or over TLS and `randomUUID` is missing. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Acts on the version that the page shows. `key`: the same again for another try at the same act, which is then done once. */
export async function act(item: AlertItem, { verb, ...said }: Act, key: string): Promise<ActionResult> {
  const answer = await post(`/alerts/${id(item.alertId)}/${verb}`, said, {
    'if-match': item.etag,
    'idempotency-key': key,
  });
  return answer === null ? NO_ANSWER : toResult(answer.status, answer.body, answer.body);
}

/** As many as the server takes in one request. */
const MANY_LIMIT = 200;

/** What takes a right of its own is not taken for many in one request. */
export const ONE_BY_ONE: ReadonlySet<Verb> = new Set([
  'suspend',
  'resume',
  'propose-suspension',
  'agree-suspension',
  'refuse-suspension',
]);

/** The same act on many, in as few requests as the server allows; an answer for each, in order. */
export async function actOnMany(items: readonly AlertItem[], what: Act, key: string): Promise<ActionResult[]> {
  const { verb, ...said } = what;
  const results: ActionResult[] = [];
  if (ONE_BY_ONE.has(verb)) {
    for (const item of items) results.push(await act(item, what, `${key}.${item.alertId}`));
    return results;
  }
  for (let from = 0; from < items.length; from += MANY_LIMIT) {
    const some = items.slice(from, from + MANY_LIMIT);
    const alerts = some.map(({ alertId, etag }) => ({ alertId, etag }));
    const asked = { action: verb, body: said, alerts };
    const answer = await post('/alerts/actions', asked, { 'idempotency-key': `${key}.${from}` });
    const list = answer?.status === 200 && Array.isArray(answer.body?.items) ? (answer.body.items as unknown[]) : null;
    for (const index of some.keys()) {
      const one = list?.[index] as { status?: number; alert?: unknown; problem?: Record<string, unknown> } | undefined;
      if (one?.status !== undefined) results.push(toResult(one.status, one.alert, one.problem ?? null));
      else if (answer === null) results.push(NO_ANSWER);
      else results.push(toResult(answer.status, null, answer.body));
    }
  }
  return results;
}

const NO_ANSWER: ActionResult = {
  result: 'unknown',
  detail: 'No answer from the server. Try again when the connection is back.',
};

type Body = Record<string, unknown> | null;

/** Null: nobody answered. */
export async function post(
  path: string,
  said: object,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: Body } | null> {
  try {
    const answer = await fetch(`${BASE}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(said),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return { status: answer.status, body: (await answer.json().catch(() => null)) as Body };
  } catch {
    return null;
  }
}

function toResult(status: number, done: unknown, problem: Body): ActionResult {
  if (status < 300) return { result: 'done', alert: isAlert(done) ? done : null };
  const text = (name: string): string | null => {
    const value = problem?.[name];
    return typeof value === 'string' ? value : null;
  };
  const detail = text('detail') ?? `The server answered ${status}.`;
  if (status >= 500) return { result: 'unknown', detail };
  const alert = isAlert(problem?.alert) ? problem.alert : null;
  return { result: 'refused', detail, by: text('by'), at: text('at'), alert };
}

const isAlert = (body: unknown): body is AlertItem =>
  typeof body === 'object' && body !== null && 'alertId' in body && 'etag' in body && 'revision' in body;

/** Ends the session; answers where to go to end it at the provider too, null where there is none. */
export async function signOut(): Promise<string | null> {
  const answer = await fetch('/auth/sign-out', { method: 'POST' }).catch(() => null);
  const body = (await answer?.json().catch(() => null)) as { signOutUrl?: string | null } | null;
  return body?.signOutUrl ?? null;
}
