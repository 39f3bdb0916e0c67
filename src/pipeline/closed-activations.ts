/** What becomes of an activation whose tag's watch does not name it any more. */
import type { TagWatch } from '../engine/types.js';

/**
 * An activation that moved to another tag is closed here: it stays in this tag's watch, removed when that was published. `held` is the
 * watch before this one.
 */
export function withClosedActivations(watch: TagWatch, held: TagWatch | undefined): TagWatch {
  const gone = (held?.activations ?? []).filter(
    (old) => !watch.activations.some((each) => each.activationId === old.activationId),
  );
  if (gone.length === 0) return watch;
  const closed = gone.map((old) => ({
    ...old,
    removedAtMs: Math.min(old.removedAtMs ?? watch.publishedAtMs, watch.publishedAtMs),
  }));
  const zones = { ...watch.zones };
  for (const { terms } of closed) for (const { zoneKey } of terms) zones[zoneKey] = held!.zones[zoneKey]!;
  const activations = [...closed, ...watch.activations].sort((a, b) => a.fittedAtMs - b.fittedAtMs);
  return { ...watch, activations, zones };
}
