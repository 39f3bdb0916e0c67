import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inventBaseMap } from '../../src/demo/base-map.js';
import { readBaseMap } from '../../src/start/base-map-file.js';

const folder = mkdtempSync(join(tmpdir(), 'tagwatch-base-map-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (text: string) => {
  const path = join(folder, 'base.geojson');
  writeFileSync(path, text);
  return path;
};

test('takes what the demonstration has, and nothing is none', () => {
  const text = JSON.stringify(inventBaseMap());
  expect(readBaseMap(file(text))).toBe(text);
  expect(JSON.parse(readBaseMap(null))).toEqual({ type: 'FeatureCollection', features: [] });
});

test('says of what cannot be used which file it is and why', () => {
  expect(() => readBaseMap(join(folder, 'missing'))).toThrow(
    /TAGWATCH_BASE_MAP_FILE: .*missing cannot be used: ENOENT/,
  );
  expect(() => readBaseMap(file('{'))).toThrow(/cannot be used: .*JSON/);
  const unknown = {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [0, 0] },
    properties: { class: 'x', name: 'n' },
  };
  expect(() => readBaseMap(file(JSON.stringify({ type: 'FeatureCollection', features: [unknown] })))).toThrow(
    /\/features\/0\/properties\/class/,
  );
});
