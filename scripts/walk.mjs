/**
 * Which files of the engine one ping enters, in order, how many functions are called there, and from which other files: `node
 * scripts/walk.mjs`, over what `npm run build` made. What it prints stands in docs/architecture.md, "A ping's way".
 */
import { Session } from 'node:inspector/promises';
import { register } from 'node:module';

/** Has every function of the engine say when it is entered and left: of what the compiler wrote, one begins and ends without an indent. */
async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const file = url.split('/dist/')[1]?.replace(/\.js$/, '');
  if (!/^(roles\/)?engine\//.test(file)) return loaded;
  const source = String(loaded.source).replace(
    /^((?:export )?function \w+\(.*\) \{)\n([\s\S]*?)\n\}$/gm,
    (_, head, body) => `${head} enter('${file}'); try {\n${body}\n} finally { leave(); } }`,
  );
  return { ...loaded, source };
}
register(`data:text/javascript,${encodeURIComponent(`export ${load}`)}`);

/** The files that are entered and not left, and the way: each file as often as it is entered from another. */
const within = [];
let way = [];
globalThis.enter = (file) => {
  const from = within.at(-1);
  if (file !== from) way.push({ file, from });
  within.push(file);
};
globalThis.leave = () => within.pop();

const { emptyFold, foldInput } = await import('../dist/roles/engine/partition-fold.js');

const START_MS = Date.UTC(2026, 10, 28, 12);
const MINUTE_MS = 60_000;

/** A polygon of 60 corners, as people draw zones. */
function ringAround(longitude, latitude, radiusDegrees) {
  const ring = Array.from({ length: 60 }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / 60;
    const [x, y] = [longitude + radiusDegrees * Math.cos(angle), latitude + radiusDegrees * Math.sin(angle)];
    return [Number(x.toFixed(7)), Number(y.toFixed(7))];
  });
  return [...ring, ring[0]];
}

const shape = { type: 'polygons', polygons: [[ringAround(1.08, 51.28, 0.002)]] };
const exclusion = {
  conditionId: 'C',
  conditionVersion: 1,
  zoneKey: 'Z@1',
  kind: 'exclusion',
  confirmOn: 'belief',
  graceMs: 0,
  startsAtMs: 0,
  endsAtMs: null,
  endsBecause: null,
  publishedAtMs: 0,
  windows: null,
  windowsUntilMs: null,
};
const nothing = { absences: [], suspensions: [], custodyPeriods: [] };
const watch = {
  tagId: 'T',
  sequence: 1,
  publishedAtMs: START_MS - MINUTE_MS,
  accuracyConvention: 'r68',
  defaultAccuracyMetres: null,
  intervalSeconds: 60,
  activations: [{ activationId: 'A', wearerId: 'W', fittedAtMs: 0, removedAtMs: null, terms: [exclusion], ...nothing }],
  zones: { 'Z@1': { zoneId: 'Z', version: 1, priority: 'standard', bufferMetres: null, shape } },
};

function pingAt(minute, longitude) {
  const fixedAtMs = START_MS + minute * MINUTE_MS;
  const position = { latitude: 51.28, longitude, accuracyMetres: 8, mechanism: 'GPS' };
  const none = { speedKmh: null, headingDegrees: null, altitudeMetres: null, satellites: null, batteryPercent: null };
  const ping = {
    tagId: 'T',
    identity: `s:${minute}`,
    sequence: minute,
    fixedAtMs,
    position,
    deviceEvents: [],
    ...none,
  };
  return { type: 'ping', receivedAtMs: fixedAtMs + 1_000, ping };
}

const fold = emptyFold(0);
let offset = 0;
const give = (input) =>
  foldInput(fold, input, offset++, ({ error }) => {
    throw error;
  });
give({ type: 'watch', watch });
for (let minute = 0; minute < 5; minute++) give(pingAt(minute, 1.1 + minute * 0.0005));

/** Of which other files a file is entered, and how often. */
function countFrom(entered) {
  const times = new Map();
  for (const { from = 'the log' } of way) if (from !== undefined) times.set(from, 0);
  for (const { file, from = 'the log' } of way) if (file === entered) times.set(from, times.get(from) + 1);
  return [...times].filter(([, each]) => each > 0);
}

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
for (const [name, input] of [
  ['well away', pingAt(5, 1.1025)],
  ['the first inside', pingAt(8, 1.08)],
  ['the second inside', pingAt(9, 1.0801)],
  ['it goes on', pingAt(10, 1.0801)],
]) {
  await session.post('Profiler.takePreciseCoverage');
  way = [];
  const { events } = give(input);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = new Map();
  for (const { url, functions } of result) {
    const file = url.split('/dist/')[1]?.replace(/\.js$/, '');
    const calls = functions.reduce((sum, { ranges }) => sum + ranges[0].count, 0);
    if (file !== undefined && calls > 0) files.set(file, calls);
  }
  const calls = [...files.values()].reduce((sum, each) => sum + each, 0);
  const told = events.map(({ type }) => type).join(', ') || 'nothing told';
  console.log(`${name} (${told}): ${files.size} files, ${calls} calls, ${way.length} from one file into another`);
  const inOrder = [...new Set([...way.map(({ file }) => file), ...files.keys()])];
  for (const file of inOrder) {
    const froms = countFrom(file).map(([from, times]) => `${from} ${times}`);
    console.log(`  ${file}: ${files.get(file)} calls, from ${froms.join(', ')}`);
  }
}
session.disconnect();
