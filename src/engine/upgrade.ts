/** States as earlier versions wrote them. */
import { sigmaMetres } from './belief.js';
import { horizonOf } from './horizon.js';
import type { ActivationState, Episode, Finding, HeldBack, Horizon, KeptFix, Snapshot, Told } from './state.js';
import { CERTAIN_LOG_ODDS } from './thresholds.js';

type EarlierFix = Omit<KeptFix, 'sigmaMetres'>;
type EarlierEpisode = Omit<Episode, 'raised' | 'logOdds' | 'foundLogOdds' | 'leftAt' | 'evidence' | 'lastViolating'> & {
  readonly evidence: readonly EarlierFix[];
  readonly lastViolating: EarlierFix;
};

/** Formats 1, of before there was a horizon, and 2, of before there was belief. */
type EarlierState = Omit<ActivationState, 'format' | 'over' | 'horizon' | 'told' | 'fixes' | 'open' | 'waiting'> & {
  readonly format: 1 | 2;
  fixes: EarlierFix[];
  open: EarlierEpisode[];
  told: (Omit<Told, 'endedAfterMs' | 'reason'> & Partial<Pick<Told, 'endedAfterMs' | 'reason'>>)[];
};

/** Format 3, of before speeds were judged: every fix was evidence. */
type StateWithoutWaiting = Omit<ActivationState, 'format' | 'waiting' | 'horizon'> & {
  readonly format: 3;
  horizon: Omit<Horizon, 'setAside' | 'snapshots'> & { readonly snapshots: Omit<Snapshot, 'waiting'>[] };
};

const withSigma = (fix: EarlierFix): KeptFix => ({ ...fix, sigmaMetres: sigmaMetres(fix.accuracyMetres, 'r95') });

/** Two fixes in a row were as good as certain, one was as good as even. */
function withBelief(episode: EarlierEpisode): Episode {
  const logOdds = episode.strength === 'confirmed' ? CERTAIN_LOG_ODDS : 0;
  const lastViolating = withSigma(episode.lastViolating);
  const evidence = episode.evidence.map(withSigma);
  return { ...episode, evidence, lastViolating, raised: true, logOdds, foundLogOdds: logOdds, leftAt: null };
}

/** What format 2 held back lacks σ of its fixes, for nothing but what will be explained of it. */
function withSigmas(held: HeldBack): HeldBack {
  const { evidence, lastViolating, end }: Finding = held.finding;
  const finding = {
    ...held.finding,
    evidence: evidence.map(withSigma),
    lastViolating: lastViolating === null ? null : withSigma(lastViolating),
    end: end === null ? null : { ...end, fix: end.fix === null ? null : withSigma(end.fix) },
  };
  return { ...held, finding };
}

/** As one of now; of before there was belief, late fixes begin to be judged from its newest fix on. */
export function upgradeState(stored: ActivationState | StateWithoutWaiting | EarlierState): ActivationState {
  if (stored.format === 4) return stored;
  return stored.format === 3 ? withWaiting(stored) : withHorizon(stored);
}

function withWaiting(stored: StateWithoutWaiting): ActivationState {
  const { ring, count } = stored.horizon;
  const snapshots = stored.horizon.snapshots.map((snapshot) => ({ ...snapshot, waiting: [] }));
  return { ...stored, format: 4, waiting: [], horizon: { ring, count, setAside: [], snapshots } };
}

function withHorizon(stored: EarlierState): ActivationState {
  const reasonOf = ({ termKey, startedAtMs }: Pick<Told, 'termKey' | 'startedAtMs'>) =>
    stored.open.find((each) => each.termKey === termKey && each.startedAtMs === startedAtMs)?.reason ?? null;
  const fixes = stored.fixes.map(withSigma);
  const open = stored.open.map(withBelief);
  return {
    ...stored,
    format: 4,
    fixes,
    waiting: [],
    open,
    told: stored.told.map((each) => ({
      ...each,
      endedAfterMs: each.endedAfterMs ?? null,
      reason: each.reason ?? reasonOf(each),
    })),
    over: [],
    horizon: horizonOf({ fixes, waiting: [], open }),
    ...(stored.heldBack === undefined ? {} : { heldBack: stored.heldBack.map(withSigmas) }),
  };
}
