/** States as earlier versions wrote them. */
import { initialDevice } from './device/device-state.js';
import { sigmaMetres } from './fold/evidence.js';
import { backlogFromMs, horizonOf } from './fold/horizon.js';
import {
  type ActivationState,
  AT_ONCE,
  type Episode,
  type Finding,
  type HeldBack,
  initialState,
  type KeptFix,
  type Told,
} from './state.js';
import { CERTAIN_LOG_ODDS, SNAPSHOT_EVERY_FIXES, SNAPSHOT_EVERY_MS } from './thresholds.js';

type Received = { readonly fixedAtMs: number; readonly receivedAtMs: number };
type EarlierFix = Omit<KeptFix, 'sigmaMetres'> & Partial<Received>;
type EarlierEpisode = Omit<Episode, 'raised' | 'logOdds' | 'foundLogOdds' | 'leftAt' | 'evidence' | 'lastViolating'> & {
  readonly evidence: readonly EarlierFix[];
  readonly lastViolating: EarlierFix;
};

/** What all formats have. */
type Common = Pick<
  ActivationState,
  | 'activationId'
  | 'knownTerms'
  | 'watchSequence'
  | 'sharedPublishedAtMs'
  | 'nextEdgeAtMs'
  | 'nextTickEdgeAtMs'
  | 'nextDueAtMs'
  | 'heldBack'
>;

/** Formats 1, of before there was a horizon, and 2, of before there was belief. */
type EarlierState = Common & {
  readonly format: 1 | 2;
  readonly fixes: readonly (EarlierFix & Received)[];
  readonly open: readonly EarlierEpisode[];
  readonly told: readonly (Omit<Told, 'endedAfterMs' | 'reason'> & Partial<Pick<Told, 'endedAfterMs' | 'reason'>>)[];
};

/** Of before tags were heard of themselves: silence is counted from the next input on. */
type StateWithoutDevice = Omit<ActivationState, 'device'>;

/** Format 3, of before speeds were judged: every fix was evidence. */
type StateWithoutWaiting = Common &
  Pick<ActivationState, 'open' | 'told' | 'over'> & {
    readonly format: 3;
    readonly fixes: readonly (KeptFix & Received)[];
    readonly horizon: {
      /** Six numbers a fix: the second is when it was received. */
      readonly ring: readonly number[];
      readonly count: number;
      readonly snapshots: readonly Omit<ActivationState['snapshots'][number], 'waiting'>[];
    };
  };

const withSigma = ({ receivedAtMs: _, ...fix }: EarlierFix): KeptFix => ({
  ...fix,
  sigmaMetres: sigmaMetres(fix.accuracyMetres, 'r95'),
});

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
export function upgradeState(
  stored: ActivationState | StateWithoutDevice | StateWithoutWaiting | EarlierState,
): ActivationState {
  if (stored.format === 4) return 'device' in stored ? stored : { ...stored, device: initialDevice() };
  return stored.format === 3 ? withWaiting(stored) : withHorizon(stored);
}

/** What `initialState` has and a state of any format gives again. */
function commonOf(stored: Common): Common {
  const { activationId, knownTerms, watchSequence, sharedPublishedAtMs, heldBack } = stored;
  const { nextEdgeAtMs, nextTickEdgeAtMs, nextDueAtMs } = stored;
  return {
    activationId,
    knownTerms,
    watchSequence,
    sharedPublishedAtMs,
    nextEdgeAtMs,
    nextTickEdgeAtMs,
    nextDueAtMs,
    ...(heldBack === undefined ? {} : { heldBack }),
  };
}

/** When the newest fix was received, if it came delayed. */
function backlogAtMsOf(newest: Received | undefined): number | null {
  const backlogMs = newest === undefined ? AT_ONCE : backlogFromMs(newest.fixedAtMs, newest.receivedAtMs);
  return backlogMs === AT_ONCE ? null : backlogMs;
}

const EARLIER_RING_WIDTH = 6;

function withWaiting(stored: StateWithoutWaiting): ActivationState {
  const { count } = stored.horizon;
  const ring: number[] = [];
  for (let at = 0; at < count * EARLIER_RING_WIDTH; at += EARLIER_RING_WIDTH) {
    const [fixedAtMs, , latitude, longitude, accuracyMetres, sigma] = stored.horizon.ring.slice(at);
    const isR95 = sigma === sigmaMetres(accuracyMetres!, 'r95');
    ring.push(fixedAtMs!, latitude!, longitude!, isR95 ? accuracyMetres! : -accuracyMetres!);
  }
  const snapshots = stored.horizon.snapshots.map((snapshot) => ({ ...snapshot, waiting: [] }));
  const last = snapshots.at(-1)!;
  const lastAtMs = last.atMs ?? ring[0];
  return {
    ...initialState(stored.activationId),
    ring,
    ringCount: count,
    backlogAtMs: backlogAtMsOf(stored.fixes.at(-1)),
    snapshots,
    snapshotDueAtMs: lastAtMs === undefined ? null : lastAtMs + SNAPSHOT_EVERY_MS,
    snapshotDueCount: last.ringCount + SNAPSHOT_EVERY_FIXES,
    open: stored.open,
    told: stored.told,
    over: stored.over,
    ...commonOf(stored),
  };
}

function withHorizon(stored: EarlierState): ActivationState {
  const reasonOf = ({ termKey, startedAtMs }: Pick<Told, 'termKey' | 'startedAtMs'>) =>
    stored.open.find((each) => each.termKey === termKey && each.startedAtMs === startedAtMs)?.reason ?? null;
  const fixes = stored.fixes.map(withSigma);
  const open = stored.open.map(withBelief);
  return {
    ...initialState(stored.activationId),
    ...horizonOf({ fixes, waiting: [], open }),
    backlogAtMs: backlogAtMsOf(stored.fixes.at(-1)),
    open,
    told: stored.told.map((each) => ({
      ...each,
      endedAfterMs: each.endedAfterMs ?? null,
      reason: each.reason ?? reasonOf(each),
    })),
    ...commonOf(stored),
    ...(stored.heldBack === undefined ? {} : { heldBack: stored.heldBack.map(withSigmas) }),
  };
}
