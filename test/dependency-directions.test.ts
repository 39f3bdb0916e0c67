import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');

/**
 * Who may import whom: `architecture.md`, "Layout", as data. A folder may always import itself. `folder/file` allows that file
 * alone. `*` is anything: the composition root and its commands. Packages are listed only where a part is pure.
 */
interface Rule {
  readonly parts: readonly string[];
  readonly packages?: readonly string[];
}

const TYPES = 'engine/types';
const LOCK = 'directory-lock.ts';
const WORKER = 'worker-file.ts';
const UNDER_WAY = 'under-way.ts';
const KEY = 'signing-key.ts';
const CANONICAL = 'canonical-json.ts';
/** What an adapter may know: what it gives, and the words of what passes through it. */
const PORTS = ['ports', 'wire', 'alerts', 'access', TYPES];
/** What works behind the ports and knows no adapter. */
const INNER = [...PORTS, 'engine', 'watchlist', 'audit', KEY];

const ALLOWED: Readonly<Record<string, Rule | '*'>> = {
  engine: { parts: [], packages: ['rbush'] },
  alerts: { parts: [TYPES], packages: [] },
  access: { parts: [TYPES, 'wire'], packages: [] },
  wire: { parts: [TYPES, 'alerts'], packages: ['typebox'] },
  ports: { parts: ['engine', 'alerts', 'access'], packages: [] },
  watchlist: { parts: INNER },
  views: { parts: INNER },
  roles: { parts: INNER },
  log: { parts: [...PORTS, LOCK, UNDER_WAY] },
  store: { parts: [...PORTS, LOCK, WORKER, UNDER_WAY] },
  [LOCK]: { parts: [] },
  [WORKER]: { parts: [] },
  [UNDER_WAY]: { parts: [] },
  [KEY]: { parts: [] },
  audit: { parts: ['ports', KEY, CANONICAL] },
  [CANONICAL]: { parts: [], packages: ['canonicalize'] },
  formats: { parts: PORTS },
  // The re-run is the reconciler's, and pure.
  evidence: {
    parts: [
      ...INNER,
      'formats',
      'views',
      'records',
      'store',
      'roles/reconciler/rerun',
      'roles/reconciler/ordered-rerun',
      KEY,
      CANONICAL,
      WORKER,
    ],
  },
  // The same re-run, over what was never in force.
  rehearsal: { parts: [...INNER, 'records', 'store', 'roles/reconciler/rerun', WORKER] },
  // A judgement of fixes, as pure as the engine's.
  matching: { parts: ['engine'], packages: [] },
  // Where somebody stays, and with whom: found in fixes, and as pure.
  patterns: { parts: ['engine', 'schemes/intervals'], packages: [] },
  // Who was where a crime was, over what is on record.
  crimes: { parts: [...INNER, 'matching', 'formats', 'views', 'store', WORKER] },
  // What is told of a cohort has to be the same years later.
  schemes: { parts: [...PORTS, 'engine'], packages: [] },
  records: { parts: [...PORTS, 'access', 'formats', 'watchlist'] },
  recall: { parts: [...PORTS, 'formats', 'records', 'store', 'evidence'] },
  briefing: { parts: [...INNER, 'views', 'store', 'schemes', 'evidence'] },
  http: {
    parts: [
      ...PORTS,
      'access',
      'formats',
      'records',
      'store',
      'schemes',
      'recall',
      'briefing',
      'rehearsal/rehearsed-records',
      'rehearsal/rehearsed-watch',
      'matching',
      'crimes',
    ],
  },
  // Ground truth knows nothing of the engine but its words.
  simulator: { parts: [TYPES] },
  // The verifier and its words, in a browser.
  'verify-page': { parts: ['evidence'], packages: [] },
  console: { parts: ['wire', 'alerts', 'access', 'patterns', TYPES] },
  // The composition root: it alone knows which log and which database it is. Commands construct what they need as well.
  start: '*',
  'main.ts': '*',
  cli: '*',
  demo: '*',
  trial: { parts: ['simulator', 'engine', 'roles', 'ports', 'alerts', 'formats', 'watchlist'] },
};

