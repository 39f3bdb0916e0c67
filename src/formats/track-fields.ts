/** What the names of columns, properties and elements in track files mean, whoever wrote them. */

const NAMES = {
  latitude: ['latitude', 'lat', 'latdeg', 'latitudedegrees', 'gpslatitude', 'y'],
  longitude: ['longitude', 'lng', 'lon', 'long', 'londeg', 'longitudedegrees', 'gpslongitude', 'x'],
  time: [
    ...['fixedat', 'fixtime', 'timestamp', 'datetime', 'time', 'devicetime', 'gpstime', 'recordedat', 'timestamputc'],
    ...['datetimeutc', 'timeutc', 'utctime', 'utc', 'when', 'date'],
  ],
  accuracyMetres: [
    ...['accuracymetres', 'accuracymeters', 'accuracym', 'accuracy', 'horizontalaccuracy', 'hacc', 'precision'],
  ],
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
  satellites: ['satellites', 'sat', 'sats', 'numsat', 'nsat'],
  batteryPercent: ['batterypercent', 'batterylevel'],
  sequence: ['sequence'],
  mechanism: ['mechanism'],
  deviceEvents: ['deviceevents'],
} as const satisfies Readonly<Record<string, readonly (string | readonly [name: string, factor: number])[]>>;

export type FieldRole = keyof typeof NAMES;

export const FIELD_ROLES = Object.keys(NAMES) as readonly FieldRole[];

/** What a file says about one fix, by role; `tag` is its tag's name. Values are as the file has them, in the wire's units. */
export type Fields = { [role in FieldRole | 'tag']?: unknown };

/** A name in lower case without separators. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

interface Meaning {
  readonly role: FieldRole;
  /** Turns the field's unit into the wire's. */
  readonly factor: number;
  /** The lower, the surer. */
  readonly rank: number;
}

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  FIELD_ROLES.flatMap((role) =>
    NAMES[role].map((known, rank): [string, Meaning] =>
      typeof known === 'string' ? [known, { role, factor: 1, rank }] : [known[0], { role, factor: known[1], rank }],
    ),
  ),
);

/** The names that are looked for, the surest first, with what turns their unit into the wire's. */
export function namesOf(role: FieldRole): readonly { readonly name: string; readonly factor: number }[] {
  return NAMES[role].map((known) =>
    typeof known === 'string' ? { name: known, factor: 1 } : { name: known[0], factor: known[1] },
  );
}

/** A number of a file: from text where it is written as one; undefined where there is nothing; what is no number stays. */
export function toNumber(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string') return value;
  const text = value.trim();
  if (text === '') return undefined;
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : text;
}

/** The value in the wire's unit. Products are rounded to the ninth digit, below what any receiver measures. */
export function scale(value: unknown, factor: number): unknown {
  const number = factor === 1 ? value : toNumber(value);
  return factor === 1 || typeof number !== 'number' ? value : Number((number * factor).toFixed(9));
}

/**
 * The fields among named values, the surest name first. `tagName`: the name that holds the tag, as it stands in the file or but
 * for capitals and separators; null: none does.
 */
export function pickFields(entries: Iterable<readonly [string, unknown]>, tagName: string | null): Fields {
  const fields: Fields = {};
  const ranks: { [role in FieldRole]?: number } = {};
  const normalTag = tagName === null ? null : normaliseName(tagName);
  for (const [name, value] of entries) {
    if (value === '' || value === null) continue;
    const normal = normaliseName(name);
    if (name === tagName || (normal === normalTag && fields.tag === undefined)) fields.tag = value;
    const meaning = MEANINGS.get(normal);
    if (meaning === undefined) continue;
    const { role, factor, rank } = meaning;
    if (rank >= (ranks[role] ?? Number.POSITIVE_INFINITY)) continue;
    ranks[role] = rank;
    fields[role] = scale(value, factor);
  }
  return fields;
}
