/** An older commit of this project, built in a clone of its own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

export interface OlderProgram {
  /** Its `dist/main.js`. */
  readonly main: string;
  remove(): void;
}

/** The packages that it is built from and runs on are this project's where they are the same, else its own by `npm ci`. */
function havePackages(clone: string): Promise<unknown> {
  const packages = (folder: string) => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { ...devDependencies, ...dependencies } as Readonly<Record<string, string>>;
  };
  const [own, ours] = [packages(clone), packages(root)];
  const shared = Object.fromEntries(Object.keys(own).map((name) => [name, ours[name]]));
  if (!isDeepStrictEqual(shared, own)) return run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: clone });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  return Promise.resolve();
}

/** Rejects where the commit is not in this clone's history: what cannot be tested has not been. */
export async function buildOlderProgram(commit: string): Promise<OlderProgram> {
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-older-'));
  const clone = join(folder, 'clone');
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: root }).catch(() => {
      throw new Error(
        `commit ${commit} is not in this clone: fetch its whole history (git fetch --unshallow), or the upgrade is not tested`,
      );
    });
    await run('git', ['clone', '--quiet', '--no-checkout', root, clone]);
    await run('git', ['checkout', '--quiet', commit], { cwd: clone });
    await havePackages(clone);
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
    await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--noCheck'], { cwd: clone });
    const assets = [join('scripts', 'build-assets.mjs'), join('src', 'build-assets.mjs')];
    await run(process.execPath, [assets.find((file) => existsSync(join(clone, file)))!], { cwd: clone });
    return { main: join(clone, 'dist', 'main.js'), remove };
  } catch (error) {
    remove();
    throw error;
  }
}
