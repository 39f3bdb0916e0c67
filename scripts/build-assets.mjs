/** Puts beside the compiled program what the compiler does not: SQL migrations and the console's bundle. */
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mapLibre = join(root, 'node_modules', 'maplibre-gl', 'dist');

/** GOV.UK's typeface and crest are licensed for gov.uk alone: neither is shipped, and nothing asks for them. */
const plainGovuk = {
  name: 'plain-govuk',
  setup(builder) {
    builder.onLoad({ filter: /govuk-frontend\.min\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replace(/@font-face\{[^}]*\}/g, '')
        .replaceAll('GDS Transport,', '')
        // A hack for Internet Explorer that is not CSS.
        .replaceAll('screen\\0 and', 'not all and')
        .replace(/url\(\/assets\/images\/govuk-crest\.svg\)/g, 'none'),
      loader: 'css',
    }));
  },
};

cpSync(join(root, 'src', 'store', 'migrations'), join(root, 'dist', 'store', 'migrations'), { recursive: true });

const consoleSource = join(root, 'src', 'console');
const consoleOut = join(root, 'dist', 'console');
await build({
  entryPoints: { main: join(consoleSource, 'main.ts'), style: join(consoleSource, 'console.css') },
  outdir: consoleOut,
  bundle: true,
  format: 'esm',
  target: 'es2022',
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
  tsconfig: join(consoleSource, 'tsconfig.json'),
  // The build whose worker is a file: the page's content security policy allows no code from a blob.
  alias: {
    'maplibre-gl': join(mapLibre, 'maplibre-gl-csp.js'),
    'maplibre-gl/dist/maplibre-gl.css': join(mapLibre, 'maplibre-gl.css'),
  },
  plugins: [plainGovuk],
});
cpSync(join(consoleSource, 'index.html'), join(consoleOut, 'index.html'));
cpSync(join(mapLibre, 'maplibre-gl-csp-worker.js'), join(consoleOut, 'maplibre-worker.js'));
