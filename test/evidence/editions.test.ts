/** What each edition holds: nothing of a protected person in the wearer's, whichever file it stands in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPack } from '../../src/evidence/build-pack.js';
import { readContainer } from '../../src/evidence/container.js';
import { toGridReference } from '../../src/formats/osgb36.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import type { Edition } from '../../src/wire/pack.js';
import { makeModel, NEEDLES, ORDER } from '../support/pack.js';

let folder: string;
let key: SigningKey;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-editions-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function textsOf(edition: Edition): Promise<Map<string, string>> {
  const pack = await buildPack(makeModel({ priority: 'victim' }), { ...ORDER, edition }, key);
  return new Map(readContainer(pack).map(({ name, bytes }) => [name, Buffer.from(bytes).toString('latin1')]));
}

/** Coordinates to 11 m, since nobody needs more of them to find a house. */
const PLACES = [NEEDLES.latitude.slice(0, 6), NEEDLES.longitude.slice(0, 6)];
const GRID = toGridReference(Number(NEEDLES.latitude), Number(NEEDLES.longitude))!;
const WORDS = [
  // A hundred metres of it are near enough.
  GRID.slice(0, 6),
  NEEDLES.zoneName,
  NEEDLES.zoneId,
  NEEDLES.conditionId,
  NEEDLES.reason,
  ...NEEDLES.wording.split('\n'),
  NEEDLES.note,
  NEEDLES.actor,
  NEEDLES.address,
];

describe('the wearer-safe edition', () => {
  test.each([...WORDS, 'L1 9ZZ', ...PLACES])('does not hold %s', async (needle) => {
    for (const [name, text] of await textsOf('wearer-safe'))
      expect(text.toLowerCase(), name).not.toContain(needle.toLowerCase());
  });

  test('holds no distances, likelihoods, fixes, extents or rank of a zone', async () => {
    const safe = await textsOf('wearer-safe');
    const { withheld: _, ...manifest } = JSON.parse(safe.get('manifest.json')!);
    const texts = [JSON.stringify(manifest), safe.get('alert.json'), safe.get('record.json')];
    for (const text of texts) {
      expect(text).not.toMatch(
        /distance|latitude|longitude|coordinates|likelihood|belief|radius|severity|"victim"|critical/i,
      );
    }
  });

  test('says what it withholds and why, and holds when it was', async () => {
    const texts = await textsOf('wearer-safe');
    const manifest = JSON.parse(texts.get('manifest.json')!);
    expect(manifest.withheld.length).toBeGreaterThan(2);
    expect([...texts.keys()].sort()).toEqual([
      'README.txt',
      'SHA256SUMS',
      'alert.json',
      'commitments.json',
      'manifest.json',
      'manifest.sig',
      'record.json',
      'report.pdf',
    ]);
    expect(JSON.parse(texts.get('alert.json')!)[0].alert.episode.startedAt).toBe('2026-11-20T20:03:00.000Z');
  });
});

test('the needles are in a full one, so that they can be found', async () => {
  const all = [...(await textsOf('full')).values()].join('\n');
  for (const needle of [...WORDS, ...PLACES]) expect(all).toContain(needle);
});

test('the court edition leaves out how the force manages the wearer, and says so', async () => {
  const texts = await textsOf('court');
  expect(texts.get('record.json')).not.toMatch(/"division"/);
  expect(texts.get('record.json')).toContain('Sam Example');
  expect(JSON.parse(texts.get('audit.json')!).entries[0].entry).toMatchObject({
    who: NEEDLES.actor,
    roles: ['sergeant'],
  });
  for (const [name, text] of texts) expect(text, name).not.toContain(NEEDLES.address);
  const said = JSON.parse(texts.get('manifest.json')!)
    .withheld.map(({ what }: { what: string }) => what)
    .join('; ');
  expect(said).toBe(
    'record.json: schemes, division, restrictedTo of the wearer; audit.json: scope, address of who asked',
  );
  expect((await textsOf('full')).get('record.json')).toMatch(/"division"/);
});
