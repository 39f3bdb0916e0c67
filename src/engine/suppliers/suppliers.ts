/**
 * What is known of those who send for many tags, beside the states of the tags. A tag is judged silent no further than its supplier has
 * been read, nor than the supplier's own last message: a lag of ours, or a supplier that is away, is no silence of its tags. That one is
 * told by itself, once. Never changed in place: a checkpoint keeps it as it stood.
 */
import { SUPPLIER_GRACE_MS, SUPPLIER_NOT_READ_AFTER_MS, SUPPLIER_SILENT_AFTER_MS } from '../thresholds.js';
import type { AwayReason } from '../types.js';

/** How far one partition of a supplier's topic has been read: all that was appended before. */
export interface ReadThrough {
  readonly partition: number;
  readonly readThroughMs: number;
}

/** What intake tells of a supplier every half a minute, of the partitions that it reads. */
export interface SupplierTold {
  readonly source: string;
  readonly read: readonly ReadThrough[];
  /** When the newest message that was read was appended; null: none was. */
  readonly lastAtMs: number | null;
}

export interface Away {
  /** Up to when its tags are known to be heard of. */
  readonly sinceMs: number;
  readonly reason: AwayReason;
  readonly foundAtMs: number;
  /** Since when it is back; its tags have a while to be heard of again. Null: it is away. */
  readonly backAtMs: number | null;
}

export interface Supplier {
  readonly source: string;
  readonly read: readonly ReadThrough[];
  readonly lastAtMs: number | null;
  readonly away: Away | null;
}

export interface Suppliers {
  readonly all: readonly Supplier[];
  /** Since when ticks have come one after the other: while there are none, nobody reads, and that is no news. */
  readonly ticksFromMs: number;
  readonly tickAtMs: number;
  /** The last tick before them. */
  readonly gapFromMs: number;
}

export const NO_SUPPLIERS: Suppliers = { all: [], ticksFromMs: -1, tickAtMs: -1, gapFromMs: -1 };

/** Ticks come every few seconds; after such a gap the program itself was away. */
const TICK_GAP_MS = 60_000;

/** Takes in what intake tells. Several processes read a topic: of each partition, and of the last message, the newest counts. */
export function hearSupplier(suppliers: Suppliers, { source, read, lastAtMs }: SupplierTold): Suppliers {
  const before = suppliers.all.find((each) => each.source === source);
  const byPartition = new Map(before?.read.map((each) => [each.partition, each.readThroughMs]));
  for (const { partition, readThroughMs } of read)
    byPartition.set(partition, Math.max(readThroughMs, byPartition.get(partition) ?? readThroughMs));
  const supplier: Supplier = {
    source,
    read: [...byPartition]
      .sort(([a], [b]) => a - b)
      .map(([partition, readThroughMs]) => ({ partition, readThroughMs })),
    lastAtMs:
      before?.lastAtMs == null || lastAtMs === null
        ? (lastAtMs ?? before?.lastAtMs ?? null)
        : Math.max(lastAtMs, before.lastAtMs),
    away: before?.away ?? null,
  };
  const others = suppliers.all.filter((each) => each !== before);
  return { ...suppliers, all: [...others, supplier].sort((a, b) => (a.source < b.source ? -1 : 1)) };
}

/** What a tick found of one supplier. */
export interface SupplierChange {
  readonly type: 'away' | 'back';
  readonly supplier: Supplier;
  /** As it was, or is, away. */
  readonly away: Away;
}

/** What time makes of it. */
export function tickSuppliers(
  suppliers: Suppliers,
  atMs: number,
): { readonly suppliers: Suppliers; readonly changes: readonly SupplierChange[] } {
  if (atMs <= suppliers.tickAtMs) return { suppliers, changes: [] };
  const isGap = suppliers.tickAtMs < 0 || atMs - suppliers.tickAtMs > TICK_GAP_MS;
  const ticksFromMs = isGap ? atMs : suppliers.ticksFromMs;
  const gapFromMs = isGap ? suppliers.tickAtMs : suppliers.gapFromMs;
  const changes: SupplierChange[] = [];
  const all = suppliers.all.map((supplier) => {
    const away = awayAt(supplier, atMs, ticksFromMs);
    if (away === supplier.away) return supplier;
    const next = { ...supplier, away };
    if (supplier.away === null) changes.push({ type: 'away', supplier: next, away: away! });
    else if (away === null) changes.push({ type: 'back', supplier: next, away: supplier.away });
    return next;
  });
  return { suppliers: { all, ticksFromMs, tickAtMs: atMs, gapFromMs }, changes };
}

function awayAt(supplier: Supplier, atMs: number, ticksFromMs: number): Away | null {
  const { away, lastAtMs } = supplier;
  // Whoever never sent anything has no tags.
  if (lastAtMs === null) return away;
  const readThroughMs = readThroughOf(supplier);
  const isSilent = readThroughMs - lastAtMs > SUPPLIER_SILENT_AFTER_MS;
  const unreadFromMs = away === null ? Math.max(readThroughMs, ticksFromMs) : readThroughMs;
  const isUnread = atMs - unreadFromMs > SUPPLIER_NOT_READ_AFTER_MS;
  if (away === null) {
    if (!isSilent && !isUnread) return null;
    const sinceMs = Math.min(readThroughMs, lastAtMs);
    return { sinceMs, reason: isSilent ? 'silent' : 'not-read', foundAtMs: atMs, backAtMs: null };
  }
  if (isSilent || isUnread) return away.backAtMs === null ? away : { ...away, backAtMs: null };
  if (away.backAtMs === null) return { ...away, backAtMs: atMs };
  return atMs - away.backAtMs >= SUPPLIER_GRACE_MS ? null : away;
}

function readThroughOf({ read }: Supplier): number {
  let firstMs = Infinity;
  for (const { readThroughMs } of read) firstMs = Math.min(firstMs, readThroughMs);
  return firstMs;
}

/**
 * Up to when a tag that was heard of by this source would have been heard of; Infinity: as far as any tick. Of one that was never heard
 * of nobody knows by whom it will be: as far as all those have been read that are not told as away.
 */
export function heardUpToMs(suppliers: Suppliers, source: string | null): number {
  const { all, ticksFromMs, tickAtMs, gapFromMs } = suppliers;
  // Whoever sends to a program that was away has a while to send again.
  let upToMs = tickAtMs - ticksFromMs < SUPPLIER_GRACE_MS ? gapFromMs : Infinity;
  for (const supplier of all) {
    if (source === null ? supplier.away === null && supplier.lastAtMs !== null : supplier.source === source)
      upToMs = Math.min(upToMs, source === null ? readThroughOf(supplier) : heardUpToOf(supplier));
  }
  return upToMs;
}

function heardUpToOf(supplier: Supplier): number {
  const { away, lastAtMs } = supplier;
  return away === null ? Math.min(readThroughOf(supplier), lastAtMs ?? -Infinity) : away.sinceMs;
}
