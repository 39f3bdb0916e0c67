/** `report.pdf`: what was found, on what it rests, and what speaks against it; it has to stand by itself, without the rest of the pack. */
import { holdsPlaces, withheldOf } from '../editions.js';
import { bothTimes, CERTAINTY_WORDS, certaintyOf, summarise } from '../finding-sentences.js';
import { GENERAL_LIMITS, limitsOfAlert, limitsOfDevice, limitsOfTrack } from '../limits.js';
import type { PackModel, PackOrder } from '../pack-model.js';
import { PARAMETERS } from '../parameters.js';
import type { Manifest } from '../read-manifest.js';
import { writeActions, writeAlertDetail, writeRevisions } from './alert-sections.js';
import { writeOverview } from './maps.js';
import { writeRecords } from './record-sections.js';
import { Sheet } from './sheet.js';
import { drawFacts, drawTable } from './table.js';
import { writeFixes, writeGaps } from './track-sections.js';

export function writeReport(
  model: PackModel,
  order: PackOrder,
  exhibits: Manifest['files'],
  keyId: string,
): Uint8Array {
  const isWhole = holdsPlaces(order.edition);
  const sheet = new Sheet({
    title: `Evidence report ${order.packId}`,
    author: 'Tagwatch',
    marking: order.marking,
    footer: `Evidence report ${order.packId} · ${order.edition} edition`,
    madeAtMs: order.madeAtMs,
  });
  sheet.heading(1, 'Evidence report');
  writeReference(sheet, model, order, isWhole);
  writeSummary(sheet, model);
  writeLimits(sheet, model, isWhole);
  if (isWhole) {
    sheet.heading(2, 'Conditions, zones and orders as they stood');
    writeRecords(sheet, model, order.edition);
    if (model.track.length > 0) writeOverview(sheet, model);
  }
  for (const pack of model.alerts) {
    sheet.heading(2, `Alert ${pack.alert.alertId}`);
    sheet.paragraph(`${CERTAINTY_WORDS[certaintyOf(pack)]}. ${summarise(pack)[0]}`);
    if (isWhole) writeAlertDetail(sheet, pack, model);
    writeRevisions(sheet, pack);
    writeActions(sheet, pack, isWhole);
  }
  if (isWhole) {
    writeFixes(sheet, model);
    writeGaps(sheet, model);
  }
  writeMethod(sheet, isWhole);
  writeExhibits(sheet, exhibits, keyId);
  return sheet.finish();
}

function writeReference(sheet: Sheet, model: PackModel, order: PackOrder, isWhole: boolean): void {
  const wearer = model.records.find(({ kind }) => kind === 'wearer')?.versions.at(-1)?.content as
    | { readonly name?: string }
    | undefined;
  const tags = [...new Set(model.track.map(({ fix }) => fix.tagId))];
  const iso = (ms: number) => bothTimes(new Date(ms).toISOString());
  drawFacts(sheet, [
    ['Reference', order.packId],
    ['Edition', order.edition],
    ['Wearer', isWhole && wearer?.name !== undefined ? `${wearer.name} (${model.wearerId})` : model.wearerId],
    ...(isWhole && tags.length > 0 ? [['Tag', tags.join(', ')] as const] : []),
    ['Time', `${iso(model.fromMs)} to ${iso(model.toMs)}`],
    ['Made at', iso(order.madeAtMs)],
    ['Made by', order.madeBy],
    ['For', order.recipient],
    ['Purpose', order.purpose],
    ['Program', `Tagwatch ${order.program.version}, engine ${order.program.engine}`],
  ]);
  const withheld = withheldOf(order.edition);
  if (withheld.length === 0) return;
  sheet.paragraph('Withheld in this edition:');
  sheet.list(withheld.map(({ what, why }) => `${what} – ${why}.`));
}

function writeSummary(sheet: Sheet, model: PackModel): void {
  sheet.heading(2, 'Summary');
  if (model.alerts.length === 0)
    sheet.paragraph('No alert of this wearer is about this time. The track and what was on record stand below.');
  for (const pack of model.alerts) {
    sheet.heading(3, `${CERTAINTY_WORDS[certaintyOf(pack)]}: alert ${pack.alert.alertId}`);
    for (const sentence of summarise(pack)) sheet.paragraph(sentence, { after: 3 });
  }
  sheet.paragraph(
    'Times are local time in England and Wales with its offset to UTC, and UTC in brackets. They are of the tag’s own clock unless it is said that they are of receipt.',
  );
}

function writeLimits(sheet: Sheet, model: PackModel, isWhole: boolean): void {
  sheet.heading(2, 'What this does not show, and what speaks against it');
  sheet.list(GENERAL_LIMITS);
  sheet.heading(3, 'In this time');
  sheet.list([...limitsOfTrack(model), ...(isWhole ? limitsOfDevice(model) : [])]);
  if (!isWhole) return;
  for (const pack of model.alerts) {
    sheet.heading(3, `Alert ${pack.alert.alertId}, ${CERTAINTY_WORDS[certaintyOf(pack)]}`);
    sheet.list(limitsOfAlert(pack, model));
  }
}

function writeMethod(sheet: Sheet, isWhole: boolean): void {
  sheet.heading(2, 'Method');
  sheet.paragraph(
    'Each position that counts is weighed: how likely it is from where a condition is violated against how likely it is from where it is met, by its distance to the boundary and its accuracy. Positions in a row are not independent and count for less. A finding is suspected when the evidence says rather so than not, confirmed from the threshold below on, and withdrawn when later evidence speaks against it. The same messages give the same finding whenever they are judged again.',
  );
  if (!isWhole) return;
  const columns = [
    { title: 'Parameter', share: 2, isHead: true },
    { title: 'Value', share: 1 },
  ];
  drawTable(sheet, { columns, rows: Object.entries(PARAMETERS).map(([name, value]) => [name, `${value}`]) });
}

function writeExhibits(sheet: Sheet, exhibits: Manifest['files'], keyId: string): void {
  sheet.heading(2, 'Files of the pack, and how to check them');
  sheet.paragraph(
    `This report came in a pack. README.txt in it tells how to check every file with sha256sum and openssl alone. Its manifest is signed by the key ${keyId}. No accreditation is claimed.`,
  );
  const columns = [
    { title: 'File', share: 2, isHead: true },
    { title: 'Bytes', share: 1, align: 'right' as const },
    { title: 'SHA-256', share: 6 },
  ];
  drawTable(sheet, { columns, rows: exhibits.map(({ name, bytes, sha256 }) => [name, `${bytes}`, sha256]), size: 7.5 });
}
