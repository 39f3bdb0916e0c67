/**
 * Requests by the program's own OpenAPI document, right, nearly right and rubbish; of each answer it is held that it is as the
 * document says: a status that it names, of the media type and shape that it names, never the program's own fault, and nothing
 * taken that the document refuses.
 */
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { IDS, type JsonSchema, makeStrangeText, makeValue, pick, type Random, spoil } from './from-schema.js';

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}
type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}
interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ANSWER_LIMIT_MS = 120_000;

function send(url: string, wanted: Sent): Promise<Answer> {
  const { method, path, headers, body } = wanted;
  return new Promise((resolve, reject) => {
    // `path` goes out as it is: fetch would take the steps of `..` itself.
    const sent = request(url, { method, path, headers, agent, timeout: ANSWER_LIMIT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)));
    // Not tried again where a kept connection was reset: with one request in flight and none idle for long, that is the program's doing.
    sent.on('error', reject);
    sent.end(body ?? undefined);
  });
}

const compiled = new WeakMap<object, { Check(value: unknown): boolean; Errors(value: unknown): unknown }>();
function validatorOf(schema: JsonSchema) {
  const known = compiled.get(schema);
  if (known !== undefined) return known;
  const made = Compile(schema as unknown as TSchema);
  compiled.set(schema, made);
  return made;
}

const SQUARE = [
  [
    [1, 51],
    [1.01, 51],
    [1.01, 51.01],
    [1, 51.01],
    [1, 51],
  ],
];
/** Geometry is not in a schema: what the bodies of zones are made of. */
function makeZone(random: Random): unknown {
  const circle = {
    geometry: { type: 'Point', coordinates: [1, 51] },
    properties: { name: 'Circle', radiusMetres: 50 },
  };
  const area = {
    geometry: { type: 'Polygon', coordinates: SQUARE },
    properties: { name: 'Square', priority: 'victim' },
  };
  const parts = { geometry: { type: 'MultiPolygon', coordinates: [SQUARE] }, properties: { name: 'Parts' } };
  return { type: 'Feature', ...pick(random, [circle, area, parts]) };
}

function makeCursor(random: Random): string {
  const keys = [
    ['F-1'],
    [0],
    [2 ** 53 - 1],
    [1e300],
    ['a\0'],
    ['\ud800'],
    ['2026-01-01T00:00:00Z', 'F-1'],
    ['+275760-09-13T00:00:00Z', 'x'],
  ];
  return Buffer.from(JSON.stringify(pick(random, [...keys, [], null, {}]))).toString('base64url');
}

/** What the texts of a query stand for by the document's own schemas: whether it takes them. */
function isQueryValid(parameters: readonly Parameter[], query: readonly (readonly [string, string])[]): boolean {
  const named = new Set(query.map(([name]) => name));
  if (named.size < query.length) return false;
  return query.every(([name, text]) => {
    const schema = parameters.find((each) => each.in === 'query' && each.name === name)?.schema;
    if (schema === undefined) return false;
    const isNumeric = schema.type === 'integer' || schema.type === 'number';
    if (isNumeric) return /^-?\d+(\.\d+)?$/.test(text) && validatorOf(schema).Check(Number(text));
    if (schema.type === 'boolean') return text === 'true' || text === 'false';
    return validatorOf(schema).Check(text);
  });
}

interface Made extends Sent {
  /** Whether the document itself refuses it. */
  readonly isRefused: boolean;
}

/** UTF-8 has no halves of characters: these become U+FFFD on their way. */
const toWellFormed = (text: string) => Buffer.from(text).toString();
const escapeStep = (text: string) => encodeURIComponent(toWellFormed(text));

