/** States as earlier versions wrote them. */
import { horizonOf } from './horizon.js';
import type { ActivationState, Told } from './state.js';

/** Format 1, of before there was a horizon. */
type EarlierState = Omit<ActivationState, 'format' | 'over' | 'horizon' | 'told'> & {
  readonly format: 1;
  told: Omit<Told, 'endedAfterMs' | 'reason'>[];
};

/** As one of now: late fixes begin to be judged from its newest fix on. */
export function upgradeState(stored: ActivationState | EarlierState): ActivationState {
  if (stored.format === 2) return stored;
  const reasonOf = ({ termKey, startedAtMs }: Pick<Told, 'termKey' | 'startedAtMs'>) =>
    stored.open.find((each) => each.termKey === termKey && each.startedAtMs === startedAtMs)?.reason ?? null;
  return {
    ...stored,
    format: 2,
    told: stored.told.map((each) => ({ ...each, endedAfterMs: null, reason: reasonOf(each) })),
    over: [],
    horizon: horizonOf(stored.fixes, stored.open),
  };
}
