/**
 * WKT, one zone a line: `POLYGON ((…))` or `MULTIPOLYGON (((…)))`, before it optionally `SRID=4326;`, and before that an id, or an id
 * and a name, parted by tab, `|`, `;` or `,`. Where the first line names columns, one of them `wkt` or `geometry`, the lines are read
 * by these names, as spreadsheets and QGIS write them. Blank lines and those that begin with `#` are passed over.
 */
import { parse } from 'csv-parse/sync';
import { readWkt, WKT_START } from './wkt.js';
import {
  chooseId,
  makeFinding,
  parseField,
  pickZoneFields,
  tellLeftOut,
  type ZoneFeature,
  type ZoneFileContent,
  type ZoneFileOptions,
  type ZoneFinding,
} from './zone-file-item.js';

const DELIMITERS = ['\t', '|', ';', ','] as const;
const GEOMETRY_COLUMN = /^(wkt|ewkt|geom|geometry|the_geom|wkt_geom)$/i;
const ID_COLUMN = /^(id|zone_?id)$/i;

interface Layout {
  readonly delimiter: string;
  /** Null: there is no header; the geometry comes last, an id and a name may stand before it. */
  readonly columns: readonly string[] | null;
}

interface Row {
  readonly wkt: string;
  readonly fields: ReadonlyMap<string, string>;
}

function split(line: string, delimiter: string): string[] {
  const [row = []] = parse(line, { delimiter, relax_quotes: true, relax_column_count: true }) as string[][];
  return row.map((field) => field.trim());
}

/** What a first line says about the others; null: it is one of them. */
function readHeader(line: string): Layout | null {
  if (WKT_START.test(line)) return null;
  const delimiter = DELIMITERS.find((each) => line.includes(each)) ?? ',';
  let columns: string[];
  try {
    columns = split(line, delimiter);
  } catch {
    // Quotes that do not end: told when it is read as a line.
    return null;
  }
  return columns.some((name) => GEOMETRY_COLUMN.test(name)) ? { delimiter, columns } : null;
}

/** A line without header: whatever stands before the geometry, and the geometry. */
function readPlain(line: string): Row | null {
  const start = WKT_START.exec(line)?.index;
  if (start === undefined) return null;
  const isQuoted = line[start - 1] === '"';
  const before = line.slice(0, isQuoted ? start - 1 : start).trimEnd();
  const wkt = isQuoted ? line.slice(start).replace(/"\s*$/, '') : line.slice(start);
  const delimiter = DELIMITERS.find((each) => line.slice(0, start).includes(each)) ?? ',';
  const fields = split(before.replace(/[\t|;,]\s*$/, ''), delimiter);
  const [id, name] = fields;
  const named = [['id', id] as const, ['name', name] as const].filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return { wkt, fields: new Map(named as [string, string][]) };
}

function readByColumns(line: string, { delimiter, columns }: Layout & { columns: readonly string[] }): Row {
  const values = split(line, delimiter);
  // A geometry in the last column may hold the delimiter, and nobody quoted it.
  if (values.length > columns.length && GEOMETRY_COLUMN.test(columns.at(-1)!)) {
    values.push(values.splice(columns.length - 1).join(delimiter));
  }
  const fields = new Map<string, string>();
  let wkt = '';
  columns.forEach((column, i) => {
    const value = values[i] ?? '';
    if (GEOMETRY_COLUMN.test(column)) wkt = value;
    else if (value !== '') fields.set(column, value);
  });
  return { wkt, fields };
}

function toFeature(
  { wkt, fields }: Row,
  about: { number: number; line: number },
  options: ZoneFileOptions,
  findings: ZoneFinding[],
): ZoneFeature | null {
  const take = (from: string | null, pattern: RegExp): string | undefined => {
    const column = [...fields.keys()].find((name) => (from === null ? pattern.test(name) : name === from));
    return column === undefined ? undefined : fields.get(column);
  };
  const given = take(options.idFrom, ID_COLUMN);
  const ownName = take(options.nameFrom, /^name$/i);
  const { id, findings: aboutId } = chooseId(given, ownName, about, options);
  findings.push(...aboutId);
  const others: Record<string, unknown> = {};
  for (const [column, text] of fields) {
    const isRead =
      column === options.idFrom || column === options.nameFrom || /^name$/i.test(column) || ID_COLUMN.test(column);
    if (!isRead) others[column] = parseField(column, text);
  }
  const { kept, left } = pickZoneFields(others, options.ignoresUnknown);
  findings.push(...tellLeftOut(left, { ...about, id }));
  // A line that has an id and nothing else is known by it.
  const properties = { name: ownName ?? id ?? undefined, ...kept };
  const read = readWkt(wkt);
  if (!read.ok) {
    findings.push(makeFinding({ ...about, id }, { severity: 'error', check: 'unreadable', detail: read.detail }));
    return null;
  }
  return { ...about, id, feature: { type: 'Feature', properties, geometry: read.geometry } };
}

/** A file that is something else says so once, and not line by line. */
function tellNoWkt(lines: number): ZoneFinding {
  const detail = `None of the ${lines} lines of this file holds WKT (POLYGON or MULTIPOLYGON): is it a file of another kind?`;
  return makeFinding({ number: 1, line: 1 }, { severity: 'error', check: 'unreadable', detail });
}

/** Reads a text; lines that are no zone are told, and never throws. */
export function readWktZones(text: string, options: ZoneFileOptions): ZoneFileContent {
  const findings: ZoneFinding[] = [];
  const features: ZoneFeature[] = [];
  let layout: Layout | null = null;
  let isFirst = true;
  let number = 0;
  let withoutWkt = 0;
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (isFirst) {
      isFirst = false;
      layout = readHeader(line);
      if (layout !== null) continue;
    }
    number += 1;
    const about = { number, line: index + 1 };
    let row: Row | null;
    try {
      row = layout?.columns ? readByColumns(line, { ...layout, columns: layout.columns }) : readPlain(line);
    } catch (error) {
      // Quotes that do not end, and the like.
      const detail = `The line cannot be parted into columns: ${(error as Error).message}`;
      findings.push(makeFinding(about, { severity: 'error', check: 'unreadable', detail }));
      continue;
    }
    if (row === null) {
      withoutWkt += 1;
      const detail = 'There is no WKT in this line (POLYGON or MULTIPOLYGON).';
      findings.push(makeFinding(about, { severity: 'error', check: 'unreadable', detail }));
      continue;
    }
    const feature = toFeature(row, about, options, findings);
    if (feature !== null) features.push(feature);
  }
  if (withoutWkt > 1 && withoutWkt === number) return { features, conditions: [], findings: [tellNoWkt(number)] };
  return { features, conditions: [], findings };
}
