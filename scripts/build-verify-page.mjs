/**
 * What verifies packs where there is no Tagwatch. The page is one file that asks for nothing else: script and style stand in it, and its
 * own policy lets these alone run, by their hashes, and nothing be fetched; its thread is the same script, as a blob. The command is one file for Node.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

export const VERIFY_PAGE = 'tagwatch-verify.html';
export const VERIFY_COMMAND = 'tagwatch-verify.mjs';

/** `engine`: the version of the engine that is built into it. */
export function buildVerifyPage({ root, outDir, engine }) {
  const from = join(root, 'src', 'verify-page');
  const bundle = (entry, options = {}) =>
    buildSync({
      entryPoints: [join(from, entry)],
      bundle: true,
      write: false,
      minify: true,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'inline',
      logLevel: 'warning',
      ...options,
    }).outputFiles[0].text.trim();
  const script = bundle('page.ts', { define: { ENGINE_VERSION: JSON.stringify(engine) } });
  const style = bundle('page.css');
  const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; worker-src blob:`;
  const parts = {
    'content="%POLICY%"': `content="${policy}"`,
    '<link rel="stylesheet" href="page.css">': `<style>${style}</style>`,
    '<script src="page.ts"></script>': `<script>${script}</script>`,
  };
  let html = readFileSync(join(from, 'page.html'), 'utf8');
  for (const [place, part] of Object.entries(parts)) {
    if (!html.includes(place)) throw new Error(`page.html lacks ${place}`);
    html = html.replace(place, () => part);
  }
  mkdirSync(outDir, { recursive: true });
  writeFileSync(join(outDir, VERIFY_PAGE), html);
}

/** `version` of the program, `engine`: the version of the engine that is built into it. */
export function buildVerifyCommand({ root, outDir, version, engine }) {
  buildSync({
    entryPoints: [join(root, 'src', 'cli', 'verify-alone.ts')],
    outfile: join(outDir, VERIFY_COMMAND),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'inline',
    logLevel: 'warning',
    define: { ENGINE_VERSION: JSON.stringify(engine), PROGRAM_VERSION: JSON.stringify(version) },
  });
}
