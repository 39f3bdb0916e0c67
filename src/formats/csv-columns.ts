/** Which column of a track file holds what, found by its name. */

/** What a fix can take from a file. `factor` turns the column's unit into the wire's. */
export interface Column {
  readonly index: number;
  readonly factor: number;
}

export interface TrackColumns {
  readonly latitude: Column;
  readonly longitude: Column;
  readonly time: Column;
  readonly accuracyMetres: Column | null;
  readonly speedKmh: Column | null;
  readonly headingDegrees: Column | null;
  readonly altitudeMetres: Column | null;
  /** Null: one tag for the whole file. */
  readonly tag: Column | null;
}

type Role = Exclude<keyof TrackColumns, 'tag'>;

/** Names in lower case without separators, the surest first. Those with a number are of another unit. */
const NAMES: Readonly<Record<Role, readonly (string | readonly [name: string, factor: number])[]>> = {
  latitude: ['latitude', 'lat', 'latdeg', 'latitudedegrees', 'gpslatitude', 'y'],
  longitude: ['longitude', 'lng', 'lon', 'long', 'londeg', 'longitudedegrees', 'gpslongitude', 'x'],
  time: [
    ...['fixedat', 'fixtime', 'timestamp', 'datetime', 'time', 'devicetime', 'gpstime', 'recordedat', 'timestamputc'],
    ...['datetimeutc', 'timeutc', 'utctime', 'utc', 'date'],
  ],
  accuracyMetres: [
    'accuracymetres',
    'accuracymeters',
    'accuracym',
    'accuracy',
    'horizontalaccuracy',
    'hacc',
    'precision',
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
    'altitudemetres',
    'altitudemeters',
    'altitudem',
    'altitude',
    'alt',
    'elevation',
    'ele',
    ['altitudeft', 0.3048],
  ],
};

const normalise = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

function findColumn(names: readonly string[], role: Role): Column | null {
  for (const known of NAMES[role]) {
    const [name, factor] = typeof known === 'string' ? [known, 1] : known;
    const index = names.indexOf(name);
    if (index !== -1) return { index, factor };
  }
  return null;
}

/** The columns of a header, or what is missing, told with what was seen and what was looked for. */
export function findColumns(
  header: readonly string[],
  tagColumn: string | null,
): { readonly ok: true; readonly columns: TrackColumns } | { readonly ok: false; readonly detail: string } {
  const names = header.map(normalise);
  const find = (role: Role) => findColumn(names, role);
  const [latitude, longitude, time] = [find('latitude'), find('longitude'), find('time')];
  const exact = tagColumn === null ? -1 : header.indexOf(tagColumn);
  const tagIndex = tagColumn === null || exact !== -1 ? exact : names.indexOf(normalise(tagColumn));

  const missing: string[] = [];
  for (const [role, column] of Object.entries({ latitude, longitude, time })) {
    const known = NAMES[role as Role].map((name) => (typeof name === 'string' ? name : name[0]));
    if (column === null) missing.push(`  ${role}: looked for ${known.join(', ')}`);
  }
  if (tagColumn !== null && tagIndex === -1) missing.push(`  tag: looked for ${tagColumn}`);
  if (latitude === null || longitude === null || time === null || missing.length > 0) {
    const seen = header.slice(0, 50).map((name) => name.slice(0, 60));
    const detail =
      `The first line must name the columns, and these are missing (capitals and separators do not matter):\n` +
      `${missing.join('\n')}\n  columns seen: ${seen.join(', ')}`;
    return { ok: false, detail };
  }
  const columns: TrackColumns = {
    latitude,
    longitude,
    time,
    accuracyMetres: find('accuracyMetres'),
    speedKmh: find('speedKmh'),
    headingDegrees: find('headingDegrees'),
    altitudeMetres: find('altitudeMetres'),
    tag: tagIndex === -1 ? null : { index: tagIndex, factor: 1 },
  };
  return { ok: true, columns };
}
