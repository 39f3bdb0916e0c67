/**
 * A miniature world that is folded before traffic, so that the compiler has seen every path by the first ping: without it the first
 * thousands of pings cost several times what later ones do. Seeded and pure: it leaves nothing behind but compiled code.
 */
import { type ActivationState, advance, initialState } from './advance.js';
import type { EngineInput } from './inputs.js';
import { cos, sin } from './math/angles.js';
import { applyShared, createSharedIndex } from './near/shared-index.js';
import type { Ping, SharedWatch, TagWatch, Term, Zone } from './types.js';
import { type CompiledTag, compileTag, joinShared } from './watch/compile.js';

const TAGS = 40;
const SHARED_ZONES = 60;
const MINUTE_MS = 60_000;
const START_MS = 1_767_571_200_000;
const CENTRE = { latitude: 51.5, longitude: -0.1 } as const;
const DEGREES_PER_METRE = 1 / 111_200;
const HOUR_MINUTES = 60;

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Park and Miller's generator: the same numbers on every machine, in [0, 1). */
function createNumbers(): () => number {
  let seed = 20_260_105;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

function placeAt(eastMetres: number, northMetres: number): Place {
  return {
    latitude: CENTRE.latitude + northMetres * DEGREES_PER_METRE,
    longitude: CENTRE.longitude + (eastMetres * DEGREES_PER_METRE) / 0.62,
  };
}

function zoneAt(zoneId: string, at: Place, radiusMetres: number, corners: number, bufferMetres: number | null): Zone {
  const common = { zoneId, version: 1, priority: 'standard', bufferMetres } as const;
  if (corners === 0) return { ...common, shape: { type: 'circle', ...at, radiusMetres } };
  const ring = Array.from({ length: corners + 1 }, (_, i): [number, number] => {
    const angle = (2 * Math.PI * (i % corners)) / corners;
    const radius = radiusMetres * DEGREES_PER_METRE;
    return [at.longitude + (radius * cos(angle)) / 0.62, at.latitude + radius * sin(angle)];
  });
  return { ...common, shape: { type: 'polygons', polygons: [[ring]] } };
}

function termOf(kind: Term['kind'], conditionId: string, zone: Zone, windows: readonly number[] | null): Term {
  return {
    conditionId,
    conditionVersion: 1,
    zoneKey: `${zone.zoneId}@1`,
    kind,
    confirmOn: 'belief',
    graceMs: 0,
    startsAtMs: START_MS,
    endsAtMs: null,
    endsBecause: null,
    publishedAtMs: START_MS,
    windows,
    windowsUntilMs: null,
  };
}

function watchOf(tagId: string, zones: readonly Zone[], terms: readonly Term[]): TagWatch {
  return {
    tagId,
    sequence: 1,
    publishedAtMs: START_MS,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: 10,
    intervalSeconds: 60,
    activations: [{ activationId: tagId, wearerId: tagId, fittedAtMs: START_MS, removedAtMs: null, terms }],
    zones: Object.fromEntries(zones.map((zone) => [`${zone.zoneId}@1`, zone])),
  };
}

function pingAt(tagId: string, at: Place, fixedAtMs: number, accuracyMetres: number): Ping {
  return {
    tagId,
    identity: String(fixedAtMs),
    sequence: null,
    fixedAtMs,
    position: { ...at, accuracyMetres, mechanism: 'GPS' },
    deviceEvents: [],
    speedKmh: null,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: null,
    batteryPercent: null,
  };
}

interface Wearer {
  readonly tag: CompiledTag;
  readonly tagId: string;
  state: ActivationState;
  east: number;
  north: number;
  pace: number;
  bearing: number;
}

function wearerOf(index: number, random: () => number): Wearer {
  const tagId = `warm-${index}`;
  const [east, north] = [3_000 * (random() - 0.5), 3_000 * (random() - 0.5)];
  const near = (metres: number) => placeAt(east + metres * (random() - 0.5), north + metres * (random() - 0.5));
  const zones = [
    zoneAt('a', near(1_500), 150, 24, null),
    zoneAt('b', near(2_000), 250, 200, 100),
    zoneAt('c', near(1_500), 120, 0, null),
    zoneAt('home', placeAt(east, north), 80, 0, null),
  ];
  const opens = Array.from({ length: 12 }, (_, i) => START_MS + i * HOUR_MINUTES * MINUTE_MS);
  const windows = opens.flatMap((atMs) => [atMs + 20 * MINUTE_MS, atMs + 40 * MINUTE_MS]);
  const terms = zones.map((zone, i) => {
    const isHome = i === zones.length - 1;
    return termOf(isHome ? 'curfew' : 'exclusion', `C-${i}`, zone, isHome && index % 2 === 0 ? windows : null);
  });
  // Every other one has no curfew, and nothing that is due.
  const tag = compileTag(watchOf(tagId, zones, index % 2 === 0 ? terms : terms.slice(0, -1)));
  return { tag, tagId, state: initialState(tagId), east, north, pace: 0, bearing: 0 };
}

/**
 * Folds so many pings of a made-up world of 40 tags; returns how many events it said, which is above 0 from some thousand pings
 * on. 20,000 take some tenths of a second.
 */
export function warmUp(pings: number): number {
  const random = createNumbers();
  const shared = createSharedIndex();
  for (let i = 0; i < SHARED_ZONES; i++) {
    const zone = zoneAt(`s${i}`, placeAt(5_000 * (random() - 0.5), 5_000 * (random() - 0.5)), 60, 60, null);
    const conditionId = `C-s${i}`;
    const watch: SharedWatch = {
      conditionId,
      sequence: 1,
      publishedAtMs: START_MS,
      terms: [termOf('exclusion', conditionId, zone, null)],
      zones: { [`${zone.zoneId}@1`]: zone },
    };
    applyShared(shared, watch);
  }
  const wearers = Array.from({ length: TAGS }, (_, i) => wearerOf(i, random));
  let events = 0;
  const give = (wearer: Wearer, input: EngineInput): void => {
    const result = advance(wearer.state, input, joinShared(wearer.tag.newest!, shared));
    wearer.state = result.state;
    events += result.events.length;
  };
  for (const wearer of wearers) give(wearer, { type: 'watch', atMs: START_MS });
  for (let i = 0; i < pings; i++) {
    const wearer = wearers[i % TAGS]!;
    const fixedAtMs = START_MS + Math.floor(i / TAGS + 1) * MINUTE_MS;
    if (random() < 0.15) {
      wearer.pace = [0, 0, 60, 120, 500][Math.floor(5 * random())]!;
      wearer.bearing = 2 * Math.PI * random();
    }
    wearer.east = Math.max(-3_000, Math.min(3_000, wearer.east + wearer.pace * cos(wearer.bearing)));
    wearer.north = Math.max(-3_000, Math.min(3_000, wearer.north + wearer.pace * sin(wearer.bearing)));
    const at = placeAt(wearer.east + 5 * random(), wearer.north + 5 * random());
    const isLate = random() < 0.02;
    const ping = pingAt(wearer.tagId, at, isLate ? fixedAtMs - 150_500 : fixedAtMs, 4 + 10 * random());
    give(wearer, { type: 'ping', ping, receivedAtMs: fixedAtMs + 1_200 });
    if (random() < 0.05) give(wearer, { type: 'tick', atMs: fixedAtMs + 30_000 });
  }
  return events;
}
