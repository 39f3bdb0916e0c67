/**
 * Which files of the engine one ping enters, and how many functions are called there: `node scripts/walk.mjs`, over what
 * `npm run build` made. What it prints stands in docs/architecture.md, "A ping's way".
 */
import { Session } from 'node:inspector/promises';

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
  const { events } = give(input);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const files = new Map();
  for (const { url, functions } of result) {
    const file = url.split('/dist/')[1]?.replace(/\.js$/, '');
    const calls = functions.reduce((sum, { ranges }) => sum + ranges[0].count, 0);
    if (file !== undefined && calls > 0) files.set(file, calls);
  }
  const calls = [...files.values()].reduce((sum, each) => sum + each, 0);
  console.log(
    `${name} (${events.map(({ type }) => type).join(', ') || 'nothing told'}): ${files.size} files, ${calls} calls`,
  );
  console.log(`  ${[...files].map(([file, each]) => `${file} ${each}`).join(', ')}`);
}
session.disconnect();
