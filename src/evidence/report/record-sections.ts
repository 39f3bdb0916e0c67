/** What was on record: each version word for word, with who wrote it, when, and from when it was in force. */

import type { Edition } from '../../wire/pack.js';
import { contentOf } from '../editions.js';
import { bothTimes } from '../finding-sentences.js';
import type { PackModel } from '../pack-model.js';
import type { Sheet } from './sheet.js';
import { drawTable } from './table.js';

const KIND_WORDS: Readonly<Record<string, string>> = {
  wearer: 'Wearer',
  activation: 'Fitting of the tag',
  tag: 'Tag',
  'tag-model': 'Model of the tag',
  order: 'Order',
  condition: 'Condition',
  zone: 'Zone',
  absence: 'Authorised absence',
  suspension: 'Suspension of conditions',
  'custody-period': 'Period in custody',
};

export function writeRecords(sheet: Sheet, { records }: PackModel, edition: Edition): void {
  const columns = [
    { title: 'Record', share: 2, isHead: true },
    { title: 'In force from', share: 2.3 },
    { title: 'Written', share: 2.6 },
    { title: 'What it says', share: 4.6 },
  ];
  const rows = records.flatMap(({ kind, versions }) =>
    versions.map((version) => [
      `${KIND_WORDS[kind] ?? kind} ${version.id}, version ${version.version}`,
      version.effectiveAt === null ? 'always' : bothTimes(version.effectiveAt),
      `${bothTimes(version.recordedAt)}\nby ${version.author}${version.changeReason === null ? '' : `\nbecause: ${version.changeReason}`}`,
      linesOf(kind === 'zone' ? withoutCorners(version.content) : contentOf(kind, version, edition)).join('\n'),
    ]),
  );
  drawTable(sheet, { columns, rows, size: 7.5 });
}

/** Corners by the hundred are for zone.geojson; the map shows them. */
function withoutCorners(content: object): object {
  const { shape, ...rest } = content as {
    readonly shape?: { readonly type: string; readonly polygons?: readonly unknown[] };
  };
  if (shape?.polygons === undefined) return content;
  return { ...rest, shape: `${shape.polygons.length} polygons, corner by corner in zone.geojson` };
}

/** As in `schedule.windows.1.from: 19:00`: by name, and as it was written. */
function linesOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'none' : String(value)}`];
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return [`${path}: ${value.join(', ')}`];
  return Object.entries(value).flatMap(([name, one]) => {
    const key = Array.isArray(value) ? `${Number(name) + 1}` : name;
    return linesOf(one, path === '' ? key : `${path}.${key}`);
  });
}
