/**
 * `npm run bench -- --audit`: what an audit entry costs, and how much later a GET is answered with one. The endpoint gives back one
 * record from memory, so that the difference is the entry's. It reports; it never fails on time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BEFORE_FIRST, hashLink } from '../src/audit/chain.js';
import { createApp } from '../src/http/app.js';
import { openEmbeddedLog } from '../src/log/embedded.js';
import { connectKafka } from '../src/log/kafka.js';
import { withTopicPrefix } from '../src/log/prefixed.js';
import type { AuditEntry, AuditFacts, AuditTrail } from '../src/ports/audit.js';
import type { EventLog } from '../src/ports/event-log.js';
import type { Log } from '../src/ports/log.js';
import { OWN_TOPICS } from '../src/ports/topics.js';
import { startAuditing } from '../src/roles/auditing/auditing.js';
import { describeMachine, machineLine } from './machine.js';
import { readAsked, toggle, wholeNumber } from './run/asked.js';
import { openServices } from './run/services.js';

const CALLERS = 64;
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const silent: Log = { debug() {}, info() {}, warn() {}, error: (...said: unknown[]) => console.error(...said) };

const facts = (n: number): AuditFacts => ({
  what: 'records.read',
  act: 'consultation',
  when: new Date(1_800_000_000_000 + n).toISOString(),
  who: 'https://login.example/realms/kent#0f8fad5b-d9cb-469f-a165-70867728950e',
  roles: ['sergeant'],
  scope: { areas: [{ forces: ['kent'], divisions: 'all', schemes: 'all' }], wearerIds: [], tagPrefixes: [] },
  subjectId: `W-${n}`,
  subjectType: 'wearer',
  wearerIds: [`W-${n}`],
  outcome: 'done',
  operationId: 'GET /api/v1/wearers/:wearerId',
  correlationId: `7c9e6679-7425-40de-944b-e07fc1f9${String(n).padStart(4, '0')}`,
  address: '10.0.0.7',
});

async function sayAll(audit: AuditTrail, entries: number): Promise<void> {
  let next = 0;
  const call = async () => {
    while (next < entries) await audit.append(facts(next++));
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
}

async function measureRequests(audit: AuditTrail | undefined, requests: number): Promise<string> {
  const app = await createApp({ log: silent, ...(audit !== undefined && { audit }) });
  app.get('/api/v1/wearers/:wearerId', { config: { operation: 'records.read' } }, (request) => request.params);
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1/wearers/W-1`;
  const takenMs: number[] = [];
  for (let n = 0; n < requests * 1.1; n++) {
    const from = performance.now();
    await (await fetch(url)).arrayBuffer();
    // The first tenth warms up.
    if (n >= requests / 10) takenMs.push(performance.now() - from);
  }
  await app.close();
  takenMs.sort((a, b) => a - b);
  const at = (share: number) => takenMs[Math.floor(takenMs.length * share)]!.toFixed(2);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

async function main(): Promise<number> {
  const asked = readAsked('audit', {
    embedded: toggle('on the embedded log; otherwise on Kafka (KAFKA_BROKERS and DATABASE_URL, or a pair of its own)'),
    entries: wholeNumber(30_000, 100, 10_000_000, 'that are said'),
    requests: wholeNumber(3_000, 1, 1_000_000, 'that are sent, one after another, with and without'),
  });
  if (typeof asked === 'number') return asked;
  const { entries, requests } = asked;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-audit-bench-'));
  const services = await openServices(root, folder, asked.embedded);
  const brokers = services.env['KAFKA_BROKERS'];
  const log: EventLog =
    brokers === undefined
      ? openEmbeddedLog({ directory: join(folder, 'log'), log: silent })
      : withTopicPrefix(
          connectKafka({ brokers: brokers.split(','), clientId: 'audit-bench', log: silent }),
          `audit-bench-${process.pid}.`,
        );
  try {
    await log.ensureTopics(OWN_TOPICS);
    const audit = await startAuditing({
      log,
      logger: silent,
      service: 'tagwatch bench',
      directory: join(folder, 'kept'),
    });
    await sayAll(audit, entries / 10);
    const before = process.cpuUsage();
    const from = performance.now();
    await sayAll(audit, entries);
    const elapsedMs = performance.now() - from;
    const { user, system } = process.cpuUsage(before);
    const entry: AuditEntry = { ...facts(0), service: 'tagwatch bench', writer: 'AbCdEfGhIjKl', n: entries };
    const hashFrom = process.cpuUsage();
    let hash: Uint8Array = BEFORE_FIRST;
    for (let n = 0; n < entries; n++) hash = hashLink(hash, n, entry);
    const hashing = process.cpuUsage(hashFrom);
    const perEntry = (ms: number) => `${((ms / entries) * 1_000).toFixed(1)} µs`;
    console.log(`${machineLine(describeMachine())}; ${services.kind}`);
    console.log(
      `an entry, ${CALLERS} callers at once: ${perEntry((user + system) / 1_000)} of processor, ${perEntry(elapsedMs)} by the clock`,
    );
    console.log(
      `an entry has ${JSON.stringify(entry).length} bytes; its link of the chain takes ${perEntry((hashing.user + hashing.system) / 1_000)} of processor`,
    );
    console.log(`a GET without an entry: ${await measureRequests(undefined, requests)}`);
    console.log(`a GET with one:         ${await measureRequests(audit, requests)}`);
    await audit.stop();
    return 0;
  } finally {
    await log.close();
    await services.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
