/** Fills a fresh Tagwatch through its front door: tags on wearers, one zone for all of them, everybody heard once outside it. */
import { postPings, putAll } from '../../src/demo/front-door.js';
import type { WirePing } from '../../src/simulator/ping.js';
import type { RecordLine } from '../../src/simulator/records.js';
import {
  ENTERING_TAG,
  entrancesOf,
  homeOf,
  type LoadTestName,
  OUTSIDE,
  PROFILES,
  type ProfileName,
  QUIET_TAG,
  ZONE_CENTRE,
  ZONE_HALF_DEGREES,
  ZONE_ID,
} from '../profiles.js';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const PINGS_PER_REQUEST = 500;

/** What a ping says that was heard once: `sequence` 1, so that those of the test are others. */
interface SeedTag {
  readonly tagId: string;
  readonly latitude: number;
  readonly longitude: number;
}

function seedTags(name: LoadTestName, profileName: ProfileName): SeedTag[] {
  const quiet = (count: number) =>
    Array.from({ length: count }, (_, tag) => ({ tagId: `${QUIET_TAG}${tag}`, ...homeOf(tag) }));
  if (name === 'ingest') return quiet(PROFILES.ingest[profileName].tags);
  const profile = PROFILES[name][profileName];
  const entering = Array.from({ length: entrancesOf(profile) }, (_, tag) => ({
    tagId: `${ENTERING_TAG}${tag}`,
    ...OUTSIDE,
  }));
  return [...quiet(profile.quietTags), ...entering];
}

function zone(): RecordLine {
  const { latitude, longitude } = ZONE_CENTRE;
  const [west, east] = [longitude - ZONE_HALF_DEGREES, longitude + ZONE_HALF_DEGREES];
  const [south, north] = [latitude - ZONE_HALF_DEGREES, latitude + ZONE_HALF_DEGREES];
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return {
    kind: 'zone',
    id: ZONE_ID,
    body: {
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: { name: 'Load test', priority: 'victim' },
    },
  };
}

/** Answers how many tags there are and how many pings were sent. */
export async function seed(
  url: string,
  name: LoadTestName,
  profileName: ProfileName,
  signal: AbortSignal,
): Promise<number> {
  const tags = seedTags(name, profileName);
  const startsAt = new Date(Date.now() - DAY_MS).toISOString();
  const put = (records: readonly RecordLine[], wait: boolean) => putAll(url, records, wait, signal);
  const wearerOf = ({ tagId }: SeedTag) => tagId.replace('T-', 'W-');
  await put(
    [zone(), ...tags.map((tag) => ({ kind: 'wearer', id: wearerOf(tag), body: { name: wearerOf(tag) } }))],
    false,
  );
  await put(
    tags.map(({ tagId }) => ({ kind: 'tag', id: tagId, body: {} })),
    false,
  );
  await put(
    tags.map((tag) => ({
      kind: 'activation',
      id: tag.tagId.replace('T-', 'A-'),
      body: { tagId: tag.tagId, wearerId: wearerOf(tag), fittedAt: startsAt },
    })),
    false,
  );
  const exclusion = { appliesTo: 'all-wearers', kind: 'exclusion', zoneId: ZONE_ID, confirmOn: 'first-fix', startsAt };
  await put([{ kind: 'condition', id: 'C-load', body: exclusion }], true);
  const fixedAt = new Date(Date.now() - MINUTE_MS).toISOString();
  const told = {
    sequence: 1,
    fixedAt,
    accuracyMetres: 5,
    mechanism: 'GPS',
    speedKmh: 0,
    satellites: 9,
    batteryPercent: 80,
  } as const;
  const pings = tags.map((tag): WirePing => ({ ...tag, ...told }));
  for (let from = 0; from < pings.length; from += PINGS_PER_REQUEST)
    if (!(await postPings(url, pings.slice(from, from + PINGS_PER_REQUEST), signal)))
      throw new Error('The first pings were not taken.');
  return tags.length;
}
