/** What a form sends, and why it was not taken, in words: one way for all forms. */
import { ANSWER_LIMIT_MS, BASE } from './api.js';

/** A fault in what was sent, by JSON Pointer. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** `status` 0: nobody answered, and it may or may not have been taken. `why`: sentences. */
export type Sent<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly why: string; readonly faults: readonly Fault[] };

type Body = Readonly<Record<string, unknown>> | null;

const NO_ANSWER = 'The server did not answer; it may or may not have been taken.';
const ONCE = 'Send it again: it is not there twice.';

/** `said`: text goes as it is, with its content type in `headers`. */
export async function send<T>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  said?: object | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Sent<T>> {
  try {
    const answer = await fetch(`${BASE}${path}`, {
      method,
      headers: { ...(said === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(said === undefined ? {} : { body: typeof said === 'string' ? said : JSON.stringify(said) }),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const body = (await answer.json().catch(() => null)) as Body;
    if (answer.ok) return { ok: true, body: body as T };
    return { ok: false, status: answer.status, why: whyOf(answer.status, body), faults: faultsOf(body) };
  } catch {
    return { ok: false, status: 0, why: NO_ANSWER, faults: [] };
  }
}

/**
 * Writes a record on the version that the page shows. `version` null: a new one. Where somebody was first, that may have been this very
 * form, by an earlier try that nobody answered: then it is there; or, where its id was made when the form was opened (`isOwnId`), what it
 * says by now goes on top of it.
 */
export async function putRecord<T>(
  path: string,
  content: object,
  version: number | null,
  isOwnId = true,
): Promise<Sent<T>> {
  const condition: Record<string, string> =
    version === null ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` };
  const sent = await send<T>('PUT', path, content, condition);
  if (sent.ok || sent.status !== 412) return sayOnce(sent);
  const standing = await send<T & object>('GET', path);
  if (standing.ok && saysAll(standing.body, content)) return standing;
  return version === null && isOwnId ? sayOnce(await send<T>('PUT', path, content, { 'if-match': '"1"' })) : sent;
}

/** What has its own id may be sent again. */
export const sayOnce = <T>(sent: Sent<T>): Sent<T> =>
  !sent.ok && sent.status === 0 ? { ...sent, why: `${sent.why} ${ONCE}` } : sent;

/** As the bytes of a file go in a body. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Whether a record as it is told has everything that was sent, whatever else it has. */
export function saysAll(told: unknown, sent: unknown): boolean {
  if (typeof sent !== 'object' || sent === null) return told === sent;
  if (typeof told !== 'object' || told === null) return false;
  if (Array.isArray(sent) && (!Array.isArray(told) || told.length !== sent.length)) return false;
  const fields = told as Readonly<Record<string, unknown>>;
  return Object.entries(sent).every(([name, value]) => value === undefined || saysAll(fields[name], value));
}

const faultsOf = (body: Body): readonly Fault[] => (Array.isArray(body?.errors) ? (body.errors as Fault[]) : []);

/** Where somebody was first the server names versions, which no page shows. */
const WORDS: Readonly<Partial<Record<number, string>>> = {
  401: 'You are not signed in any more: sign in again in another tab, then send it again.',
  403: 'Your roles do not include it.',
  404: 'It is not there any more, or not for you.',
  409: 'Somebody has decided or changed it meanwhile: look at how it stands now.',
  412: 'Somebody was first: look at how it stands now.',
  503: 'The database is away: nothing was written. Send it again when it is back.',
};

/** The problem as one sentence a fault. */
export function whyOf(status: number, body: Body): string {
  const faults = (list: unknown): string[] =>
    Array.isArray(list)
      ? list.flatMap((one: { pointer?: string; detail?: string; errors?: unknown; id?: string }) =>
          one.errors === undefined
            ? [
                [one.id, pointerWords(one.pointer), one.detail]
                  .filter((part) => part !== undefined && part !== '')
                  .join(' '),
              ]
            : faults(one.errors).map((text) => `${one.id ?? ''} ${text}`.trim()),
        )
      : [];
  const told = [...faults(body?.errors), ...faults(body?.lines)];
  if (told.length > 0) return `${told.join('; ')}.`.replace(/\.\.$/, '.');
  const { detail } = body ?? {};
  if (typeof detail === 'string' && detail !== '') return detail;
  return WORDS[status] ?? `The server answered ${status}.`;
}

/** `/body/records/1/graceMinutes` → `record 2 grace minutes`: where the field is, as a person says it. */
const pointerWords = (pointer = ''): string =>
  pointer
    .split('/')
    .filter((part) => part !== '' && part !== 'body')
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part.replaceAll(/([A-Z])/g, ' $1').toLowerCase()))
    .join(' ')
    .replaceAll('records ', 'record ');
