/** A pack that is verified, and every way of changing one: none of them is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toCanonicalBytes } from '../../src/canonical-json.js';
import { buildPack } from '../../src/evidence/build-pack.js';
import { writeContainer } from '../../src/evidence/container.js';
import { MANIFEST, SIGNATURE } from '../../src/evidence/manifest.js';
import { NODE_CRYPTO } from '../../src/evidence/node-crypto.js';
import type { PackCrypto } from '../../src/evidence/pack-crypto.js';
import { PORTABLE_CRYPTO } from '../../src/evidence/portable-crypto.js';
import { readManifest } from '../../src/evidence/read-manifest.js';
import { verifyPack } from '../../src/evidence/verify-pack.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../src/signing-key.js';
import { movePing, resignPack } from '../support/changed-pack.js';
import { ENGINE, makeModel, ORDER, trust } from '../support/pack.js';

let folder: string;
let key: SigningKey;
let pack: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-pack-'));
  makeSigningKey(join(folder, 'key.pem'));
  key = readSigningKey(join(folder, 'key.pem'));
  pack = await buildPack(makeModel(), ORDER, key);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What each test is put to: the verifier as the CLI has it, and as the page has it. */
const CRYPTOS: readonly (readonly [string, PackCrypto, number])[] = [
  ['by Node', NODE_CRYPTO, 1],
  // It hashes in JavaScript, and differs in hash and signature alone: of all bytes a fifth, each bit in turn.
  ['as in a browser', PORTABLE_CRYPTO, 5],
];

