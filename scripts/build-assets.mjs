/** Puts beside the compiled program what the compiler does not: SQL migrations, the console, and the page and the command that verify packs. */
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { buildVerifyCommand, buildVerifyPage } from './build-verify-page.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

cpSync(join(root, 'src', 'store', 'migrations'), join(root, 'dist', 'store', 'migrations'), { recursive: true });

const { readEngineVersion } = await import(pathToFileURL(join(root, 'dist', 'start', 'engine-version.js')).href);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const verifier = { root, outDir: join(root, 'dist', 'verify-page'), version, engine: readEngineVersion() };
buildVerifyPage(verifier);
buildVerifyCommand(verifier);

await build({
  configFile: false,
  root: join(root, 'src', 'console'),
  // Pages lie at several depths (`/alerts/ID`): what they load is named from the root.
  base: '/',
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  css: {
    // GOV.UK's CSS has a hack for old browsers that is not CSS.
    lightningcss: { errorRecovery: true },
    preprocessorOptions: { scss: { loadPaths: [join(root, 'node_modules')], quietDeps: true } },
  },
  build: {
    outDir: join(root, 'dist', 'console'),
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    // The policy allows files of our own alone: neither scripts nor fonts in data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
    // The map with its worker is what it is, and comes late.
    chunkSizeWarningLimit: 1_200,
  },
  worker: { format: 'es' },
});
