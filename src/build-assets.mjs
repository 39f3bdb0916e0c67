/** Puts beside the compiled program what the compiler does not: SQL migrations and the console's bundle. */
import { cpSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
cpSync(join(root, 'src', 'store', 'migrations'), join(root, 'dist', 'store', 'migrations'), { recursive: true });

const consoleSource = join(root, 'src', 'console');
if (existsSync(join(consoleSource, 'main.ts'))) {
  const { build } = await import('esbuild');
  const out = join(root, 'dist', 'console');
  await build({
    entryPoints: [join(consoleSource, 'main.ts')],
    outdir: out,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    logLevel: 'warning',
    loader: { '.svg': 'file' },
  });
  cpSync(join(consoleSource, 'index.html'), join(out, 'index.html'));
}
