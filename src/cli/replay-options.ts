/** The words of `tagwatch replay`: its help, and its options from them. */
import { MAX_PINGS_AT_ONCE } from '../formats/pings/ping-message.js';
import { TRACK_FORMATS, type TrackFormat } from '../formats/tracks/track.js';
import { joinMinusValues, readArguments } from './arguments.js';
import { readTarget, TARGET_OPTIONS, type Target } from './target.js';

/** More than Tagwatch could use. */
const MAX_IN_FLIGHT = 32;

export const REPLAY_HELP = `Usage: tagwatch replay FILE [--tag TAG | --tag-column NAME] [OPTIONS]

Sends a track file, plain or gzipped, to a running Tagwatch over HTTP, as a supplier would.

Whose fixes they are:
  --tag TAG               all fixes are of this tag
  --tag-column NAME       the column (CSV), property (GeoJSON, NDJSON), ExtendedData (KML) or element of a track that names the
                          tag; "name" is the name of a GPX track or of a KML Placemark
  neither                 the file says so itself in tagId, as Tagwatch's own exports do

Options:
  --url URL               where Tagwatch listens (http://127.0.0.1:8080)
  --token-file FILE       a bearer token with pings.write, where sign-in is configured (TAGWATCH_TOKEN_FILE); read anew for each
                          request
  --accuracy-metres N     radius of the confidence circle for fixes that have no accuracy of their own (10; none where the file
                          names its tags itself: there, the tag's model decides)
  --rate N                at most N pings a second (as fast as they are answered)
  --live                  as if it happened now: all tags are merged by time, the first fix is moved to now, and the others
                          follow in their own intervals
  --speed X               with --live: X times as fast, and the intervals X times as short (1)
  --format NAME           ${Object.keys(TRACK_FORMATS).join(', ')} (by the file's extension, otherwise by how it begins)
  --skip-bad              leave out what is no usable fix and send the rest (a file with such rows is not sent at all)
  --batch N               pings in one request, 1 to ${MAX_PINGS_AT_ONCE} (500)
  --in-flight N           requests under way at once, 1 to ${MAX_IN_FLIGHT} (4; with --rate and --live one); those of one tag go one after
                          the other
  --help                  this

The file, by its format:
  CSV      the first line names the columns. Latitude (latitude, lat, y), longitude (longitude, lng, lon, long, x) and time
           (fixedAt, fixTime, timestamp, datetime, time, ...) are required; accuracy, heading (or bearing, course), altitude,
           satellites, batteryPercent and speed with its unit (speed_kmh, speed_knots, ...) are taken where they are. Capitals
           and separators in names do not matter
  GPX      points of tracks (trkpt) with their time, ele, sat, and speed (metres a second) and course as GPX 1.0 or extensions
           have them
  GeoJSON  Points with a time among their properties (named as in CSV); lines with coordTimes or coordinateProperties.times
  KML      gx:Track, also in gx:MultiTrack, and Points with a TimeStamp. A LineString has no times: it is left out, which is said;
           a file that holds nothing else is refused
  PLT      GeoLife's: six lines of header, altitude in feet
  NDJSON   Tagwatch's own pings, one a line
A time without a zone is UTC; seconds and milliseconds since 1970 are understood. Coordinates are WGS84 degrees. Gzip is undone,
whatever the file is called. The whole file is read once before anything is sent.

Without --live, pings keep the file's times and its order. They carry no sequence numbers, so a ping is known by its content, and a
second replay of the same file adds nothing. With --live the times are new, and so are the pings.

When Tagwatch does not answer, the same batch is sent again for up to five minutes: it may be stopped and started in between, and
nothing is lost or doubled.

Examples:
  eight buses of one file, told apart by its column vehicle_id
    tagwatch replay liverpool-bus-route14.csv --tag-column vehicle_id --accuracy-metres 10
  one walker of 2008, gzipped, at most 2,000 pings a second
    tagwatch replay geolife-001.csv.gz --tag T-001 --rate 2000
  a trail that Tagwatch exported
    tagwatch replay W-17-trail.kml
  the buses on the map, now, a minute in a second
    tagwatch replay liverpool-bus-route14.csv --tag-column vehicle_id --live --speed 60

Ends with 0 when every row was accepted, 1 when some were not or it gave up, 2 when it was called wrongly.
`;

/** What a phone or a tag outdoors has on a usual day. */
const DEFAULT_ACCURACY_METRES = 10;

