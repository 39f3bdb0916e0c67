/** What a request for a pack is about: whose, whether it is there for who asks, and whether it is the same as one before. */
import { createHash } from 'node:crypto';
import type { Alert } from '../../../alerts/alert.js';
import type { Queryable } from '../../../ports/database.js';
import { listPeriodAlerts, readAlert } from '../../../store/alerts.js';
import { recordStore } from '../../../store/record-store.js';
import { MAX_PACK_ALERTS, MAX_PACK_PERIOD_MS, type PackSubject } from '../../../wire/pack.js';
import { readInstants } from '../../plugins/instants.js';
import type { ProblemInput } from '../../plugins/problems.js';

export interface SubjectSaid {
  readonly alertIds?: readonly string[];
  readonly wearerId?: string;
  readonly from?: string;
  readonly to?: string;
}
export type Resolved =
  | {
      readonly wearerId: string;
      readonly subject: PackSubject;
      readonly requestKey: string;
      /** Of a period, those in it. */
      readonly alertIds: readonly string[];
    }
  | { readonly problem: ProblemInput };

interface Asker {
  readonly nowMs: number;
  /** Of whom one may make packs. */
  readonly sees: (wearerId: string) => boolean;
  /** Whose alerts one may see: to them it is told that there is something, and why it may not be taken along. */
  readonly seesAlerts: (wearerId: string) => boolean;
}

const notYours = (wearerId: string): { readonly problem: ProblemInput } => ({
  problem: {
    status: 403,
    detail: `You may see wearer ${wearerId}, but not make packs of this wearer: your roles allow it for wearers that are assigned to you. Ask their sergeant.`,
  },
});

const wrong = (detail: string, ...pointers: readonly string[]): { readonly problem: ProblemInput } => ({
  problem: { status: 422, detail, errors: pointers.map((pointer) => ({ pointer, detail })) },
});

/** `said`: what else makes it the same request. */
export async function resolveSubject(
  db: Queryable,
  asked: SubjectSaid,
  said: Readonly<Record<string, string>>,
  asker: Asker,
): Promise<Resolved> {
  const found = asked.alertIds === undefined ? await ofPeriod(db, asked, asker) : await ofAlerts(db, asked, asker);
  if ('problem' in found) return found;
  const { wearerId, subject, alerts } = found;
  // A finding that was revised since, or an action, is another pack.
  const stand = alerts.map(({ alertId, finding, actions }) => [alertId, finding.revision, actions]).sort();
  const text = JSON.stringify([subject, Object.entries(said).sort(), stand]);
  const requestKey = createHash('sha256').update(text).digest('hex');
  return { wearerId, subject, requestKey, alertIds: alerts.map(({ alertId }) => alertId) };
}

type Found =
  | { readonly wearerId: string; readonly subject: PackSubject; readonly alerts: readonly Alert[] }
  | { readonly problem: ProblemInput };

async function ofAlerts(
  db: Queryable,
  { alertIds = [], wearerId, from, to }: SubjectSaid,
  asker: Asker,
): Promise<Found> {
  if (wearerId !== undefined || from !== undefined || to !== undefined)
    return wrong('a pack is of alerts, or of a wearer from and to, not both', '/alertIds');
  const alerts: Alert[] = [];
  for (const alertId of [...new Set(alertIds)].sort()) {
    const alert = (await readAlert(db, alertId))?.alert;
    const whose = alert?.finding.wearerId;
    if (whose !== undefined && !asker.sees(whose) && asker.seesAlerts(whose)) return notYours(whose);
    if (alert === undefined || !asker.sees(alert.finding.wearerId))
      return { problem: { status: 404, detail: `There is no alert ${alertId} on record.` } };
    alerts.push(alert);
  }
  const [whose, ...others] = new Set(alerts.map(({ finding }) => finding.wearerId));
  if (whose === undefined || others.length > 0) return wrong('must be alerts of one wearer', '/alertIds');
  return { wearerId: whose, subject: { alertIds: alerts.map(({ alertId }) => alertId) }, alerts };
}

async function ofPeriod(db: Queryable, { wearerId, from, to }: SubjectSaid, asker: Asker): Promise<Found> {
  if (wearerId === undefined || from === undefined || to === undefined)
    return wrong('a pack says `alertIds`, or `wearerId`, `from` and `to`', '');
  const { instants, errors } = readInstants({ from, to });
  if (errors.length > 0) return { problem: { status: 422, detail: 'The period cannot be read.', errors: [...errors] } };
  const { from: fromMs = 0, to: toMs = 0 } = instants;
  if (fromMs >= toMs) return wrong('must be before `to`', '/from');
  if (toMs - fromMs > MAX_PACK_PERIOD_MS) return wrong('must be at most 14 days before `to`', '/from');
  // What comes later would be in one pack and not in the next of the same name.
  if (toMs > asker.nowMs) return wrong('must not be in the future', '/to');
  if (!asker.sees(wearerId) && asker.seesAlerts(wearerId)) return notYours(wearerId);
  if (!asker.sees(wearerId) || !(await recordStore.find(db, 'wearer', [wearerId])).has(wearerId))
    return { problem: { status: 404, detail: `There is no wearer ${wearerId}.` } };
  const alerts = await listPeriodAlerts(db, { wearerId, fromMs, toMs }, MAX_PACK_ALERTS + 1);
  if (alerts.length > MAX_PACK_ALERTS)
    return wrong(`holds more than ${MAX_PACK_ALERTS} alerts: make several packs, each of a shorter time`, '/from');
  return { wearerId, subject: { wearerId, fromMs, toMs }, alerts };
}
