/** What the names of columns, properties and elements in track files mean, whoever wrote them: the one place that knows. */
import type { DayOrder } from './file-time.js';

/** Names that are certain, the surest first; a number turns the name's unit into the wire's. */
const NAMES = {
  latitude: ['latitude', 'lat', 'latdeg', 'latitudedegrees', 'gpslatitude', 'y'],
  longitude: ['longitude', 'lng', 'lon', 'long', 'londeg', 'longitudedegrees', 'gpslongitude', 'x'],
  time: [
    ...['fixedat', 'fixtime', 'timestamp', 'datetime', 'time', 'devicetime', 'gpstime', 'recordedat', 'timestamputc'],
    ...['datetimeutc', 'timeutc', 'utctime', 'utc', 'when', 'date'],
  ],
  accuracyMetres: ['accuracymetres', 'accuracymeters', 'accuracym', 'accuracy', 'horizontalaccuracy', 'hacc'],
  // A bare "speed" may be metres a second, knots or miles an hour: what cannot be known is not taken.
  speedKmh: [
    ...['speedkmh', 'speedkph', 'speedkmph'],
    ...([
      ['speedmps', 3.6],
      ['speedms', 3.6],
      ['speedknots', 1.852],
      ['speedkn', 1.852],
      ['speedmph', 1.609344],
    ] as const),
  ],
  headingDegrees: ['headingdegrees', 'heading', 'bearing', 'course', 'direction', 'azimuth', 'cog'],
  altitudeMetres: [
    ...['altitudemetres', 'altitudemeters', 'altitudem', 'altitude', 'alt', 'elevation', 'ele'],
    ['altitudeft', 0.3048],
  ],
  satellites: ['satellites', 'sat', 'sats', 'numsat', 'nsat', 'numsats', 'satelliteseen', 'satellitesused', 'satcount'],
  batteryPercent: ['batterypercent', 'batterylevel'],
  sequence: ['sequence'],
  mechanism: ['mechanism'],
  deviceEvents: ['deviceevents'],
  /** Which half of the earth a coordinate is in, N, S, E or W. */
  hemisphere: [],
  /** What local time is ahead of UTC. */
  offset: [],
  /** Whether there was a fix at all. */
  fix: [],
  datum: [],
} as const satisfies Readonly<Record<string, readonly (string | readonly [name: string, factor: number])[]>>;

export type FieldRole = keyof typeof NAMES;
export const FIELD_ROLES = Object.keys(NAMES) as readonly FieldRole[];

export interface Meaning {
  readonly role: FieldRole;
  /** Turns the name's unit into the wire's; of an offset: milliseconds that one counts, 0 where the name does not say. */
  readonly factor: number;
  /** The lower, the surer. */
  readonly rank: number;
}

