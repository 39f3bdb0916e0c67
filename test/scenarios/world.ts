/** Small worlds for tests of the engine: places in metres around a point, zones, terms and watches with short defaults. */
import type {
  Activation,
  ConditionKind,
  Ping,
  Position,
  SharedWatch,
  TagWatch,
  Term,
  Zone,
} from '../../src/engine/types.js';

/** Everything lies around here, where a degree is about 111.2 km north and 69.7 km east. */
export const CENTRE = { latitude: 51.2787, longitude: 1.0803 };

const METRES_PER_DEGREE_NORTH = 111_250;
const METRES_PER_DEGREE_EAST = 69_740;

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** A place so many metres east and north of the centre. */
export function place(eastMetres: number, northMetres = 0): Place {
  return {
    latitude: CENTRE.latitude + northMetres / METRES_PER_DEGREE_NORTH,
    longitude: CENTRE.longitude + eastMetres / METRES_PER_DEGREE_EAST,
  };
}

/** The middle of the zone that `zone()` makes, and a kilometre from it. */
export const middle = place(0);
export const faraway = place(1000);

/** A closed ring around the centre, counter-clockwise: a square with sides twice `half` long. */
export function squareRing(half: number): [longitude: number, latitude: number][] {
  const [sw, ne] = [place(-half, -half), place(half, half)];
  return [
    [sw.longitude, sw.latitude],
    [ne.longitude, sw.latitude],
    [ne.longitude, ne.latitude],
    [sw.longitude, ne.latitude],
    [sw.longitude, sw.latitude],
  ];
}

/** A square of 200 m around the centre, unless said otherwise. */
export function zone(changes: Partial<Zone> = {}): Zone {
  return {
    zoneId: 'Z-1',
    version: 1,
    priority: 'standard',
    bufferMetres: null,
    shape: {
      type: 'polygons',
      polygons: [[squareRing(100)]],
    },
    ...changes,
  };
}

/** A circle around a place. */
export function circle(zoneId: string, at: Place, radiusMetres: number, changes: Partial<Zone> = {}): Zone {
  return zone({ zoneId, shape: { type: 'circle', ...at, radiusMetres }, ...changes });
}

export const zoneKey = (of: Zone): string => `${of.zoneId}@${of.version}`;

/** A term that has stood since 1970 and was published then, confirmed by two fixes, always active. */
export function term(kind: ConditionKind, of: Zone, changes: Partial<Term> = {}): Term {
  return {
    conditionId: `C-${kind}`,
    conditionVersion: 1,
    zoneKey: zoneKey(of),
    kind,
    confirmOn: 'belief',
    graceMs: 0,
    startsAtMs: 0,
    endsAtMs: null,
    endsBecause: null,
    publishedAtMs: 0,
    windows: null,
    windowsUntilMs: null,
    ...changes,
  };
}

/** A tag that one wearer has worn since 1970. */
export function watch(
  zones: readonly Zone[],
  terms: readonly Term[],
  changes: Partial<TagWatch> = {},
  activation: Partial<Activation> = {},
): TagWatch {
  return {
    tagId: 'T-1',
    sequence: 1,
    publishedAtMs: 0,
    accuracyConvention: 'r95',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: [{ activationId: 'A-1', wearerId: 'W-1', fittedAtMs: 0, removedAtMs: null, terms, ...activation }],
    zones: Object.fromEntries(zones.map((each) => [zoneKey(each), each])),
    ...changes,
  };
}

/** A condition for all wearers. */
export function shared(zones: readonly Zone[], terms: readonly Term[], sequence = 1): SharedWatch {
  return {
    conditionId: terms[0]!.conditionId,
    sequence,
    publishedAtMs: terms[0]!.publishedAtMs,
    terms,
    zones: Object.fromEntries(zones.map((each) => [zoneKey(each), each])),
  };
}

/** A ping with a GPS fix of 8 m. */
export function pingAt(fixedAtMs: number, at: Place | null, changes: Partial<Position> = {}): Ping {
  return {
    tagId: 'T-1',
    identity: String(fixedAtMs),
    sequence: null,
    fixedAtMs,
    position: at === null ? null : { ...at, accuracyMetres: 8, mechanism: 'GPS', ...changes },
    deviceEvents: [],
    speedKmh: null,
    headingDegrees: null,
    altitudeMetres: null,
    satellites: null,
    batteryPercent: null,
  };
}