export interface ReplayOptions extends Target {
  readonly file: string;
  /** Null: the file names it. */
  readonly tag: { readonly tagId: string } | { readonly column: string } | null;
  /** Null: by the file's name and content. */
  readonly format: TrackFormat | null;
  readonly skipBad: boolean;
  /** Null: none is sent for fixes without one. */
  readonly accuracyMetres: number | null;
  /** Pings a second; null: as fast as it goes. */
  readonly ratePerSecond: number | null;
  /** Null: with the times of the file. */
  readonly liveSpeed: number | null;
  readonly batchSize: number;
  readonly inFlight: number;
}

export type ReplayCommand =
  | { readonly kind: 'run'; readonly options: ReplayOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly errors: readonly string[] };

const OPTIONS = {
  tag: { type: 'string' },
  'tag-column': { type: 'string' },
  ...TARGET_OPTIONS,
  'accuracy-metres': { type: 'string' },
  rate: { type: 'string' },
  live: { type: 'boolean', default: false },
  speed: { type: 'string' },
  format: { type: 'string' },
  'skip-bad': { type: 'boolean', default: false },
  batch: { type: 'string', default: '500' },
  'in-flight': { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

function parse(argv: readonly string[]) {
  return readArguments({ args: joinMinusValues(argv, OPTIONS), allowPositionals: true, options: OPTIONS });
}

const isFormat = (name: string): name is TrackFormat => Object.hasOwn(TRACK_FORMATS, name);

/** Options from the arguments after `replay`; everything that is wrong with them is told at once. */
export function readReplayOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): ReplayCommand {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return { kind: 'wrong', errors: [(error as Error).message] };
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  const errors: string[] = [];
  const number = (name: string, text: string, isFine: (value: number) => boolean, what: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!Number.isFinite(value) || !isFine(value)) errors.push(`--${name} is "${text}"; it must be ${what}.`);
    return value;
  };
  const isPositive = (value: number) => value > 0;

  const [file = ''] = positionals;
  if (positionals.length !== 1) errors.push(`One FILE is needed; there are ${positionals.length}.`);
  const { tag } = values;
  const { url, tokenFile } = readTarget(values, env, errors);
  const tagColumn = values['tag-column'];
  if (tag !== undefined && tagColumn !== undefined) {
    errors.push('Say whose fixes they are: either --tag TAG or --tag-column NAME.');
  } else if (tag === '' || tagColumn === '') errors.push('--tag and --tag-column must not be empty.');
  const accuracyText = values['accuracy-metres'];
  const isOwn = tag === undefined && tagColumn === undefined;
  // A fix of an export that says no accuracy had none: with one it would be another ping.
  const standard = isOwn ? null : DEFAULT_ACCURACY_METRES;
  const accuracyMetres =
    accuracyText === undefined ? standard : number('accuracy-metres', accuracyText, isPositive, 'above 0');
  const ratePerSecond = values.rate === undefined ? null : number('rate', values.rate, isPositive, 'above 0');
  const speed = values.speed === undefined ? 1 : number('speed', values.speed, isPositive, 'above 0');
  const isBatch = (value: number) => Number.isInteger(value) && value >= 1 && value <= MAX_PINGS_AT_ONCE;
  const batchSize = number('batch', values.batch, isBatch, `a whole number from 1 to ${MAX_PINGS_AT_ONCE}`);
  const isPaced = values.rate !== undefined || values.live;
  const isInFlight = (value: number) => Number.isInteger(value) && value >= 1 && value <= MAX_IN_FLIGHT;
  const inFlightText = values['in-flight'] ?? (isPaced ? '1' : '4');
  const inFlight = number('in-flight', inFlightText, isInFlight, `a whole number from 1 to ${MAX_IN_FLIGHT}`);
  if (isPaced && inFlight > 1) errors.push('--in-flight goes without --rate and --live: they send when it is time.');
  if (values.speed !== undefined && !values.live) errors.push('--speed goes with --live.');
  if (values.rate !== undefined && values.live)
    errors.push('--rate and --live exclude each other: --live has its own pace.');
  const format = values.format ?? null;
  if (format !== null && !isFormat(format)) {
    errors.push(`--format is "${format}"; known: ${Object.keys(TRACK_FORMATS).join(', ')}.`);
  }
  if (errors.length > 0) return { kind: 'wrong', errors };
  const options: ReplayOptions = {
    file,
    tag: tag !== undefined ? { tagId: tag } : tagColumn !== undefined ? { column: tagColumn } : null,
    format: format as TrackFormat | null,
    skipBad: values['skip-bad'],
    url,
    tokenFile,
    accuracyMetres,
    ratePerSecond,
    liveSpeed: values.live ? speed : null,
    batchSize,
    inFlight,
  };
  return { kind: 'run', options };
}
