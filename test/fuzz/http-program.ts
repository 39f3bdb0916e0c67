/** The running program as the HTTP fuzz meets it: embedded, with an alert that people can act on. */
import { expect } from 'vitest';
import { makeHome, put, send, startProgram } from '../support/program.js';
import { fuzz } from './budget.js';
import { IDS } from './from-schema.js';
import { type ApiDocument, fuzzOnce } from './http.js';

/** Only ends what hangs, as that of an answer does. */
const ALERT_WAIT_MS = 120_000;

/** A victim's zone and a fix in its middle. */
async function raiseAlert(url: string): Promise<string[]> {
  const [id] = IDS;
  const startsAt = '2026-01-01T00:00:00Z';
  const now = new Date().toISOString();
  await put(url, `/wearers/${id}`, { name: 'Fuzz' });
  await put(url, `/tags/${id}`, {});
  await put(url, `/activations/${id}`, { tagId: id, wearerId: id, fittedAt: startsAt });
  await put(url, `/orders/${id}`, { wearerId: id, type: 'bail', startsAt });
  const geometry = { type: 'Point', coordinates: [1, 51] };
  await put(url, `/zones/${id}`, {
    type: 'Feature',
    properties: { name: 'Z', priority: 'victim', radiusMetres: 500 },
    geometry,
  });
  await put(url, `/conditions/${id}`, { orderId: id, kind: 'exclusion', zoneId: id, startsAt });
  const ping = { tagId: id, fixedAt: now, latitude: 51, longitude: 1, accuracyMetres: 5 };
  expect((await send(url, 'POST', '/pings', ping)).status).toBe(202);
  for (const endsAtMs = Date.now() + ALERT_WAIT_MS; Date.now() < endsAtMs; ) {
    const { body } = await send(url, 'GET', '/alerts');
    const { items } = body as { items: { alertId: string }[] };
    if (items.length > 0) return items.map(({ alertId }) => alertId);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no alert was raised');
}

/** Starts the program, fuzzes it for so long, and holds that it still lives and has met no fault of its own. */
export async function fuzzProgram(seconds: number): Promise<void> {
  const home = await makeHome();
  const program = await startProgram(home);
  try {
    const document = (await send(program.url, 'GET', '/openapi.json')).body as ApiDocument;
    const alerts = await raiseAlert(program.url);
    await fuzz('http', seconds, ({ random }) => fuzzOnce(program.url, document, random, alerts));
    expect((await fetch(`${program.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${program.url}/health/ready`)).status).toBe(200);
    const failed = program
      .output()
      .split('\n')
      .filter((line) => /"level":(50|60)/.test(line));
    expect(failed).toEqual([]);
  } finally {
    await program.stop();
    home.remove();
  }
}
