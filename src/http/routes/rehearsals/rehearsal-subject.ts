/** What a request for a rehearsal is about: whether the drafts are ones that who asks might write, and whose tracks they concern. */
import type { Clock } from '../../../ports/clock.js';
import type { Database } from '../../../ports/database.js';
import type { RecordStore } from '../../../ports/records.js';
import { type ConditionContent, condition } from '../../../records/kinds/condition.js';
import type { RecordPut } from '../../../records/write-records.js';
import { findRehearsedRecords } from '../../../rehearsal/rehearsed-records.js';
import type { RehearsedRecords } from '../../../rehearsal/rehearsed-watch.js';
import { listWorn, type StoredDraft } from '../../../store/rehearsals.js';
import { type DraftRecord, MAX_REHEARSAL_WEARERS } from '../../../wire/rehearsal.js';
import type { FieldError, ProblemInput } from '../../plugins/problems.js';
import { readRecord } from '../records/import-lines.js';
import type { RecordDeps } from '../records/record-routes.js';
import type { Asker } from '../records/record-scope.js';
import { judgeWrites, toWriteProblem } from '../records/write-scope.js';

export interface SubjectDeps extends Pick<RecordDeps, 'serviceArea'> {
  readonly db: Database;
  readonly clock: Clock;
  readonly store: RecordStore;
}

export interface AskedRehearsal {
  readonly drafts: readonly DraftRecord[];
  readonly wearerIds?: readonly string[];
}

interface RehearsalAsker {
  readonly asker: Asker;
  readonly sees: (wearerId: string) => boolean;
}
export interface RehearsalPeriod {
  readonly fromMs: number;
  readonly untilMs: number;
}

export type RehearsalSubject =
  | { readonly drafts: readonly StoredDraft[]; readonly wearerIds: readonly string[] }
  | { readonly problem: ProblemInput };

const WEARERS_PER_READ = 500;

const wrong = (...errors: readonly FieldError[]): { readonly problem: ProblemInput } => ({
  problem: { status: 422, errors: [...errors] },
});

export async function resolveRehearsal(
  deps: SubjectDeps,
  asked: AskedRehearsal,
  who: RehearsalAsker,
  period: RehearsalPeriod,
): Promise<RehearsalSubject> {
  const read = readDrafts(asked.drafts, deps);
  if ('problem' in read) return read;
  const writes = read.map(({ kind, id, said }) => ({ kind, id, ...said }));
  const verdicts = await judgeWrites(who.asker, deps.db, writes);
  for (const [place, verdict] of verdicts.entries()) {
    // That publishing it would take a second person hinders nobody from trying it.
    const problem = toWriteProblem(writes[place]!, verdict, true);
    if (problem !== null)
      return { problem: { ...problem, ...(problem.errors && { errors: below(place, problem.errors) }) } };
  }
  const drafts = await toStoredDrafts(deps, asked.drafts, read);
  const found = await findRehearsedRecords(deps.db, deps.store, drafts);
  if (found.type === 'zone-missing')
    return wrong({
      pointer: pointerOf(drafts, found.conditionId, 'zoneId'),
      detail: `there is no zone ${found.zoneId}`,
    });
  if (found.records.conditions.length === 0)
    return wrong({ pointer: '/drafts', detail: 'no condition names this zone: draft one beside it' });
  return await findWearers(deps, asked, who, { drafts, records: found.records, period });
}

const below = (place: number, errors: readonly FieldError[]): FieldError[] =>
  errors.map(({ pointer, detail }) => ({ pointer: `/drafts/${place}/body${pointer}`, detail }));

const pointerOf = (drafts: readonly StoredDraft[], conditionId: string, field: string): string => {
  const place = drafts.findIndex(({ kind, id }) => kind === 'condition' && id === conditionId);
  return place < 0 ? '/drafts' : `/drafts/${place}/body/${field}`;
};

function readDrafts(
  drafts: readonly DraftRecord[],
  { serviceArea }: SubjectDeps,
): readonly RecordPut[] | { readonly problem: ProblemInput } {
  const errors: FieldError[] = [];
  const puts: RecordPut[] = [];
  const names = new Set<string>();
  for (const [place, draft] of drafts.entries()) {
    const at = (pointer: string) => `/drafts/${place}${pointer}`;
    if (names.has(`${draft.kind}:${draft.id}`)) errors.push({ pointer: at('/id'), detail: 'is drafted twice' });
    names.add(`${draft.kind}:${draft.id}`);
    const read = readRecord(place + 1, draft, serviceArea);
    if ('put' in read) puts.push(read.put);
    else errors.push(...(read.errors ?? []).map((one) => ({ ...one, pointer: at(one.pointer) })));
  }
  return errors.length > 0 ? wrong(...errors) : puts;
}

