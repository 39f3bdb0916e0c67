/** Which columns a track file has, and what is missing among them. */
import { findLayout, type Layout } from './track-fields.js';
import { namesOf } from './track-names.js';

const REQUIRED = ['latitude', 'longitude', 'time'] as const;
/** Characters of the names that a file has, in what is said of it: enough to see which file it is. */
const MAX_SEEN_LENGTH = 1_000;

/**
 * The columns of a header, or what is missing, told with what was seen and what was looked for. `tagColumn`: the name of the column
 * that holds the tag, as it stands there or but for capitals and separators; null: none does.
 */
export function findColumns(
  header: readonly string[],
  tagColumn: string | null,
): { readonly ok: true; readonly layout: Layout } | { readonly ok: false; readonly detail: string } {
  const layout = findLayout(header, tagColumn, true);
  const roles = new Set(layout.columns.map(({ role }) => role));
  const missing = REQUIRED.filter((role) => !roles.has(role)).map(
    (role) => `  ${role}: looked for ${namesOf(role).join(', ')}`,
  );
  if (tagColumn !== null && layout.tag === null) missing.push(`  tag: looked for ${tagColumn}`);
  if (missing.length === 0) return { ok: true, layout };
  const names = header.slice(0, 50).map((name) => name.slice(0, 60));
  const seen = names.join(', ').slice(0, MAX_SEEN_LENGTH);
  const detail =
    `The first line must name the columns, and these are missing (capitals and separators do not matter):\n` +
    `${missing.join('\n')}\n  columns seen: ${seen}`;
  return { ok: false, detail };
}
