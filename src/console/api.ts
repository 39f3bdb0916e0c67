/** What the console asks over REST. Answers are values: a control room's page must say what went wrong, not stop. */
import type { MultiPolygon, Point, Polygon } from 'geojson';
import type { AlertItem } from '../alerts/alert.js';

export interface WearerInfo {
  readonly wearerId: string;
  readonly name: string;
  readonly division?: string;
  readonly rag?: 'red' | 'amber' | 'green';
}

export interface ZoneInfo {
  readonly zoneId: string;
  readonly name: string;
  readonly priority: string;
  readonly geometry: Polygon | MultiPolygon | Point;
  readonly radiusMetres: number | null;
}

const BASE = '/api/v1';
const PAGE_LIMIT = 500;
/** 200 pages of 500: more than the whole country's wearers; a cursor that never ends must not hold the page up for ever. */
const PAGES_LIMIT = 200;
/** How long an action may take before the page says that it does not know. */
const ACTION_LIMIT_MS = 10_000;

async function* listAll(path: string): AsyncGenerator<Record<string, unknown>> {
  let cursor: string | null = null;
  for (let page = 0; page < PAGES_LIMIT; page++) {
    const query = new URLSearchParams({ limit: String(PAGE_LIMIT), ...(cursor === null ? {} : { cursor }) });
    const answer = await fetch(`${BASE}${path}?${query}`, { headers: { accept: 'application/json' } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    const body = (await answer.json()) as { items: Record<string, unknown>[]; next: string | null };
    yield* body.items;
    if (body.next === null) return;
    cursor = body.next;
  }
}

/** Every wearer by id. Rejects where the server does not answer. */
export async function loadWearers(): Promise<ReadonlyMap<string, WearerInfo>> {
  const wearers = new Map<string, WearerInfo>();
  for await (const item of listAll('/wearers')) {
    const wearer = item as unknown as WearerInfo;
    wearers.set(wearer.wearerId, wearer);
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
      properties: { name?: string; priority?: string; radiusMetres?: number };
    };
    const { name, priority, radiusMetres } = properties;
    zones.set(zoneId, {
      zoneId,
      name: name ?? zoneId,
      priority: priority ?? 'standard',
      geometry,
      radiusMetres: radiusMetres ?? null,
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

/** A random key, also where the page is not served from localhost or over TLS and `randomUUID` is missing. */
function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Acknowledges the version that the page shows. `key`: the same again for another try at the same click. */
export async function acknowledge(item: AlertItem, key: string = idempotencyKey()): Promise<ActionResult> {
  let answer: Response;
  try {
    answer = await fetch(`${BASE}/alerts/${encodeURIComponent(item.alertId)}/acknowledge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-match': item.etag, 'idempotency-key': key },
      body: '{}',
      signal: AbortSignal.timeout(ACTION_LIMIT_MS),
    });
  } catch {
    return { result: 'unknown', detail: 'No answer from the server. Try again when the connection is back.' };
  }
  const body = (await answer.json().catch(() => null)) as Record<string, unknown> | null;
  if (answer.ok) return { result: 'done', alert: isAlert(body) ? body : null };
  const text = (name: string): string | null => {
    const value = body?.[name];
    return typeof value === 'string' ? value : null;
  };
  const detail = text('detail') ?? `The server answered ${answer.status}.`;
  if (answer.status >= 500) return { result: 'unknown', detail };
  return { result: 'refused', detail, by: text('by'), at: text('at'), alert: isAlert(body?.alert) ? body.alert : null };
}

const isAlert = (body: unknown): body is AlertItem =>
  typeof body === 'object' && body !== null && 'alertId' in body && 'etag' in body && 'revision' in body;
