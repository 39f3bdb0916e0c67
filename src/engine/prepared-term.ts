/** A term with its zone prepared and its absent ends made infinite. */
import { cutAbsences, type Piece } from './absences.js';
import { type PreparedZone, prepareZone } from './geometry/zone.js';
import type { EngineEvent, Term, Zone } from './types.js';

/** A zone without its shape, which is prepared: what came over the wire is 100 small objects for 60 vertices. */
export type NamedZone = Omit<Zone, 'shape'>;

export interface PreparedTerm {
  readonly key: string;
  readonly term: Term;
  readonly zone: NamedZone;
  readonly shape: PreparedZone;
  readonly startsAtMs: number;
  /** Infinity where the term is open. */
  readonly endsAtMs: number;
  /** Without its absences. */
  readonly windows: Float64Array | null;
  /** What each window is a part of; null where there are no absences. */
  readonly pieces: readonly Piece[] | null;
  /** Exclusion is violated inside, the others outside. */
  readonly violatedInside: boolean;
}

/** One version of a condition with one version of a zone. */
export function termKey(term: Term): string {
  return `${term.conditionId}@${term.conditionVersion}/${term.zoneKey}`;
}

/** The key of the term that an event is about; null where it is about none. */
export function termKeyOf(
  event: Pick<EngineEvent, 'conditionId' | 'conditionVersion' | 'zoneId' | 'zoneVersion'>,
): string | null {
  const { conditionId, conditionVersion, zoneId, zoneVersion } = event;
  return conditionId === null ? null : `${conditionId}@${conditionVersion}/${zoneId}@${zoneVersion}`;
}

/**
 * Prepares terms with the zones they name. Zone versions never change, so shapes prepared before are taken from `prepared`,
 * which is added to. Throws where a zone is missing: the publisher sends them together.
 */
export function prepareTerms(
  terms: readonly Term[],
  zones: Readonly<Record<string, Zone>>,
  prepared: Map<string, PreparedZone>,
): PreparedTerm[] {
  return terms.map((term) => {
    const zone = zones[term.zoneKey];
    if (zone === undefined)
      throw new Error(`Condition ${term.conditionId} names zone ${term.zoneKey}, which is not there.`);
    let shape = prepared.get(term.zoneKey);
    if (shape === undefined) {
      shape = prepareZone(zone.shape);
      prepared.set(term.zoneKey, shape);
    }
    const cut = cutAbsences(term);
    return {
      key: termKey(term),
      term,
      zone: nameOf(zone),
      shape,
      startsAtMs: term.startsAtMs,
      endsAtMs: term.endsAtMs ?? Infinity,
      windows: cut?.windows ?? (term.windows === null ? null : Float64Array.from(term.windows)),
      pieces: cut?.pieces ?? null,
      violatedInside: term.kind === 'exclusion',
    };
  });
}

function nameOf({ shape: _, ...named }: Zone): NamedZone {
  return named;
}
