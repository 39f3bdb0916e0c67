/** Gathers from the record what a pack is made of: the alerts, what stood then, the track. */
import { isFinding } from '../alerts/event.js';
import type { TrailFix } from '../formats/trails/trail.js';
import type { Queryable } from '../ports/database.js';
import type { RecordKind, StoredRecord } from '../ports/records.js';
import { listPeriodAlerts, readAlert } from '../store/alerts.js';
import { readGapFacts } from '../store/gap-facts.js';
import { readRelatedRecords } from '../store/pack-records.js';
import { recordStore } from '../store/record-store.js';
import { countDeletedPings, listDeletedStretches } from '../store/retention.js';
import { listTagsWorn } from '../store/timeline.js';
import { readTrail, type TrailPlace } from '../store/trail.js';
import { readJudgedAs, readWording } from '../store/wordings.js';
import { judgeTrailStretch, type StretchBefore } from '../views/judged-trail.js';
import { AROUND_ALERT_MS, MAX_PACK_ALERTS, MAX_PACK_PERIOD_MS, type PackSubject } from '../wire/pack.js';
import { strongestOf } from './finding-sentences.js';
import { readPackAudit } from './gather-audit.js';
import type { PackAlert, PackRecord, PackSource } from './pack-model.js';
import { MAX_RERUN_PINGS, readRerunInputs, restsOn } from './rerun-inputs.js';

/** What an answer holds is read at one stretch, in which alerts wait: 500 take some 10 ms. */
const FIXES_PER_READ = 500;
const VERSIONS_PER_READ = 500;

/** What a pack is made of, or why there is none, in a sentence for who asked. */
export type Gathered = { readonly source: PackSource } | { readonly refused: string };

/** In one snapshot of the record. `nowMs`: what is not over yet is shown until then. */
export async function gatherPack(db: Queryable, subject: PackSubject, nowMs: number): Promise<Gathered> {
  const alertIds =
    'alertIds' in subject
      ? [...new Set(subject.alertIds)]
      : (await listPeriodAlerts(db, subject, MAX_PACK_ALERTS + 1)).map(({ alertId }) => alertId);
  if (alertIds.length > MAX_PACK_ALERTS)
    return { refused: `there are more than ${MAX_PACK_ALERTS} alerts: make several packs, each of a shorter time` };
  const alerts: PackAlert[] = [];
  for (const alertId of alertIds) {
    const stored = await readAlert(db, alertId);
    if (stored === null) return { refused: `alert ${alertId} is not on record` };
    const findings = stored.events.map(({ event }) => event).filter(isFinding);
    const inputs = await readRerunInputs(db, findings);
    if (inputs !== null && inputs.pings.length > MAX_RERUN_PINGS)
      return { refused: `alert ${alertId} rests on more than ${MAX_RERUN_PINGS} pings` };
    const isDeleted = inputs === null && (await countDeletedPings(db, restsOn(findings))) > 0;
    const wording = await readWording(db, strongestOf({ findings }));
    alerts.push({ ...stored, findings, inputs, wording, ...(isDeleted ? { areInputsDeleted: true } : {}) });
  }
  alerts.sort((a, b) => (a.alert.raisedAt < b.alert.raisedAt ? -1 : a.alert.raisedAt > b.alert.raisedAt ? 1 : 0));
  const wearerIds = new Set(alerts.map(({ alert }) => alert.finding.wearerId));
  if ('wearerId' in subject) wearerIds.add(subject.wearerId);
  const [wearerId, ...others] = wearerIds;
  if (wearerId === undefined) return { refused: 'it names no alert and no wearer' };
  if (others.length > 0) return { refused: 'the alerts are of several wearers: a pack is about one' };
  const { fromMs, toMs } = 'wearerId' in subject ? subject : periodOf(alerts, nowMs);
  if (toMs - fromMs > MAX_PACK_PERIOD_MS) return { refused: 'it would go over more than 14 days: make several packs' };
  const records = await readRecords(db, wearerId, alerts, fromMs, toMs);
  if (records[0]?.versions.length === 0) return { refused: `there is no wearer ${wearerId}` };
  const track = await readTrack(db, { wearerId, fromMs, toMs }, nowMs);
  const audit = await readPackAudit(db, { wearerId, alertIds, fromMs });
  const tagIds = await listTagsWorn(db, { wearerId, fromMs, untilMs: toMs });
  const deletedPings = await countDeletedPings(db, { tagIds, fromMs, toMs });
  const deleted = await listDeletedStretches(db, { wearerId, fromMs, toMs });
  return { source: { wearerId, fromMs, toMs, alerts, records, track, audit, deletedPings, deleted } };
}