describe.each(CRYPTOS)('%s', (_name, crypto, everyNth) => {
  const verify = (zip: Uint8Array, engine = ENGINE) => verifyPack(zip, [trust(key)], { crypto, engine });

  describe('a pack as it was made', () => {
    test('every answer is good, and the engine finds the same again', () => {
      const verdict = verify(pack);
      expect(verdict).toMatchObject({
        contents: [],
        signature: 'good',
        trust: 'trusted',
        time: { outcome: 'not-stamped' },
        container: 'as-made',
        verified: true,
      });
      expect(verdict.rerun.map(({ outcome }) => outcome)).toEqual(['same']);
    });

    test('the same in gives the same bytes, in whatever time zone', async () => {
      const zone = process.env['TZ'];
      process.env['TZ'] = 'Pacific/Auckland';
      try {
        expect(Buffer.from(await buildPack(makeModel(), ORDER, key)).equals(pack)).toBe(true);
        expect(verify(pack).container).toBe('as-made');
      } finally {
        if (zone === undefined) delete process.env['TZ'];
        else process.env['TZ'] = zone;
      }
    });

    test('one whose inputs retention deleted is verified, and says that and why it was not repeated', async () => {
      const model = makeModel();
      const alerts = model.alerts.map((pack) => ({ ...pack, inputs: null }));
      const deleted = await buildPack({ ...model, alerts, deletedPings: 12 }, ORDER, key);
      const verdict = verifyPack(deleted, [trust(key)], { crypto, engine: ENGINE });
      const detail = ['what it rests on was deleted because of its age before the pack was made'];
      expect(verdict.verified).toBe(true);
      expect(verdict.rerun).toMatchObject(alerts.map(() => ({ outcome: 'not-run', detail })));
      // Also where all of it was before the time that the pack tells of.
      const before = alerts.map((pack) => ({ ...pack, areInputsDeleted: true as const }));
      const leadIn = verify(await buildPack({ ...model, alerts: before }, ORDER, key));
      expect(leadIn.verified).toBe(true);
      expect(leadIn.rerun).toMatchObject(alerts.map(() => ({ outcome: 'not-run', detail })));
      // Without that, inputs that are not there are a fault.
      const missing = await buildPack({ ...model, alerts }, ORDER, key);
      expect(verifyPack(missing, [trust(key)], { crypto, engine: ENGINE }).verified).toBe(false);
    });

    test('a wearer-safe pack is verified, and says that it was not repeated', async () => {
      const verdict = verify(await buildPack(makeModel(), { ...ORDER, edition: 'wearer-safe' }, key));
      expect(verdict.verified).toBe(true);
      expect(verdict.rerun.map(({ outcome }) => outcome)).toEqual(['not-run']);
    });
  });

  describe('trust', () => {
    test.each([
      ['no key', [], 'unknown-key'],
      ['a key that was made later', [{ validFrom: '2026-12-01T00:00:00.000Z' }], 'not-yet-valid'],
      ['a key that was in use before', [{ validTo: '2026-11-01T00:00:00.000Z' }], 'no-longer-valid'],
      ['a key that was revoked afterwards', [{ revokedAt: '2026-12-01T00:00:00.000Z' }], 'revoked'],
    ])('%s', (_, over, expected) => {
      const verdict = verifyPack(
        pack,
        over.map((each) => trust(key, each)),
        { crypto, engine: ENGINE },
      );
      expect([verdict.trust, verdict.verified]).toEqual([expected, false]);
    });

    test('another key of the same name', () => {
      rmSync(join(folder, 'other.pem'), { force: true });
      makeSigningKey(join(folder, 'other.pem'));
      const other = readSigningKey(join(folder, 'other.pem'));
      const verdict = verifyPack(pack, [{ ...trust(other), keyId: key.keyId }], { crypto, engine: ENGINE });
      expect([verdict.signature, verdict.verified]).toEqual(['bad', false]);
    });
  });

  describe('changed', () => {
    // Of the report, and of a full one, which take longer to judge, a part: their containers have the same headers.
    test.each([
      ['every byte of a small one but of its report', 'wearer-safe', 1],
      ['every 101st byte of a full one', 'full', 101],
    ] as const)('%s: none verifies', { timeout: 240_000 }, async (_, edition, step) => {
      const small = await buildPack(makeModel(), { ...ORDER, edition }, key);
      expect(verify(small).verified).toBe(true);
      const report = dataOf(small, 'report.pdf');
      const verified: number[] = [];
      for (
        let at = 0;
        at < small.byteLength;
        at += at >= report.from && at < report.to ? 101 * everyNth : step * everyNth
      ) {
        const changed = small.slice();
        changed[at]! ^= 1 << (at % 8);
        if (verify(changed).verified) verified.push(at);
      }
      expect(verified).toEqual([]);
    });

    /** Where the deflated bytes of a file lie in its zip: behind its local header, which tells how many they are. */
    function dataOf(bytes: Uint8Array, name: string): { readonly from: number; readonly to: number } {
      const zipped = Buffer.from(bytes);
      const at = zipped.indexOf(name);
      const from = at + name.length;
      return { from, to: from + zipped.readUInt32LE(at - 12) };
    }

    test.each(['1970-01-01T00:00:00.000Z', '2222-01-01T00:00:00.000Z'])('a time that no zip has: %s', (madeAt) => {
      const of = new Map(files());
      const bytes = toCanonicalBytes({ ...readManifest(of.get(MANIFEST)!), madeAt });
      const signed = [...of].map(([name, was]): [string, Uint8Array] =>
        name === MANIFEST
          ? [name, bytes]
          : name === SIGNATURE
            ? [name, Buffer.from(key.sign(bytes), 'base64url')]
            : [name, was],
      );
      expect(verify(zip(signed))).toMatchObject({ signature: 'good', container: 'differs', verified: false });
    });

    const files = () => Object.entries(unzipSync(pack));
    const zip = (entries: readonly (readonly [string, Uint8Array])[]) =>
      writeContainer(
        entries.map(([name, bytes]) => ({ name, bytes })),
        ORDER.madeAtMs,
      );

    test('written anew as it was, it is the same container', () => {
      expect(verify(zip(files())).verified).toBe(true);
    });

    test.each<[string, () => Uint8Array, RegExp | 'container']>([
      ['a file left out', () => zip(files().filter(([name]) => name !== 'track.csv')), /track.csv is missing/],
      ['a file added', () => zip([...files(), ['more.txt', new Uint8Array(3)]]), /more.txt was added/],
      [
        'a file renamed',
        () => zip(files().map(([name, bytes]) => [name.replace('.gpx', '.xml'), bytes])),
        /track.xml was added/,
      ],
      ['two files exchanged', () => zip(exchange(files(), 'track.gpx', 'track.kml')), /track.gpx is not as it was/],
      ['its files in another order', () => zip(files().reverse()), 'container'],
      ['stored and not deflated', () => zipSync(Object.fromEntries(files()), { level: 0 }), 'container'],
      ['something behind it', () => Buffer.concat([pack, Buffer.from('x')]), 'container'],
      ['something before it', () => Buffer.concat([Buffer.from('x'), pack]), /./],
      ['a file twice', () => double(), /twice/],
      ['a path as a name', () => zip([...files(), ['../x', new Uint8Array(3)]]), /name/],
      ['cut off', () => pack.slice(0, pack.byteLength / 2), /cannot be read/],
      ['nothing', () => new Uint8Array(0), /cannot be read/],
      ['no manifest', () => zip(files().filter(([name]) => name !== MANIFEST)), /no manifest.json/],
    ])('%s', (_, make, said) => {
      const verdict = verify(make());
      expect(verdict.verified).toBe(false);
      if (said === 'container') expect([verdict.contents, verdict.container]).toEqual([[], 'differs']);
      else expect(verdict.contents.join('; ')).toMatch(said);
    });

    function exchange(entries: [string, Uint8Array][], a: string, b: string): [string, Uint8Array][] {
      const of = new Map(entries);
      return entries.map(([name, bytes]) => [name, name === a ? of.get(b)! : name === b ? of.get(a)! : bytes]);
    }

    /** One of the same length is renamed in place, in both headers. */
    function double(): Uint8Array {
      const text = Buffer.from(pack).toString('latin1').replaceAll('track.kml', 'track.gpx');
      return Buffer.from(text, 'latin1');
    }
  });

  describe('signed again by whoever has the key', () => {
    const resign = (name: string, change: (text: string) => string) => resignPack(pack, key, name, change);

    test('one ping moved: all is as signed, and the engine does not find the same', () => {
      const verdict = verify(resign('inputs.ndjson', movePing));
      expect(verdict).toMatchObject({ contents: [], signature: 'good', container: 'as-made', verified: false });
      expect(verdict.rerun[0]).toMatchObject({ outcome: 'differs' });
      expect(verdict.rerun[0]!.detail.join()).toMatch(/^end: on record/);
    });

    test('by another engine: that its version differs is said', () => {
      const verdict = verify(resign('inputs.ndjson', movePing), 'f'.repeat(64));
      expect(verdict.rerun[0]!.outcome).toBe('engine-version-differs');
      expect(verify(pack, 'f'.repeat(64)).rerun[0]!.outcome).toBe('same');
    });

    test.each([
      ['inputs left out', () => ''],
      ['no inputs at all', () => '{"type":"what"}\n'],
      ['broken inputs', () => '{'],
    ])('%s', (_, change) => {
      expect(verify(resign('inputs.ndjson', change)).verified).toBe(false);
    });

    test('the finding moved', () => {
      const verdict = verify(resign('alert.json', (text) => text.replaceAll('T20:08:00.000Z', 'T20:09:00.000Z')));
      expect(verdict.rerun[0]!.outcome).toBe('differs');
    });
  });
});