async function toStoredDrafts(
  { db, store }: SubjectDeps,
  drafts: readonly DraftRecord[],
  puts: readonly RecordPut[],
): Promise<StoredDraft[]> {
  const idsOf = (kind: DraftRecord['kind']) => drafts.filter((each) => each.kind === kind).map(({ id }) => id);
  const standing = {
    zone: await store.find(db, 'zone', idsOf('zone')),
    condition: await store.find(db, 'condition', idsOf('condition')),
  };
  return drafts.map(({ kind, id, body }, place) => ({
    kind,
    id,
    body,
    version: (standing[kind].get(id)?.version ?? 0) + 1,
    content: puts[place]!.said.content,
  }));
}

interface Resolving {
  readonly drafts: readonly StoredDraft[];
  readonly records: RehearsedRecords;
  readonly period: RehearsalPeriod;
}

const zonesOf = (id: string, content: ConditionContent): string[] =>
  (condition.references?.(content, id) ?? []).flatMap(({ kind, id: zoneId }) => (kind === 'zone' ? [zoneId] : []));

/** Of conditions of orders their wearers; of those of all wearers who is named, or everybody within scope who wore a tag then. */
async function findWearers(
  deps: SubjectDeps,
  { wearerIds: named }: AskedRehearsal,
  who: RehearsalAsker,
  { drafts, records, period }: Resolving,
): Promise<RehearsalSubject> {
  const { db, store } = deps;
  const unseen = named?.findIndex((wearerId) => !who.sees(wearerId)) ?? -1;
  if (unseen >= 0) return wrong({ pointer: `/wearerIds/${unseen}`, detail: `there is no wearer ${named![unseen]}` });
  const isDrafted = (kind: DraftRecord['kind'], id: string) =>
    drafts.some((draft) => draft.kind === kind && draft.id === id);
  const isShared = records.conditions.some(({ content }) => content.orderId === undefined);
  const owners = await store.readWearers(
    db,
    records.conditions.flatMap(({ content }) => content.orderId ?? []),
  );
  const own = new Set<string>();
  const zoneIds = new Set<string>();
  for (const { id, content } of records.conditions) {
    const { orderId } = content;
    const wearerId = orderId === undefined ? undefined : owners.get(orderId);
    const isSeen = wearerId !== undefined && who.sees(wearerId);
    const isTried = orderId === undefined || (isSeen && (named?.includes(wearerId) ?? true));
    if (isTried) {
      for (const zoneId of zonesOf(id, content)) zoneIds.add(zoneId);
      if (wearerId !== undefined) own.add(wearerId);
    } else if (isDrafted('condition', id)) {
      // Of somebody else than on whom it is tried it would be told to whom those may be seen.
      const detail = isSeen ? `is of ${wearerId}, who is not among wearerIds` : `there is no order ${orderId}`;
      return wrong({ pointer: pointerOf(drafts, id, 'orderId'), detail });
    }
  }
  const unnamed = drafts.findIndex(({ kind, id }) => kind === 'zone' && !zoneIds.has(id));
  if (unnamed >= 0)
    return wrong({ pointer: `/drafts/${unnamed}`, detail: 'no condition that is tried names this zone' });
  const others = isShared ? (named ?? (await listSeen(db, who, period))) : [];
  const wearerIds = [...new Set([...own, ...others])].sort();
  if (wearerIds.length > MAX_REHEARSAL_WEARERS) {
    const detail = `more than ${MAX_REHEARSAL_WEARERS} wearers wore a tag then: say on whom it is to be tried`;
    return wrong({ pointer: '/wearerIds', detail });
  }
  if (wearerIds.length === 0) return wrong({ pointer: '/wearerIds', detail: 'it concerns nobody who is named' });
  return { drafts, wearerIds };
}

/** Goes no further than one more than can be tried. */
async function listSeen(db: Database, { sees }: RehearsalAsker, period: RehearsalPeriod): Promise<string[]> {
  const seen: string[] = [];
  for (let after = ''; seen.length <= MAX_REHEARSAL_WEARERS; ) {
    const ids = await listWorn(db, { ...period, after, limit: WEARERS_PER_READ });
    seen.push(...ids.filter(sees));
    const last = ids.at(-1);
    if (ids.length < WEARERS_PER_READ || last === undefined) break;
    after = last;
  }
  return seen;
}
