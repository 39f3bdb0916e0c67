/** Field cases of zone files, by `tagwatch zones validate`. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { zones } from '../../src/cli/zones.js';
import { fieldCase } from './field-case.js';

const pathOf = (name: string) => fileURLToPath(new URL(`inputs/${name}`, import.meta.url));

async function validate(...args: string[]): Promise<{ code: number; told: string }> {
  const told: string[] = [];
  const note = (line: string) => void told.push(line);
  const code = await zones(['validate', ...args], { out: note, err: note, env: {} });
  return { code, told: told.join('\n') };
}

fieldCase('37', 'parts of KML dropped', async () => {
  const { code, told } = await validate(pathOf('zones-network-link.kml'));
  expect([code, told]).toEqual([0, expect.stringMatching(/warning.*NetworkLink.*not here/)]);
  return 'one zone, and a warning that the linked ones are not here';
});

fieldCase('43', 'declared UTF-16, is UTF-8', async () => {
  const { code, told } = await validate(pathOf('zones-declared-utf16.kml'), '--json');
  expect(code).toBe(0);
  expect(told).toContain('z21');
  return 'read: zone z21';
});

fieldCase('50', 'parts of KML misread', async () => {
  const { code, told } = await validate(pathOf('zones-two-outer-boundaries.kml'));
  expect([code, told]).toEqual([1, expect.stringMatching(/error.*second ring in its outerBoundaryIs/)]);
  return 'refused, the second outer boundary named';
});

fieldCase('53', 'options that begin with a minus', async () => {
  const file = pathOf('zones-network-link.kml');
  expect((await validate(file, '--service-area', '-8,49,2,61')).code).toBe(0);
  const outside = await validate(file, '--service-area', '-8,49,-7,61');
  expect([outside.code, outside.told]).toEqual([1, expect.stringMatching(/service area/)]);
  return 'taken as west -8';
});