/** Metres that one of a unit is. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ...['', 'm', 'mt', 'mtr', 'mtrs', 'meter', 'meters', 'metre', 'metres'].map((unit) => [unit, 1] as const),
  ...['ft', 'foot', 'feet'].map((unit) => [unit, 0.3048] as const),
  ...['yd', 'yard', 'yards'].map((unit) => [unit, 0.9144] as const),
  ...['km', 'kilometer', 'kilometers', 'kilometre', 'kilometres'].map((unit) => [unit, 1_000] as const),
  ['cm', 0.01],
  ['mm', 0.001],
]);
const LENGTH_UNIT = `(?<unit>${[...LENGTHS.keys()].filter((unit) => unit !== '').join('|')})?`;

/** Milliseconds that one of a unit is. */
const SPANS: ReadonlyMap<string, number> = new Map([
  ...['h', 'hr', 'hrs', 'hour', 'hours'].map((unit) => [unit, 3_600_000] as const),
  ...['min', 'mins', 'minute', 'minutes'].map((unit) => [unit, 60_000] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds'].map((unit) => [unit, 1_000] as const),
  ['ms', 1],
]);

const DEVICE =
  '(?:tagwatch|gps|gnss|fix|location|loc|position|pos|device|point|coordinates?|coords?|estimated|est|sensor)';
const PATTERNS: readonly (readonly [role: FieldRole, pattern: RegExp])[] = [
  ['latitude', new RegExp(`^${DEVICE}*(?:lat|latitude)(?:wgs84|indegrees|decimal|degrees|dec|deg|dd)*$`)],
  ['longitude', new RegExp(`^${DEVICE}*(?:lon|lng|long|longitude)(?:wgs84|indegrees|decimal|degrees|dec|deg|dd)*$`)],
  [
    'hemisphere',
    /^(?:gps|gnss)?(?:lat|latitude|lon|lng|long|longitude)(?:ref|reference|hemi|hemisphere|dir|direction|cardinal|indicator|(?:ns|ew|nors|eorw)(?:indicator|ind)?)$/,
  ],
  [
    'hemisphere',
    /^(?:gps|gnss)?(?:n(?:or)?s|e(?:or)?w|north(?:or)?south|east(?:or)?west)(?:hemi|hemisphere|indicator|ind|ref|dir|direction|flag)?$/,
  ],
  ['hemisphere', /^hemi(?:sphere)?(?:ns|ew|lat|latitude|lon|lng|long|longitude)?$/],
  [
    'accuracyMetres',
    new RegExp(
      `^${DEVICE}*(?:horizontal|horiz|hor|h|2d|xy)?${DEVICE}?(?:accuracyradius|accuracy|acc|uncertaintyradius|uncertainty|precision|errorradius|radiusofaccuracy|eph|ehpe|hpe|hepe|herr|herror)(?:horizontal|h)?(?:in)?${LENGTH_UNIT}$`,
    ),
  ],
  ['accuracyMetres', new RegExp(`^(?:${DEVICE}|horizontal|horiz|hor)+(?:err|error)(?:in)?${LENGTH_UNIT}$`)],
  [
    'time',
    /^(?:gps|gnss|fix|utc|gmt|local|device|points?|position|pos|location|loc|recorded|recording|record|logged|log|sampled|sample|event|message|msg|track|trackpoint|iso|iso8601|unix|epoch|ping)*(?:date|time|timestamp|datestamp|timeofday|timeofdate|day|tod|clock|clocktime|uhrzeit|fecha|hora|ts|when)(?:and)?(?:date|time|timeofday)?(?:ofday)?(?:of)?(?:fix)?(?:utc|gmt|z|local|ms|millis|milliseconds|seconds|secs|sec|s|iso|iso8601|unix|epoch|h{1,2}m{2}(?:ss)?|y{2,4}m{2}d{2}|d{2}m{2}y{2,4}|m{2}d{2}y{2,4})*$/,
  ],
  [
    'offset',
    /^(?:gps|device|local|time|utc|gmt|tz|zone|timezone)*(?:tz|timezone|(?:utc|gmt|tz|time|timezone|zone|local)(?:offset|offs|diff|difference)|offset(?:from|to)?(?:utc|gmt))(?:from|to)?(?:utc|gmt)?(?:in)?(?<unit>hours?|hrs?|h|minutes?|mins?|min|seconds?|secs?|s|ms)?$/,
  ],
  [
    'fix',
    /^(?:is|has)?(?:gps|gnss|nav|nmea|position|pos|location|loc|coordinates?)?(?:fixvalid|fixvalidity|validfix|fixtype|fixquality|fixmode|fixstatus|fixstate|fixok|fix|valid|validity|isvalid|invalid|isinvalid|nofix|outdated)$/,
  ],
  ['fix', /^(?:gps|gnss|nav|nmea)(?:status|state|quality|mode|ok)$/],
  [
    'datum',
    /^(?:geodetic|map|horizontal|gps|gpsmap)?(?:datum|crs|srs|srid|epsg|coordinatesystem|referencesystem|spatialreference)(?:code|name|id)?$/,
  ],
];

/** What names beyond the certain ones are behind. */
const PATTERN_RANK = 1_000;
/** Local time counts where nothing says it in UTC. */
const LOCAL_RANK = 2_000;

/** A name in lower case without separators. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const CERTAIN: ReadonlyMap<string, Meaning> = new Map(
  FIELD_ROLES.flatMap((role) =>
    NAMES[role].map((known: string | readonly [string, number], rank): [string, Meaning] =>
      typeof known === 'string' ? [known, { role, factor: 1, rank }] : [known[0], { role, factor: known[1], rank }],
    ),
  ),
);

/** What stands in brackets behind an accuracy's name and is neither a length nor a word for "horizontal" changes what it says. */
function hasForeignUnit(name: string): boolean {
  const unit = /[([{]\s*([^)\]}]*)/.exec(name)?.[1];
  if (unit === undefined) return name.includes('%');
  return unit.includes('%') || !(LENGTHS.has(normaliseName(unit)) || /^(?:horizontal|h|gps)$/i.test(unit.trim()));
}

/** The longest name that is looked at. */
const MAX_NAME_LENGTH = 100;

/** What a name says its values are; null: nothing that is known. */
export function findMeaning(name: string): Meaning | null {
  if (name.length > MAX_NAME_LENGTH) return null;
  const normal = normaliseName(name);
  const certain = CERTAIN.get(normal);
  if (certain !== undefined) return certain.role === 'accuracyMetres' && hasForeignUnit(name) ? null : certain;
  for (const [role, pattern] of PATTERNS) {
    const match = pattern.exec(normal);
    if (match === null) continue;
    const unit = match.groups?.unit ?? '';
    if (role === 'accuracyMetres') {
      return hasForeignUnit(name) ? null : { role, factor: LENGTHS.get(unit) ?? 1, rank: PATTERN_RANK };
    }
    if (role === 'offset') return { role, factor: SPANS.get(unit) ?? 0, rank: PATTERN_RANK };
    return { role, factor: 1, rank: role === 'time' && isLocalName(name) ? LOCAL_RANK : PATTERN_RANK };
  }
  return null;
}

/** Whether a time's name says that it is local time. */
export const isLocalName = (name: string): boolean => /local/i.test(name);

/** Whether a time's name says that it is UTC, so that an offset beside it is no part of it. */
export const isUtcName = (name: string): boolean => /utc|gmt/i.test(name);

/** Which number a date begins with, where the name of its column says so. */
export function dayOrderOf(name: string): DayOrder {
  const normal = normaliseName(name);
  if (/d{2}m{2}y{2}/.test(normal)) return 'day-first';
  return /m{2}d{2}y{2}/.test(normal) ? 'month-first' : null;
}

const SMELLS: readonly (readonly [pattern: RegExp, told: string])[] = [
  [/[hpg]dop/, 'a dilution of precision is no distance, so no accuracy in metres comes from it'],
  [
    /acc(?!el|ount|es|ept|id|um|ur(?!a))|uncertain|precision/,
    'whether it is the horizontal accuracy in metres cannot be told from its name',
  ],
  [/valid|(?<!pre|suf)fix/, 'whether it says that there was no fix cannot be told from its name'],
  [/tz|timezone|offset/, 'times without a zone are taken as UTC'],
  [/datum|crs|srid|epsg/, 'coordinates are taken as WGS84'],
  [/hemisph/, 'coordinates are taken with the sign that they have'],
];

/** Why a name that means nothing known should not be passed over without a word; null: it may be. */
export function findSmell(name: string): string | null {
  const normal = normaliseName(name.slice(0, MAX_NAME_LENGTH));
  return SMELLS.find(([pattern]) => pattern.test(normal))?.[1] ?? null;
}

/** The names that are looked for first. */
export function namesOf(role: FieldRole): readonly string[] {
  return NAMES[role].map((known: string | readonly [string, number]) => (typeof known === 'string' ? known : known[0]));
}

/** Metres that an accuracy written with its unit is, `4.5 m`; undefined: it is no such text. */
export function readLength(text: string): number | undefined {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\.?\s*$/i.exec(text) ?? [];
  const factor = unit === undefined ? undefined : LENGTHS.get(unit.toLowerCase());
  return factor === undefined ? undefined : Number((Number(digits) * factor).toFixed(9));
}
