/**
 * A bound for entries that anybody can make: a flood of rubbish tokens must not fill the audit, nor push out of sight what stands between.
 * Of whom nobody knows, and of who asks for too much, some tries a minute are put on record each by itself; the others are counted, and
 * told by one entry for each endpoint when the minute is over.
 */
import type { AuditFacts, AuditTrail } from '../../ports/audit.js';
import type { Log } from '../../ports/log.js';

export interface FoldLimits {
  readonly windowMs: number;
  /** Entries of a window that stand by themselves: of all whom nobody knows together, and of each subject who asks for too much. */
  readonly strangers: number;
  readonly limited: number;
}

export const DEFAULT_FOLD_LIMITS: FoldLimits = { windowMs: 60_000, strangers: 60, limited: 1 };
/** What is folded into is told apart by endpoint and subject, so many at most; whatever is more has one more, which names nobody. */
const MAX_FOLDS = 1_000;

export interface FoldingTrail extends AuditTrail {
  /** Says what was counted, now rather than at the end of the window. */
  flush(): Promise<void>;
}

/** Null: it stands by itself whatever comes. */
function groupOf({ who, outcome }: AuditFacts): 'strangers' | 'limited' | null {
  if (outcome === 'limited') return 'limited';
  return who === null && outcome !== 'done' ? 'strangers' : null;
}

export function foldEntries(trail: AuditTrail, logger: Log, limits: FoldLimits = DEFAULT_FOLD_LIMITS): FoldingTrail {
  /** How many stand by themselves in this window, by whom. */
  let alone = new Map<string, number>();
  let folds = new Map<string, { facts: AuditFacts; repeats: number }>();
  let timer: NodeJS.Timeout | null = null;

  /** Whether this one is counted and not put on record by itself. */
  function isFolded(facts: AuditFacts): boolean {
    const group = groupOf(facts);
    if (group === null) return false;
    timer ??= setTimeout(() => void flush(), limits.windowMs).unref();
    const whose = group === 'strangers' ? '' : (facts.who ?? '');
    const before = alone.get(whose) ?? 0;
    if (before < limits[group]) {
      alone.set(whose, before + 1);
      return false;
    }
    const own = `${whose} ${facts.operationId} ${facts.outcome}`;
    const key = folds.has(own) || folds.size < MAX_FOLDS ? own : '';
    // As it was asked last.
    folds.set(key, {
      facts: key === own ? facts : { ...facts, who: null },
      repeats: (folds.get(key)?.repeats ?? 0) + 1,
    });
    return true;
  }

  async function flush(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const told = [...folds.values()];
    alone = new Map();
    folds = new Map();
    for (const { facts, repeats } of told) {
      await trail.keep({ ...facts, repeats }).catch((error: unknown) => {
        logger.error(
          { repeats, operationId: facts.operationId, why: String(error) },
          'denied tries are not in the audit',
        );
      });
    }
  }

  return {
    isPresent: () => trail.isPresent(),
    async append(facts) {
      if (!isFolded(facts)) await trail.append(facts);
    },
    async keep(facts) {
      if (!isFolded(facts)) await trail.keep(facts);
    },
    flush,
  };
}
