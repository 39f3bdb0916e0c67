/**
 * `inputs.ndjson`: what the engine folded, alert by alert. A line `alert` with the condition, its zones and every version of them as
 * they were published; then a line `ping` for each ping, in the order of the fold. The fold begins two hours before the alert without
 * any state; ticks come when the engine asks for them, and a version becomes known when it was published.
 */

import { toCanonicalBytes } from '../canonical-json.js';
import type { SharedWatch, TagWatch } from '../engine/types.js';
import type { StoredPing } from '../roles/reconciler/rerun.js';
import { madeAtMsOf, type RerunInputs } from '../roles/reconciler/rerun.js';
import type { PackModel } from './pack-model.js';
import { type FoldOrder, foldOrderOf } from './repeat-finding.js';

interface AlertLine {
  readonly type: 'alert';
  readonly alertId: string;
  readonly order: FoldOrder;
  readonly activationId: string;
  readonly untilMs: number;
  readonly watch: TagWatch;
  readonly shared: readonly SharedWatch[];
}
type PingLine = { readonly type: 'ping' } & StoredPing;
/** In the place of both: what the alert rests on was deleted because of its age. */
interface DeletedLine {
  readonly type: 'deleted';
  readonly alertId: string;
}
type Line = AlertLine | PingLine | DeletedLine;

export function writeInputs({ alerts, deletedPings }: Pick<PackModel, 'alerts' | 'deletedPings'>): Uint8Array {
  const lines: Line[] = [];
  for (const { alert, findings, inputs, areInputsDeleted } of alerts) {
    if (inputs === null) {
      if ((areInputsDeleted || deletedPings > 0) && alert.finding.conditionId !== null)
        lines.push({ type: 'deleted', alertId: alert.alertId });
      continue;
    }
    const { pings, ...rest } = inputs;
    const order = foldOrderOf(findings);
    const ordered = order === 'as-received' ? pings : [...pings].sort((a, b) => madeAtMsOf(a) - madeAtMsOf(b));
    lines.push({ type: 'alert', alertId: alert.alertId, order, ...rest });
    for (const ping of ordered) lines.push({ type: 'ping', ...ping });
  }
  const newline = Buffer.from('\n');
  return Buffer.concat(lines.flatMap((line) => [toCanonicalBytes(line), newline]));
}

/** By alert; null: what it rests on was deleted. Throws where the file is not as `writeInputs` writes one; what is in the lines is the engine's to judge. */
export function readInputsFile(bytes: Uint8Array): ReadonlyMap<string, RerunInputs | null> {
  const byAlert = new Map<string, RerunInputs | null>();
  let current: StoredPing[] | null = null;
  for (const text of new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line;
    if (line.type === 'alert') {
      const { activationId, watch, shared, untilMs } = line;
      current = [];
      byAlert.set(line.alertId, { activationId, watch, shared, untilMs, pings: current });
    } else if (line.type === 'deleted') {
      current = null;
      byAlert.set(line.alertId, null);
    } else if (line.type === 'ping' && current !== null)
      current.push({ ping: line.ping, receivedAtMs: line.receivedAtMs });
    else throw new Error('a line of inputs.ndjson is neither an alert nor a ping of one');
  }
  return byAlert;
}
