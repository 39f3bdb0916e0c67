/**
 * `npm run bench -- --pack`: what an evidence pack of a day and of a week at a fix a minute takes, by the thread that builds it, and by
 * its parts. It reports; it never fails on time.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { toCanonicalBytes } from '../src/canonical-json.js';
import { toListed } from '../src/evidence/build-pack.js';
import type { buildPackBeside } from '../src/evidence/build-pack-thread.js';
import { type PackFile, writeContainer } from '../src/evidence/container.js';
import { alertsOf, auditOf, recordsOf } from '../src/evidence/editions.js';
import { writeInputs } from '../src/evidence/inputs-file.js';
import { toPackModel } from '../src/evidence/measure-track.js';
import type { PackSource } from '../src/evidence/pack-model.js';
import { writeReport } from '../src/evidence/report/write-report.js';
import { writeStatement } from '../src/evidence/statement.js';
import { writeTracks } from '../src/evidence/track-files.js';
import { writeZones } from '../src/evidence/zones-file.js';
import { makeSigningKey, readSigningKey } from '../src/signing-key.js';
import { makeModel, ORDER } from '../test/support/pack.js';
import { describeMachine, machineLine } from './machine.js';
import { readAsked, wholeNumber, words } from './run/asked.js';

/** The aims of the contract: seconds for a day, bytes for a week. */
const AIMS = 'aims: a day < 3 s, a week < 25 MB';
const MINUTES_A_DAY = 1_440;
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** An hour in a zone in the evening of the last day, and a battery that is low: what either rests on is all that came before. */
function makeSource(days: number): PackSource {
  const count = days * MINUTES_A_DAY;
  const startMs = Date.parse('2026-11-13T00:00:00Z');
  const isInside = (i: number) => i >= count - 240 && i < count - 180;
  const { terms: _, track, ...model } = makeModel({ startMs, count, isInside });
  return { ...model, track: track.map(({ fix }) => fix) };
}

interface Taken {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function measure<Made>(work: () => Made | Promise<Made>): Promise<readonly [Made, Taken]> {
  const [cpu, fromMs] = [process.cpuUsage(), performance.now()];
  const made = await work();
  const { user, system } = process.cpuUsage(cpu);
  return [made, { cpuMs: (user + system) / 1_000, wallMs: performance.now() - fromMs }];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

/** The thread as the program starts it, from the record's data to the file: with all that is loaded and compiled for it. */
async function measureThread(source: PackSource, keyFile: string, runs: number): Promise<void> {
  const built = pathToFileURL(join(root, 'dist', 'evidence', 'build-pack-thread.js')).href;
  const { buildPackBeside: build } = (await import(built)) as { readonly buildPackBeside: typeof buildPackBeside };
  for (let run = 1; run <= runs; run++) {
    const request = { source, order: ORDER, keyFile, timeStampUrl: null };
    const [{ file }, { cpuMs, wallMs }] = await measure(() => build(request, new AbortController().signal));
    console.log(
      `  the thread, run ${run}: ${seconds(cpuMs)} of processor, ${seconds(wallMs)} by the clock, ${megabytes(file.byteLength)}`,
    );
  }
}

/** In this thread, in the order of `buildPack`; what comes first is compiled first. */
async function measureParts(source: PackSource, keyFile: string): Promise<void> {
  const key = readSigningKey(keyFile);
  const files: PackFile[] = [];
  const tell = (what: string, { cpuMs }: Taken, bytes: number | null) =>
    console.log(`    ${what.padEnd(36)} ${seconds(cpuMs)}${bytes === null ? '' : `, ${megabytes(bytes)}`}`);
  const part = async (what: string, work: () => readonly PackFile[] | Promise<readonly PackFile[]>) => {
    const [made, taken] = await measure(work);
    files.push(...made);
    tell(
      what,
      taken,
      made.reduce((sum, { bytes }) => sum + bytes.byteLength, 0),
    );
  };
  const [model, measured] = await measure(() => toPackModel(source));
  tell('distances and likelihoods', measured, null);
  await part('alert, record, audit, zone', () => [
    { name: 'alert.json', bytes: toCanonicalBytes(alertsOf(model, 'full')) },
    { name: 'record.json', bytes: toCanonicalBytes(recordsOf(model, 'full')) },
    { name: 'audit.json', bytes: toCanonicalBytes(auditOf(model.audit, 'full')) },
    { name: 'zone.geojson', bytes: toCanonicalBytes(writeZones(model)) },
  ]);
  await part('track in four formats', () => writeTracks(model));
  await part('inputs.ndjson', () => [{ name: 'inputs.ndjson', bytes: writeInputs(model) }]);
  const [listed, hashed] = await measure(() => files.map(toListed));
  tell('hashes', hashed, null);
  await part('report.pdf', () => [{ name: 'report.pdf', bytes: writeReport(model, ORDER, listed, key.keyId) }]);
  await part('statement.docx', async () => [
    { name: 'statement.docx', bytes: await writeStatement(model, ORDER, listed) },
  ]);
  const [zip, zipped] = await measure(() => writeContainer(files, ORDER.madeAtMs));
  tell('the container, deflated', zipped, zip.byteLength);
}

function readDays(text: string): number[] {
  const days = text.split(',').map(Number);
  if (!days.every((each) => Number.isInteger(each) && each >= 1 && each <= 366))
    throw new Error('whole numbers of days, 1 to 366, with commas between them');
  return days;
}

async function main(): Promise<number> {
  const asked = readAsked('pack', {
    days: words('LIST', [1, 7], 'of how many days, at a fix a minute with two alerts (1,7)', readDays),
    runs: wholeNumber(3, 1, 100, 'of each'),
  });
  if (typeof asked === 'number') return asked;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-pack-bench-'));
  const keyFile = join(folder, 'key.pem');
  makeSigningKey(keyFile);
  console.log(`${machineLine(describeMachine())}; ${AIMS}`);
  try {
    for (const days of asked.days) {
      console.log(`${days === 1 ? 'a day' : `${days} days`} at a fix a minute, two alerts, the full pack`);
      const source = makeSource(days);
      await measureThread(source, keyFile, asked.runs);
      await measureParts(source, keyFile);
    }
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
