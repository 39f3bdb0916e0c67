/**
 * Retention and erasure find everything about a wearer, a scheme, a time and an author: `docs/retention.csv` says by which column of
 * each table, or by which other table. Reviewed by hand; this holds it together with the migrations.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { readMigrations } from '../../src/store/migrate.js';

const QUESTIONS = ['wearer', 'who', 'when', 'scheme'] as const;
type Row = { readonly table: string } & Readonly<Record<(typeof QUESTIONS)[number], string>>;
const rows: readonly Row[] = parse(readFileSync('docs/retention.csv', 'utf8'), { columns: true });

/** The columns of every table, as the migrations make and add them. */
function readTables(): ReadonlyMap<string, ReadonlySet<string>> {
  const tables = new Map<string, Set<string>>();
  const sql = readMigrations()
    .map((migration) => migration.sql.replaceAll(/--.*$/gm, ''))
    .join('\n');
  for (const [, kind, table = '', body = ''] of sql.matchAll(
    /(create|alter) table (?:if not exists )?(\w+)((?:'[^']*'|[^;'])*);/g,
  )) {
    const columns = tables.get(table) ?? new Set<string>();
    if (kind === 'create') tables.set(table, columns);
    const pattern = kind === 'create' ? /^ {2}(\w+) /gm : /add column (?:if not exists )?(\w+)/g;
    for (const [, column = ''] of body.matchAll(pattern)) columns.add(column);
    const parent = /partition of (\w+)/.exec(body)?.[1];
    // A partition has the columns of its table, also later ones.
    if (parent !== undefined && tables.has(parent)) tables.set(table, tables.get(parent)!);
  }
  return tables;
}
const tables = readTables();

test('every table is in the list, and no other', () => {
  expect(rows.map(({ table }) => table).sort()).toEqual([...tables.keys()].sort());
});

test.each(rows)('$table says by which column, its own or another table’s', (row) => {
  const own = tables.get(row.table)!;
  for (const question of QUESTIONS) {
    const said = row[question];
    if (said.startsWith('nobody')) continue;
    const [other, by] = said.split(' by ', 2) as [string, string?];
    if (by === undefined) for (const column of said.split(' ')) expect([...own], said).toContain(column);
    else {
      expect([...own], said).toContain(by);
      expect([...tables.keys()], said).toContain(other);
    }
  }
});
