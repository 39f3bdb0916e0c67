/** Which maps the report holds: one of the whole time, one of each alert. */
import type { FindingEvent } from '../../alerts/event.js';
import type { ZoneContent } from '../../records/kinds/zone-feature.js';
import { distanceWords } from '../finding-sentences.js';
import { gapsOf, type PackModel } from '../pack-model.js';
import { drawMap, MAP_HEIGHT } from './draw-map.js';
import type { Sheet } from './sheet.js';

/** Farther than this from its boundary a fix is shown without it. */
const MOST_METRES = 5_000;

const CAPTION =
  'Drawn from the record of this pack, without a background map. Lines join fixes in their order; they are not the way that was taken.';

function zonesOf({ records }: PackModel, meant: (zoneId: string, version: number) => boolean): ZoneContent[] {
  return records
    .filter(({ kind }) => kind === 'zone')
    .flatMap(({ versions }) => versions.filter(({ id, version }) => meant(id, version)))
    .map(({ content }) => content as ZoneContent);
}

const tell = (zones: readonly ZoneContent[]): string =>
  zones.length === 0 ? 'no zone' : zones.map(({ name }) => `the zone ${name}`).join(', ');

export function writeOverview(sheet: Sheet, model: PackModel): void {
  const zones = zonesOf(model, () => true);
  const counted = model.track.filter(({ fix }) => fix.notJudged === null && fix.latitude !== null).length;
  sheet.heading(2, 'Map of the whole time', MAP_HEIGHT);
  drawMap(sheet, {
    alt: `Map of ${tell(zones)} and the ${model.track.length} messages of the tag, ${counted} of them counted, with ${gapsOf(model).length} gaps. Every fix is in the table of fixes.`,
    zones,
    track: model.track,
    around: null,
    resting: [],
  });
  sheet.paragraph(CAPTION, { size: 8.5 });
}

export function writeDetailMap(sheet: Sheet, strongest: FindingEvent, model: PackModel): void {
  const { fixes } = strongest.explanation;
  const zones = zonesOf(model, (id, version) => id === strongest.zoneId && version === strongest.zoneVersion);
  const distances = fixes
    .map(({ signedDistanceMetres }, i) => `${i + 1}: ${distanceWords(signedDistanceMetres)}`)
    .join('; ');
  sheet.heading(3, 'Map of the fixes that the finding rests on', MAP_HEIGHT);
  drawMap(sheet, {
    alt: `Map of ${tell(zones)} and the fixes around the alert. Those that the finding rests on, by number and distance: ${distances}.`,
    zones,
    track: model.track,
    // So that the boundary next to each is on the map, and how far it is from it beside the circle of its accuracy.
    around: fixes.map((fix) => ({
      ...fix,
      aroundMetres: Math.min(MOST_METRES, 1.2 * Math.max(Math.abs(fix.signedDistanceMetres), fix.accuracyMetres ?? 0)),
    })),
    resting: fixes.map(({ fixedAt }) => Date.parse(fixedAt)),
  });
  sheet.paragraph(CAPTION, { size: 8.5 });
}
