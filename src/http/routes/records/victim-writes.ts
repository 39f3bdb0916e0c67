/** Which writes would pause or end the watch of a victim: each question of the database is asked once, of however many writes. */
import { isDeepStrictEqual } from 'node:util';
import type { Queryable } from '../../../ports/database.js';
import type { RecordKind, StoredRecord } from '../../../ports/records.js';
import type { AbsenceContent } from '../../../records/kinds/absence.js';
import type { ActivationContent } from '../../../records/kinds/activation.js';
import type { OrderContent } from '../../../records/kinds/order.js';
import type { SuspensionContent } from '../../../records/kinds/suspension.js';
import {
  findDemandingPresenceAtVictims,
  findWatchingVictims,
  findWithVictimZone,
  type Owners,
} from '../../../store/record-owners.js';
import { recordStore } from '../../../store/record-store.js';

export interface RecordWrite {
  readonly kind: RecordKind;
  readonly id: string;
  readonly content: object;
  /** From when on, ISO; null or absent: it does not say. */
  readonly effectiveAt?: string | null;
  /** It is to be of all wearers by what is written with it: a zone whose conditions come beside it. */
  readonly becomesShared?: boolean;
}

export type FindOwners = (kind: RecordKind, id: string) => Owners | undefined;

export async function findVictimWrites(
  tx: Queryable,
  writes: readonly RecordWrite[],
  findOwners: FindOwners,
): Promise<ReadonlySet<RecordWrite>> {
  const pausing = await findPausing(tx, writes, findOwners);
  return new Set([...pausing, ...(await findEnding(tx, writes, findOwners))]);
}

/** By which alerts about a victim's zone are held back, or excused. */
async function findPausing(
  tx: Queryable,
  writes: readonly RecordWrite[],
  findOwners: FindOwners,
): Promise<readonly RecordWrite[]> {
  const isOfVictim = (conditionId: string) => findOwners('condition', conditionId)?.isOfVictim === true;
  const suspensions = writes.flatMap((write) =>
    write.kind === 'suspension' ? [{ write, ...(write.content as SuspensionContent) }] : [],
  );
  const absences = writes.flatMap((write) =>
    write.kind === 'absence' ? [{ write, ...(write.content as AbsenceContent) }] : [],
  );
  const suspendsAll = suspensions.filter(({ conditionId }) => conditionId === undefined);
  const excusesAll = absences.filter(({ conditionIds }) => conditionIds === undefined);
  const wearers = await findWithVictimZone(tx, distinct(suspendsAll, 'wearerId'));
  const orders = await findDemandingPresenceAtVictims(tx, distinct(excusesAll, 'orderId'));
  return [
    ...suspensions.filter(({ wearerId, conditionId }) =>
      conditionId === undefined ? wearers.has(wearerId) : isOfVictim(conditionId),
    ),
    ...absences.filter(({ orderId, conditionIds }) => conditionIds?.some(isOfVictim) ?? orders.has(orderId)),
  ].map(({ write }) => write);
}

const distinct = <K extends string>(ones: readonly Readonly<Record<K, string>>[], field: K): string[] => [
  ...new Set(ones.map((one) => one[field])),
];

/**
 * By which the watch of a victim's zone ends, or is another: such a condition or zone of somebody's changed in whatever way, their order
 * made shorter or of another type, their tag taken off. To name it anew takes nobody else.
 */
async function findEnding(
  tx: Queryable,
  writes: readonly RecordWrite[],
  findOwners: FindOwners,
): Promise<readonly RecordWrite[]> {
  const standing = writes.flatMap((write) => {
    const [wearerId] = findOwners(write.kind, write.id)?.wearerIds ?? [];
    return wearerId === undefined ? [] : [{ write, wearerId }];
  });
  const idsOf = (kind: RecordKind) => standing.flatMap(({ write }) => (write.kind === kind ? [write.id] : []));
  const wearing = standing.filter(({ write }) => write.kind === 'activation');
  const wearers = await findWithVictimZone(tx, distinct(wearing, 'wearerId'));
  const orders = await findWatchingVictims(tx, idsOf('order'));
  const watches = ({ write: { kind, id }, wearerId }: (typeof standing)[number]): boolean => {
    if (kind === 'condition' || kind === 'zone') return findOwners(kind, id)!.isOfVictim;
    return kind === 'order' ? orders.has(id) : kind === 'activation' && wearers.has(wearerId);
  };
  const concerned = standing.filter(watches).map(({ write }) => write);
  const before = new Map<RecordKind, ReadonlyMap<string, StoredRecord>>();
  for (const kind of new Set(concerned.map((write) => write.kind))) {
    const ids = concerned.flatMap((write) => (write.kind === kind ? [write.id] : []));
    before.set(kind, await recordStore.find(tx, kind, ids));
  }
  return concerned.filter((write) => {
    const stands = before.get(write.kind)?.get(write.id);
    return stands !== undefined && endsBy(write, stands);
  });
}

function endsBy(write: RecordWrite, stands: StoredRecord): boolean {
  if (write.kind === 'condition' || write.kind === 'zone') return saysOtherwise(write, stands);
  if (write.kind === 'order') {
    const [was, is] = [stands.content as OrderContent, write.content as OrderContent];
    return was.type !== is.type || isShorter(was.startsAt, was.endsAt, is.startsAt, is.endsAt);
  }
  const [was, is] = [stands.content as ActivationContent, write.content as ActivationContent];
  return isShorter(was.fittedAt, was.removedAt, is.fittedAt, is.removedAt);
}

/** Other content than the version that stands, or another time from when on: of one that was put ahead, silence says from now on. */
function saysOtherwise({ content, effectiveAt = null }: RecordWrite, stands: StoredRecord): boolean {
  if (!isDeepStrictEqual(toPlain(stands.content), toPlain(content))) return true;
  if (effectiveAt !== null) return effectiveAt !== stands.effectiveAt;
  return stands.effectiveAtGiven && stands.effectiveAt !== null && stands.effectiveAt > stands.recordedAt;
}

const toPlain = (content: object): unknown => JSON.parse(JSON.stringify(content));

function isShorter(from: string, to: string | undefined, newFrom: string, newTo: string | undefined): boolean {
  const endOf = (end: string | undefined) => (end === undefined ? Number.POSITIVE_INFINITY : Date.parse(end));
  return Date.parse(newFrom) > Date.parse(from) || endOf(newTo) < endOf(to);
}