/** Folders that hold no clock, no input or output and no chance: what they compute must be the same years later. */
const PURE = ['engine', 'alerts', 'access', 'matching', 'schemes', 'patterns'];
const IMPURE: Readonly<Record<string, RegExp>> = {
  'Date.now': /\bDate\.now\b/,
  'new Date()': /\bnew Date\(\s*\)/,
  'Math.random': /\bMath\.random\b/,
  performance: /\bperformance\b/,
  process: /\bprocess\b(?!:)/,
  setTimeout: /\bsetTimeout\b/,
  setInterval: /\bsetInterval\b/,
  'node:': /['"]node:/,
};

interface Import {
  readonly from: string;
  /** A file under src, or a package. */
  readonly to: string;
  readonly isFile: boolean;
}

/** Comments and text are not code: words in them are free. String contents stay where they name a module. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(^|[^:'"`])\/\/.*$/gm, '$1');
}

function sourceFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx)$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => name.split(sep).join('/'));
}

/** Static and dynamic imports and re-exports of TypeScript as this project writes it. */
function importsOf(file: string, source: string): Import[] {
  const found = withoutComments(source).matchAll(
    /(?:^|[\s;])(?:import|export)\s(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
  );
  return [...found].map((match) => {
    const target = (match[1] ?? match[2])!;
    if (!target.startsWith('.')) return { from: file, to: target, isFile: false };
    const to = relative(root, join(root, dirname(file), target))
      .split(sep)
      .join('/');
    return { from: file, to: to.replace(/\.js$/, '.ts'), isFile: true };
  });
}

const partOf = (file: string): string => file.split('/')[0]!;

/** Why an import is forbidden; null where it is not. */
function whyForbidden({ from, to, isFile }: Import): string | null {
  const rule = ALLOWED[partOf(from)];
  if (rule === undefined) return `${partOf(from)} is not in the table: say what it may import`;
  if (rule === '*') return null;
  if (!isFile) {
    const isListed = rule.packages?.some((name) => to === name || to.startsWith(`${name}/`)) ?? true;
    return isListed ? null : `${partOf(from)} may not use the package ${to}`;
  }
  if (partOf(from) === partOf(to)) return null;
  const allowed = rule.parts.some((part) => to === `${part}.ts` || partOf(to) === part);
  return allowed ? null : `${partOf(from)} may not import ${to}`;
}

/** A circle of imports as the files on it; null where there is none. */
function findCircle(imports: readonly Import[]): string[] | null {
  const next = new Map<string, string[]>();
  for (const each of imports) if (each.isFile) next.set(each.from, [...(next.get(each.from) ?? []), each.to]);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | null => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return null;
    for (const target of next.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of next.keys()) {
    const circle = visit(file, []);
    if (circle !== null) return circle;
  }
  return null;
}

describe('the direction of dependencies', () => {
  const sources = new Map(sourceFiles().map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const imports = [...sources].flatMap(([file, source]) => importsOf(file, source));

  test('no arrow that architecture.md does not have', () => {
    const forbidden = imports.flatMap((each) => {
      const why = whyForbidden(each);
      return why === null ? [] : [`${each.from}: ${why}`];
    });
    expect(forbidden).toEqual([]);
  });

  test('no circle', () => {
    expect(findCircle(imports)).toBeNull();
  });

  test('a command loads what it runs: few files come with the command line itself', () => {
    const loaded = new Set(['main.ts']);
    for (const file of loaded) {
      const statics = sources.get(file)!.match(/^(?:import|export) (?!type )[^;]*?from '[^']+';/gm) ?? [];
      for (const { to, isFile } of statics.flatMap((line) => importsOf(file, line))) if (isFile) loaded.add(to);
    }
    expect([...loaded]).toContain('start/version.ts');
    expect(loaded.size, [...loaded].join(', ')).toBeLessThan(10);
  });

  test.each(PURE)('%s has no clock, no chance, no input or output', (part) => {
    const impure = [...sources]
      .filter(([file]) => partOf(file) === part)
      .flatMap(([file, source]) =>
        Object.entries(IMPURE)
          .filter(([, pattern]) => pattern.test(withoutComments(source)))
          .map(([name]) => `${file}: ${name}`),
      );
    expect(impure).toEqual([]);
  });
});

describe('the reader of imports', () => {
  test('sees every way of importing, and no comment', () => {
    const source = [
      `import { a } from './a.js';`,
      `import type {\n  b,\n} from '../alerts/b.js';`,
      `export * from "./c.js";`,
      `import './d.js';`,
      `const e = await import('node:fs');`,
      `// import { f } from './f.js';`,
      `/* import { g } from './g.js'; */`,
    ].join('\n');
    expect(importsOf('engine/x.ts', source).map((each) => each.to)).toEqual([
      'engine/a.ts',
      'alerts/b.ts',
      'engine/c.ts',
      'engine/d.ts',
      'node:fs',
    ]);
  });

  test('refuses what it should', () => {
    const why = (from: string, to: string, isFile = true) => whyForbidden({ from, to, isFile });
    expect(why('engine/advance.ts', 'ports/clock.ts')).toMatch(/may not import/);
    expect(why('engine/advance.ts', 'node:fs', false)).toMatch(/may not use/);
    expect(why('engine/near/shared-index.ts', 'rbush', false)).toBeNull();
    expect(why('alerts/event.ts', 'engine/types.ts')).toBeNull();
    expect(why('alerts/event.ts', 'engine/advance.ts')).toMatch(/may not import/);
    expect(why('store/pings.ts', 'log/kafka.ts')).toMatch(/may not import/);
    expect(why('http/app.ts', 'store/pings.ts')).toBeNull();
    expect(why('main.ts', 'log/kafka.ts')).toBeNull();
    expect(why('elsewhere/x.ts', 'engine/types.ts')).toMatch(/not in the table/);
  });

  test('finds a circle', () => {
    const arrow = (from: string, to: string): Import => ({ from, to, isFile: true });
    expect(findCircle([arrow('a', 'b'), arrow('b', 'c'), arrow('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(findCircle([arrow('a', 'b'), arrow('a', 'c'), arrow('b', 'c')])).toBeNull();
  });
});
