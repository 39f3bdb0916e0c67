/** Names that nobody has: a wearer in a demonstration must not be taken for a person. */
import type { Random } from './random.js';

const FIRST = [
  'Alder', 'Bracken', 'Cobble', 'Drizzle', 'Ember', 'Fennel', 'Gorse', 'Hazel-Ann', 'Indigo', 'Jasper', 'Kestrel', 'Lichen',
  'Marrow', 'Nettle', 'Oswin', 'Pebble', 'Quillon', 'Rowan', 'Sorrel', 'Tansy', 'Umber', 'Vesper', 'Willow', 'Yarrow',
] as const; // biome-ignore format: a table of words
const LAST_START = [
  'Acorn',
  'Bramble',
  'Candle',
  'Dapple',
  'Feather',
  'Goose',
  'Honey',
  'Kettle',
  'Lantern',
  'Mallow',
  'Otter',
  'Pudding',
  'Quarter',
  'Ripple',
  'Thimble',
  'Wicker',
] as const;
const LAST_END = [
  'bank',
  'bottom',
  'cross',
  'down',
  'field',
  'gate',
  'hurst',
  'ley',
  'mead',
  'nook',
  'quill',
  'shaw',
  'stead',
  'thwaite',
  'wick',
  'worthy',
] as const;

/** So many different names. */
export function inventNames(random: Random, count: number): string[] {
  const names = new Set<string>();
  const most = FIRST.length * LAST_START.length * LAST_END.length;
  if (count > most / 2) throw new Error(`No more than ${most / 2} names can be invented, not ${count}`);
  while (names.size < count) {
    names.add(`${random.pick(FIRST)} ${random.pick(LAST_START)}${random.pick(LAST_END)}`);
  }
  return [...names];
}
