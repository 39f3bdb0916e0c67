/** One walk through a zone, by every door, on a fresh system each: the same alert ids. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exclude, fitTag, rectangle } from '../support/cohort.js';
import { makeHome, openFeed, put, startProgram } from '../support/program.js';
import { openFreshPair } from './services.js';

const TAG = 'T-1';
const SINCE = '2026-01-01T00:00:00Z';
const ACCURACY_METRES = 10;

interface Step {
  readonly at: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** A fix a minute: eight outside, eight deep inside, eight outside. */
const WALK: readonly Step[] = Array.from({ length: 24 }, (_, minute) => ({
  at: new Date(Date.parse('2026-03-02T10:00:00Z') + minute * 60_000).toISOString(),
  latitude: minute >= 8 && minute < 16 ? 51.28 + minute * 0.0001 : 51.3,
  longitude: 1.08,
}));

const tagwatch = WALK.map(({ at, latitude, longitude }) => ({
  tagId: TAG,
  fixedAt: at,
  latitude,
  longitude,
  accuracyMetres: ACCURACY_METRES,
}));
const traccar = WALK.map(({ at, latitude, longitude }, index) => ({
  position: {
    id: 1_000 + index,
    deviceId: 7,
    protocol: 'osmand',
    serverTime: at,
    deviceTime: at,
    fixTime: at,
    valid: true,
    latitude,
    longitude,
    altitude: 0,
    speed: 2.2,
    course: 90,
    accuracy: ACCURACY_METRES,
    attributes: { batteryLevel: 80, motion: true },
  },
  device: { id: 7, name: 'Tag', uniqueId: TAG, status: 'online' },
}));

const points = (text: (step: Step) => string, between = '') => WALK.map(text).join(between);
const FILES: Readonly<Record<string, { readonly name: string; readonly text: string }>> = {
  CSV: {
    name: 'walk.csv',
    text: `timestamp,latitude,longitude\n${points(({ at, latitude, longitude }) => `${at},${latitude},${longitude}\n`)}`,
  },
  GPX: {
    name: 'walk.gpx',
    text: `<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>${points(
      ({ at, latitude, longitude }) => `<trkpt lat="${latitude}" lon="${longitude}"><time>${at}</time></trkpt>`,
    )}</trkseg></trk></gpx>`,
  },
  KML: {
    name: 'walk.kml',
    text: `<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark><gx:Track>${points(
      ({ at }) => `<when>${at}</when>`,
    )}${points(({ latitude, longitude }) => `<gx:coord>${longitude} ${latitude} 0</gx:coord>`)}</gx:Track></Placemark></Document></kml>`,
  },
  GeoJSON: {
    name: 'walk.geojson',
    text: JSON.stringify({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: WALK.map(({ latitude, longitude }) => [longitude, latitude]) },
      properties: { coordTimes: WALK.map(({ at }) => at) },
    }),
  },
};

describe('eight doors', () => {
  let directory: string;
  const found = new Map<string, readonly { alertId: string; type: string; startedAt: string }[]>();

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tagwatch-doors-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** A fresh system, one tag with one exclusion; `walk` sends, and what was told about it by its end is kept. */
  async function through(door: string, walk: (url: string, env: Readonly<Record<string, string>>) => Promise<void>) {
    const pair = await openFreshPair();
    const topics = {
      KAFKA_PING_TOPICS: `${pair.env['KAFKA_PING_TOPICS']},${pair.env['KAFKA_PING_TOPICS']}.traccar:traccar`,
    };
    const home = await makeHome({ ...pair.env, ...topics });
    const program = await startProgram(home);
    try {
      await seed(program.url);
      const feed = await openFeed(program.url);
      await walk(program.url, { ...pair.env });
      await feed.waitFor(({ event }) => event?.type === 'ended');
      found.set(
        door,
        feed.events().map(({ alertId, type, episode }) => ({ alertId, type, startedAt: episode.startedAt })),
      );
      feed.close();
      expect(await program.stop()).toBe(0);
    } finally {
      await program.kill();
      home.remove();
      await pair.close();
    }
  }

  async function seed(url: string): Promise<void> {
    await fitTag(url, { tagId: TAG, since: SINCE });
    await put(url, '/zones/Z-1', rectangle('Zone', 1.07, 51.27, 1.09, 51.29));
    await exclude(url, { tagId: TAG, since: SINCE }, 'Z-1');
  }

  async function post(url: string, query: string, body: unknown): Promise<void> {
    const answer = await fetch(`${url}/api/v1/pings${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(answer.status, await answer.text()).toBe(202);
  }

  async function produce(
    env: Readonly<Record<string, string>>,
    topic: string,
    messages: readonly unknown[],
  ): Promise<void> {
    const kafka = new Kafka({ brokers: env['KAFKA_BROKERS']!.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    await producer.send({ topic, messages: messages.map((value) => ({ key: 'any', value: JSON.stringify(value) })) });
    await producer.disconnect();
  }

  async function replay(url: string, { name, text }: { name: string; text: string }): Promise<void> {
    const file = join(directory, name);
    writeFileSync(file, text);
    const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
    const args = ['replay', file, '--tag', TAG, '--accuracy-metres', String(ACCURACY_METRES), '--url', url];
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    await once(child, 'exit');
    expect(child.exitCode, output).toBe(0);
  }

  it('Tagwatch JSON over HTTP', () => through('json-http', (url) => post(url, '', tagwatch)));
  it('Tagwatch JSON over Kafka', () =>
    through('json-kafka', (_, env) => produce(env, env['KAFKA_PING_TOPICS']!, tagwatch)));
  it('Traccar over HTTP', () =>
    through('traccar-http', async (url) => {
      // Traccar forwards one position a request.
      for (const position of traccar) await post(url, '?format=traccar', position);
    }));
  it('Traccar over Kafka', () =>
    through('traccar-kafka', (_, env) => produce(env, `${env['KAFKA_PING_TOPICS']}.traccar`, traccar)));
  for (const [door, file] of Object.entries(FILES))
    it(`${door} by tagwatch replay`, () => through(door, (url) => replay(url, file)));

  it('all of them told the same', () => {
    expect(found.size).toBe(8);
    const [first, ...others] = [...found.values()];
    expect(first!.map(({ type }) => type)).toEqual(['suspected', 'confirmed', 'ended']);
    for (const other of others) expect(other).toEqual(first);
  });
});
