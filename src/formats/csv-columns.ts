/** Which column of a track file holds what, found by its name. */
import { FIELD_ROLES, type FieldRole, namesOf, normaliseName } from './track-fields.js';

/** What a fix can take from a file. `factor` turns the column's unit into the wire's. */
export interface Column {
  readonly index: number;
  readonly factor: number;
}

export interface TrackColumns {
  /** By what they hold; latitude, longitude and time are always there. */
  readonly fields: ReadonlyMap<FieldRole, Column>;
  /** Null: one tag for the whole file. */
  readonly tag: number | null;
}

const REQUIRED = ['latitude', 'longitude', 'time'] as const satisfies readonly FieldRole[];

function findColumn(names: readonly string[], role: FieldRole): Column | null {
  for (const { name, factor } of namesOf(role)) {
    const index = names.indexOf(name);
    if (index !== -1) return { index, factor };
  }
  return null;
}

/**
 * The columns of a header, or what is missing, told with what was seen and what was looked for. `tagColumn`: the name of the column
 * that holds the tag, as it stands there or but for capitals and separators; null: none does.
 */
export function findColumns(
  header: readonly string[],
  tagColumn: string | null,
): { readonly ok: true; readonly columns: TrackColumns } | { readonly ok: false; readonly detail: string } {
  const names = header.map(normaliseName);
  const fields = new Map<FieldRole, Column>();
  for (const role of FIELD_ROLES) {
    const column = findColumn(names, role);
    if (column !== null) fields.set(role, column);
  }
  const exact = tagColumn === null ? -1 : header.indexOf(tagColumn);
  const tag = tagColumn === null || exact !== -1 ? exact : names.indexOf(normaliseName(tagColumn));

  const missing = REQUIRED.filter((role) => !fields.has(role)).map((role) => {
    const known = namesOf(role).map(({ name }) => name);
    return `  ${role}: looked for ${known.join(', ')}`;
  });
  if (tagColumn !== null && tag === -1) missing.push(`  tag: looked for ${tagColumn}`);
  if (missing.length > 0) {
    const seen = header.slice(0, 50).map((name) => name.slice(0, 60));
    const detail =
      `The first line must name the columns, and these are missing (capitals and separators do not matter):\n` +
      `${missing.join('\n')}\n  columns seen: ${seen.join(', ')}`;
    return { ok: false, detail };
  }
  return { ok: true, columns: { fields, tag: tag === -1 ? null : tag } };
}
