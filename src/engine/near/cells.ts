/**
 * Lists of terms behind their boxes, by number of a cell, all in one block of memory: a list is read in one place, where as objects
 * it was in seven. Lists grow and shrink one term at a time; what they leave is used again.
 */
import { UNITS_PER_DEGREE } from '../geometry/orientation.js';
import type { Place } from '../geometry/step.js';
import type { PreparedZone } from '../geometry/zone.js';
import type { PreparedTerm } from '../watch/prepared-term.js';

export interface Cells {
  /** Two integers a slot: the key of a cell and where its row begins in `block`, 0: the slot is free. */
  slots: Int32Array;
  /** How many slots are not free: at most half of them. A cell that has become empty keeps its own. */
  taken: number;
  /** Rows: how many terms there is room for, how many there are, and `STRIDE` integers for each. */
  block: Int32Array;
  end: number;
  /** Where rows begin that were grown out of, by the binary logarithm of their room. */
  readonly left: number[][];
  /** By number; null where a number is free. */
  readonly terms: (PreparedTerm | null)[];
  readonly freeNumbers: number[];
}

/** Of each term: west, south, east, north, whole units, rounded outwards; and its number. */
export const STRIDE = 5;
const NUMBER = 4;
/** Places in a row. */
const ROOM = 0;
const COUNT = 1;
const FIRST = 2;
/** Terms; a power of two. */
const LEAST_ROOM = 4;

export function createCells(): Cells {
  return {
    slots: new Int32Array(2 * 1_024),
    taken: 0,
    block: new Int32Array(4_096),
    // The row at 0 has no terms: it is that of every cell that is not there.
    end: FIRST,
    left: [],
    terms: [],
    freeNumbers: [],
  };
}

/** Where the row of a cell begins. */
export function rowOf({ slots }: Cells, key: number): number {
  return slots[slotOf(slots, key) + 1]!;
}

/** Where in the block the first term of a row stands. */
export function firstIn(row: number): number {
  return row + FIRST;
}

/** Where in the block its terms are over; `STRIDE` apart they stand before it. */
export function endIn({ block }: Cells, row: number): number {
  return row + FIRST + STRIDE * block[row + COUNT]!;
}

/** The term whose box stands at a place in the block. */
export function termAt({ block, terms }: Cells, at: number): PreparedTerm {
  return terms[block[at + NUMBER]!]!;
}

/** Whether the straight step from one place to another passes by the box at a place in the block. */
export function isPassedBy({ block }: Cells, at: number, from: Place, to: Place): boolean {
  const [west, south, east, north] = [block[at]!, block[at + 1]!, block[at + 2]!, block[at + 3]!];
  const fromX = from.longitude * UNITS_PER_DEGREE;
  const toX = to.longitude * UNITS_PER_DEGREE;
  if (Math.max(fromX, toX) < west || Math.min(fromX, toX) > east) return true;
  const fromY = from.latitude * UNITS_PER_DEGREE;
  const toY = to.latitude * UNITS_PER_DEGREE;
  if (Math.max(fromY, toY) < south || Math.min(fromY, toY) > north) return true;
  // The boxes of step and zone meet. On one side of the step's line are those whose middle is farther from it than a corner may
  // be from the middle; with a unit more, for rounding.
  const dx = toX - fromX;
  const dy = toY - fromY;
  const away = dx * ((south + north) / 2 - fromY) - dy * ((west + east) / 2 - fromX);
  return Math.abs(away) > Math.abs(dx) * ((north - south) / 2 + 1) + Math.abs(dy) * ((east - west) / 2 + 1);
}

/** The terms of a row whose boxes the straight step from one place to another meets, in the order of the row. */
export function termsAlong(cells: Cells, row: number, from: Place, to: Place): PreparedTerm[] {
  const along: PreparedTerm[] = [];
  const end = endIn(cells, row);
  for (let at = firstIn(row); at < end; at += STRIDE) {
    if (!isPassedBy(cells, at, from, to)) along.push(termAt(cells, at));
  }
  return along;
}

/**
 * The square of the distance from a point to the box at a place in the block, 0 inside; in units of latitude, one of longitude
 * taken as `shrink` of it.
 */
