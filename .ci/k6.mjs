/**
 * The pinned k6: built once with `go install` (about 90 s on two cores) into a cache folder, and its path printed on stdout.
 *
 *   node .ci/k6.mjs
 */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { outputOf, runCommand } from './lib/processes.mjs';

const K6_VERSION = 'v1.8.1';

/** The first Go that fetches by itself the newer Go that a module asks for. */
const OLDEST_GO = [1, 21];

const suffix = process.platform === 'win32' ? '.exe' : '';
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tagwatch-ci');
const binary = join(cache, `k6-${K6_VERSION}${suffix}`);

function checkGo() {
  const found = outputOf('go', ['env', 'GOVERSION']);
  const [, major, minor] = found?.match(/^go(\d+)\.(\d+)/)?.map(Number) ?? [];
  if (major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1])) return;
  console.error(
    `.ci/k6: building k6 ${K6_VERSION} needs Go ${OLDEST_GO.join('.')} or newer; ${found ?? 'none'} is here.`,
  );
  process.exit(1);
}

if (!existsSync(binary)) {
  checkGo();
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    runCommand('go', ['install', `go.k6.io/k6@${K6_VERSION}`], { env: { ...process.env, GOBIN: draft } });
    // In one step, so that several can ask at once; whoever comes last replaces it by the same.
    renameSync(join(draft, `k6${suffix}`), binary);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
console.log(binary);