function periodOf(alerts: readonly PackAlert[], nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const starts = alerts.flatMap(({ findings }) => findings.map(({ episode }) => Date.parse(episode.startedAt)));
  const ends = alerts.map(({ alert: { finding } }) => Date.parse(finding.episode.endedAt ?? finding.raisedAt));
  const fromMs = Math.min(...starts) - AROUND_ALERT_MS;
  return { fromMs, toMs: Math.max(fromMs + 1, Math.min(nowMs, Math.max(...ends) + AROUND_ALERT_MS)) };
}

async function readTrack(
  db: Queryable,
  range: { readonly wearerId: string; readonly fromMs: number; readonly toMs: number },
  nowMs: number,
): Promise<TrailFix[]> {
  const gapDeps = { readFacts: (lines: Parameters<typeof readGapFacts>[1]) => readGapFacts(db, lines), nowMs };
  const track: TrailFix[] = [];
  let after: (TrailPlace & StretchBefore<TrailFix>) | null = null;
  do {
    const read = await readTrail(db, { ...range, limit: FIXES_PER_READ, after });
    const judged: Awaited<ReturnType<typeof judgeTrailStretch<TrailFix, TrailPlace>>> = await judgeTrailStretch<
      TrailFix,
      TrailPlace
    >(read, after, gapDeps);
    track.push(...judged.points);
    after = judged.next;
  } while (after !== null);
  return track;
}

/** Every version of a record, however many there are. */
async function readVersions(db: Queryable, kind: RecordKind, id: string): Promise<StoredRecord[]> {
  const versions: StoredRecord[] = [];
  let read: StoredRecord[];
  do {
    read = await recordStore.versions(db, kind, id, versions.at(-1)?.version ?? 0, VERSIONS_PER_READ);
    versions.push(...read);
  } while (read.length === VERSIONS_PER_READ);
  return versions;
}

/**
 * The wearer first. Of zones and conditions the version that each finding names, and of conditions those that differ from it in words alone; of
 * the others every version known by the end.
 */
async function readRecords(
  db: Queryable,
  wearerId: string,
  alerts: readonly PackAlert[],
  fromMs: number,
  toMs: number,
): Promise<PackRecord[]> {
  const records: PackRecord[] = [];
  const add = async (kind: RecordKind, id: string, isMeant: (version: StoredRecord) => boolean = () => true) => {
    const versions = await readVersions(db, kind, id);
    records.push({ kind, versions: versions.filter(isMeant) });
    return versions;
  };
  const findings = alerts.flatMap((each) => each.findings);
  const named = <T>(pick: (finding: (typeof findings)[number]) => T | null) =>
    [...new Set(findings.flatMap((finding) => pick(finding) ?? []))].sort();
  await add('wearer', wearerId);
  for (const activationId of named((finding) => finding.activationId)) await add('activation', activationId);
  for (const tagId of named((finding) => finding.tagId)) {
    const tag = (await add('tag', tagId)).at(-1)?.content as { readonly modelId?: string } | undefined;
    if (tag?.modelId !== undefined) await add('tag-model', tag.modelId);
  }
  const orderIds = new Set<string>();
  const conditions: PackRecord[] = [];
  for (const conditionId of named((finding) => finding.conditionId)) {
    const versions = await readVersions(db, 'condition', conditionId);
    const meant = new Set(findings.flatMap((one) => (one.conditionId === conditionId ? one.conditionVersion : [])));
    const judgedAs = await readJudgedAs(db, conditionId);
    conditions.push({
      kind: 'condition',
      versions: versions.filter(({ version }) => meant.has(judgedAs.get(version) ?? version)),
    });
    const { orderId } = (versions.at(-1)?.content ?? {}) as { readonly orderId?: string };
    if (orderId !== undefined) orderIds.add(orderId);
  }
  for (const orderId of [...orderIds].sort()) await add('order', orderId);
  records.push(...conditions);
  for (const zoneId of named((finding) => finding.zoneId)) {
    const meant = new Set(findings.flatMap((one) => (one.zoneId === zoneId ? one.zoneVersion : [])));
    await add('zone', zoneId, ({ version }) => meant.has(version));
  }
  const related = await readRelatedRecords(db, { wearerId, orderIds: [...orderIds], fromMs, toMs });
  for (const id of related.absenceIds) await add('absence', id);
  for (const id of related.suspensionIds) await add('suspension', id);
  for (const id of related.custodyPeriodIds) await add('custody-period', id);
  return records;
}