export function squaredUnitsTo({ block }: Cells, at: number, { latitude, longitude }: Place, shrink: number): number {
  const px = longitude * UNITS_PER_DEGREE;
  const py = latitude * UNITS_PER_DEGREE;
  const x = Math.max(block[at]! - px, 0, px - block[at + 2]!) * shrink;
  const y = Math.max(block[at + 1]! - py, 0, py - block[at + 3]!);
  return x * x + y * y;
}

/** Puts a term with its box (degrees) into the lists of cells, at least one and each once. */
export function addToCells(cells: Cells, keys: Iterable<number>, term: PreparedTerm, box: Box): void {
  const number = cells.freeNumbers.pop() ?? cells.terms.length;
  cells.terms[number] = term;
  const entry = [
    Math.floor(box.west * UNITS_PER_DEGREE),
    Math.floor(box.south * UNITS_PER_DEGREE),
    Math.ceil(box.east * UNITS_PER_DEGREE),
    Math.ceil(box.north * UNITS_PER_DEGREE),
    number,
  ];
  for (const key of keys) {
    const row = rowWithRoom(cells, key);
    cells.block.set(entry, endIn(cells, row));
    cells.block[row + COUNT]!++;
  }
}

type Box = Pick<PreparedZone, 'west' | 'south' | 'east' | 'north'>;

/** Takes a term out of the lists that it was put into. */
export function removeFromCells(cells: Cells, keys: Iterable<number>, term: PreparedTerm): void {
  const { block } = cells;
  let number: number | null = null;
  for (const key of keys) {
    const row = rowOf(cells, key);
    const last = endIn(cells, row) - STRIDE;
    for (let at = firstIn(row); at <= last; at += STRIDE) {
      if (termAt(cells, at) !== term) continue;
      number = block[at + NUMBER]!;
      block.copyWithin(at, last, last + STRIDE);
      block[row + COUNT]!--;
      break;
    }
  }
  if (number === null) return;
  cells.terms[number] = null;
  cells.freeNumbers.push(number);
}

/** Where a cell's slot begins: its own, or the free one that it would have. Slots are looked through from where its key says. */
function slotOf(slots: Int32Array, key: number): number {
  const mask = slots.length - 1;
  let slot = (2 * key) & mask;
  while (slots[slot + 1] !== 0 && slots[slot] !== key) slot = (slot + 2) & mask;
  return slot;
}

/** The row of a cell, with room for one term more. */
function rowWithRoom(cells: Cells, key: number): number {
  const row = rowOf(cells, key);
  if (row !== 0 && cells.block[row + COUNT]! < cells.block[row + ROOM]!) return row;
  if (row === 0) takeSlot(cells);
  const room = row === 0 ? LEAST_ROOM : 2 * cells.block[row + ROOM]!;
  const larger = newRow(cells, room);
  if (row !== 0) {
    cells.block.copyWithin(larger + COUNT, row + COUNT, endIn(cells, row));
    leaveRow(cells, row);
  }
  const slot = slotOf(cells.slots, key);
  cells.slots[slot] = key;
  cells.slots[slot + 1] = larger;
  return larger;
}

/** Counts one more slot as taken; where that would be more than half of them, there are twice as many from now on. */
function takeSlot(cells: Cells): void {
  const { slots } = cells;
  cells.taken++;
  if (4 * cells.taken <= slots.length) return;
  cells.slots = new Int32Array(2 * slots.length);
  for (let i = 0; i < slots.length; i += 2) {
    if (slots[i + 1] !== 0) cells.slots.set(slots.subarray(i, i + 2), slotOf(cells.slots, slots[i]!));
  }
}

/** The binary logarithm of a power of two. */
function sizeOf(room: number): number {
  return 31 - Math.clz32(room);
}

/** A row without terms, with room for so many. */
function newRow(cells: Cells, room: number): number {
  const left = cells.left[sizeOf(room)]?.pop();
  const row = left ?? cells.end;
  if (left === undefined) {
    cells.end += FIRST + STRIDE * room;
    if (cells.end > cells.block.length) {
      const { block } = cells;
      cells.block = new Int32Array(2 * Math.max(cells.end, block.length));
      cells.block.set(block);
    }
  }
  cells.block[row + ROOM] = room;
  cells.block[row + COUNT] = 0;
  return row;
}

function leaveRow({ block, left }: Cells, row: number): void {
  const size = sizeOf(block[row + ROOM]!);
  left[size] ??= [];
  left[size].push(row);
}