function makeBody(path: string, content: Content, random: Random): Pick<Made, 'body' | 'headers' | 'isRefused'> {
  const types = Object.keys(content);
  const type =
    random() < 0.7
      ? (types[0] as string)
      : pick(random, [...types, 'text/plain', 'application/xml', 'nonsense', '*/*']);
  const schema = content[type]?.schema ?? content[types[0] as string]?.schema ?? {};
  const right = path.includes('/zones/') ? makeZone(random) : makeValue(schema, random);
  const how = random();
  const value = how < 0.5 ? right : spoil(how < 0.8 ? right : spoil(right, random), random);
  const json = Buffer.from(JSON.stringify(value) ?? '');
  const rubbish: readonly Buffer[] = [
    json.subarray(0, Math.floor(random() * json.length)),
    Buffer.from([0xff, 0xfe, ...json]),
    Buffer.from(`\ufeff${json}`),
    Buffer.from('['.repeat(5_000)),
    Buffer.from(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`),
    Buffer.from('{"name":1e999}'),
    Buffer.from('{"__proto__":{"name":"x"},"name":"x"}'),
    Buffer.alloc(0),
    Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256))),
  ];
  const isRubbish = random() < 0.15;
  const plain = isRubbish ? pick(random, rubbish) : json;
  const encoding = random() < 0.9 ? null : pick(random, ['gzip', 'identity', 'br', 'deflate', 'x', 'gzip, gzip']);
  const body = encoding === 'gzip' && random() < 0.7 ? gzipSync(plain) : plain;
  const mediaType = random() < 0.9 ? type : `${type}; charset=utf-8`;
  return {
    body,
    headers: { 'content-type': mediaType, ...(encoding === null ? {} : { 'content-encoding': encoding }) },
    // Pings are judged one by one, and zones by more than a schema.
    isRefused:
      !isRubbish && !path.endsWith('/pings') && !validatorOf(schema).Check(JSON.parse(json.toString('utf8') || 'null')),
  };
}

function makeRequest(
  template: string,
  method: string,
  operation: Operation,
  random: Random,
  alerts: readonly string[],
): Made {
  const parameters = operation.parameters ?? [];
  let path = template;
  let isRefused = false;
  for (const { name, schema } of parameters.filter((each) => each.in === 'path')) {
    const right = name === 'alertId' && alerts.length > 0 ? pick(random, alerts) : String(makeValue(schema, random));
    const text = random() < 0.85 ? right : makeStrangeText(random).slice(0, 3_000);
    path = path.replace(`{${name}}`, text === '' ? 'x' : escapeStep(text));
  }
  const query: [string, string][] = [];
  for (const { name, schema } of parameters.filter((each) => each.in === 'query')) {
    if (random() < 0.6) continue;
    const right = name === 'cursor' ? makeCursor(random) : String(makeValue(schema, random));
    query.push([name, random() < 0.7 ? right : makeStrangeText(random).slice(0, 3_000)]);
  }
  if (random() < 0.05) query.push([makeStrangeText(random).slice(0, 50), 'x']);
  if (random() < 0.05 && query[0] !== undefined) query.push(query[0]);
  const wellFormed = query.map(([name, text]) => [toWellFormed(name), toWellFormed(text)] as const);
  if (!isQueryValid(parameters, wellFormed)) isRefused = true;
  const search = wellFormed.map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`).join('&');
  const headers: Record<string, string> = {};
  const tags = ['"1"', '"1.0"', '"0"', '*', 'W/"1"', '"999999999999"', 'x', '"1", "2"', ''];
  if (random() < 0.3) headers['if-match'] = pick(random, tags);
  if (random() < 0.05) headers['if-none-match'] = pick(random, tags);
  if (random() < 0.2) headers['idempotency-key'] = pick(random, ['k-1', 'k-2', 'two words', 'x'.repeat(200)]);
  if (random() < 0.2)
    headers['accept'] = pick(random, ['*/*', 'text/csv', 'application/gpx+xml', 'x', ';;q=', 'text/*;q=0', '']);
  const given = operation.requestBody && makeBody(path, operation.requestBody.content, random);
  return {
    method: method.toUpperCase(),
    path: search === '' ? path : `${path}?${search}`,
    headers: { ...headers, ...given?.headers },
    body: given?.body ?? null,
    isRefused: isRefused || given?.isRefused === true,
  };
}

/** Why an answer is not what the document says; null: it is. */
function findFault(operation: Operation, { isRefused, path }: Made, answer: Answer): string | null {
  const { status, headers, body } = answer;
  const isApi = path.startsWith('/api/');
  if (status >= 500) return 'the program failed';
  const documented = operation.responses[String(status)];
  if (documented === undefined) return `the document does not name ${status}`;
  if (isRefused && status < 300) return 'the document refuses this request';
  const mediaType = (headers['content-type'] ?? '').split(';', 1)[0] as string;
  const content = documented.content ?? {};
  if (status >= 400 && mediaType !== 'application/problem+json') return `an error of type ${mediaType}`;
  if (!(mediaType in content)) return `the document does not name ${mediaType}`;
  if (headers['x-content-type-options'] !== 'nosniff') return 'no nosniff';
  if (isApi && headers['cache-control'] !== 'no-store') return 'no no-store';
  const schema = content[mediaType]?.schema;
  if (schema === undefined || !/[/+]json$/.test(mediaType) || schema.type === 'string') return null;
  const validator = validatorOf(schema);
  const value: unknown = JSON.parse(body.toString('utf8'));
  return validator.Check(value)
    ? null
    : `not as the document says: ${JSON.stringify(validator.Errors(value)).slice(0, 1_000)}`;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Whether a path is one of a template's, whatever stands for its parameters. */
function fits(template: string, path: string): boolean {
  const [parts, asked] = [template.split('/'), path.split('/')];
  return parts.length === asked.length && parts.every((part, i) => part.startsWith('{') || part === asked[i]);
}

/** One round: a request of some operation, or a method that an address does not take. Throws what is wrong, with the request. */
export async function fuzzOnce(
  url: string,
  document: ApiDocument,
  random: Random,
  alerts: readonly string[],
): Promise<void> {
  const [template, operations] = pick(random, Object.entries(document.paths));
  const known = METHODS.filter((method) => operations[method] !== undefined);
  if (random() < 0.02) {
    const method = pick(
      random,
      METHODS.filter((each) => !known.includes(each)),
    );
    const path = template.replaceAll(/\{[^}]+\}/g, () => pick(random, IDS));
    // `GET /alerts/actions` asks for the alert `actions`.
    if (Object.entries(document.paths).some(([other, its]) => its[method] !== undefined && fits(other, path))) return;
    const { status, headers } = await send(url, { method: method.toUpperCase(), path, headers: {}, body: null });
    if (status !== 405 || headers.allow === undefined)
      throw new Error(`${method} ${path}: ${status}, not 405 with Allow`);
    return;
  }
  const method = pick(random, known);
  const operation = operations[method] as Operation;
  const made = makeRequest(template, method, operation, random, alerts);
  const answer = await send(url, made).catch((error: unknown) => String(error));
  const fault = typeof answer === 'string' ? answer : findFault(operation, made, answer);
  if (fault === null) return;
  const lines = [
    `${fault}: ${made.method} ${made.path.slice(0, 600)}`,
    `headers ${JSON.stringify(made.headers)}`,
    `body ${made.body === null ? 'none' : JSON.stringify(made.body.toString('latin1').slice(0, 1_500))}`,
    ...(typeof answer === 'string' ? [] : [`answer ${answer.status} ${answer.body.toString('utf8').slice(0, 1_500)}`]),
  ];
  throw new Error(lines.join('\n'));
}
