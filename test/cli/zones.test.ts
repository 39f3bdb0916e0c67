import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { zones } from '../../src/cli/zones.js';
import { postgisOraclesSuite } from '../engine/geometry/postgis-oracles.suite.js';
import { zoneOraclesSuite } from '../formats/zone-oracles.suite.js';
import { openTestPglite } from '../support/database.js';
import { openTestLog } from '../support/embedded-log.js';
import { zonesImportSuite } from './zones-import.suite.js';

// One embedded database for all suites: it takes 8 s and a gigabyte.
let opened: ReturnType<typeof openTestPglite> | null = null;
const openDatabase = async () => {
  opened ??= openTestPglite();
  return (await opened).db;
};
afterAll(async () => (await opened)?.stop());

zonesImportSuite('embedded', async () => {
  const { log, dispose } = await openTestLog();
  return { db: await openDatabase(), log, stop: dispose };
});

postgisOraclesSuite('the embedded PostGIS', 60, async () => ({ db: await openDatabase(), stop: async () => {} }));

zoneOraclesSuite('the embedded PostGIS', async () => ({ db: await openDatabase(), stop: async () => {} }));

describe('tagwatch zones', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-zones-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };
  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const out: string[] = [];
    const err: string[] = [];
    const deps = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), env };
    return { code: await zones(args, deps), out: out.join('\n'), err: err.join('\n') };
  };
  const wkt = (...lines: string[]) => write('zones.wkt', `${lines.join('\n')}\n`);
  const TRIANGLE = 'POLYGON((1.05 51.27,1.06 51.27,1.06 51.28,1.05 51.27))';
  const CLOCKWISE = 'POLYGON((1.05 51.27,1.06 51.28,1.06 51.27,1.05 51.27))';
  const BOW = 'POLYGON((1.08 51.27,1.09 51.28,1.09 51.27,1.08 51.28,1.08 51.27))';

  it('validate prints file, line, feature and position of each finding, and ends with 1 where there is an error', async () => {
    const file = wkt(`a\tMill\t${TRIANGLE}`, `b\tBow\t${BOW}`, `c\tLake\t${CLOCKWISE.replaceAll('1.05', '1.04')}`);
    const { code, out } = await run(['validate', file]);
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      `${file}:2: error: feature 2 "b" at [1.09, 51.27]: The ring crosses itself at [1.085, 51.275]. (kink)`,
      `${file}:3: warning: feature 3 "c" at [1.04, 51.27]: The outer ring runs clockwise, not counter-clockwise (RFC 7946, 3.1.6): turned round. (winding)`,
      '1 file, 2 usable zones: 1 error, 1 warning',
      'They lie within longitude 1.04 to 1.06, latitude 51.27 to 51.28.',
    ]);
  });

  it('warnings end with 0, and with --strict with 1', async () => {
    const file = wkt(`a\tMill\t${CLOCKWISE}`);
    expect((await run(['validate', file])).code).toBe(0);
    expect((await run(['validate', file, '--strict'])).code).toBe(1);
  });

  it('the service area comes from the option or the environment, and finds swapped axes', async () => {
    const file = wkt('a\tMill\tPOLYGON((51.27 1.05,51.27 1.06,51.28 1.06,51.27 1.05))');
    expect((await run(['validate', file])).code).toBe(0);
    const area = '0.9,51.1,1.5,51.5';
    for (const found of [
      await run(['validate', file, '--service-area', area]),
      await run(['validate', file], { TAGWATCH_SERVICE_AREA: area }),
    ]) {
      expect([found.code, found.out]).toEqual([
        1,
        expect.stringMatching(/at \[51\.27, 1\.05\]: .*swapped it would fit.*\(swapped-axes\)/),
      ]);
    }
  });

  it('--json is one document', async () => {
    const file = wkt(`a\tMill\t${TRIANGLE}`, `b\tBow\t${BOW}`, `c\tMill again\t${TRIANGLE}`);
    const { code, out } = await run(['validate', file, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      files: [file],
      zones: [{ zoneId: 'a', name: 'Mill', vertices: 3 }, { zoneId: 'c' }],
      extent: { west: 1.05, south: 51.27, east: 1.06, north: 51.28 },
      errors: 1,
      warnings: 1,
      findings: [
        {
          file,
          number: 2,
          id: 'b',
          line: 2,
          check: 'kink',
          position: [1.09, 51.27],
          pointer: '/geometry/coordinates/0/2',
        },
        { number: 3, check: 'duplicate-geometry', severity: 'warning' },
      ],
    });
  });

  it('names what is missing, unknown or no zone file', async () => {
    const missing = await run(['validate', join(directory, 'none.kml')]);
    expect([missing.code, missing.out]).toEqual([1, expect.stringMatching(/none\.kml: error: There is no such file/)]);
    const features = [
      {
        type: 'Feature',
        id: 'a',
        properties: { name: 'A', radiusMetres: 50 },
        geometry: { type: 'Point', coordinates: [1, 51] },
      },
    ];
    const conditions = { type: 'FeatureCollection', features, conditions: [{ id: 'x', kind: 'curfew' }] };
    const { out } = await run(['validate', write('c.geojson', JSON.stringify(conditions))]);
    expect(out).toMatch(/error: "x": conditions\[0\]: \/zoneId is required/);
  });

  it.each([
    [[], /validate, import or schema/],
    [['draw'], /There is no "tagwatch zones draw"/],
    [['validate'], /PATHS are needed/],
    [['validate', 'x', '--replace'], /--replace/],
    [
      ['validate', 'x', '--service-area', '5,1,2,3', '--r95-metres', '0', '--format', 'shp'],
      /--format is "shp"(.|\n)*--r95-metres(.|\n)*--service-area is "5,1,2,3"/,
    ],
    [['import', 'x', '--url', 'localhost', '--id-prefix', 'a b'], /--id-prefix is "a b"(.|\n)*--url is/],
  ])('called wrongly with %j ends with 2', async (args, message) => {
    const { code, err } = await run(args);
    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  });

  it('explains itself', async () => {
    for (const args of [['--help'], ['validate', '--help'], ['import', '-h']]) {
      const { code, out } = await run(args);
      expect([code, out]).toEqual([0, expect.stringMatching(/^Usage: tagwatch zones/)]);
    }
  });
});
