/**
 * `npm run bench -- --import`: a generated cohort through `tagwatch records import`, twice, into the built
 * program on a fresh Kafka and PostGIS (DATABASE_URL and KAFKA_BROKERS, or a pair that is started for it).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { cohortLines, RECORDS_EACH } from './import/cohort-file.js';
import { describeMachine } from './machine.js';
import { readAsked, wholeNumber } from './run/asked.js';
import { startProgram } from './run/program.js';
import { openServices } from './run/services.js';

const AIM_A_SECOND = 2_000;
/** The bundle lies in dist/load-tests/. */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

async function runImport(url: string, file: string, part: number): Promise<number> {
  const startedAtMs = performance.now();
  const args = [join(root, 'dist', 'main.js'), 'records', 'import', file, '--url', url, '--part', String(part)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`the import ended with ${code}`);
  return (performance.now() - startedAtMs) / 1_000;
}

async function main(): Promise<number> {
  const asked = readAsked('import', {
    wearers: wholeNumber(12_000, 1, 1_000_000, 'with orders, zones and conditions'),
    part: wholeNumber(1_000, 1, 10_000, 'records in a request'),
  });
  if (typeof asked === 'number') return asked;
  const { wearers } = asked;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-import-'));
  const file = join(folder, 'cohort.ndjson');
  const services = await openServices(root, folder, false);
  try {
    const program = await startProgram(root, folder, services.env);
    try {
      await pipeline(Readable.from(cohortLines(wearers)), createWriteStream(file));
      const records = wearers * RECORDS_EACH;
      const size = `${records.toLocaleString('en-GB')} records, ${Math.round(statSync(file).size / 1e6)} MB`;
      console.log(`${JSON.stringify(describeMachine())}\n${wearers.toLocaleString('en-GB')} wearers: ${size}`);
      const first = await runImport(program.url, file, asked.part);
      const again = await runImport(program.url, file, asked.part);
      const pace = (seconds: number) => `${seconds.toFixed(1)} s, ${Math.round(records / seconds)} records/s`;
      console.log(`written and published: ${pace(first)} (aim: ${AIM_A_SECOND}); again, unchanged: ${pace(again)}`);
      return 0;
    } finally {
      await program.stop();
    }
  } finally {
    await services.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
